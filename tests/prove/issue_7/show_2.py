"""Redis killed, flushed and frozen for 90 s under load: submissions go on, and so does matching, with Redis absent too."""

from __future__ import annotations

from typing import Any

from tests.trust.__main__ import prove


def run() -> dict[str, Any]:
    return prove(2)
