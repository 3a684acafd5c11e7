"""Held batches: a day far beyond an institution's habit waits until the alliance has looked; nothing of it counts before.

`aif_hold_over_volume` decides, behind the charge: the day's rows against ten times the median of the days of the last thirty
on which the institution submitted at all, and at least a hundred rows. Fewer than five such days are no habit.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection, transaction
from django.db.models import Case, F, Sum, Value, When
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from clues import events
from clues.models import Batch, BatchChunk, BatchHold, Event
from clues.notes import checked_note
from members import audit
from members.models import User, reference
from members.permissions import Job, Permission, Viewer, check

from .queries import BatchNotFound

VERBS: Final = {BatchHold.RELEASED: "batch.release", BatchHold.REJECTED: "batch.reject"}


@dataclass(frozen=True, slots=True)
class HoldView:
    """Why a batch is, or was, held, as its institution sees it: the figures that were compared, and what was decided."""

    batch: str
    cause: str
    rows: int
    day_rows: int | None
    usual_rows: int | None
    held_at: datetime
    decision: str
    reason: str
    decided_at: datetime | None


def hold_over_volume(batch: Batch, *, rows: int) -> bool:
    """Hold a batch just charged if its day is out of the ordinary, in the caller's transaction; whether it is held."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT aif_hold_over_volume(%s, %s, %s)", [batch.institution_id, batch.pk, rows])
        (held,) = cursor.fetchone()
    if held:
        batch.state = Batch.HELD
        _record("batch.hold", batch, by=Job("volume"), rows=rows, cause=BatchHold.VOLUME)
    return bool(held)


def was_held_over_volume(batch: Batch) -> bool:
    """Whether the first answer about the batch said so."""
    own = BatchHold.objects.filter(institution_id=batch.institution_id, batch_id=batch.pk)
    return own.filter(cause=BatchHold.VOLUME).exists()


def get_hold(*, batch: str, viewer: Viewer) -> HoldView | None:
    """Return the last hold of an own batch; None where there never was one. Raise BatchNotFound, for strangers too."""
    number = reference.decode("B", batch) or 0
    if not Batch.objects.filter(pk=number, institution_id=viewer.institution_id).exists():
        raise BatchNotFound
    row = BatchHold.objects.filter(institution_id=viewer.institution_id, batch_id=number).order_by("-id").first()
    if row is None:
        return None
    return HoldView(
        batch=batch,
        cause=row.cause,
        rows=row.rows,
        day_rows=row.day_rows,
        usual_rows=row.usual_rows,
        held_at=row.held_at,
        decision=row.decision,
        reason=row.decision_reason,
        decided_at=row.decided_at,
    )


def release(*, batch: int, reason: str, by: User, now: datetime) -> Batch:
    """Let a held batch be matched. Its institution reads the reason. Raise as `reject` does."""
    with transaction.atomic():
        row = _decide(batch, BatchHold.RELEASED, reason, by, now)
        BatchChunk.objects.filter(batch_id=row.pk, state=BatchChunk.HELD).update(
            state=BatchChunk.RECEIVED, attempts=0, claimed_at=None
        )
        row.state = Batch.RECEIVED if row.chunks_done == 0 else Batch.PROCESSING
        row.save(update_fields=["state"])
    return row


def reject(*, batch: int, reason: str, by: User, now: datetime) -> Batch:
    """Refuse what is held of a batch: its rows are dropped unread, and its institution is told. The reason is for both.

    Raise Refusal: `not-found`, `transition-refused` if it is not held; NoteRefused; PermissionMissing.
    """
    with transaction.atomic():
        row = _decide(batch, BatchHold.REJECTED, reason, by, now)
        held = BatchChunk.objects.filter(batch_id=row.pk, state=BatchChunk.HELD)
        rows, chunks = held.aggregate(n=Sum("rows"))["n"] or 0, held.count()
        held.update(
            state=BatchChunk.REJECTED, clue_rows=None, identifier_rows=None, done_at=now, released_at=now
        )  # fmt: skip
        over = row.chunks_done + chunks >= row.chunks
        nothing_else = Value(Batch.REJECTED if row.accepted + row.duplicates + row.quarantined == 0 else Batch.DONE)
        Batch.objects.filter(pk=row.pk).update(
            refused=F("refused") + rows,
            chunks_done=F("chunks_done") + chunks,
            state=nothing_else if over else Value(Batch.PROCESSING),
            done_at=Case(When(state=Batch.HELD, then=Value(now if over else None))),
        )
        Event.objects.create(
            institution_id=row.institution_id, kind=events.BATCH_REJECTED, subject_kind="B", subject_id=row.pk,
            created_at=now,
        )  # fmt: skip
    row.refresh_from_db()
    return row


def _decide(batch: int, decision: str, reason: str, by: User, now: datetime) -> Batch:
    check(by, Permission.BATCH_DECIDE)
    reason = checked_note(reason, required=True)
    row = Batch.objects.select_for_update(no_key=True).filter(pk=batch).first()
    if row is None:
        raise BatchNotFound
    if row.state != Batch.HELD:
        raise Refusal("transition-refused", gettext_noop("This batch is not held, or no longer."))
    said = {"decision": decision, "decision_reason": reason, "decided_by": by, "decided_at": now}
    waiting = BatchHold.objects.filter(institution_id=row.institution_id, batch_id=row.pk, decision="")
    if not waiting.update(**said):
        raise Refusal("transition-refused", gettext_noop("This batch is not held, or no longer."))
    _record(VERBS[decision], row, by=by, reason=reason)
    return row


def _record(verb: str, batch: Batch, *, by: Job | User, **detail: str | int) -> None:
    audit.record(
        verb,
        actor=by,
        subject_ref=reference.encode("B", batch.pk),
        institution_id=batch.institution_id,
        detail=detail,
    )
