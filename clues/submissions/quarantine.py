"""Rows of a batch that were set aside because no worker survived them: how many, and trying them again."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from clues.models import Batch, QuarantinedRow
from clues.notes import checked_note
from members import audit
from members.models import User, reference
from members.permissions import Permission, check

from .queries import BatchNotFound


def retry(*, batch: int, reason: str, by: User, now: datetime) -> int:
    """Have the rows of a batch tried again that were set aside; return how many. The reason is for the trail.

    Raise Refusal: `not-found`, `transition-refused` if none waits for that; NoteRefused; PermissionMissing.
    """
    check(by, Permission.BATCH_DECIDE)
    reason = checked_note(reason, required=True)
    with transaction.atomic():
        row = Batch.objects.select_for_update(no_key=True).filter(pk=batch).first()
        if row is None:
            raise BatchNotFound
        aside = QuarantinedRow.objects.filter(
            institution_id=row.institution_id, batch_id=row.pk, state=QuarantinedRow.QUARANTINED
        )
        count = aside.update(
            state=QuarantinedRow.WAITING, attempts=0, retried_at=now, retried_by=by, retry_reason=reason
        )
        if not count:
            raise Refusal("transition-refused", gettext_noop("No row of this batch is set aside, or no longer."))
        audit.record(
            "batch.retry", actor=by, subject_ref=reference.encode("B", row.pk), institution_id=row.institution_id,
            detail={"rows": count, "reason": reason},
        )  # fmt: skip
    return count
