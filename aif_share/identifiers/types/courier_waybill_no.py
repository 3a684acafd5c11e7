"""Courier waybill numbers."""

import re

from ..base import IdentifierType, fullmatch
from ..text import ungroup

_PARCEL = re.compile(r"(JD[A-Z0-9]{8,22})-[0-9]+(?:-[0-9]*)*")
_SHAPE = re.compile(r"(?=(?:.*[0-9]){8})[A-Z0-9]{8,30}")


def rule(text: str) -> str:
    number = text.upper().replace(" ", "")
    if found := _PARCEL.fullmatch(number):
        # JD writes the parcel's place in its consignment behind the number.
        number = found[1]
    number = ungroup(number)
    fullmatch(_SHAPE, number, "a waybill number has 8 to 30 letters and digits, at least eight of them digits")
    return number


IDENTIFIER = IdentifierType(
    code="courier-waybill-no",
    zh="快递单号",
    en="Courier waybill number",
    form="upper case letters and digits; a parcel's place in its consignment is dropped",
    rule=rule,
    examples={
        "sf 1234 5678 9012 3": "SF1234567890123",
        "SF1234567890123": "SF1234567890123",
        "ＳＦ１２３４５６７８９０１２３": "SF1234567890123",
        "JDVA12345678901-1-1-": "JDVA12345678901",
        "YT-1234567890123": "YT1234567890123",
    },
    rejects=("SF123", "顺丰1234567890", "ABCDEFGHIJKL", "1" * 31),
)
