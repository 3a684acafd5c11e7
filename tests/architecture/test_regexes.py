"""No regular expression of the product takes long over any text: each is found by its source and asked 50 KB that are made for it.

A new pattern is tested by being there. One that is slow over 50 KB stands in BOUNDED, with the length that its text has at most.
"""

from __future__ import annotations

import contextlib
import re
import signal
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from aif_share.errors import InvalidIdentifier
from aif_share.identifiers import normalize, raw, text
from clues.content import links
from tests.architecture import regexes
from tests.architecture.regexes import Found, attacks, list_regexes

LENGTH = 50_000
MOST_S = 0.5
"""Of processor time: 0.05 s are the goal, and a machine that tests run on is often ten times slower than it should be."""

BOUNDED: dict[str, tuple[int, str]] = {
    "aif_share.identifiers.phones:_EXTENSION": (text.MAX_RAW, "identifiers.text.prepare refuses longer ones"),
    "aif_share.identifiers.raw:_MAILBOX": (raw._MOST, "raw_kind looks at the beginning only"),
    "clues.content.links:_HOST_AND_PORT": (links.MOST_CHARACTERS, "read_link refuses longer ones before"),
    "clues.content.links:_MAILBOX": (links.MOST_CHARACTERS, "read_link refuses longer addresses before"),
}
"""Where a pattern stands -> the characters that its text has at most, and what sees to it."""


class TooSlow(Exception):
    """A pattern did not come to an end in time."""


@contextlib.contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Raise TooSlow in the block after so much processor time; the engine looks for signals as it backtracks."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise TooSlow

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def is_slow(found: Found, length: int = LENGTH) -> bool:
    """Whether some text makes the pattern slow, in the ways in which the product asks it."""
    pattern = found.pattern
    is_bytes = isinstance(pattern.pattern, bytes)
    source = pattern.pattern.decode("latin-1") if is_bytes else pattern.pattern
    ways = [pattern.fullmatch, *([pattern.search] if found.is_searched else [])]  # whole: `match` gives up no later
    for attack in attacks(source, pattern.flags & ~re.UNICODE if is_bytes else pattern.flags, length):
        asked: Any = attack.encode("utf-8") if is_bytes else attack
        for ask in ways:
            try:
                with limited(MOST_S):
                    ask(asked)
            except TooSlow:
                return True
    return False


def test_none_is_slow() -> None:
    found = list(list_regexes())
    assert len(found) > 150
    slow = [each.where for each in found if is_slow(each, BOUNDED.get(each.where, (LENGTH, ""))[0])]
    assert slow == []
    assert BOUNDED.keys() <= {each.where for each in found}, "a row without its pattern"


@pytest.mark.parametrize("pattern", [r"(a+)+b", r"(?:\w+\s?)*$", r"(?:a|aa)+c", r"<(?:[^>]*)*>", r"\s+,"])
def test_a_slow_one_is_seen(pattern: str) -> None:
    assert is_slow(Found("here", re.compile(pattern), is_searched=True))


def test_a_text_is_bounded_before_it_is_asked() -> None:
    with pytest.raises(InvalidIdentifier, match="longer than"):
        normalize("phone", "1" + " " * 5_000)
    swelling = "https://example.org/" + "\u4e2d" * 1_900  # each becomes nine characters
    for long in ("x." * 1_100, f"https://example.org/{'a' * 2_000}", swelling):
        with pytest.raises(links.LinkRefused, match="at most"):
            links.read_link(long)


def test_a_pattern_that_cannot_be_found_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Made inside of a function, of what it is given: nobody could test it."""
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "urls.py").write_text("import re\n\ndef ask(form):\n    return re.search(form + 'x', '')\n")
    monkeypatch.setattr(regexes, "ROOT", tmp_path)
    with pytest.raises(AssertionError, match=r"config\.urls:4"):
        list(list_regexes())
