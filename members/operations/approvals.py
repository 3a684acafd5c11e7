"""Approvals by a second person: propose, change, approve, return, take back, lapse; and exports, which need one.

A kind is a row of KINDS: what it is called, who may propose and decide, what the page says of a proposal, and what is
done when it is approved, in the same transaction. Packages add rows when the application starts (`register`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from members import audit
from members.models import Approval, ApprovalState, Institution, User
from members.operations.institutions import required_reason
from members.permissions import Actor, Job, Permission, check

LIFE = timedelta(days=7)
EXPORT = "export"
FREE_ROWS = 1_000
"""Rows that one person may take out of the desk."""
TAKE_WITHIN = timedelta(hours=24)
"""How long an approved export may be taken, once."""


@dataclass(frozen=True)
class Kind:
    """One kind of thing that two people decide."""

    code: str
    zh: str
    en: str
    propose: Permission
    decide: Permission
    describe: Callable[[Approval], Sequence[tuple[Any, Any]]]
    """What the page says would be done: pairs of a label and a value, with nothing of a person in them."""
    execute: Callable[..., object] | None = None
    """Called with the approval, `by=` who approved and `now=`; it may refuse, and then nothing is approved."""


KINDS: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Add a row; a code that stands twice is an error of the program."""
    if kind.code in KINDS:
        raise ValueError(f"the kind {kind.code} stands twice")
    KINDS[kind.code] = kind


@transaction.atomic
def propose(
    *,
    kind: str,
    subject_ref: str,
    payload: Mapping[str, Any],
    reason: str,
    by: Actor,
    now: datetime,
    institution: Institution | None = None,
) -> Approval:
    """Store a proposal; one that is open about the same thing is changed instead, and then counts as this person's too.

    `payload` holds codes, numbers and references. Raise Refusal: `permission-missing`, `field-invalid` (reason),
    `four-eyes` for whoever is no person: a command has nobody else to ask.
    """
    row = KINDS[kind]
    check(by, row.propose)
    reason = required_reason(reason)
    if not isinstance(by, User):
        raise Refusal("four-eyes", gettext_noop("Propose this at the desk, where a second person decides."))
    with connection.cursor() as cursor:
        # Of two who propose the same at once, one changes what the other proposed.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"aif.approval|{kind}|{subject_ref}"])
    open_rows = Approval.objects.select_for_update().filter(kind=kind, subject_ref=subject_ref, state=_OPEN)
    found = open_rows.first()
    if found is not None and found.expires_at <= now:
        _lapse(found)
        found = None
    if found is None:
        made = Approval.objects.create(
            kind=kind,
            subject_ref=subject_ref,
            institution=institution,
            payload=dict(payload),
            reason=reason,
            proposed_by=by,
            proposed_at=now,
            expires_at=now + LIFE,
        )
        _record("approval.propose", made, by=by, reason=reason)
        return made
    found.payload, found.reason, found.version = dict(payload), reason, found.version + 1
    found.edited_by, found.edited_at, found.expires_at = by, now, now + LIFE
    found.save(update_fields=["payload", "reason", "version", "edited_by", "edited_at", "expires_at"])
    _record("approval.change", found, by=by, reason=reason, version=found.version)
    return found


@transaction.atomic
def approve(*, approval_id: int, version: int, by: User, now: datetime) -> Approval:
    """Approve a proposal and do it, or neither. Raise Refusal."""
    row = _open_row(approval_id, version, now)
    kind = KINDS[row.kind]
    check(by, kind.decide)
    _check_second_person(row, by)
    row.state, row.decided_by, row.decided_at = ApprovalState.APPROVED.value, by, now
    row.save(update_fields=["state", "decided_by", "decided_at"])
    _record("approval.approve", row, by=by)
    if kind.execute is not None:
        kind.execute(row, by=by, now=now)
    return row


@transaction.atomic
def give_back(*, approval_id: int, version: int, reason: str, by: User, now: datetime) -> Approval:
    """Return a proposal with a reason; nothing is done. Raise Refusal."""
    row = _open_row(approval_id, version, now)
    check(by, KINDS[row.kind].decide)
    _check_second_person(row, by)
    row.state, row.decided_by, row.decided_at = ApprovalState.RETURNED.value, by, now
    row.decision_reason = required_reason(reason)
    row.save(update_fields=["state", "decided_by", "decided_at", "decision_reason"])
    _record("approval.return", row, by=by, reason=row.decision_reason)
    return row


