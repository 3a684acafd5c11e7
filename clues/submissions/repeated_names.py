"""Whether an object of a JSON text has a name twice, which parsers silently resolve, each in its own way.

Two readers of one text must not see two things (RFC 8259, section 4). Counting is enough and costs little: written
anew, a document has a colon less for each name that was dropped. Only for texts that orjson has taken as JSON.
"""

from __future__ import annotations

import re
from typing import Any

import orjson

_ESCAPED = re.compile(rb"\\.", re.DOTALL)
_STRING = re.compile(rb'"[^"]*"')


def has_repeated_name(text: bytes, document: Any) -> bool:
    """Return whether an object of `text`, which orjson parsed as `document`, has a name twice.

    Raise orjson.JSONEncodeError for a document nested more than 254 deep.
    """
    written = orjson.dumps(document)
    if written == text:
        return False
    # Without escapes the strings of both texts are the same bytes, so only a dropped name makes a difference.
    if b"\\" not in text:
        return text.count(b":") != written.count(b":")
    return _STRING.sub(b"", _ESCAPED.sub(b"", text)).count(b":") != _count_members(document)


def _count_members(document: Any) -> int:
    found, waiting = 0, [document]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            found += len(value)
            waiting += [each for each in value.values() if isinstance(each, dict | list)]
        elif isinstance(value, list):
            waiting += [each for each in value if isinstance(each, dict | list)]
    return found
