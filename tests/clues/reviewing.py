"""The second person of tests: confirms, and for grade A the alliance's, through the real operations."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from clues.models import Clue, ClueReview
from clues.submissions import reviews
from clues.submissions.verdicts import read_verdict
from members.models import Institution, reference
from members.queries import Person, person_of
from tests.factories import acting_as, make_user

DOCUMENT_NO = "沪公(浦)受案字〔2026〕00123号"


def reviewer(institution_id: int, *, role: str = "approver") -> Person:
    """Return a new person of an institution who may review."""
    return person_of(make_user(role, institution=Institution.objects.get(pk=institution_id)))


def confirm(*members: Any) -> int:
    """Confirm all that waits of these members (all members if none is named), grade A at the desk too; return how many."""
    waiting = Clue.objects.filter(state="active", review="waiting").exclude(grade="C")
    if members:
        waiting = waiting.filter(institution_id__in=[_number(member) for member in members])
    done = 0
    by_institution: dict[int, list[str]] = {}
    for number, institution in waiting.values_list("pk", "institution_id"):
        by_institution.setdefault(institution, []).append(reference.encode("C", number))
    verdict = read_verdict("confirmed", document_no=DOCUMENT_NO)
    for institution, clues in by_institution.items():
        by = reviewer(institution)
        for first in range(0, len(clues), reviews.MOST_SELECTED):
            part = clues[first : first + reviews.MOST_SELECTED]
            done += reviews.review_selected(clues=part, verdict=verdict, by=by, now=timezone.now())
    certify()
    return done


def certify(decision: str = "confirmed", reason: str = "") -> None:
    """Let the alliance decide about all that waits for it."""
    pavel = None
    with acting_as("aif_desk"):
        for row in ClueReview.objects.filter(grade="A", decision="confirmed", desk_by=None, voided_at=None):
            pavel = pavel or make_user("alliance-approver")
            reviews.certify(review=row.pk, decision=decision, reason=reason, by=pavel, now=timezone.now())


def _number(member: Any) -> int:
    """Return the institution's number, of a caller, of a member of the API's tests or of an institution."""
    if isinstance(member, Institution):
        return int(member.pk)
    number: int = getattr(member, "institution_id", None) or member.institution.pk
    return number
