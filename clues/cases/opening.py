"""Open a case from a match or a ring. One at a time: a second one would split the evidence."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from clues.cases import parties
from clues.cases.deadlines import due_after
from clues.cases.workflow import INITIAL, INITIAL_DAYS
from clues.models import ONE_OPEN, Case, CaseStep, Match, Ring, RingReview
from clues.notes import checked_note
from clues.rings import review
from members import audit
from members.models import User, reference
from members.permissions import Permission, check


class OriginNotFound(Refusal):
    """No such match or ring, or none that is still standing."""

    def __init__(self) -> None:
        super().__init__("not-found", gettext_noop("There is no such match or ring now."))


class AlreadyOpen(Refusal):
    """A case of this match or ring is open already."""

    def __init__(self) -> None:
        super().__init__("conflict", gettext_noop("A case of this match or ring is open already."))


@transaction.atomic
def open_case(*, by: User, now: datetime, match: str | None = None, ring: str | None = None, note: str = "") -> Case:
    """Open a case of exactly one match (`M-…`) or ring (`R-…`), and tell the institutions concerned.

    Raise OriginNotFound, AlreadyOpen, NoteRefused or PermissionMissing; `review.NotConfirmed` for a ring that two people
    have not promoted.
    """
    check(by, Permission.DESK_VIEW)
    check(by, Permission.RING_REVIEW)
    if (match is None) == (ring is None):
        raise TypeError("open_case() takes a match or a ring")
    note = checked_note(note, required=False)
    due_at = due_after(INITIAL_DAYS, now=now)
    case = Case(state=INITIAL, opened_by=by, edited_by=by, opened_at=now, changed_at=now, due_at=due_at)
    if match is not None:
        case.match = Match.objects.filter(pk=reference.decode("M", match) or 0, released_at__lte=Now()).first()
    else:
        case.ring = Ring.objects.filter(pk=reference.decode("R", ring or "") or 0, state=Ring.OPEN).first()
    if case.match is None and case.ring is None:
        raise OriginNotFound
    if case.ring is not None and review.state_of(review.latest(case.ring)) != RingReview.CONFIRMED:
        raise review.NotConfirmed
    try:
        with transaction.atomic():
            case.save(force_insert=True)
    except IntegrityError as error:
        if not any(name in str(error) for name in ONE_OPEN):
            raise
        raise AlreadyOpen from None
    CaseStep.objects.create(
        case=case, action="open", to_state=INITIAL, by=by, actor_ref=by.audit_ref, at=now, note=note
    )
    audit.record("case.open", actor=by, subject_ref=case.ref, detail={"origin": match or ring})
    parties.tell(case, moved=False, now=now)
    return case
