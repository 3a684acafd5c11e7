"""Under which settings PostgreSQL may lose what it acknowledged."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

DURABLE: Final = ("fsync", "full_page_writes", "synchronous_commit")
_WEAK: Final = frozenset({"off", "local", "false", "0", "no"})


def weak_settings(settings: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return those of (name, value) that are set so: of the server, a database or a role alike."""
    return [(name, value) for name, value in settings if name in DURABLE and value.lower() in _WEAK]
