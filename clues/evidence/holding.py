"""Legal hold, and sharing with the other parties: what may be changed of evidence that is there."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from clues.cases import joint, parts
from clues.evidence import custody, queries
from clues.models import CustodyEntry, EvidenceItem
from clues.notes import checked_note
from members import audit
from members.models import User, reference
from members.permissions import Permission, check
from members.queries import Member, Person


class EvidenceChanged(Refusal):
    """Somebody changed the row since it was read."""

    def __init__(self) -> None:
        super().__init__("version-changed", gettext_noop("Somebody changed this meanwhile. Read it again."))


def place_hold(*, evidence: str, reason: str, by: Person | User, now: datetime) -> EvidenceItem:
    """Keep a piece of evidence whatever else is decided, until the hold is lifted. Once placed, repeating it is refused.

    An approver of the institution that holds it, or of the alliance. Raise EvidenceNotFound, PermissionMissing, NoteRefused,
    Refusal `transition-refused`.
    """
    return _hold(evidence, reason, by, now, on=True)


def lift_hold(*, evidence: str, reason: str, by: Person | User, now: datetime) -> EvidenceItem:
    """Lift a legal hold. What the alliance placed, only the alliance lifts. Raise as `place_hold` does, Refusal `legal-hold`."""
    return _hold(evidence, reason, by, now, on=False)


def share(*, evidence: str, shared: bool, version: int, by: Member, now: datetime) -> EvidenceItem:
    """Let the other parties of the case open a piece of own evidence, or no longer; the part becomes a draft again.

    Raise EvidenceNotFound, EvidenceChanged, PermissionMissing, Refusal `transition-refused` where parts are not written now.
    """
    joint.check_work(by)
    with transaction.atomic():
        part = parts.reopen(case=reference.encode("CASE", find_own(evidence, by).case_id), by=by, now=now)
        row = lock(find_own(evidence, by), version)
        if row.shared_with_parties == shared:
            raise Refusal("transition-refused", gettext_noop("It is so already."))
        row.shared_with_parties, row.version = shared, row.version + 1
        row.save(update_fields=["shared_with_parties", "version"])
        action = "shared" if shared else "unshared"
        custody.add(row, action, by=by, now=now, institution_id=row.institution_id)
        record("evidence.share", row, by, shared=shared, part_version=part.version)
    return row


def find_own(evidence: str, by: Member) -> EvidenceItem:
    """Return evidence that the institution of whoever acts holds. Raise EvidenceNotFound."""
    row = queries.find(evidence, viewer=by)
    if row.institution_id != by.institution_id:
        raise queries.EvidenceNotFound
    return row


def lock(row: EvidenceItem, version: int | None = None) -> EvidenceItem:
    """Return the row, held to the end of the transaction. Raise EvidenceChanged, Refusal `evidence-destroyed`."""
    held = (
        EvidenceItem.objects.select_for_update(no_key=True, of=("self",)).select_related("object__key").get(pk=row.pk)
    )
    if version is not None and held.version != version:
        raise EvidenceChanged
    if held.state == EvidenceItem.DESTROYED:
        raise Refusal("evidence-destroyed", gettext_noop("This was destroyed; only its record is left."))
    return held


def record(verb: str, row: EvidenceItem, by: Any, **detail: Any) -> None:
    """Record what was done with a piece of evidence."""
    audit.record(
        verb,
        actor=by,
        subject_ref=row.ref,
        institution_id=row.institution_id,
        detail={"case": reference.encode("CASE", row.case_id), **detail},
    )


def _hold(evidence: str, reason: str, by: Person | User, now: datetime, *, on: bool) -> EvidenceItem:
    at_desk = isinstance(by, User)
    if isinstance(by, User):
        queries.check_desk(by)
        found = queries.find_at_desk(evidence)
    else:
        check(by, Permission.CASE_VIEW)
        found = find_own(evidence, by)
    check(by, Permission.CASE_DECIDE)
    reason = checked_note(reason, required=True)
    with transaction.atomic():
        row = lock(found)
        if row.legal_hold == on:
            raise Refusal("transition-refused", gettext_noop("It is so already."))
        if not on and not at_desk and _placed_by_desk(row):
            raise Refusal("legal-hold", gettext_noop("The alliance placed this hold, and lifts it."))
        row.legal_hold, row.version = on, row.version + 1
        row.save(update_fields=["legal_hold", "version"])
        action = "hold-placed" if on else "hold-lifted"
        custody.add(row, action, by=by, now=now, institution_id=by.institution_id, note=reason)
        record("evidence.hold", row, by, hold=on)
    return row


def _placed_by_desk(row: EvidenceItem) -> bool:
    last = CustodyEntry.objects.filter(item=row, action="hold-placed").order_by("-seq").first()
    return last is not None and last.institution_id is None
