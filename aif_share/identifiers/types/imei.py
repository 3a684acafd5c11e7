"""IMEI: the number of a mobile device's radio."""

import re

from stdnum import imei

from aif_share.errors import InvalidIdentifier

from ..base import IdentifierType, fullmatch
from ..text import ungroup

_SHAPE = re.compile(r"[0-9]{14,16}")


def rule(text: str) -> str:
    number = re.sub(r"[ /.]", "", ungroup(text))
    fullmatch(_SHAPE, number, "an IMEI has 15 digits, 14 without its check digit, or 16 as IMEISV")
    if len(set(number[:14])) == 1:
        raise InvalidIdentifier("one digit over and over is a dummy value; leave the identifier away")
    if len(number) == 15:
        if not imei.is_valid(number):
            raise InvalidIdentifier("the check digit is wrong; compare the number with the device")
        return number
    # An IMEISV ends with the software version instead of the check digit, and changes with every update.
    return str(imei.format(number[:14], separator="", add_check_digit=True))


IDENTIFIER = IdentifierType(
    code="imei",
    zh="设备 IMEI",
    en="IMEI",
    form="15 digits with the check digit; an IMEISV becomes its IMEI",
    link=2,
    rule=rule,
    examples={
        "35-417803-685978-9": "354178036859789",
        "354178036859789": "354178036859789",
        "３５４１７８０３６８５９７８９": "354178036859789",
        "35417803685978": "354178036859789",
        "3541780368597820": "354178036859789",
    },
    rejects=("354178036859781", "3541780368597", "000000000000000", "A0000012345678"),
)
