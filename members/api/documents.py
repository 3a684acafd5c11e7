"""JSON documents, read strictly: UTF-8, no name twice, no NaN, no lone surrogate, nested 250 deep at most.

Two readers of one document must not see two things: a name that stands twice is taken by some as the first value, by
others as the last (RFC 8259, section 4), so it is refused.
"""

from __future__ import annotations

import json
from typing import Any

import orjson
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal

UTF_8 = frozenset({"utf-8", "utf8", "us-ascii"})
"""Names of charsets whose texts are UTF-8."""


class _NameTwice(ValueError):
    """An object has a name twice. Holds nothing: the name may be anything, an identifier included."""


def load_json(body: bytes) -> Any:
    """Return the document in `body`; raise Refusal `charset` or `malformed`, which repeat nothing of it."""
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise _unreadable(body) from None
    try:
        # What is written again as it came has lost nothing: no name stood twice. Most programs write like this.
        if orjson.dumps(document) == body:
            return document
    except orjson.JSONEncodeError:
        raise Refusal("malformed", gettext_noop("The body is nested too deeply.")) from None
    try:
        json.loads(body, object_pairs_hook=_once_each)
    except _NameTwice:
        raise Refusal("malformed", gettext_noop("An object of the body has the same name twice.")) from None
    return document


def _once_each(pairs: list[tuple[str, Any]]) -> None:
    if len({name for name, _value in pairs}) != len(pairs):
        raise _NameTwice


def _unreadable(body: bytes) -> Refusal:
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return Refusal("charset", gettext_noop("Send JSON in UTF-8."))
    if text.startswith("\ufeff"):  # JSON allows none (RFC 8259, section 8.1)
        return Refusal("charset", gettext_noop("The body starts with a byte order mark; leave it out."))
    return Refusal("malformed", gettext_noop("The body is not a JSON document."))
