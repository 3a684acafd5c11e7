"""What two people of the alliance decide of a suspension: release it, or confirm it until a day.

One proposes with a reason, another approves (`members.operations.approvals`); the rows of the table demand two people too.
Either way the points start anew: what was judged is not judged again.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from clues import events
from clues.models import Event, FishingTally, ScreeningSuspension
from clues.notes import checked_note
from members import audit
from members.models import Approval, User, reference
from members.operations import approvals
from members.permissions import Permission

RELEASE, CONFIRM = "screening-release", "screening-confirm"
MOST_DAYS = 365


def propose_release(*, suspension_id: int, reason: str, by: User, now: datetime) -> Approval:
    """Propose to let the institution screen again. Raise Refusal."""
    row = _pending(suspension_id)
    return approvals.propose(
        kind=RELEASE, subject_ref=row.ref, institution=row.institution, payload={}, reason=checked_note(reason, required=True), by=by,
        now=now,
    )  # fmt: skip


def propose_confirmation(*, suspension_id: int, days: int, reason: str, by: User, now: datetime) -> Approval:
    """Propose that it stay suspended for `days` (1 to 365) from the decision on. Raise Refusal."""
    row = _pending(suspension_id)
    if not 1 <= days <= MOST_DAYS:
        raise Refusal("field-invalid", gettext_noop("A suspension is confirmed for 1 to 365 days."), field="days")
    return approvals.propose(
        kind=CONFIRM, subject_ref=row.ref, institution=row.institution, payload={"days": days},
        reason=checked_note(reason, required=True), by=by, now=now,
    )  # fmt: skip


def _pending(suspension_id: int | None) -> ScreeningSuspension:
    rows = ScreeningSuspension.objects.select_related("institution").filter(pk=suspension_id or 0)
    row = rows.first()
    if row is None:
        raise Refusal("not-found", gettext_noop("No such suspension."))
    if row.state != ScreeningSuspension.PENDING:
        raise Refusal("transition-refused", gettext_noop("This suspension is decided already."))
    return row


def _release(approval: Approval, *, by: User, now: datetime) -> None:
    row = _decide(approval, ScreeningSuspension.RELEASED, by=by, now=now)
    Event.objects.create(
        institution_id=row.institution_id, kind=events.SCREENING_RESUMED, subject_kind="SS", subject_id=row.pk,
        created_at=now,
    )  # fmt: skip
    _record("screening.release", row, by=by, approval=approval.ref)


def _confirm(approval: Approval, *, by: User, now: datetime) -> None:
    days = approval.payload["days"]
    row = _decide(approval, ScreeningSuspension.CONFIRMED, by=by, now=now, until=now + timedelta(days=days))
    _record("screening.confirm", row, by=by, approval=approval.ref, days=days)


def _decide(
    approval: Approval, state: str, *, by: User, now: datetime, until: datetime | None = None
) -> ScreeningSuspension:
    locked = ScreeningSuspension.objects.select_for_update().filter(
        pk=reference.decode("SS", approval.subject_ref) or 0
    )
    if not locked.exists():
        raise Refusal("not-found", gettext_noop("No such suspension."))
    row = _pending(reference.decode("SS", approval.subject_ref))
    row.state, row.until, row.reason = state, until, approval.reason
    row.proposed_by_id, row.decided_by, row.decided_at = approval.proposed_by_id, by, now
    row.save(update_fields=["state", "until", "reason", "proposed_by", "decided_by", "decided_at"])
    FishingTally.objects.filter(institution_id=row.institution_id).update(
        since=now, tokens=0, hits=0, hit_points=0, case_points=0, night_points=0, volume_points=0
    )
    return row


def _record(verb: str, row: ScreeningSuspension, *, by: User, **detail: object) -> None:
    audit.record(verb, actor=by, subject_ref=row.ref, institution_id=row.institution_id, detail=detail)


def _describe(approval: Approval) -> list[tuple[Any, Any]]:
    found: list[tuple[Any, Any]] = [(_("suspension of screening"), approval.subject_ref)]
    if "days" in approval.payload:
        found.append((_("days"), approval.payload["days"]))
    return found


for code, zh, en, execute in (
    (RELEASE, "恢复筛查", "Release of screening", _release),
    (CONFIRM, "确认暂停筛查", "Confirmation of a suspension of screening", _confirm),
):
    approvals.register(
        approvals.Kind(
            code=code, zh=zh, en=en, propose=Permission.INSTITUTION_SUSPEND, decide=Permission.SCREENING_DECIDE,
            describe=_describe, execute=execute,
        )
    )  # fmt: skip
