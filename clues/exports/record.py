"""What a format is given and what it is: it writes rows that have passed the filter of visibility, and asks for nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from clues.content.queries import ContentView
from clues.matching.queries import MatchView
from clues.submissions.clues import ClueView

CLUES: Final = "clues"
MATCHES: Final = "matches"
CONTENT: Final = "content"


@dataclass(frozen=True, slots=True)
class MatchRow:
    """A match as its party sees it, with the party's own clues that are in it."""

    match: MatchView
    clues: tuple[ClueView, ...]


Row = ClueView | MatchRow | ContentView


@dataclass(frozen=True, slots=True)
class Source:
    """Whose export it is, and of which moment: the same rows of the same moment give the same bytes."""

    institution: str
    name: str
    sector: str
    made_at: datetime


Write = Callable[[Source, Iterable[Any]], Iterator[bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A form of file. `writers`: what is exported -> what yields the file's bytes for its rows, piece by piece."""

    code: str
    label: str
    media_type: str
    content_type: str
    suffix: str
    writers: Mapping[str, Write]
