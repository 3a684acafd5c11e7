"""Lock-outs: who is kept out after too many wrong passwords or second factors, and letting them in again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from axes.models import AccessAttempt
from django.contrib.auth.signals import user_login_failed
from django.db import transaction

from aif_share.errors import Refusal
from members import audit
from members.models import User
from members.operations.institutions import required_reason
from members.permissions import Actor, Permission, check

FACTOR_MARK = " / second factor"
"""Follows the user name in the list of the desk where second factors were wrong. No user name has a space."""


def is_factor_locked(request: Any, username: str) -> bool:
    """Whether too many second factors of this person were wrong."""
    locked: bool = AxesProxyHandler.is_locked(request, {"username": username + FACTOR_MARK})
    return locked


def count_wrong_factor(request: Any, username: str) -> None:
    """Count one wrong second factor; the limit reached, the answer becomes the lock-out page."""
    user_login_failed.send(sender=__name__, credentials={"username": username + FACTOR_MARK}, request=request)


def forget_wrong_factors(username: str) -> None:
    """A right one ends the count."""
    AxesProxyHandler.reset_attempts(username=username + FACTOR_MARK)


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
