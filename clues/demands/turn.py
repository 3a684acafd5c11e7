"""The worker's turns at demands: what is due by the half second, and the hourly draw."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from clues.matching import changes, release, turns

from .asking import ask_disputed, draw
from .settling import settle_pending

DRAW_SECONDS = 3600
A_TURN = 2_000
JOB = "evidence-draw"


def settle() -> int:
    """Ask who stands by a disputed clue, and settle what was answered or was not; return how much there was."""
    now = timezone.now()
    asked, settled = ask_disputed(limit=A_TURN, now=now), settle_pending(limit=A_TURN, now=now)
    if settled:
        changes.apply_changes(limit=A_TURN, now=now)  # a clue that fell stops counting at once
    if asked or settled:
        release.release_pending()
    return asked + settled


def draw_due() -> int:
    """Draw among the clues stored since the last draw, once an hour; return how many were asked for."""
    now = timezone.now()
    if not turns.claim(name=JOB, every_seconds=DRAW_SECONDS, now=now):
        return 0
    last = turns.last(JOB).get("until")
    drawn = draw(after=datetime.fromisoformat(last) if last else None, now=now)
    if drawn is None:
        return 0
    turns.record(name=JOB, result=drawn)
    release.release_pending()
    return int(drawn["asked"])
