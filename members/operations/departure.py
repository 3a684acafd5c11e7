"""Leaving the alliance: announced for a day, at which people and keys end; the clues follow by choice.

What becomes of clues and watches is the business of `clues.retention.departures`, which calls `end_access` when the day
has come. Until no clue counts any more the institution keeps its state, so that what it reported counts as before; only
it can do nothing any more.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from members.models import Institution, User
from members.operations.custodian_state import announce
from members.operations.institutions import required_reason
from members.operations.membership import begin, record
from members.permissions import Actor

WITHDRAW, KEEP = "withdraw", "keep"
CHOICES = (WITHDRAW, KEEP)
_FIELDS = ("leaving_announced_at", "leaving_announced_by", "leaving_at", "leaving_clues")


@transaction.atomic
def announce_leaving(
    *, institution_id: int, day: date, clues: str, reason: str, by: User, now: datetime
) -> Institution:
    """Announce that an institution leaves at the beginning of a day (China time), today at the earliest.

    `clues`: `withdraw` takes all its clues back then, `keep` lets them count until they expire. Announced again, the
    later word counts. Raise Refusal.
    """
    institution = begin(institution_id=institution_id, action="announce-leaving", by=by)
    reason = required_reason(reason)
    if institution.departed_at is not None:
        raise Refusal("transition-refused", gettext_noop("Its people and keys have ended already."))
    if clues not in CHOICES:
        raise Refusal("field-invalid", gettext_noop("Say what becomes of its clues."), field="clues")
    if day < timezone.localdate(now):
        raise Refusal("field-invalid", gettext_noop("The day is today or later."), field="day")
    institution.leaving_announced_at, institution.leaving_announced_by = now, by
    institution.leaving_at = timezone.make_aware(datetime.combine(day, datetime.min.time()))
    institution.leaving_clues = clues
    institution.save(update_fields=_FIELDS)
    record("institution.leave.announce", institution, by=by, day=day.isoformat(), clues=clues, reason=reason)
    return institution


@transaction.atomic
def stay(*, institution_id: int, reason: str, by: User, now: datetime) -> Institution:
    """Take back what was announced, while its day has not come. Raise Refusal."""
    institution = begin(institution_id=institution_id, action="stay", by=by)
    reason = required_reason(reason)
    if institution.leaving_at is None or institution.departed_at is not None:
        raise Refusal("transition-refused", gettext_noop("Nothing is announced, or its day has come already."))
    institution.leaving_announced_at = institution.leaving_announced_by = institution.leaving_at = None
    institution.leaving_clues = ""
    institution.save(update_fields=_FIELDS)
    record("institution.leave.cancel", institution, by=by, reason=reason)
    return institution


@transaction.atomic
def end_access(*, institution_id: int, by: Actor, now: datetime) -> bool:
    """End the keys, accounts, sessions, invitations and webhooks of an institution whose day has come; False if not.

    One function of the database does it, with the owner's rights and by its own clock: the worker may not write these
    tables.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT aif_depart(%s)", [institution_id])
        (done,) = cursor.fetchone()
    if done:
        institution = Institution.objects.get(pk=institution_id)
        record("institution.depart", institution, by=by, clues=institution.leaving_clues)
        announce(institution, now=now)
    return bool(done)
