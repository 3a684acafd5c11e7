"""What the alliance does about a request whose clock ran out: remind the receiver, or close it; with a reason."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from clues.models import RequestParty, RequestStep
from clues.notes import checked_note
from members.models import User
from members.permissions import Permission, check

from . import steps, telling, workflow
from .workflow import Side

# The texts are not the desk's to read before the clock ran out: it has no right to the column, only to this function.
WORDS = "SELECT action, side, code, basis, words, at FROM aif_request_words(%s)"


def remind(*, party: int, reason: str, by: User, now: datetime) -> RequestParty:
    """Tell the receiver of an escalated request once more. `party` is a row number. Raise Refusal."""
    return _act(workflow.REMIND, party=party, reason=reason, by=by, now=now)


def end(*, party: int, reason: str, by: User, now: datetime) -> RequestParty:
    """Close a request that was escalated, for this receiver; both sides are told. Raise Refusal."""
    return _act(workflow.END, party=party, reason=reason, by=by, now=now)


def is_open_to(row: RequestParty, action: str) -> bool:
    """Whether the alliance could do this about the request as it stands."""
    return workflow.find(action, side=Side.ALLIANCE, request=row.request, party=row)[0] is not None


def list_words(*, party: int, by: User) -> list[tuple[str, str, str, str, str, datetime]]:
    """Return (action, side, code, basis, text, at) of the steps of an escalated request; nothing of any other."""
    check(by, Permission.REQUEST_MEDIATE)
    with connection.cursor() as cursor:
        cursor.execute(WORDS, [party])
        return list(cursor.fetchall())


@transaction.atomic
def _act(action: str, *, party: int, reason: str, by: User, now: datetime) -> RequestParty:
    check(by, Permission.DESK_VIEW)
    check(by, Permission.REQUEST_MEDIATE)
    reason = checked_note(reason, required=True)
    found = (
        RequestParty.objects.select_for_update(no_key=True, of=("self",))
        .select_related("request")
        .filter(pk=party)
        .first()
    )
    if found is None:
        raise steps.RequestNotFound
    row, why = workflow.find(action, side=Side.ALLIANCE, request=found.request, party=found)
    if row is None:
        raise steps.StepNotOpen(why)
    # As with the clock: the sender must not learn from their number how many receivers there are.
    before = RequestStep.objects.filter(request=found.request, action=action).exclude(party=found)
    is_first = not before.exists()
    steps.move(found.request, found, row, actor=by, institution_id=None, now=now, words=("", "", reason))
    telling.tell(found.request, action, [found], now=now, sender=is_first)
    return found
