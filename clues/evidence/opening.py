"""Opening evidence: by whom it is shown to, for a reason that is on record before the first byte is out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from clues.evidence import announcing, custody, queries
from clues.evidence.announcing import Details
from clues.models import EvidenceItem
from clues.notes import checked_note
from clues.vault import objects
from clues.vault.failures import alarm
from members import audit
from members.models import User, reference
from members.permissions import Job, Permission, check
from members.queries import Member


@dataclass(frozen=True, slots=True)
class Opened:
    """A piece of evidence and its content, every frame of which was authenticated once and is again as it is read."""

    evidence: str
    details: Details
    media_type: str
    size: int
    sha256: str
    content: objects.Reader


def open_evidence(*, evidence: str, reason: str, by: Member | User, now: datetime) -> Opened:
    """Open a piece of evidence; the caller closes its `content`. Not to be called within a transaction.

    A person or key of a member opens what its institution holds, and what another party approved and shares; the desk opens
    everything. Audit event and custody entry are committed when this returns. Raise EvidenceNotFound, PermissionMissing,
    NoteRefused, Destroyed, KekMissing, IntegrityFailed.
    """
    row = _find(evidence, by)
    check(by, Permission.EVIDENCE_OPEN)
    reason = checked_note(reason, required=True)
    objects.verify(row.object, digests=False)  # all of it: no half of something altered goes out
    details = announcing.unseal(bytes(row.sealed_details), row.object)
    _check_row(row)
    content = objects.open_object(row.object)
    try:
        with transaction.atomic(durable=True):
            EvidenceItem.objects.select_for_update(no_key=True, of=("self",)).only("id").get(pk=row.pk)
            custody.add(row, "opened", by=by, now=now, institution_id=by.institution_id, note=reason)
            audit.record(
                "evidence.open",
                actor=by,
                subject_ref=row.ref,
                institution_id=by.institution_id,
                detail={"case": reference.encode("CASE", row.case_id), "sha256": row.sha256},
            )
            if row.institution_id != by.institution_id:
                _tell_holder(row, by)
    except BaseException:
        content.close()
        raise
    return Opened(row.ref, details, row.media_type, row.size, row.sha256, content)


def _find(evidence: str, by: Member | User) -> EvidenceItem:
    if isinstance(by, User):
        queries.check_desk(by)
        return queries.find_at_desk(evidence)
    check(by, Permission.CASE_VIEW)
    row = queries.find(evidence, viewer=by)
    if not queries.is_readable(row, by):
        raise queries.EvidenceNotFound
    return row


def _check_row(row: EvidenceItem) -> None:
    """The row is the object's own: the details opened under its key, and what the two say of the content agrees."""
    stored = row.object
    if (row.size, row.sha256, row.sm3) != (stored.size, stored.sha256, stored.sm3) or (
        stored.bound_to != custody.binding(row.case_id, row.institution_id)
    ):
        raise alarm(what="row", about=str(stored.id))


def _tell_holder(row: EvidenceItem, by: Member | User) -> None:
    """Put it into the trail of the institution that holds it, too. Parties of a case do not know each other's people."""
    audit.record(
        "evidence.open.elsewhere",
        actor=Job("custody"),
        subject_ref=row.ref,
        institution_id=row.institution_id,
        detail={
            "case": reference.encode("CASE", row.case_id),
            "by": "alliance" if by.institution_id is None else "party",
        },
    )
