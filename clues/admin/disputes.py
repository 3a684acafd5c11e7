"""Disputed clues at the desk: what waits longest comes first, and is decided with a reason."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from aif_share import vocabulary
from aif_share.vocabulary import maintain_reasons
from clues.admin.columns import TYPES, code_filter, local, ref, shown, table
from clues.admin.looked import LookedAt
from clues.disputes.decisions import decide, is_open_to
from clues.models import ClueChange, DisputedClue
from members.admin.base import Operation, ReasonForm
from members.admin.site import site
from members.audit.reads import Look
from members.models import User, reference
from members.permissions import Permission
from members.templatetags.members import label

STATES = {
    DisputedClue.OPEN: _("waits for the filer's answer"),
    DisputedClue.MAINTAINED: _("maintained, waits for a decision"),
    DisputedClue.WITHDRAWN: _("withdrawn by the filer"),
    DisputedClue.LAPSED: _("lapsed without an answer"),
    DisputedClue.UPHELD: _("upheld: the clue was wrong"),
    DisputedClue.REJECTED: _("rejected: the clue stands"),
}
CHANGES = {
    ClueChange.CORRECTED: _("corrected"),
    ClueChange.WITHDRAWN: _("withdrawn"),
    ClueChange.EXTENDED: _("extended"),
    ClueChange.EXPIRED: _("expired"),
    ClueChange.RESUBMITTED: _("reported again in another key epoch"),
    ClueChange.DISPUTED: _("disputed"),
    ClueChange.REINSTATED: _("reinstated"),
    ClueChange.CONFIRMED: _("confirmed"),
    ClueChange.RETURNED: _("returned"),
    ClueChange.REVIEW_WITHDRAWN: _("review withdrawn"),
}


_RANK = Case(
    When(state=DisputedClue.MAINTAINED, then=Value(0)),
    When(state=DisputedClue.OPEN, then=Value(1)),
    default=Value(2),
    output_field=IntegerField(),
)


def _decision(verdict: str) -> Any:
    def run(row: DisputedClue, *, by: User, now: datetime, reason: str) -> DisputedClue:
        return decide(disputed_clue=row.pk, verdict=verdict, reason=reason, by=by, now=now)

    return run


def _open_to(verdict: str) -> Any:
    return lambda row: is_open_to(row, verdict)


@admin.display(description=_("state"), ordering="state")
def state(row: DisputedClue) -> str:
    """Where it stands, in words."""
    return str(STATES[row.state])


@admin.display(description=_("overdue"))
def overdue(row: DisputedClue) -> str:
    """Whether it waits beyond the day the filer had to answer by."""
    waits = row.state in (DisputedClue.OPEN, DisputedClue.MAINTAINED) and row.due_at <= timezone.now()
    return str(_("overdue")) if waits else "—"


@admin.display(description=_("dispute"))
def dispute(row: DisputedClue) -> str:
    """The dispute's reference."""
    return str(row.dispute)


@admin.display(description=_("answer"))
def answer(row: DisputedClue) -> str:
    """The filer's reason, of the list that goes with its answer."""
    if not row.answer_reason:
        return "—"
    known = "maintain-reasons" if row.answer_reason in maintain_reasons.BY_CODE else "withdrawal-reasons"
    return label(row.answer_reason, known)


@admin.display(description=_("decided by"))
def decided_by(row: DisputedClue) -> str:
    """Who decided."""
    return str(row.decided_by) if row.decided_by else "—"


def reason_of(code: str) -> str:
    """Say the reason of a change in words, whichever list it is of."""
    known = (
        name
        for name in ("dispute-reasons", "withdrawal-reasons", "extension-reasons", "return-reasons")
        if _is_in(code, name)
    )
    return next((label(code, name) for name in known), code or "—")


def _is_in(code: str, name: str) -> bool:
    return any(term.code == code for term in vocabulary.lists()[name])


@admin.display(description=_("history of the clue"))
def history(row: DisputedClue) -> str:
    """What happened to the clue so far."""
    changes = ClueChange.objects.filter(clue_id=row.clue_id).order_by("version", "id")
    return table(
        (_("at"), _("change"), _("reason"), _("version")),
        ((local(each.created_at), CHANGES.get(each.kind, each.kind), reason_of(each.reason), each.version)
         for each in changes),
    )  # fmt: skip


@admin.display(description=_("other disputes of this clue"))
def others(row: DisputedClue) -> str:
    """Whether the clue is disputed elsewhere: it stays suspended until all are decided."""
    found = DisputedClue.objects.filter(clue_id=row.clue_id).exclude(pk=row.pk).select_related("dispute").order_by("id")
    return table(
        (_("dispute"), _("state"), _("answer due")),
        ((str(each.dispute), STATES[each.state], local(each.due_at)) for each in found),
    )


@admin.register(DisputedClue, site=site)
class DisputedClueAdmin(LookedAt):
    """What can be decided first, then what waits for its filer, each with the longest wait first; then what is over."""

    list_display = (
        ref("C", "clue_id", _("clue")),
        shown("institution", _("filer")),
        shown("dispute.institution", _("disputing institution")),
        shown("dispute.reason", _("reason"), vocabulary="dispute-reasons"),
        state,
        shown("due_at", _("answer due")),
        overdue,
    )
    list_filter = (code_filter("state", _("state"), labels=STATES),)
    list_select_related = ("institution", "dispute", "dispute__institution", "clue", "decided_by")
    ordering = (_RANK.asc(), "due_at", "id")
    search_fields = ("pk",)
    search_help_text = _("The reference of a dispute (D-…) or of a clue (C-…), exactly.")
    columns = (
        *list_display,
        dispute,
        shown("dispute.type", _("identifier type"), vocabulary=TYPES),
        shown("dispute.case_ref", _("reference of the opener")),
        shown("dispute.opened_at", _("opened at")),
        shown("clue.category", _("category"), vocabulary="categories"),
        shown("clue.grade", _("grade")),
        shown("clue.received_at", _("received at")),
        shown("answered_at", _("answered at")),
        answer,
        shown("decided_at", _("decided at")),
        decided_by,
        shown("decision_reason", _("reason of the decision")),
        others,
        history,
    )
    operations = (
        Operation(
            "uphold", _("Uphold the dispute"), _decision(DisputedClue.UPHELD), Permission.DISPUTE_DECIDE,
            _("The clue is withdrawn; its filer is told."), form=ReasonForm,
            open_for=_open_to(DisputedClue.UPHELD), hurts=True,
        ),
        Operation(
            "reject", _("Reject the dispute"), _decision(DisputedClue.REJECTED), Permission.DISPUTE_DECIDE,
            _("The clue is reinstated once nothing else disputes it; its filer is told."), form=ReasonForm,
            open_for=_open_to(DisputedClue.REJECTED),
        ),
    )  # fmt: skip

    def concerned(self, row: DisputedClue) -> Iterable[Look]:
        """Return both sides, each with what it knows: the filer its clue, the other one its dispute."""
        return [
            (row.institution_id, reference.encode("C", row.clue_id)),
            (row.dispute.institution_id, reference.encode("D", row.dispute_id)),
        ]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Find the clues of a dispute, or the disputes of a clue."""
        term = search_term.strip()
        if not term:
            return queryset, False
        number = reference.decode("D", term)
        if number is not None:
            return queryset.filter(dispute_id=number), False
        return queryset.filter(clue_id=reference.decode("C", term) or 0), False
