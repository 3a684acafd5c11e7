"""Lock-outs: who is kept out after too many wrong passwords or second factors, and letting them in again."""

from __future__ import annotations

from datetime import datetime

from axes.models import AccessAttempt
from django.db import transaction

from aif_share.errors import Refusal
from members import audit
from members.models import User
from members.operations.institutions import required_reason
from members.permissions import Actor, Permission, check


@transaction.atomic
def lift(*, attempt_id: int, reason: str, by: Actor, now: datetime) -> None:
    """Forget the failed attempts of one row; whoever was locked out may try again at once."""
    check(by, Permission.TEAM_MANAGE)
    reason = required_reason(reason)
    row = AccessAttempt.objects.filter(pk=attempt_id).first()
    if row is None:
        raise Refusal("not-found")
    # What was typed as a user name may be anything, even a password; the trail names people by reference.
    username = (row.username or "").partition(" ")[0]
    person = User.objects.filter(username=username).first()
    row.delete()
    audit.record(
        "lockout.lift",
        actor=by,
        subject_ref=person.ref if person else "",
        institution_id=person.institution_id if person else None,
        detail={"reason": reason, "failures": row.failures_since_start},
    )
