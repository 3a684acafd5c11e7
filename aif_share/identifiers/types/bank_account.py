"""Bank accounts: an account number means something only together with its bank."""

import re

from aif_share.errors import InvalidIdentifier

from ..base import IdentifierType, fullmatch
from ..text import ungroup

_SHAPE = re.compile(r"([0-9A-Z]+)[:/|]([0-9A-Z]{5,34})")
_CNAPS = re.compile(r"[1-9][0-9]{11}")
_CLASS = re.compile(r"[1-9][0-9]{2}")
_BIC = re.compile(r"([A-Z]{4})([A-Z]{2})([A-Z0-9]{2})(?:[A-Z0-9]{3})?")
# The first three digits of a CNAPS code name the bank where it is nationwide; elsewhere (313 city, 314 and 402 rural,
# 320 village banks and the like) many banks share them, and only the head office's twelve digits tell which.
_NATIONWIDE = frozenset("102 103 104 105 201 202 203 301 302 303 304 305 306 307 308 309 310 315 316 318 403".split())


def rule(text: str) -> str:
    found = fullmatch(_SHAPE, ungroup(text).upper(), "write BANKCODE:ACCOUNT, such as 102:6212…")
    bank, account = found[1], found[2]
    if not re.search(r"[0-9]", account):
        raise InvalidIdentifier("an account number has digits")
    return f"{_bank(bank)}:{account}"


def _bank(code: str) -> str:
    if _CNAPS.fullmatch(code):
        return code[:3] if code[:3] in _NATIONWIDE else code
    if _CLASS.fullmatch(code):
        if code in _NATIONWIDE:
            return code
        raise InvalidIdentifier("several banks share these three digits; give the 12-digit code of the head office")
    if found := _BIC.fullmatch(code):
        if found[2] == "CN":
            raise InvalidIdentifier("for a bank in China give its CNAPS code (12 digits), not its BIC")
        return found[1] + found[2] + found[3]
    raise InvalidIdentifier("the bank code is a CNAPS code of 12 digits, its first three, or a foreign bank's BIC")


IDENTIFIER = IdentifierType(
    code="bank-account",
    zh="银行账号（含行号）",
    en="Bank account with bank code",
    form="BANK:ACCOUNT; BANK is the three-digit class of a nationwide bank's CNAPS code, else the head office's twelve "
    "digits, or a foreign bank's BIC of eight characters",
    link=2,
    rule=rule,
    examples={
        "102:6200 0123 4567 8901": "102:6200012345678901",
        "102100099996:6200012345678901": "102:6200012345678901",
        "１０２：６２０００１２３４５６７８９０１": "102:6200012345678901",
        "313100000013:01090520500120111": "313100000013:01090520500120111",
        "deutdeff500:0532013000": "DEUTDEFF:0532013000",
    },
    rejects=(
        "6200012345678901",
        "313:01090520500120111",
        "102:1234",
        "BKCHCNBJ:12345678",
        "102:",
        ":12345678",
        "12:123456",
    ),
)
