"""Open what was committed to: the institution sends the very file, which goes into the vault for the alliance's eyes alone."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from clues.models import EvidenceDemand
from clues.vault import objects
from members import audit
from members.permissions import Permission, check
from members.queries import Member

from .queries import DemandView, find_own, view

MOST_BYTES: Final = 20 * 1024 * 1024
MOST_ATTEMPTS: Final = 3
"""Files that may differ from the commitment; the third of them ends the demand as unanswered."""


def bound_to(row: EvidenceDemand) -> str:
    """Return what every frame of the file is authenticated with: that of another demand does not open in its place."""
    return f"demand|{row.pk}|{row.institution_id}|{row.clue_id}"


def open_evidence(*, demand: str, blocks: Iterable[bytes], by: Member, now: datetime) -> DemandView:
    """Take the file that a demand (`ED-…`) asks for; the same file again changes nothing. Not to be called within a transaction: a file that differs is noted.

    Raise DemandNotFound, for strangers too; KekMissing; Refusal `transition-refused` (answered, or too late), `empty`,
    `too-large`, `digest-differs` (not the file that was committed to; `left` says how many more may differ).
    """
    check(by, Permission.CLUE_SUBMIT)
    row = find_own(demand, by)
    said = hashlib.sha256()
    if row.state == EvidenceDemand.OPENED:  # the answer to it may have been lost on the way
        for block in blocks:
            said.update(block)
        if row.object is not None and said.hexdigest() == row.object.sha256:
            return view(row)
    _check_open(row, now)
    with objects.create(kind="evidence", bound_to=bound_to(row), now=now) as writer:
        size = 0
        for block in blocks:
            size += len(block)
            if size > MOST_BYTES:
                raise Refusal("too-large", gettext_noop("The file has at most 20 MiB."), limit=MOST_BYTES)
            said.update(block)
            writer.write(block)
        if not size:
            raise Refusal("empty", gettext_noop("The file is empty."))
        if row.committed not in ("", said.hexdigest()):
            raise _differs(row, by, now)
        with transaction.atomic():
            row = EvidenceDemand.objects.select_for_update(no_key=True).get(pk=row.pk, institution_id=by.institution_id)
            _check_open(row, now)
            row.object = writer.finish()
            row.state, row.opened_at, row.opened_by_ref = EvidenceDemand.OPENED, now, by.audit_ref
            row.save(update_fields=["state", "object", "opened_at", "opened_by_ref"])
            _record("evidence.show", row, by, sha256=row.object.sha256)
    return view(row)


def _check_open(row: EvidenceDemand, now: datetime) -> None:
    if row.state != EvidenceDemand.OPEN or row.due_at <= now:
        raise Refusal("transition-refused", gettext_noop("This is answered already, or its time is over."))


def _differs(row: EvidenceDemand, by: Member, now: datetime) -> Refusal:
    """Note a file that is not what was committed to; with the last one allowed, the demand has failed."""
    with transaction.atomic():
        rows = EvidenceDemand.objects.filter(pk=row.pk, institution_id=by.institution_id, state=EvidenceDemand.OPEN)
        rows.update(attempts=F("attempts") + 1)
        rows.filter(attempts__gte=MOST_ATTEMPTS).update(state=EvidenceDemand.FAILED, decided_at=now)
        row.refresh_from_db()
        _record("evidence.differ", row, by, attempts=row.attempts)
    return Refusal(
        "digest-differs",
        gettext_noop("This is not the file whose SHA-256 stands on the clue. Send that very file, byte for byte."),
        left=max(0, MOST_ATTEMPTS - row.attempts),
    )


def _record(verb: str, row: EvidenceDemand, by: Member, **detail: str | int) -> None:
    audit.record(verb, actor=by, subject_ref=row.ref, institution_id=row.institution_id, detail=detail)
