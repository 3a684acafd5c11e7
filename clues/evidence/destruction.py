"""Destroying evidence: its key, and with it content, title and names, in every copy. Row and chain of custody stay."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from clues.cases import joint, parts
from clues.cases.workflow import RESTING
from clues.evidence import custody, holding
from clues.models import Case, EvidenceItem, EvidenceUpload
from clues.notes import checked_note
from clues.vault import files, objects
from members import audit
from members.models import reference
from members.permissions import Job, Permission, check
from members.queries import Person

JOB = Job("retention")
KEPT: Final = timedelta(days=3 * 366)
"""So long evidence stays after its case came to rest, unless it says a day of its own. The alliance's to decide with counsel."""
UPLOADS_KEPT: Final = timedelta(days=7)
"""So long an upload may stand still."""


def destroy(*, evidence: str, reason: str, version: int, by: Person, now: datetime) -> EvidenceItem:
    """Destroy a piece of own evidence, as an approver who did not add it, for good.

    Only while parts are written (the part becomes a draft again) or once the case rests: between the two it is what was
    approved. Raise EvidenceNotFound, EvidenceChanged, PermissionMissing, NoteRefused, Refusal `four-eyes`, `legal-hold`,
    `transition-refused`, `evidence-destroyed`.
    """
    check(by, Permission.CASE_VIEW)
    check(by, Permission.CASE_DECIDE)
    found = holding.find_own(evidence, by)
    reason = checked_note(reason, required=True)
    with transaction.atomic():
        case = Case.objects.select_for_update(of=("self",)).only("id", "state").get(pk=found.case_id)
        if case.state in joint.WRITTEN:
            parts.reopen(case=reference.encode("CASE", case.pk), by=by, now=now)
        elif case.state not in RESTING:
            raise Refusal("transition-refused", gettext_noop("The case stands on this evidence now."))
        row = holding.lock(found, version)
        if by.user_id == row.added_by_id:
            raise Refusal("four-eyes", gettext_noop("You added this; a second person of your institution destroys it."))
        if row.legal_hold:
            raise Refusal("legal-hold", gettext_noop("It is under legal hold."))
        row.destroyed_by_id = by.user_id
        _destroy(row, now)
        custody.add(row, "destroyed", by=by, now=now, institution_id=by.institution_id, note=reason)
        holding.record("evidence.destroy", row, by, sha256=row.sha256)
    return row


def destroy_due(*, limit: int, now: datetime) -> int:
    """Destroy up to `limit` pieces whose time is over, each in a transaction of its own; return how many. The worker's."""
    # A case that was merged goes on in another one: its evidence waits until that one has ended.
    rests = Case.objects.filter(
        ~Q(state=Case.MERGED)
        | Q(merged_into__state__in=(Case.CLOSED, Case.DISMISSED), merged_into__changed_at__lt=now - KEPT),
        pk=OuterRef("case"),
        state__in=RESTING,
    )
    over = Q(keep_until__lt=now.date()) & Exists(rests) | Q(keep_until__isnull=True) & Exists(
        rests.filter(changed_at__lt=now - KEPT)
    )
    due = EvidenceItem.objects.filter(over, state=EvidenceItem.STORED, legal_hold=False).order_by("id")
    return sum(_destroy_one(number, now) for number in due.values_list("pk", flat=True)[:limit])


def expire_uploads(*, limit: int, now: datetime) -> int:
    """End up to `limit` uploads that stood still too long; return how many. The worker's."""
    still = EvidenceUpload.objects.filter(state=EvidenceUpload.OPEN, changed_at__lt=now - UPLOADS_KEPT)
    gone = 0
    for number in list(still.order_by("changed_at").values_list("pk", flat=True)[:limit]):
        with transaction.atomic():
            row = (
                EvidenceUpload.objects.select_for_update(no_key=True, of=("self",))
                .select_related("object__key")
                .get(pk=number)
            )
            if row.state != EvidenceUpload.OPEN or row.changed_at >= now - UPLOADS_KEPT:
                continue
            row.state, row.changed_at = EvidenceUpload.EXPIRED, now
            row.save(update_fields=["state", "changed_at"])
            objects.destroy(row.object, now)
            audit.record(
                "evidence.cancel", actor=JOB, subject_ref=row.ref, institution_id=row.institution_id,
                detail={"case": reference.encode("CASE", row.case_id), "state": row.state},
            )  # fmt: skip
            gone += 1
    return gone


def sweep_files(*, now: datetime) -> int:
    """Remove files that no row counts, with one audit event; return how many. The worker's."""
    gone = files.sweep(now=now)
    if gone:
        with transaction.atomic():
            audit.record("vault.sweep", actor=JOB, detail={"files": gone})
    return gone


@transaction.atomic
def _destroy_one(number: int, now: datetime) -> int:
    held = EvidenceItem.objects.select_for_update(no_key=True, skip_locked=True, of=("self",))
    row = held.select_related("object__key").filter(pk=number, state=EvidenceItem.STORED, legal_hold=False).first()
    if row is None:
        return 0
    _destroy(row, now)
    custody.add(row, "destroyed", by=JOB, now=now, institution_id=None, note="retention")
    holding.record("evidence.destroy", row, JOB, sha256=row.sha256)
    return 1


def _destroy(row: EvidenceItem, now: datetime) -> None:
    objects.destroy(row.object, now)
    row.state, row.version, row.destroyed_at = EvidenceItem.DESTROYED, row.version + 1, now
    row.save(update_fields=["state", "version", "destroyed_at", *(["destroyed_by"] if row.destroyed_by_id else [])])
