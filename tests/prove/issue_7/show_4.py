"""1,000 random tamperings of the transparency log by a superuser: a witness finds all; without one, a cut is called unwitnessed."""

from __future__ import annotations

from typing import Any

from tests.trust.__main__ import prove


def run() -> dict[str, Any]:
    return prove(4)
