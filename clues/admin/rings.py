"""Rings at the desk: their clues, why they came together, and opening a case."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from clues.admin.columns import ReferenceAdmin, link, local, ref, shown, table
from clues.admin.forms import NoteForm
from clues.admin.ring_reviews import OPERATIONS, ReviewFilter, history, standing, with_review
from clues.cases.opening import open_case
from clues.cases.workflow import RESTING
from clues.models import Case, Ring, RingReview
from clues.rings import queries, review
from members.admin.base import Operation
from members.admin.site import site
from members.models import Institution, User
from members.permissions import Console, Permission
from members.templatetags.members import label

MOST_CLUES, MOST_MERGERS = 200, 50
# Whoever sees this page passed the desk's own check.
DESK = Console("desk")


def _open(row: Ring, *, by: User, now: datetime, note: str) -> Case:
    return open_case(ring=str(row), by=by, now=now, note=note)


def _is_free(row: Ring) -> bool:
    is_confirmed = review.state_of(review.latest(row)) == RingReview.CONFIRMED
    return (
        is_confirmed
        and row.state == Ring.OPEN
        and not Case.objects.filter(ring=row).exclude(state__in=RESTING).exists()
    )


@admin.display(description=_("institutions"))
def institutions(row: Ring) -> str:
    """The institutions whose clues the ring joins, by name."""
    names = Institution.objects.filter(pk__in=row.institutions).order_by("name").values_list("name")
    return format_html_join("、", "{}", names)


@admin.display(description=_("clues of the ring"))
def clues(row: Ring) -> str:
    """The clues, as their institutions call them; the first 200."""
    view = queries.get_ring(ring=str(row), by=DESK)
    names = {each.ref: each.name for each in Institution.objects.filter(pk__in=row.institutions)}
    return table(
        (_("institution"), "client_ref", _("category"), _("grade"), _("received at")),
        (
            (
                names.get(clue.institution, clue.institution),
                clue.client_ref,
                label(clue.category, "categories"),
                clue.grade,
                local(clue.received_at),
            )
            for clue in view.clues[:MOST_CLUES]
        ),
    )


@admin.display(description=_("why they belong together"))
def mergers(row: Ring) -> str:
    """What the parts share, by type and weight, the last 50; never a token."""
    return table(
        (_("merged at"), _("shared identifiers"), _("clues that came along")),
        (
            (
                local(merge.merged_at),
                ", ".join(f"{kind} ({_('weight %(n)d') % {'n': weight}})" for kind, weight in merge.shared),
                merge.clues,
            )
            for merge in queries.list_merges(ring=str(row), by=DESK)[-MOST_MERGERS:]
        ),
    )


@admin.display(description=_("cases"), empty_value="—")
def cases(row: Ring) -> str | None:
    """The cases that were opened from the ring, newest first."""
    return (
        format_html_join(", ", "{}", ((link(case),) for case in Case.objects.filter(ring=row).order_by("-id"))) or None
    )


@admin.register(Ring, site=site)
class RingAdmin(ReferenceAdmin):
    """The latest grown first."""

    kind = "R"
    list_display = (
        ref("R"),
        shown("state", _("state")),
        standing,
        shown("clues", _("clues")),
        shown("identifiers", _("identifiers")),
        shown("groups", _("independent groups")),
        shown("categories", _("categories"), vocabulary="categories"),
        shown("best_grade", _("best grade")),
        shown("amount_cny", _("amount (CNY)")),
        shown("updated_at", _("changed at")),
    )
    list_filter = (ReviewFilter, "state", "best_grade")
    ordering = ("-updated_at", "-id")
    columns = (
        *list_display,
        history,
        institutions,
        shown("first_seen_at", _("first seen at")),
        shown("last_seen_at", _("last seen at")),
        cases,
        clues,
        mergers,
    )
    operations = (
        *OPERATIONS,
        Operation(
            "open-case", _("Open a case"), _open, Permission.RING_REVIEW,
            _("The case is open, and its parties are told."), form=NoteForm, open_for=_is_free,
        ),
    )  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Bring along where each ring's review stands."""
        return with_review(super().get_queryset(request))

    def _buttons(self, request: HttpRequest, row: Any) -> list[dict[str, Any]]:
        """Show what this person may do: the proposer is not offered to confirm."""
        buttons = super()._buttons(request, row)
        if row is None:
            return buttons
        mine = {each.action for each in review.actions_for(row, review.latest(row), request.user)}
        return [each for each in buttons if _name(each) in mine or _name(each) not in review.BY_ACTION]


def _name(button: dict[str, Any]) -> str:
    return str(button["url"]).rstrip("/").rpartition("/")[2]
