"""Batches in JSON: one document `{"clues": [...]}`, read whole."""

from __future__ import annotations

from typing import Any

import orjson
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from aif_share.wire.limits import MAX_BODY, MAX_CLUES

from .lines import BOM
from .repeated_names import has_repeated_name
from .rows import names_of


def parse(body: bytes) -> list[Any]:
    """Return the clues of a request body, each still unchecked.

    Raise Refusal: `too-large`, `charset`, `malformed`, `unknown-field` or `field-missing`; the
    whole request is refused then, because its framing cannot be trusted.
    """
    if len(body) > MAX_BODY:
        raise Refusal("too-large", gettext_noop("A batch has at most `limit` bytes; split it."), limit=MAX_BODY)
    try:
        document = orjson.loads(body)
        twice = has_repeated_name(body, document)
    except orjson.JSONDecodeError:
        raise _unreadable(body) from None
    except orjson.JSONEncodeError:
        raise Refusal("malformed", "The body is nested too deeply.") from None
    if twice:
        raise Refusal("malformed", "An object of the body has the same name twice.")
    if not isinstance(document, dict):
        raise Refusal("malformed", 'The body must be a JSON object {"clues": [...]}.')
    unknown = document.keys() - {"clues"}
    if unknown:
        raise Refusal("unknown-field", "The body has fields that do not exist.", fields=names_of(unknown))
    clues = document.get("clues")
    if not isinstance(clues, list) or not clues:
        raise Refusal("field-missing", "`clues` must be a list of at least one clue.")
    if len(clues) > MAX_CLUES:
        raise Refusal(
            "too-large", gettext_noop("A batch has at most `limit` clues; make more batches."), limit=MAX_CLUES
        )
    return clues


def _unreadable(body: bytes) -> Refusal:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return Refusal("charset", "The body is not UTF-8. Send JSON in UTF-8.")
    if body.startswith(BOM):
        return Refusal("charset", "The body begins with a byte order mark. Send plain UTF-8.")
    return Refusal("malformed", "The body is not JSON.")
