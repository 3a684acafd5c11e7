"""ANDROID_ID (SSAID) of a device."""

import re

from aif_share.errors import InvalidIdentifier

from ..base import IdentifierType, fullmatch
from ..text import ungroup

_SHAPE = re.compile(r"(?:0x)?([0-9a-f]{12,16})")
_SHARED = "9774d56d682e549c"  # a bug of Android 2.2 gave it to millions of devices


def rule(text: str) -> str:
    found = fullmatch(_SHAPE, ungroup(text).lower(), "an Android ID is 16 hexadecimal digits")
    # Android writes a 64-bit number without leading zeros.
    number = found[1].zfill(16)
    if len(set(number)) == 1 or number == _SHARED:
        raise InvalidIdentifier("this value is a dummy that many devices have; leave it away")
    return number


IDENTIFIER = IdentifierType(
    code="android-id",
    zh="设备 Android ID",
    en="Android ID",
    form="16 hexadecimal digits, lower case, with leading zeros",
    link=2,
    rule=rule,
    examples={
        "3F0A1B2C4D5E6F70": "3f0a1b2c4d5e6f70",
        "3f0a1b2c4d5e6f70": "3f0a1b2c4d5e6f70",
        "３ｆ０ａ１ｂ２ｃ４ｄ５ｅ６ｆ７０": "3f0a1b2c4d5e6f70",
        "f0a1b2c4d5e6f70": "0f0a1b2c4d5e6f70",
    },
    rejects=("0000000000000000", "9774d56d682e549c", "3f0a1b2c4d5e6f70a", "android"),
)
