"""Rings at the desk: what waits for review, why they belong together, undoing what does not, and opening a case."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from clues.admin import ring_cuts, ring_page, ring_reviews
from clues.admin.columns import code_filter, link, ref, shown
from clues.admin.forms import NoteForm
from clues.admin.looked import LookedAtAdmin
from clues.cases.opening import open_case
from clues.cases.workflow import RESTING
from clues.models import Case, Ring, RingReview
from clues.rings import review
from members.admin.base import Operation
from members.admin.site import site
from members.audit.reads import Look
from members.models import User
from members.permissions import Permission

STATES = {Ring.OPEN: _("open"), Ring.MERGED: _("merged"), Ring.DISSOLVED: _("dissolved")}


def _open(row: Ring, *, by: User, now: datetime, note: str) -> Case:
    return open_case(ring=str(row), by=by, now=now, note=note)


def _is_free(row: Ring) -> bool:
    is_confirmed = review.state_of(review.latest(row)) == RingReview.CONFIRMED
    is_open = row.state == Ring.OPEN and not Case.objects.filter(ring=row).exclude(state__in=RESTING).exists()
    return is_confirmed and is_open


@admin.display(description=_("cases"))
def cases(row: Ring) -> str:
    """The cases that were opened from the ring, newest first."""
    return (
        format_html_join(", ", "{}", ((link(case),) for case in Case.objects.filter(ring=row).order_by("-id"))) or "—"
    )


@admin.display(description=_("state"), ordering="state")
def state(row: Ring) -> str:
    """Where an open ring's review stands; of another one, that it is none any more."""
    return ring_reviews.standing(row) if row.state == Ring.OPEN else str(STATES[row.state])


@admin.display(description=_("amount (CNY)"), ordering="amount_cny")
def amount(row: Ring) -> str:
    """The sum of what its clues say, with its thousands apart."""
    return "—" if row.amount_cny is None else f"{row.amount_cny:,.2f}"


@admin.register(Ring, site=site)
class RingAdmin(LookedAtAdmin):
    """The latest grown first."""

    kind = "R"
    list_display = (
        ref("R"),
        state,
        shown("clues", _("clues")),
        shown("groups", _("groups")),
        shown("categories", _("categories"), vocabulary="categories"),
        shown("best_grade", _("best grade")),
        amount,
        shown("updated_at", _("changed at")),
    )
    list_filter = (
        ring_reviews.ReviewFilter,
        code_filter("state", _("state"), labels=STATES),
        code_filter("best_grade", _("best grade"), vocabulary="grades"),
    )
    ordering = ("-updated_at", "-id")
    columns = (
        ref("R"),
        shown("state", _("state"), labels=STATES),
        ring_reviews.standing,
        shown("clues", _("clues")),
        shown("identifiers", _("identifiers")),
        shown("groups", _("independent groups")),
        shown("categories", _("categories"), vocabulary="categories"),
        shown("best_grade", _("best grade")),
        amount,
        shown("updated_at", _("changed at")),
        ring_page.went_up_in,
        ring_page.institutions,
        ring_page.score,
        ring_page.leads,
        shown("first_seen_at", _("first seen at")),
        shown("last_seen_at", _("last seen at")),
        ring_page.weeks,
        ring_page.stages,
        ring_page.regions,
        cases,
        ring_reviews.history,
        ring_page.links,
        ring_cuts.mergers,
        ring_cuts.separations,
        ring_page.clues,
    )
    operations = (
        *ring_reviews.OPERATIONS,
        Operation(
            "open-case", _("Open a case"), _open, Permission.RING_REVIEW,
            _("The case is open, and its parties are told."), form=NoteForm, open_for=_is_free,
        ),
        *ring_cuts.OPERATIONS,
    )  # fmt: skip

    def concerned(self, row: Ring) -> Iterable[Look]:
        """Return the clues that the page lists, as if each were looked at alone: not every party is told of a ring already."""
        return [(each.institution_id, each.clue) for each in ring_page.listed_clues(row)]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Bring along where each ring's review stands."""
        return ring_reviews.with_review(super().get_queryset(request))

    def _buttons(self, request: HttpRequest, row: Any) -> list[dict[str, Any]]:
        """Show what this person may do: the proposer is not offered to confirm."""
        buttons = super()._buttons(request, row)
        if row is None:
            return buttons
        mine = {each.action for each in review.actions_for(row, review.latest(row), request.user)}
        return [each for each in buttons if _name(each) in mine or _name(each) not in review.BY_ACTION]


def _name(button: dict[str, Any]) -> str:
    return str(button["url"]).rstrip("/").rpartition("/")[2]
