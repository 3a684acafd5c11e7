"""Cases at the desk: one operation for each row of the transition table, each by one call of the domain."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.contrib import admin
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from clues.admin import case_tasks, checklists, packages
from clues.admin.columns import link, local, ref, shown, table
from clues.admin.evidence import evidence_of
from clues.admin.forms import given, step_form
from clues.admin.of_a_case import OfACase
from clues.admin.proceedings import OPENING, proceedings
from clues.cases import transition
from clues.cases.actions import open_actions
from clues.cases.deadlines import is_overdue
from clues.cases.parties import JOIN, missing
from clues.cases.workflow import ACTION_LABELS, RESTING, STATES, TRANSITIONS, Transition
from clues.models import Case
from members.admin.base import Operation
from members.admin.site import site
from members.models import Institution, User
from members.permissions import Permission
from members.templatetags.members import label

SOON = timedelta(days=2)


def _operation_address(row: Transition) -> str:
    return f"{row.source}-{row.action}"


def _operation(row: Transition, desk: Permission) -> Operation:
    """Turn a row of the table into a button with its page. Whether it is open the domain says."""

    def run(case: Any, *, by: User, now: datetime, **answers: Any) -> None:
        if case.state != row.source:
            raise transition.CaseChanged
        transition.perform(
            case=case.ref, action=row.action, by=by, now=now, version=case.seen_version, **given(answers)
        )

    return Operation(
        name=_operation_address(row),
        label=row.label,
        run=run,
        permission=desk,
        done=_("The case moved."),
        form_of=lambda case: step_form(row, case),
        hurts=row.note_required,
    )


@admin.display(description=_("state"), ordering="state")
def state(row: Case) -> str:
    """Where the case stands, and whether it waits for a second person."""
    name = {"state": str(STATES[row.state])}
    if row.state == Case.EVIDENCE_READY and row.proposed_at is not None:
        return _("%(state)s, approval proposed") % name
    if row.state == Case.APPROVED and row.report_asked_at is not None:
        return _("%(state)s, report-out asked for") % name
    if row.state == Case.CLOSED and row.reopen_asked_at is not None:
        return _("%(state)s, reopening asked for") % name
    return name["state"]


@admin.display(description=_("due"), ordering="due_at")
def due(row: Case) -> str:
    """Until when it may stand there."""
    if row.due_at is None:
        return "—"
    text = local(row.due_at)
    return _("%(at)s, overdue") % {"at": text} if is_overdue(row.due_at, now=timezone.now()) else text


@admin.display(description=_("opened from"))
def origin(row: Case) -> str:
    """The match or ring, as a link."""
    return link(row.match or row.ring)


@admin.display(description=_("reported to"))
def receiver(row: Case) -> str:
    """Who receives it, and the day on which it was handed over."""
    if not row.receiver:
        return "—"
    name = label(row.receiver, "authority-kinds")
    return f"{name}, {row.reported_on}" if row.reported_on else name


@admin.display(description=_("how it ended"))
def ended(row: Case) -> str:
    """The code of the end, in words."""
    return label(row.closed_code, "case-close-reasons") if row.closed_code else "—"


@admin.display(description=_("merged into"), empty_value="—")
def merged_into(row: Case) -> str | None:
    """The case that goes on."""
    return link(row.merged_into) if row.merged_into else None


@admin.display(description=_("took over"), empty_value="—")
def merged(row: Case) -> str | None:
    """The cases that were merged into this one."""
    return format_html_join(", ", "{}", ((link(case),) for case in row.merged.order_by("id"))) or None


@admin.display(description=_("steps"))
def steps(row: Case) -> str:
    """The steps, oldest first: what was done, by whom, and why."""
    return table(
        (_("at"), _("step"), _("state afterwards"), _("by"), _("note")),
        (
            (
                local(step.at),
                ACTION_LABELS.get(step.action, step.action),
                STATES.get(step.to_state, step.to_state),
                step.by or step.institution,
                step.note or "—",
            )
            for step in row.steps.select_related("by", "institution").order_by("id")
        ),
    )


@admin.display(description=_("parties"))
def parties(row: Case) -> str:
    """The institutions concerned, which of them leads, and since when they know."""
    known = table(
        (_("institution"), _("part"), _("knows since")),
        (
            (
                party.institution,
                _("leads") if party.institution_id == row.lead_id else _("takes part"),
                local(party.released_at),
            )
            for party in row.parties.select_related("institution").order_by("id")
        ),
    )
    late = Institution.objects.filter(pk__in=missing(row)) if row.state not in RESTING else ()
    if not late:
        return known
    why = (
        _("They join with the desk's next step.")
        if row.state in JOIN
        else _("A case takes nobody in where it stands now; returned for more evidence, it does.")
    )
    text = _("Concerned, and no parties yet: %(names)s.") % {"names": ", ".join(sorted(each.name for each in late))}
    return format_html("{}<p>{} {}</p>", known, text, why)


class _Filter(admin.SimpleListFilter):
    """A filter by rows of its own; the stock ones read the whole table to know what there is."""

    rows: tuple[tuple[str, Any, Callable[[QuerySet[Any]], QuerySet[Any]]], ...]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(code, name) for code, name, _narrow in self.rows]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        for code, _name, narrow in self.rows:
            if code == self.value():
                return narrow(queryset)
        return queryset


class ByDeadline(_Filter):
    """Overdue first: what stands too long is what the desk looks for."""

    title = _("deadline")
    parameter_name = "deadline"
    rows = (
        ("overdue", _("Overdue"), lambda rows: rows.filter(due_at__lte=timezone.now())),
        ("soon", _("Due within two days"), lambda rows: rows.filter(
            due_at__gt=timezone.now(), due_at__lte=timezone.now() + SOON)),
        ("open", _("Every open case"), lambda rows: rows.filter(due_at__isnull=False)),
    )  # fmt: skip


def _at(code: str) -> Callable[[QuerySet[Any]], QuerySet[Any]]:
    return lambda rows: rows.filter(state=code)


class ByState(_Filter):
    """Where it stands."""

    title = _("state")
    parameter_name = "state"
    rows = tuple((code, name, _at(code)) for code, name in STATES.items())


class ByDecision(_Filter):
    """What one person asked for, and another decides."""

    title = _("waits for a second person")
    parameter_name = "decision"
    rows = (
        ("approval", _("Approval"), lambda rows: rows.filter(state=Case.EVIDENCE_READY, proposed_at__isnull=False)),
        ("report", _("Report-out"), lambda rows: rows.filter(state=Case.APPROVED, report_asked_at__isnull=False)),
        ("reopening", _("Reopening"), lambda rows: rows.filter(state=Case.CLOSED, reopen_asked_at__isnull=False)),
    )


@admin.register(Case, site=site)
class CaseAdmin(OfACase):
    """The latest moved first; with a deadline asked for, what is due first."""

    kind = "CASE"
    list_display = (
        ref("CASE"),
        state,
        due,
        shown("lead", _("lead institution")),
        origin,
        shown("opened_at", _("opened at")),
        shown("changed_at", _("changed at")),
    )
    list_filter = (ByDeadline, ByState, ByDecision)
    list_select_related = ("match", "ring", "lead")
    ordering = ("-changed_at", "-id")
    columns = (
        *list_display,
        steps,
        parties,
        proceedings,
        *case_tasks.COLUMNS,
        checklists.checklist_of,
        evidence_of,
        *packages.COLUMNS,
        shown("opened_by", _("opened by")),
        shown("edited_by", _("last worked on by")),
        shown("proposed_by", _("proposed by")),
        shown("proposed_at", _("proposed at")),
        shown("approved_by", _("approved by")),
        shown("approved_at", _("approved at")),
        receiver,
        shown("report_asked_by", _("report-out asked by")),
        shown("reported_by", _("reported by")),
        shown("reopen_asked_by", _("reopening asked by")),
        shown("reopened_by", _("reopened by")),
        ended,
        shown("closed_reason", _("reason of the end")),
        merged_into,
        merged,
    )
    operations = (
        *(_operation(row, row.desk) for row in TRANSITIONS if row.desk is not None),
        *OPENING,
        *case_tasks.OPERATIONS,
        *checklists.OPERATIONS,
        *packages.OPERATIONS,
    )

    attempts = (
        {_operation_address(row): row.action for row in TRANSITIONS}
        | {each.name: "entry-record" for each in OPENING}
        | case_tasks.ATTEMPTS
        | checklists.ATTEMPTS
        | packages.ATTEMPTS
    )

    def case_of(self, row: Any) -> Case:
        """Return the row itself."""
        found: Case = row
        return found

    def get_ordering(self, request: HttpRequest) -> Any:
        """Return the order of the index that fits what is asked for."""
        return (F("due_at").asc(), "id") if request.GET.get(ByDeadline.parameter_name) else self.ordering

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Return the case with the version that the person's page showed; a page without one is out of date."""
        case = super().get_object(request, object_id, from_field)
        if case is not None:
            asked = request.GET.get("version", "")
            case.seen_version = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else 0
        return case

    def _buttons(self, request: HttpRequest, row: Any) -> list[dict[str, Any]]:
        """Show what this person may do to the case as it stands: the proposer is not offered to approve."""
        if row is None or not isinstance(request.user, User):
            return []
        mine = {_operation_address(each) for each in open_actions(row, by=request.user)}
        mine |= {each.name for each in (*OPENING, *case_tasks.OPERATIONS, *checklists.OPERATIONS, *packages.OPERATIONS)}
        return [
            {**button, "url": f"{button['url']}?version={row.version}"}
            for button in super()._buttons(request, row)
            if button["url"].rstrip("/").rpartition("/")[2] in mine
        ]
