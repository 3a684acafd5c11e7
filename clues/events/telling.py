"""Write events for institutions, the writer's own and others'; each sees its own with the next tick."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from clues.models import Event


def tell(subject_kind: str, subject_id: int, told: Iterable[tuple[int, str]], *, now: datetime) -> None:
    """Write one event for each (institution, kind) about a thing; the tick releases them."""
    Event.objects.bulk_create(
        (
            Event(
                institution_id=institution, kind=kind, subject_kind=subject_kind, subject_id=subject_id, created_at=now
            )
            for institution, kind in told
        ),
        # Without it Django reads the new numbers back, and web may not read a row of another institution's.
        ignore_conflicts=True,
    )
