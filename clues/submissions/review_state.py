"""How one clue stands with its reviews, for the people of its institution: who said what, and who may say something now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from clues.models import Batch, Clue, ClueChange, ClueReview
from members.models import User, reference
from members.permissions import Permission, can
from members.queries import Person

from .clues import ClueView
from .verdicts import REVIEWED_GRADES


@dataclass(frozen=True, slots=True)
class ReviewView:
    """A review as its institution sees it; `desk_decision` is empty until the alliance has spoken."""

    decision: str
    reviewer: str
    decided_at: datetime
    reason: str
    document_no: str
    desk_decision: str
    desk_at: datetime | None
    desk_reason: str
    voided_at: datetime | None


@dataclass(frozen=True, slots=True)
class ReviewState:
    """Who submitted and last corrected a clue, its reviews newest first, and what this person may do about it."""

    author: str
    editor: str
    reviews: list[ReviewView]
    waits: bool
    is_own: bool
    may_review: bool
    may_take_back: bool


def get_state(*, clue: ClueView, viewer: Person) -> ReviewState:
    """Return how a clue of the viewer's institution stands; `clue` was read by the viewer."""
    author = Batch.objects.values_list("key_id", flat=True).get(pk=clue.batch_id)
    edits = ClueChange.objects.filter(clue_id=clue.id, kind=ClueChange.CORRECTED).order_by("-id")
    editor = edits.values_list("actor_ref", flat=True).first() or ""
    rows = ClueReview.objects.filter(clue_id=clue.id).order_by("-id")[:20]
    may = can(viewer, Permission.CLUE_REVIEW)
    waits = (
        clue.state == Clue.ACTIVE and clue.review == Clue.WAITING and not clue.at_desk and clue.grade in REVIEWED_GRADES
    )
    is_own = viewer.audit_ref in (author, editor)
    standing = clue.at_desk or clue.review in (Clue.CONFIRMED, Clue.RETURNED)
    return ReviewState(
        author=author,
        editor=editor,
        reviews=[
            ReviewView(row.decision, row.reviewer_ref, row.decided_at, row.reason, row.document_no, row.desk_decision,
                       row.desk_at, row.desk_reason, row.voided_at)
            for row in rows
        ],
        waits=waits,
        is_own=is_own,
        may_review=may and waits and not is_own,
        may_take_back=may and standing,
    )  # fmt: skip


def name_actors(refs: Iterable[str], *, viewer: Person) -> dict[str, str]:
    """Return the names of those references that are people of the viewer's institution."""
    numbers = {number: ref for ref in set(refs) if (number := reference.decode("U", ref)) is not None}
    people = User.objects.filter(pk__in=numbers, institution_id=viewer.institution_id)
    return {numbers[person.pk]: person.full_name or person.username for person in people}
