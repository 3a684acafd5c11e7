"""From the pinned key of a log to the one it is signed with now: by notes that each key signed before the next one came.

Two kinds. `successor`: another key, the same log. `restored`: the platform's database was restored from a backup, and the log
goes on under another name, for it may lack what was signed under the old one; that takes a person's word.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from aif_share.audit.note import Checkpoint, Verifier, open_note
from aif_share.errors import ProofError

SUCCESSOR: Final = "successor"
"""Second line of a note by which a key of the log names the next one."""
RESTORED: Final = "restored"
"""Second line of a note by which a log says that it was restored, and under which name it goes on."""


@dataclass(frozen=True)
class Restore:
    """What a log said when it was restored: what of it was `kept`, and the most that a witness had `seen` of it."""

    kept: Checkpoint
    seen: int


def follow(pinned: Verifier, wanted: Verifier, notes: Iterable[str]) -> tuple[bool, tuple[Restore, ...]]:
    """Return whether a chain of notes leads from the pinned key to the wanted one, and the restores on the way.

    Notes of other keys, and what is no such note, are passed over.
    """
    key, restores = pinned, []
    for note in notes:
        if key == wanted:
            break
        try:
            lines = open_note(note, verifier=key).split("\n")
            if len(lines) == 4 and lines[:2] == [key.name, SUCCESSOR]:
                following = Verifier.parse(lines[2])
                key = following if following.name == key.name else key
            elif len(lines) == 7 and lines[:2] == [key.name, RESTORED]:
                following, restore = Verifier.parse(lines[5]), _restore(lines)
                if following.name != key.name:
                    restores.append(restore)
                    key = following
        except ProofError:
            continue  # of an earlier key, or of nobody's
    return key == wanted, tuple(restores)


def _restore(lines: list[str]) -> Restore:
    try:
        root = base64.b64decode(lines[3], validate=True)
    except binascii.Error:
        root = b""
    if len(root) != 32 or not all(
        text.isascii() and text.isdigit() and len(text) <= 18 for text in (lines[2], lines[4])
    ):
        raise ProofError("this note of a restore cannot be read")
    return Restore(Checkpoint(lines[0], int(lines[2]), root), int(lines[4]))
