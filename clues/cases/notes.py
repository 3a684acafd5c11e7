"""Notes on a step of a case; the guard itself lies in `clues.notes`, where requests and rings reach it too."""

from clues.notes import MAX_NOTE, NoteRefused, checked_note

__all__ = ["MAX_NOTE", "NoteRefused", "checked_note"]
