"""What one look found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How bad it is: `wrong` breaks a promise of the product, `unsure` could not be seen or waits for somebody."""

    GOOD = "good"
    UNSURE = "unsure"
    WRONG = "wrong"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: its code, how it is, and what to do where it is not good. Never a value of a secret."""

    code: str
    level: Level
    says: str
    do: str = ""


def good(code: str, says: str) -> Finding:
    """As it should be."""
    return Finding(code, Level.GOOD, says)


def unsure(code: str, says: str, do: str) -> Finding:
    """Not seen, or not settled."""
    return Finding(code, Level.UNSURE, says, do)


def wrong(code: str, says: str, do: str) -> Finding:
    """Something is broken."""
    return Finding(code, Level.WRONG, says, do)
