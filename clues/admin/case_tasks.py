"""Joint work at the desk: tasks of cases with what runs late first, and what a case's page shows of tasks, parts and names."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Case as Choice
from django.db.models import F, IntegerField, QuerySet, Value, When
from django.db.models.functions import Now
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from aif_share.vocabulary import task_kinds
from clues.admin.columns import link, local, ref, shown, table
from clues.admin.of_a_case import OfACase
from clues.cases import tasks, unmasking
from clues.cases.pseudonyms import code_of, name_of
from clues.cases.workflow import RESTING
from clues.models import Case, CasePart, CaseTask
from members.admin.base import Operation, ReasonForm
from members.admin.site import site
from members.audit.reads import Look
from members.models import Institution, User
from members.permissions import Permission

STATES = {
    CaseTask.OPEN: _("to do"),
    CaseTask.DONE: _("done"),
    CaseTask.DECLINED: _("turned down"),
    CaseTask.CANCELED: _("canceled"),
}
PART_STATES = {
    CasePart.DRAFT: _("draft"),
    CasePart.READY: _("waits for its approver"),
    CasePart.APPROVED: _("approved"),
}


def _is_overdue(row: CaseTask) -> bool:
    return row.state == CaseTask.OPEN and row.case.state not in RESTING and row.due_at <= timezone.now()


@admin.display(description=_("state"), ordering="state")
def state(row: CaseTask) -> str:
    """Where it stands, and whether it runs late."""
    return str(_("overdue")) if _is_overdue(row) else str(STATES[row.state])


@admin.display(description=_("given by"))
def giver(row: CaseTask) -> str:
    """The institution that leads, or the alliance."""
    return str(row.giver) if row.giver else str(_("the alliance"))


@admin.display(description=_("case"))
def case(row: CaseTask) -> str:
    """Its case, as a link."""
    return link(row.case)


@admin.display(description=_("tasks"))
def tasks_of(row: Case) -> str:
    """The tasks of a case, what is due first."""
    found = row.tasks.select_related("institution", "giver", "case").order_by("due_at", "id")[:100]
    return table(
        (_("task"), _("state"), _("asked of"), _("given by"), _("due"), _("answer")),
        (
            (link(each), state(each), each.institution, giver(each), local(each.due_at), each.ended_note or "—")
            for each in found
        ),
    )


@admin.display(description=_("parts"))
def parts_of(row: Case) -> str:
    """The part of each party; what it says only once it is approved."""
    parts = {part.institution_id: part for part in row.parts.all()}
    excused = set(row.excuses.values_list("institution_id", flat=True))
    return table(
        (_("party"), _("institution"), _("state"), _("claimed"), _("lost"), _("prevented"), _("victims"), _("persons"),
         _("clues"), _("facts")),
        (
            _part_row(party, parts.get(party.institution_id), excused=party.institution_id in excused)
            for party in row.parties.select_related("institution").order_by("pseudonym")
        ),
    )  # fmt: skip


def _part_row(party: Any, part: CasePart | None, *, excused: bool) -> tuple[Any, ...]:
    called = name_of(party.pseudonym)
    if part is None or part.state != CasePart.APPROVED:
        name: Any = PART_STATES[part.state] if part is not None else _("not begun")
        if excused:
            name = _("%(state)s; the case goes on without it") % {"state": name}
        return (called, party.institution, name, *["—"] * 7)
    figures = (part.amount_claimed, part.amount_lost, part.amount_prevented, part.victims, part.persons)
    return (
        called, party.institution, PART_STATES[part.state], *("—" if each is None else each for each in figures),
        len(part.clue_ids), part.facts,
    )  # fmt: skip


@admin.display(description=_("names"), empty_value="—")
def names_of(row: Case) -> str | None:
    """Which parties know each other by name, and since when."""
    pairs = row.namings.filter(named_at__isnull=False).select_related("first", "second").order_by("named_at")
    known = [(f"{pair.first} – {pair.second}", local(pair.named_at)) for pair in pairs if pair.named_at]
    known += [
        (str(_("all parties, by the alliance")), local(each.released_at))
        for each in row.unmaskings.order_by("released_at")
    ]
    return format_html_join("", "<p>{}: {}</p>", known) or None


def _task_form(row: Case) -> type[forms.Form]:
    """Return the form that asks which party of the case gets which task."""
    chinese = (get_language() or "").startswith("zh")
    kinds = [(each.code, each.zh if chinese else each.en) for each in task_kinds.ROWS]
    parties = [
        (code_of(party.pseudonym), f"{party.institution} ({name_of(party.pseudonym)})")
        for party in row.parties.filter(institution__in=Institution.objects.at_work())
        .select_related("institution")
        .order_by("pseudonym")
    ]
    return type(
        "TaskForm",
        (forms.Form,),
        {
            "party": forms.ChoiceField(label=_("Asked of"), choices=[("", "—"), *parties]),
            "kind": forms.ChoiceField(label=_("Task"), choices=[("", "—"), *kinds]),
            "due_on": forms.DateField(
                label=_("Due"), required=False, widget=forms.DateInput(attrs={"type": "date"}),
                help_text=_("Empty: the days of its kind."),
            ),
            "note": forms.CharField(
                label=_("What exactly"), required=False, max_length=500,
                widget=forms.Textarea(attrs={"rows": 3, "cols": 80}),
                help_text=_("The party reads it. No names of customers, no identifiers."),
            ),
        },
    )  # fmt: skip


def _give(row: Case, *, by: User, now: datetime, due_on: date | None, **asked: str) -> CaseTask:
    request = {name: value for name, value in asked.items() if value}
    if due_on is not None:
        request["due_on"] = due_on.isoformat()
    return tasks.give_for_alliance(case=row.ref, request=request, by=by, now=now)


def _propose_names(row: Case, *, by: User, now: datetime, reason: str) -> None:
    unmasking.propose(case=row.ref, reason=reason, by=by, now=now)


def _cancel(row: CaseTask, *, by: User, now: datetime, reason: str) -> None:
    tasks.cancel_for_alliance(task=row.pk, reason=reason, version=row.version, by=by, now=now)


class CancelForm(forms.Form):
    """Why a task is taken back; its party reads it."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 80}),
        help_text=_("The party reads it. No names of customers, no identifiers."),
    )


