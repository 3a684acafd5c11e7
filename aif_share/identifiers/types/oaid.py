"""OAID: the advertising identifier of Android devices sold in China."""

import re

from aif_share.errors import InvalidIdentifier

from ..base import IdentifierType, fullmatch
from ..text import ungroup

_SHAPE = re.compile(r"[0-9a-f]{16}|[0-9a-f]{32}|[0-9a-f]{64}")


def rule(text: str) -> str:
    number = ungroup(text).lower()
    fullmatch(_SHAPE, number, "an OAID is 16, 32 (a UUID) or 64 hexadecimal digits")
    if len(set(number)) == 1:
        raise InvalidIdentifier("the user has switched tracking off, so the value is a dummy; leave it away")
    return number


IDENTIFIER = IdentifierType(
    code="oaid",
    zh="设备 OAID",
    en="OAID",
    form="16, 32 or 64 hexadecimal digits, lower case, without dashes",
    link=2,
    rule=rule,
    examples={
        "1FE9A970-EFBB-29E0-0BDD-F5DBBF751AB5": "1fe9a970efbb29e00bddf5dbbf751ab5",
        "1fe9a970efbb29e00bddf5dbbf751ab5": "1fe9a970efbb29e00bddf5dbbf751ab5",
        "１fe9a970-efbb-29e0-0bdd-f5dbbf751ab5": "1fe9a970efbb29e00bddf5dbbf751ab5",
        "ABCDEF0123456789": "abcdef0123456789",
        "0123456789ABCDEF" * 4: "0123456789abcdef" * 4,
    },
    rejects=("00000000-0000-0000-0000-000000000000", "1fe9a970", "xyz", "354178036859789"),
)
