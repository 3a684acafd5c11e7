"""Days as the wire writes them."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def read_day(value: object) -> date:
    """Return the day that a `full-date` of RFC 3339 names, `2026-11-01`; raise ValueError for anything else.

    Python's own reading takes other forms of ISO 8601 as well (`20261101`, `2026-W44-7`), which the API does not promise.
    """
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise ValueError("not a day")
    return date.fromisoformat(value)
