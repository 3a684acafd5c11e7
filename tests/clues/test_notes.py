"""Words of people are trimmed, bounded, and refused with a reason that does not repeat them."""

from __future__ import annotations

from typing import Any

import pytest

from clues.notes import NoteRefused, checked_note, checked_text

RAW = ["call 138-0013-8000", "一三八零零一三八零零零", "somebody@example.com", "号码１３８００１３８０００"]


def test_what_is_right_comes_back_trimmed() -> None:
    assert checked_note("  seen before ", required=True) == "seen before"
    assert checked_note(" ", required=False) == "" == checked_text(None, required=False, most=9)
    assert checked_text(" a\r\nb ", required=True, most=9) == "a\nb"


@pytest.mark.parametrize("words", ["a\0b", "a\x1bb", "a\rb"])
def test_what_no_text_holds_is_refused_before_the_database_meets_it(words: str) -> None:
    """Red if a NUL comes through: PostgreSQL takes none, and the caller was answered 500."""
    for check in (lambda: checked_note(words, required=True), lambda: checked_text(words, required=True, most=500)):
        with pytest.raises(NoteRefused) as refused:
            check()
        assert refused.value.code == "field-invalid"
    assert checked_note("a\r\nb\tc", required=True) == "a\nb\tc"


@pytest.mark.parametrize("words", RAW)
def test_identifiers_are_refused_and_not_repeated(words: str) -> None:
    for check in (lambda: checked_note(words, required=True), lambda: checked_text(words, required=True, most=500)):
        with pytest.raises(NoteRefused) as refused:
            check()
        assert refused.value.code == "raw-identifier"
        assert words not in f"{refused.value!r}{refused.value}{refused.value.extra}"


@pytest.mark.parametrize(
    ("value", "code"),
    [(None, "field-missing"), ("  ", "field-missing"), (7, "field-invalid"), ("x" * 10, "field-invalid"),
     ("a\0b", "field-invalid")],
)  # fmt: skip
def test_what_no_text_is(value: Any, code: str) -> None:
    with pytest.raises(NoteRefused) as refused:
        checked_text(value, required=True, most=9)
    assert refused.value.code == code
