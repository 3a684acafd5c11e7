"""The alliance's part of demands: it alone sees the file, and says whether it bears the clue."""

from __future__ import annotations

from datetime import datetime
from io import RawIOBase
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from clues.models import EvidenceDemand, StoredObject
from clues.notes import checked_note
from clues.vault import objects
from clues.vault.failures import alarm
from members import audit
from members.models import User
from members.permissions import Permission, check

from .opening import bound_to
from .queries import DemandNotFound

VERBS: Final = {EvidenceDemand.ACCEPTED: "evidence.accept", EvidenceDemand.REFUTED: "evidence.refute"}


def look_at(*, demand: int, reason: str, by: User, now: datetime) -> tuple[RawIOBase, int]:
    """Open the file of a demand for a person of the desk; return its reader and size.

    Its institution sees in its trail that it was looked at. Not to be called within a transaction: what cannot be written
    down for good is not opened. Raise PermissionMissing, DemandNotFound, NoteRefused, Destroyed, KekMissing, IntegrityFailed.
    """
    check(by, Permission.DISPUTE_DECIDE)
    reason = checked_note(reason, required=True)
    row = EvidenceDemand.objects.select_related("object", "object__key").filter(pk=demand).first()
    if row is None or row.object is None:
        raise DemandNotFound
    stored: StoredObject = row.object
    if stored.bound_to != bound_to(row) or row.committed not in ("", stored.sha256):
        raise alarm(what="demand", about=str(stored.id))
    objects.verify(stored)  # all of it: no half of something altered goes out
    reader = objects.open_object(stored)
    try:
        with transaction.atomic():
            _record("evidence.demand.open", row, by, sha256=stored.sha256, reason=reason)
    except BaseException:
        reader.close()
        raise
    return reader, stored.size


def decide(*, demand: int, verdict: str, reason: str, by: User, now: datetime) -> EvidenceDemand:
    """Accept the evidence, or find that it does not bear the clue, which is then withdrawn and counts as refuted.

    `verdict` is EvidenceDemand.ACCEPTED or REFUTED. Its institution reads the reason. Raise PermissionMissing, NoteRefused,
    DemandNotFound, Refusal `transition-refused` where nothing was opened, or it is decided.
    """
    check(by, Permission.DISPUTE_DECIDE)
    reason = checked_note(reason, required=True)
    with transaction.atomic():
        row = EvidenceDemand.objects.select_for_update(no_key=True).filter(pk=demand).first()
        if row is None:
            raise DemandNotFound
        if row.state != EvidenceDemand.OPENED:
            raise Refusal("transition-refused", gettext_noop("There is nothing to decide here, or no longer."))
        row.state, row.decided_at, row.decided_by, row.decision_reason = verdict, now, by, reason
        row.save(update_fields=["state", "decided_at", "decided_by", "decision_reason"])
        _record(VERBS[verdict], row, by, reason=reason)
    return row


def _record(verb: str, row: EvidenceDemand, by: User, **detail: str) -> None:
    audit.record(verb, actor=by, subject_ref=row.ref, institution_id=row.institution_id, detail=detail)
