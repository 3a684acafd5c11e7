"""The review of a ring at the desk: its buttons, where it stands, and the filter of what waits."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from clues.admin.columns import local, table
from clues.admin.forms import NeededNoteForm, NoteForm
from clues.models import Ring, RingReview
from clues.rings import review
from members.admin.base import Operation
from members.models import User

CHANGED = {
    "grew": _("grew since it was confirmed; look again"),
    "shrank": _("lost a part since it was confirmed; look again"),
}


def with_review(rings: QuerySet[Any]) -> QuerySet[Any]:
    """Annotate rings with the code of where their review stands, None for a new one."""
    newest = RingReview.objects.filter(ring=OuterRef("pk")).order_by("-no")
    annotated: QuerySet[Any] = rings.annotate(
        review_state=Subquery(newest.values("state")[:1]),
        reviewed_clues=Subquery(newest.values("clues")[:1]),
        reviewed_groups=Subquery(newest.values("groups")[:1]),
    )
    return annotated


def _operation(row: review.Step) -> Operation:
    def run(ring: Ring, *, by: User, now: datetime, note: str) -> RingReview:
        return review.move(ring=str(ring), action=row.action, by=by, now=now, note=note)

    return Operation(
        name=row.action,
        label=row.label,
        run=run,
        permission=row.by,
        done=_("The review of the ring moved."),
        form=NeededNoteForm if row.reason_required else NoteForm,
        open_for=lambda ring: review.is_open(row, ring, review.latest(ring)),
        hurts=row.reason_required,
    )


OPERATIONS = tuple(_operation(row) for row in review.STEPS)


@admin.display(description=_("review"))
def standing(row: Ring) -> str:
    """Where the review stands, and whether the ring is another one since."""
    state = getattr(row, "review_state", None) or review.NEW
    found = RingReview(state=state, clues=row.reviewed_clues or 0, groups=row.reviewed_groups or 0)  # type: ignore[attr-defined]
    changed = review.changed_since(row, found)
    words = str(review.STATES[state])
    return f"{words} · {CHANGED[changed]}" if changed else words


@admin.display(description=_("review so far"))
def history(row: Ring) -> str:
    """Each attempt: who proposed, who decided, and why."""
    attempts = row.reviews.select_related("proposed_by", "decided_by").order_by("no")
    if not attempts:
        return "—"
    return table(
        (_("review"), _("proposed by"), _("note"), _("decided by"), _("decided at"), _("reason"), _("clues then")),
        (
            (
                review.STATES[each.state],
                f"{each.proposed_by} · {local(each.proposed_at)}",
                each.note or "—",
                each.decided_by or "—",
                local(each.decided_at) if each.decided_at else "—",
                each.reason or "—",
                each.clues,
            )
            for each in attempts
        ),
    )


class ReviewFilter(admin.SimpleListFilter):
    """What waits for somebody, and each state by itself."""

    title = _("review")
    parameter_name = "review"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        """Return `to review`, what grew, and the states."""
        return [
            ("to-review", _("to review")),
            ("changed", _("changed since it was confirmed")),
            *review.STATES.items(),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the rings of the chosen kind; only open ones wait."""
        value = self.value()
        if value is None:
            return queryset
        is_open = queryset.filter(state=Ring.OPEN)
        if value == "to-review":
            waits = Q(review_state=None) | Q(review_state__in=[RingReview.PROPOSED, RingReview.RETURNED])
            return is_open.filter(waits)
        if value == "changed":
            return is_open.filter(
                Q(clues__gte=F("reviewed_clues") * review.GREW_BY)
                | Q(clues__lte=F("reviewed_clues") * review.SHRANK_BY)
                | ~Q(groups=F("reviewed_groups")),
                review_state=RingReview.CONFIRMED,
            )
        return is_open.filter(review_state=None) if value == review.NEW else queryset.filter(review_state=value)
