"""Reviews at the desk: clues of grade A that their institution confirmed, and the alliance's own look at them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from clues import tasks
from clues.admin.columns import ref, shown
from clues.admin.looked import LookedAt
from clues.models import ClueReview
from clues.submissions.reviews import certify
from members.admin.base import Operation, ReasonForm
from members.admin.site import site
from members.audit.reads import Look
from members.models import User, reference
from members.permissions import Permission

DECISIONS = {"": "—", ClueReview.CONFIRMED: _("confirmed"), ClueReview.RETURNED: _("returned")}


def _confirm(row: ClueReview, *, by: User, now: datetime) -> None:
    certify(review=row.pk, decision=ClueReview.CONFIRMED, by=by, now=now)
    tasks.ring()


def _return(row: ClueReview, *, by: User, now: datetime, reason: str) -> None:
    certify(review=row.pk, decision=ClueReview.RETURNED, reason=reason, by=by, now=now)


def _waits(row: ClueReview) -> bool:
    return row.voided_at is None and row.decision == ClueReview.CONFIRMED and row.desk_by_id is None


@admin.display(description=_("decision of the alliance"))
def desk_decision(row: ClueReview) -> str:
    """What the alliance said, in words."""
    return str(DECISIONS[row.desk_decision])


class WaitingFilter(admin.SimpleListFilter):
    """What the alliance has not decided yet."""

    title = _("decision of the alliance")
    parameter_name = "desk"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        """Return waiting and decided."""
        return [("waiting", _("waits for a decision")), ("decided", _("decided"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the rows of the chosen kind."""
        if self.value() == "waiting":
            return queryset.filter(desk_by__isnull=True, voided_at__isnull=True)
        return queryset.filter(desk_by__isnull=False) if self.value() == "decided" else queryset


@admin.register(ClueReview, site=site)
class ClueReviewAdmin(LookedAt):
    """Confirmed clues of grade A, newest first. What a screening answers as A went through here."""

    list_display = (
        ref("C", "clue_id", _("clue")),
        shown("institution", _("institution")),
        shown("document_no", _("document number")),
        shown("decided_at", _("reviewed at")),
        desk_decision,
        shown("voided_at", _("voided at")),
    )
    list_filter = (WaitingFilter,)
    list_select_related = ("institution", "clue", "desk_by")
    ordering = ("-id",)
    search_fields = ("pk",)
    search_help_text = _("The reference of a clue (C-…), exactly.")
    columns = (
        *list_display,
        shown("clue.category", _("category"), vocabulary="categories"),
        shown("clue.grade", _("grade")),
        shown("clue.region", _("region"), vocabulary="regions"),
        shown("clue.received_at", _("received at")),
        shown("reviewer_ref", _("reviewed by")),
        shown("desk_by", _("decided by the alliance")),
        shown("desk_at", _("decided by the alliance at")),
        shown("desk_reason", _("reason of the alliance")),
    )
    operations = (
        Operation(
            "certify", _("Confirm grade A"), _confirm, Permission.GRADE_CERTIFY,
            _("Confirmed. The clue answers screenings as grade A from now on."), open_for=_waits,
        ),
        Operation(
            "return", _("Return to the institution"), _return, Permission.GRADE_CERTIFY,
            _("Returned. The clue does not answer until it is corrected and confirmed again."),
            form=ReasonForm, open_for=_waits, hurts=True,
        ),
    )  # fmt: skip

    def concerned(self, row: ClueReview) -> Iterable[Look]:
        """Return whose clue it is."""
        return [(row.institution_id, reference.encode("C", row.clue_id))]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Show what needs the alliance: grade A, confirmed by its institution."""
        return super().get_queryset(request).filter(grade="A", decision=ClueReview.CONFIRMED)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Find the reviews of a clue."""
        term = search_term.strip()
        return (queryset.filter(clue_id=reference.decode("C", term) or 0) if term else queryset), False
