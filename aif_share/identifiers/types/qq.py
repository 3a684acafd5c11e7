"""QQ numbers of persons."""

import re

from aif_share.errors import InvalidIdentifier

from ..base import IdentifierType, fullmatch
from ..text import ungroup

_NUMBER = re.compile(r"(?:qq(?:号码?)?:?)?([1-9][0-9]{4,10})", re.IGNORECASE)
_MAILBOX = re.compile(r".+@(?:vip\.)?(?:qq|foxmail)\.com", re.IGNORECASE)


def rule(text: str) -> str:
    if _MAILBOX.fullmatch(text):
        raise InvalidIdentifier("this is a mailbox; use the type email", suggested_type="email")
    return fullmatch(_NUMBER, ungroup(text), "a QQ number has 5 to 11 digits and no leading zero")[1]


IDENTIFIER = IdentifierType(
    code="qq",
    zh="QQ 号",
    en="QQ number",
    form="5 to 11 digits",
    link=1,
    rule=rule,
    examples={
        "1234567890": "1234567890",
        "１２３４５６７８９０": "1234567890",
        "QQ：1234567890": "1234567890",
        "QQ 12345 67890": "1234567890",
    },
    rejects=("0123456", "1234", "123456789012", "12345@qq.com", "qqname"),
)
