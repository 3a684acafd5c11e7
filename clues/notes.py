"""Words of people, kept free of identifiers as far as a program can tell: notes on a step, and whole texts."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from aif_share.identifiers import find_raw

MAX_NOTE = 500


class NoteRefused(Refusal):
    """The words are missing, too long, or seem to hold an identifier. They are not repeated."""


def checked_note(note: str, *, required: bool) -> str:
    """Return the trimmed note. Raise NoteRefused."""
    note = note.replace("\r\n", "\n").strip()
    if required and not note:
        raise NoteRefused("field-invalid", gettext_noop("Give a reason."), field="note")
    if len(note) > MAX_NOTE:
        raise NoteRefused("field-invalid", gettext_noop("A reason has at most 500 characters."), field="note")
    if has_control(note):
        raise NoteRefused("field-invalid", gettext_noop("The text has control characters."), field="note")
    if find_raw(note) is not None:
        raise NoteRefused(
            "raw-identifier",
            gettext_noop("The reason seems to hold a raw identifier; describe the case without it."),
            field="note",
        )
    return note


def checked_text(value: Any, *, required: bool, most: int, field: str = "text") -> str:
    """Return a trimmed text of at most `most` characters, over several lines maybe. Raise NoteRefused; `limit` is the most."""
    if value is not None and not isinstance(value, str):
        raise NoteRefused("field-invalid", gettext_noop("This is a text."), field=field)
    text = (value or "").replace("\r\n", "\n")
    length, text = len(text), text.strip()
    if required and not text:
        raise NoteRefused("field-missing", gettext_noop("Describe the matter in words."), field=field)
    if length > most:
        raise NoteRefused("field-invalid", gettext_noop("The text is too long."), field=field, limit=most)
    if has_control(text):
        raise NoteRefused("field-invalid", gettext_noop("The text has control characters."), field=field)
    if find_raw(text) is not None:
        raise NoteRefused(
            "raw-identifier",
            gettext_noop(
                "The text seems to hold a number or address of somebody; name it by its clue or token instead."
            ),
            field=field,
        )
    return text


def has_control(text: str) -> bool:
    """Whether it holds what no text does, and the database takes none of: a NUL among others."""
    return any(ord(letter) < 32 and letter not in "\n\t" for letter in text)