GIVE = Operation(
    "give-task", _("Give a task"), _give, Permission.CASE_PROPOSE, _("The task is given; the party is told."),
    form_of=_task_form, open_for=lambda row: row.state not in RESTING,
)  # fmt: skip
UNMASK = Operation(
    "unmask", _("Propose to name the parties"), _propose_names, Permission.CASE_PROPOSE,
    _("Proposed: the parties are named once a second person approves."), form=ReasonForm,
    open_for=lambda row: row.lead_id is not None and row.state not in RESTING, hurts=True,
)  # fmt: skip
OPERATIONS = (GIVE, UNMASK)
"""What is done on a case's page beside its steps."""
ATTEMPTS = {GIVE.name: "task-give", UNMASK.name: "name-all"}
"""What the trail calls them where they are refused."""
COLUMNS = (tasks_of, parts_of, names_of)
"""What a case's page has of joint work."""

_RANK = Choice(When(state=CaseTask.OPEN, then=Value(0)), default=Value(1), output_field=IntegerField())


class ByState(admin.SimpleListFilter):
    """By state, and what runs late."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        """Return the choices."""
        return [("overdue", _("overdue")), *STATES.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the rows of the chosen one."""
        if self.value() == "overdue":
            late = queryset.filter(state=CaseTask.OPEN, due_at__lte=timezone.now())
            return late.exclude(case__state__in=RESTING)
        return queryset if self.value() is None else queryset.filter(state=self.value())


@admin.register(CaseTask, site=site)
class CaseTaskAdmin(OfACase):
    """What is open first, with the first one due."""

    kind = "T"
    list_display = (
        ref("T"),
        shown("kind", _("kind"), vocabulary="task-kinds"),
        state,
        shown("institution", _("asked of")),
        giver,
        shown("due_at", _("due")),
        case,
    )
    list_filter = (ByState,)
    list_select_related = ("institution", "giver", "case")
    ordering = (_RANK.asc(), F("due_at").asc(), "id")
    columns = (
        *list_display,
        shown("note", _("what is asked")),
        shown("given_at", _("given at")),
        shown("ended_at", _("ended at")),
        shown("ended_note", _("answer")),
    )
    operations = (
        Operation(
            "cancel", _("Cancel the task"), _cancel, Permission.CASE_PROPOSE, _("The task is canceled; its party is told."),
            form=CancelForm, hurts=True,
            open_for=lambda row: row.state == CaseTask.OPEN and row.case.state not in RESTING,
        ),
    )  # fmt: skip
    attempts = {"cancel": "task-cancel"}

    def concerned(self, row: CaseTask) -> Iterable[Look]:
        """Return who is asked, once it is told of the task, and who asks."""
        asked = row.institution_id if CaseTask.objects.filter(pk=row.pk, released_at__lte=Now()).exists() else None
        return [(number, self.reference_of(row)) for number in (asked, row.giver_id)]
