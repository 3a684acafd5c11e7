"""What retention does in its hour: rows by the rules, evidence with its keys, uploads that stand still, files left behind."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from clues.evidence import destruction
from clues.retention.delete import delete_ended

EVIDENCE_A_TURN: Final = 1_000


def run(*, now: datetime) -> dict[str, int]:
    """Do it; return how many, by rule and kind. May be killed and run again."""
    return {
        **delete_ended(now=now),
        "evidence": destruction.destroy_due(limit=EVIDENCE_A_TURN, now=now),
        "uploads-expired": destruction.expire_uploads(limit=EVIDENCE_A_TURN, now=now),
        "files": destruction.sweep_files(now=now),
    }
