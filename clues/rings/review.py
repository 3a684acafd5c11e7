"""Review before promotion: a case is opened from a ring only after one person proposed it and another confirmed it.

The builder alone writes rings; what people think of one stands beside it, in rows of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from clues.models import Ring, RingReview
from clues.notes import checked_note
from clues.rings.queries import RingNotFound
from members import audit
from members.models import User, reference
from members.permissions import Permission, can, check

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

NEW = "new"
STATES: Final[Mapping[str, StrPromise]] = MappingProxyType(
    {
        NEW: _("new"),
        RingReview.PROPOSED: _("proposed, waits for a second person"),
        RingReview.CONFIRMED: _("confirmed"),
        RingReview.RETURNED: _("returned"),
        RingReview.SET_ASIDE: _("set aside"),
    }
)


@dataclass(frozen=True, slots=True)
class Step:
    """One row: from which states a ring's review moves, to which, by whom, and whether a reason is needed.

    `anew`: a further attempt, in a row of its own. `four_eyes`: not by whoever proposed.
    """

    action: str
    sources: tuple[str, ...]
    target: str
    by: Permission
    label: StrPromise
    anew: bool = False
    four_eyes: bool = False
    reason_required: bool = False


# fmt: off
STEPS: Final = (
    Step("propose", (NEW, RingReview.RETURNED, RingReview.SET_ASIDE), RingReview.PROPOSED, Permission.RING_REVIEW,
         _("Propose for a case"), anew=True),
    Step("confirm", (RingReview.PROPOSED,), RingReview.CONFIRMED, Permission.RING_DECIDE,
         _("Confirm the proposal"), four_eyes=True),
    Step("return", (RingReview.PROPOSED,), RingReview.RETURNED, Permission.RING_DECIDE,
         _("Return the proposal"), four_eyes=True, reason_required=True),
    Step("set-aside", (NEW, RingReview.RETURNED), RingReview.SET_ASIDE, Permission.RING_REVIEW,
         _("Set aside"), anew=True, reason_required=True),
)
# fmt: on
BY_ACTION: Final[Mapping[str, Step]] = MappingProxyType({row.action: row for row in STEPS})

# What makes a ring another one than was confirmed: a further group, or a quarter more or fewer clues.
GREW_BY, SHRANK_BY = 1.25, 0.75


_DECISION = ["state", "decided_by", "decided_at", "reason", "clues", "identifiers", "groups"]


class ReviewNotOpen(Refusal):
    """The ring's review stands elsewhere, or the ring is none any more."""

    def __init__(self) -> None:
        super().__init__("transition-refused", gettext_noop("This is not open in the present state of the ring."))


class SecondPersonNeeded(Refusal):
    """Whoever proposed a ring does not decide on it."""

    def __init__(self) -> None:
        super().__init__("four-eyes", gettext_noop("You proposed this ring; a second person has to decide."))


class NotConfirmed(Refusal):
    """Nobody has confirmed yet that the ring may become a case."""

    def __init__(self) -> None:
        super().__init__(
            "transition-refused",
            gettext_noop("A case is opened from a ring once a second person confirmed the proposal."),
        )


def latest(ring: Ring) -> RingReview | None:
    """Return where the review of the ring stands, None for a new one."""
    return ring.reviews.order_by("-no").first()


def state_of(review: RingReview | None) -> str:
    """Return the code of the state, of STATES."""
    return NEW if review is None else review.state


def changed_since(ring: Ring, found: RingReview | None) -> str | None:
    """Return `grew` or `shrank` if the ring is another one than was confirmed, else None."""
    if found is None or found.state != RingReview.CONFIRMED:
        return None
    if ring.groups < found.groups or ring.clues <= found.clues * SHRANK_BY:
        return "shrank"
    if ring.groups > found.groups or ring.clues >= found.clues * GREW_BY:
        return "grew"
    return None


def actions_for(ring: Ring, found: RingReview | None, user: object) -> list[Step]:
    """Return what this person may do about the ring's review as it stands, in the table's order."""
    return [
        row
        for row in STEPS
        if can(user, row.by)
        and is_open(row, ring, found)
        and not (row.four_eyes and found is not None and found.proposed_by_id == getattr(user, "pk", None))
    ]


@transaction.atomic
def move(*, ring: str, action: str, by: User, now: datetime, note: str = "") -> RingReview:
    """Perform a row of STEPS on the review of `R-…`; return the review as it stands then.

    Raise RingNotFound, ReviewNotOpen, SecondPersonNeeded, NoteRefused or PermissionMissing; nothing is written then.
    """
    row = BY_ACTION[action]
    check(by, Permission.DESK_VIEW)
    check(by, row.by)
    note = checked_note(note, required=row.reason_required)
    found = Ring.objects.filter(pk=reference.decode("R", ring) or 0).first()
    if found is None:
        raise RingNotFound
    standing = found.reviews.select_for_update(of=("self",)).order_by("-no").first()
    if not is_open(row, found, standing):
        raise ReviewNotOpen
    if row.four_eyes and standing is not None and standing.proposed_by_id == by.pk:
        raise SecondPersonNeeded
    before = state_of(standing)
    made = _begin(found, standing, by, now) if row.anew or standing is None else standing
    _write(made, row, found, by=by, now=now, note=note)
    audit.record(
        f"ring.{action}",
        actor=by,
        subject_ref=str(found),
        detail={"from": before, "to": row.target, "attempt": made.no},
    )
    return made


def is_open(row: Step, ring: Ring, found: RingReview | None) -> bool:
    """Whether the row leads on from where the review stands; a ring that is another one than was confirmed may be proposed again."""
    again = row.action == "propose" and changed_since(ring, found) is not None
    return ring.state == Ring.OPEN and (state_of(found) in row.sources or again)


def _begin(ring: Ring, standing: RingReview | None, by: User, now: datetime) -> RingReview:
    return RingReview(ring=ring, no=1 if standing is None else standing.no + 1, proposed_by=by, proposed_at=now)


def _write(made: RingReview, row: Step, ring: Ring, *, by: User, now: datetime, note: str) -> None:
    made.state = row.target
    made.clues, made.identifiers, made.groups = ring.clues, ring.identifiers, ring.groups
    if row.target == RingReview.PROPOSED:
        made.note = note
    else:
        made.decided_by, made.decided_at, made.reason = by, now, note
    try:
        with transaction.atomic():
            if made.pk is None:
                made.save(force_insert=True)
            else:
                made.save(update_fields=_DECISION)
    except IntegrityError as error:
        # Two began at once: the number of the attempt is taken.
        if "ring_review_once" not in str(error):
            raise
        raise ReviewNotOpen from None
