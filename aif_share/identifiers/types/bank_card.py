"""Payment card numbers."""

import re

from stdnum import luhn

from aif_share.errors import InvalidIdentifier

from ..base import IdentifierType, fullmatch
from ..text import ungroup

_SHAPE = re.compile(r"[0-9]{12,19}")


def rule(text: str) -> str:
    number = ungroup(text)
    fullmatch(_SHAPE, number, "a card number has 12 to 19 digits")
    if len(set(number)) == 1:
        raise InvalidIdentifier("one digit over and over is a dummy value; leave the identifier away")
    return number


def warn(canonical: str) -> tuple[str, ...]:
    """Some Chinese cards fail the check digit, so a failure is a doubt and no refusal."""
    return () if luhn.is_valid(canonical) else ("luhn-failed",)


IDENTIFIER = IdentifierType(
    code="bank-card",
    zh="银行卡号",
    en="Bank card number",
    form="12 to 19 digits; the check digit is not enforced",
    link=2,
    rule=rule,
    warn=warn,
    examples={
        "6222 0212 3456 7890 128": "6222021234567890128",
        "6222021234567890128": "6222021234567890128",
        "6222-0212-3456-7890-128": "6222021234567890128",
        "６２２２０２１２３４５６７８９０１２８": "6222021234567890128",
        "4111 1111 1111 1111": "4111111111111111",
        "4111111111111112": "4111111111111112",
    },
    rejects=("62220212345", "62220212345678901234", "6222O21234567890128", "0000 0000 0000 0000", "card"),
)
