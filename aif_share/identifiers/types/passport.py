"""Passports: a number means something only together with the state that issued it."""

import re

from aif_share.errors import InvalidIdentifier

from ..base import IdentifierType
from ..text import ungroup

# Ordinary, service, diplomatic and the two regions' passports; K and M stand for Hong Kong's and Macao's.
_CHINESE = re.compile(r"(?:E[0-9]{8}|E[A-HJ-NP-Z][0-9]{7}|[GDSP][0-9]{8}|(?:PE|SE|DE)[0-9]{7}|1[45][0-9]{7})")
_WITH_ISSUER = re.compile(r"([A-Z]{3}|D)[:/]([A-Z0-9]{5,12})")


def rule(text: str) -> str:
    number = ungroup(text).upper().replace("<", "")
    if found := _WITH_ISSUER.fullmatch(number):
        if not re.search(r"[0-9]", found[2]):
            raise InvalidIdentifier("a passport number has digits")
        return f"{found[1]}:{found[2]}"
    if _CHINESE.fullmatch(number):
        return f"CHN:{number}"
    raise InvalidIdentifier("write STATE:NUMBER with the three letters of the machine-readable zone, such as USA:…")


IDENTIFIER = IdentifierType(
    code="passport",
    zh="护照号码",
    en="Passport number",
    form="issuing state as in the machine-readable zone (ICAO 9303), a colon, the number in upper case; "
    "a bare Chinese number gets CHN:",
    link=2,
    rule=rule,
    examples={
        "E12345678": "CHN:E12345678",
        "e1234 5678": "CHN:E12345678",
        "CHN:E12345678": "CHN:E12345678",
        "Ｅ１２３４５６７８": "CHN:E12345678",
        "EA1234567": "CHN:EA1234567",
        "usa:123456789": "USA:123456789",
        "D<<:C01X00T47": "D:C01X00T47",
    },
    rejects=("123456789", "E1234567", "US:123456789", "CHN:", "USA:ABCDEFG"),
)
