"""Notes on a step: words of people, kept free of identifiers as far as a program can tell."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from aif_share.identifiers import looks_raw

MAX_NOTE = 500


class NoteRefused(Refusal):
    """The note is missing, too long, or seems to hold an identifier. The note itself is not repeated."""


def checked_note(note: str, *, required: bool) -> str:
    """Return the trimmed note. Raise NoteRefused."""
    note = note.strip()
    if required and not note:
        raise NoteRefused("field-invalid", gettext_noop("Give a reason."), field="note")
    if len(note) > MAX_NOTE:
        raise NoteRefused("field-invalid", gettext_noop("A reason has at most 500 characters."), field="note")
    if any(looks_raw(word) for word in note.split()):
        raise NoteRefused(
            "raw-identifier",
            gettext_noop("The reason seems to hold a raw identifier; describe the case without it."),
            field="note",
        )
    return note
