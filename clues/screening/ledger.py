"""Reads of the sealed ledger: rows as they were hashed, with the audit event that commits to them, for whoever checks both."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from clues.models import Screening
from members.audit.leaves import KIND
from members.models import reference
from members.permissions import Permission, Viewer, check

from .sealing import content

A_TURN = 2_000


@dataclass(frozen=True, slots=True)
class SealedRow:
    """One screening: its number, the text of its leaf, and the event (AE-…) of its second, None until there is one."""

    id: int
    event: str | None
    leaf: str


def list_rows(
    *, viewer: Viewer, event: str | None = None, before: int | None = None, limit: int = 100
) -> list[SealedRow]:
    """Return the viewer's institution's rows, newest first, below row number `before`; of one event, or all."""
    check(viewer, Permission.AUDIT_VIEW)
    found = Screening.objects.filter(institution_id=viewer.institution_id)
    if event is not None:
        found = found.filter(event_id=reference.decode(KIND, event) or 0)
    if before is not None:
        found = found.filter(pk__lt=before)
    return [_shown(row) for row in found.order_by("-pk")[:limit]]


def read_sealed() -> Iterator[SealedRow]:
    """Yield every sealed row, those of an event together and in the order of its tree; for the desk's export."""
    after: tuple[int, int | None, int] = (0, 0, 0)
    while True:
        rows = list(
            Screening.objects.raw(
                "SELECT * FROM screening WHERE event_id IS NOT NULL AND (institution_id, event_id, id) > (%s, %s, %s)"
                " ORDER BY institution_id, event_id, id LIMIT %s",
                [*after, A_TURN],
            )
        )
        if not rows:
            return
        yield from map(_shown, rows)
        after = (rows[-1].institution_id, rows[-1].event_id, rows[-1].pk)


def _shown(row: Screening) -> SealedRow:
    event = None if row.event_id is None else reference.encode(KIND, row.event_id)
    return SealedRow(row.pk, event, content(row).decode())
