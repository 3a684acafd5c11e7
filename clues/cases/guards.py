"""Named preconditions of transitions: each tells why a case may not move, or None if it may.

Who may do something at all is the business of `members.permissions` and of the table; here is when. They look at when
something was asked, never at who asked: the portal's process may not read that.
"""

from __future__ import annotations

from typing import Final

from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext_noop

from clues.models import Case, CasePart, CasePartExcuse, CaseParty, Package
from members.models import Institution

ANOTHER_IS_OPEN: Final = gettext_noop("Another case of this match or ring is open; merge or close that one first.")


def has_proposal(case: Case) -> str | None:
    """Somebody has to have proposed the approval."""
    if case.proposed_at is None:
        return gettext_noop("Nobody has proposed this case for approval yet.")
    return None


def has_no_proposal(case: Case) -> str | None:
    """A proposal stands until it is approved or returned."""
    if case.proposed_at is not None:
        return gettext_noop("This case is proposed already; it waits for a second person.")
    return None


def has_report_request(case: Case) -> str | None:
    """Somebody has to have asked for the report-out, and named the receiver."""
    if case.report_asked_at is None:
        return gettext_noop("Nobody has asked for the report-out yet.")
    return None


def has_released_package(case: Case) -> str | None:
    """What is handed over is a package that two people released for this receiver."""
    released = Package.objects.filter(case_id=case.pk, receiver=case.receiver, released_at__lte=Now())
    if not released.exists():
        return gettext_noop("No report package is released for this receiver yet.")
    return None


def has_no_report_request(case: Case) -> str | None:
    """One report-out is asked for at a time."""
    if case.report_asked_at is not None:
        return gettext_noop("The report-out is asked for already; it waits for a second person.")
    return None


def has_reopen_request(case: Case) -> str | None:
    """Somebody has to have asked for the reopening."""
    if case.reopen_asked_at is None:
        return gettext_noop("Nobody has asked for the reopening yet.")
    return None


def has_no_reopen_request(case: Case) -> str | None:
    """One reopening is asked for at a time."""
    if case.reopen_asked_at is not None:
        return gettext_noop("The reopening is asked for already; it waits for a second person.")
    return None


def is_the_only_open_case(case: Case) -> str | None:
    """A second open case of the same match or ring would split the evidence."""
    origin = Q(match_id=case.match_id) if case.match_id is not None else Q(ring_id=case.ring_id)
    others = Case.objects.filter(origin, merged_into__isnull=True).exclude(state__in=("closed", "dismissed"))
    if others.exclude(pk=case.pk).exists():
        return ANOTHER_IS_OPEN
    return None


def all_parts_approved(case: Case) -> str | None:
    """Every party that is a live member has to have its part approved by its own second person, or to be excused from it."""
    if waited_for(case.pk).exists():
        return gettext_noop(
            "Not every party has approved its part yet. The alliance's desk can go on without one that does not answer."
        )
    return None


def waits_for_a_part(case: Case) -> str | None:
    """Nobody is excused from what is there."""
    return None if waited_for(case.pk).exists() else gettext_noop("Every part is there; none is waited for.")


def waited_for(case: int) -> QuerySet[CaseParty]:
    """Return the live parties whose part is neither approved nor given up."""
    approved = CasePart.objects.filter(case_id=case, state=CasePart.APPROVED).values("institution_id")
    excused = CasePartExcuse.objects.filter(case_id=case).values("institution_id")
    live = CaseParty.objects.filter(case_id=case, institution__in=Institution.objects.at_work())
    return live.exclude(institution_id__in=approved).exclude(institution_id__in=excused)
