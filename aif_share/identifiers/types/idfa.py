"""IDFA: the advertising identifier of Apple devices."""

import re

from aif_share.errors import InvalidIdentifier

from ..base import IdentifierType, fullmatch
from ..text import ungroup

_SHAPE = re.compile(r"([0-9A-F]{8})([0-9A-F]{4})([0-9A-F]{4})([0-9A-F]{4})([0-9A-F]{12})")


def rule(text: str) -> str:
    found = fullmatch(_SHAPE, ungroup(text).upper(), "an IDFA is a UUID of 32 hexadecimal digits")
    if len(set(found[0])) == 1:
        raise InvalidIdentifier("the user has switched tracking off, so the value is a dummy; leave it away")
    return "-".join(found.groups())


IDENTIFIER = IdentifierType(
    code="idfa",
    zh="设备 IDFA",
    en="IDFA",
    form="UUID in upper case with dashes",
    link=2,
    rule=rule,
    examples={
        "6d92078a-8246-4ba4-ae5b-76104861e7dc": "6D92078A-8246-4BA4-AE5B-76104861E7DC",
        "6D92078A-8246-4BA4-AE5B-76104861E7DC": "6D92078A-8246-4BA4-AE5B-76104861E7DC",
        "6D92078A82464BA4AE5B76104861E7DC": "6D92078A-8246-4BA4-AE5B-76104861E7DC",
        "６D92078A-8246-4BA4-AE5B-76104861E7DC": "6D92078A-8246-4BA4-AE5B-76104861E7DC",
    },
    rejects=("00000000-0000-0000-0000-000000000000", "6D92078A-8246-4BA4-AE5B", "idfa"),
)
