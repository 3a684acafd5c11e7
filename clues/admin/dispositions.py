"""Dispositions at the desk: what members did, and who has not lifted what lost its ground. To look at, never to change."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clues.admin.columns import TYPES, code_filter, local, ref, shown, table
from clues.admin.looked import LookedAt, LookedAtAdmin
from clues.dispositions.words import how_long
from clues.dispositions.workflow import LABELS, STATES
from clues.models import Disposition, DispositionStep, LiftNotice
from members.admin.site import site
from members.audit.reads import Look
from members.models import reference

ANSWERS = {"": _("not answered"), LiftNotice.LIFTED: _("Lifted"), LiftNotice.KEPT: _("Kept on own grounds")}


@admin.display(description=_("state"), ordering="state")
def state(row: Disposition) -> str:
    """Where it stands, in words."""
    return str(STATES[row.state])


@admin.display(description=_("time to disposal"), ordering="seconds_to_disposal")
def took(row: Disposition) -> str:
    """How long it took."""
    return how_long(row.seconds_to_disposal)


@admin.display(description=_("history"))
def history(row: Disposition) -> str:
    """What was done with it. Notes are the institution's own words."""
    steps = DispositionStep.objects.filter(disposition=row).order_by("id")
    return table(
        (_("at"), _("step"), _("state"), _("by"), _("note")),
        ((local(each.at), LABELS[each.action], STATES[each.to_state], each.by_ref, each.note) for each in steps),
    )


@admin.display(description=_("lift notices"))
def lifts(row: Disposition) -> str:
    """When its ground fell, and what the institution answered."""
    found = LiftNotice.objects.filter(disposition=row).order_by("id")
    return table(
        (_("cause"), _("raised at"), _("answer due"), _("answer"), _("reason")),
        ((cause(each), local(each.raised_at), local(each.due_at), answer(each), reason(each)) for each in found),
    )


cause = shown("cause", _("cause"), vocabulary="lift-causes")
reason = shown("reason", _("reason"), vocabulary="keep-reasons")


@admin.display(description=_("answer"), ordering="answer")
def answer(row: LiftNotice) -> str:
    """What the institution answered, in words."""
    return str(_("not needed any more") if row.ended_at is not None and not row.answer else ANSWERS[row.answer])


@admin.display(description=_("overdue"))
def overdue(row: LiftNotice) -> str:
    """Whether it waits beyond its day."""
    waits = row.answered_at is None and row.ended_at is None and row.due_at <= timezone.now()
    return str(_("overdue")) if waits else "—"


class WaitingFilter(admin.SimpleListFilter):
    """What is not answered, and what was kept."""

    title = _("answer")
    parameter_name = "answer"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        """Return waiting, overdue, kept and lifted."""
        return [("waiting", _("not answered")), ("overdue", _("overdue")), *list(ANSWERS.items())[1:]]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the rows of the chosen kind."""
        chosen = self.value()
        if chosen in ("waiting", "overdue"):
            open_ = queryset.filter(answered_at__isnull=True, ended_at__isnull=True)
            return open_ if chosen == "waiting" else open_.filter(due_at__lte=timezone.now())
        return queryset if chosen is None else queryset.filter(answer=chosen)


@admin.register(Disposition, site=site)
class DispositionAdmin(LookedAtAdmin):
    """Newest first."""

    kind = "DI"
    list_display = (
        ref("DI"),
        shown("kind", _("measure"), vocabulary="dispositions"),
        shown("institution", _("institution")),
        state,
        shown("category", _("category"), vocabulary="categories"),
        shown("done_at", _("done at")),
        took,
    )
    list_filter = (
        code_filter("state", _("state"), labels=STATES),
        code_filter("kind", _("measure"), vocabulary="dispositions"),
    )
    list_select_related = ("institution",)
    ordering = ("-id",)
    columns = (
        *list_display,
        shown("type", _("type"), vocabulary=TYPES),
        ref("M", "match_id", _("match")),
        ref("CASE", "case_id", _("case")),
        shown("document_no", _("document number")),
        shown("started_at", _("could act since")),
        shown("review_date", _("review due")),
        shown("reappearances", _("re-appeared, times")),
        shown("calls_flagged", _("calls flagged (self-reported)")),
        shown("persons_warned", _("persons warned (self-reported)")),
        shown("amount_prevented_cny", _("amount prevented in CNY (self-reported)")),
        shown("recorded_at", _("recorded at")),
        lifts,
        history,
    )


@admin.register(LiftNotice, site=site)
class LiftNoticeAdmin(LookedAt):
    """What waits longest comes first: who has been told to lift, and has not."""

    list_display = (
        ref("DI", "disposition_id", _("disposition")),
        shown("institution", _("institution")),
        shown("disposition.kind", _("measure"), vocabulary="dispositions"),
        cause,
        shown("raised_at", _("raised at")),
        shown("due_at", _("answer due")),
        overdue,
        answer,
    )
    list_filter = (WaitingFilter,)
    list_select_related = ("institution", "disposition")
    search_fields = ("pk",)
    search_help_text = _("The reference of a disposition (DI-…), exactly.")
    columns = (
        *list_display,
        shown("answered_at", _("answered at")),
        reason,
        shown("note", _("note")),
        shown("answered_by_ref", _("answered by")),
        shown("ended_at", _("ground stands again since")),
    )

    def concerned(self, row: LiftNotice) -> Iterable[Look]:
        """Return whose disposition it is."""
        return [(row.institution_id, reference.encode("DI", row.disposition_id))]

    def get_ordering(self, request: HttpRequest) -> Any:
        """Put what is open before everything else."""
        return (F("ended_at").asc(nulls_first=True), F("answered_at").asc(nulls_first=True), "due_at", "id")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Find the notices of a disposition."""
        term = search_term.strip()
        return (queryset.filter(disposition_id=reference.decode("DI", term) or 0) if term else queryset), False