@transaction.atomic
def withdraw(*, approval_id: int, by: User, now: datetime) -> Approval:
    """Take back what one proposed or changed last. Raise Refusal."""
    row = _locked(approval_id)
    if by.pk not in (row.proposed_by_id, row.edited_by_id):
        raise Refusal("permission-missing", gettext_noop("Only who proposed this can take it back; return it instead."))
    if row.state != _OPEN:
        raise _not_open(row)
    row.state = ApprovalState.WITHDRAWN.value
    row.save(update_fields=["state"])
    _record("approval.withdraw", row, by=by)
    return row


@transaction.atomic
def expire(*, now: datetime, limit: int = 100) -> int:
    """Let lapse what nobody decided in time; return how many."""
    rows = Approval.objects.select_for_update(skip_locked=True).filter(state=_OPEN, expires_at__lte=now)
    done = list(rows.order_by("expires_at")[:limit])
    for row in done:
        _lapse(row)
    return len(done)


def require_export(
    *, what: str, rows: int, by: User, now: datetime, parameters: Mapping[str, Any], reason: str = ""
) -> None:
    """Let a person take rows of others or of the alliance out of the desk: up to FREE_ROWS alone, more by approval.

    `what` is the export's code, `parameters` what was chosen (codes, references, dates): an approval is for exactly
    that, for this person, once and within a day. Without one this proposes it, in a transaction of its own, and raises
    Refusal `approval-missing`.
    """
    detail = {"what": what, "rows": rows, **parameters}
    subject = f"{what}:{_digest(parameters)}:{by.ref}"[:64]
    with transaction.atomic():
        if rows <= FREE_ROWS:
            audit.record("export.take", actor=by, detail=detail)
            return
        granted = Approval.objects.select_for_update().filter(
            kind=EXPORT,
            subject_ref=subject,
            state=ApprovalState.APPROVED.value,
            proposed_by=by,
            used_at=None,
            decided_at__gt=now - TAKE_WITHIN,
        )
        row = granted.order_by("-id").first()
        if row is not None:
            row.used_at = now
            row.save(update_fields=["used_at"])
            audit.record("export.take", actor=by, subject_ref=row.ref, detail=detail)
            return
        asked = Approval.objects.filter(kind=EXPORT, subject_ref=subject, state=_OPEN, expires_at__gt=now)
        if not asked.exists():
            propose(kind=EXPORT, subject_ref=subject, payload=detail, reason=reason, by=by, now=now)
    raise Refusal(
        "approval-missing",
        gettext_noop("More than 1,000 rows need a second person. It is proposed; come back once it is approved."),
        rows=rows,
    )


def label(code: str, *, chinese: bool) -> str:
    """Return what a kind is called; a code without a row as it is."""
    kind = KINDS.get(code)
    return code if kind is None else kind.zh if chinese else kind.en


_OPEN = ApprovalState.PROPOSED.value


def _digest(parameters: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(dict(parameters), sort_keys=True).encode()).hexdigest()[:12]


def _locked(approval_id: int) -> Approval:
    row = Approval.objects.select_for_update(of=("self",)).filter(pk=approval_id).first()
    if row is None:
        raise Refusal("not-found")
    return row


def _open_row(approval_id: int, version: int, now: datetime) -> Approval:
    row = _locked(approval_id)
    if row.state != _OPEN or row.expires_at <= now:
        raise _not_open(row)
    if row.version != version:
        raise Refusal("version-changed", gettext_noop("The proposal was changed meanwhile. Look at it again."))
    return row


def _not_open(row: Approval) -> Refusal:
    return Refusal(
        "transition-refused", gettext_noop("This was decided, taken back or has lapsed already."), state=row.state
    )


def _check_second_person(row: Approval, by: User) -> None:
    if by.pk in (row.proposed_by_id, row.edited_by_id):
        raise Refusal("four-eyes", gettext_noop("You proposed or changed this; a second person has to decide it."))


def _lapse(row: Approval) -> None:
    row.state = ApprovalState.EXPIRED.value
    row.save(update_fields=["state"])
    _record("approval.expire", row, by=Job("approvals"))


def _record(verb: str, row: Approval, *, by: Actor, **detail: object) -> None:
    audit.record(
        verb,
        actor=by,
        subject_ref=row.ref,
        institution_id=row.institution_id,
        detail={"kind": row.kind, "about": row.subject_ref, **detail},
    )


def _describe_export(row: Approval) -> list[tuple[Any, Any]]:
    return list(row.payload.items())


register(
    Kind(
        code=EXPORT,
        zh="导出（超过 1,000 行）",
        en="Export of more than 1,000 rows",
        propose=Permission.DESK_VIEW,
        decide=Permission.EXPORT_DECIDE,
        describe=_describe_export,
    )
)
