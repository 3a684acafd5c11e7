"""Entries of proceedings at the desk: members' to confirm, deadlines that are over, wrong ones to void with a reason."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from aif_share.vocabulary import tracks
from clues.admin.columns import code_filter, link, ref, shown, table, word
from clues.admin.of_a_case import OfACase
from clues.guidance.queries import find_authorities
from clues.guidance.rows import Authority
from clues.models import Case, ProcedureEntry
from clues.procedures import record, waiting
from clues.procedures.deadlines import today
from clues.procedures.queries import STANDING, VOIDED, WAITING, EntryView
from members.admin.base import Operation, ReasonForm
from members.admin.site import site
from members.audit.reads import Look
from members.models import User
from members.permissions import Permission

OVERDUE = "overdue"
STATUSES = {
    WAITING: _("to be confirmed"),
    STANDING: _("stands"),
    VOIDED: _("void"),
    OVERDUE: _("deadline over"),
}
FIGURES = (
    ("persons", _("persons")),
    ("persons_detained", _("persons detained")),
    ("items", _("links or numbers")),
    ("gangs", _("gangs")),
    ("amount_claimed_cny", _("amount claimed")),
    ("amount_lost_cny", _("amount lost")),
    ("amount_prevented_cny", _("amount prevented")),
)


def state_name(track: str, code: str) -> str:
    """What a state of a track is called, in both languages."""
    row = tracks.BY_CODE[track].state(code)
    return f"{row.zh} · {row.en}"


def figures_of(row: Any) -> str:
    """What an entry counts, in words."""
    found = [f"{label} {value:,}" for name, label in FIGURES if (value := getattr(row, name)) is not None]
    if row.province:
        found.append(word(row.province, "regions"))
    if row.self_reported:
        found.append(_now("self-reported"))
    return "; ".join(found) or "—"


def entries_table(rows: Iterable[EntryView]) -> str:
    """Entries as a table, each with a link to its own page."""
    heads = (
        _("state"),
        _("date"),
        _("authority"),
        _("document number"),
        _("figures"),
        _("due on"),
        _("status"),
        _("note"),
    )
    return table(
        heads,
        (
            (
                format_html(
                    '<a href="{}">{}</a>',
                    reverse("admin:clues_procedureentry_change", args=[row.id]),
                    state_name(row.track, row.state),
                ),
                row.date,
                _called(row.authority_name, row.authority),
                row.document_no or "—",
                figures_of(row),
                _due(row),
                STATUSES[row.status],
                row.void_reason or row.note or "—",
            )
            for row in rows
        ),
    )


def _due(row: EntryView) -> str:
    if row.due_date is None:
        return "—"
    deadline = row.row.deadline
    text = f"{row.due_date} {deadline.zh} · {deadline.en}" if deadline else str(row.due_date)
    return _now("%(at)s, overdue") % {"at": text} if row.overdue else text


@admin.display(description=_("state"))
def state(row: ProcedureEntry) -> str:
    """What was reached."""
    return state_name(row.proceeding.track, row.state)


@admin.display(description=_("status"))
def status(row: Any) -> str:
    """Whether it stands."""
    if row.is_void:
        return str(STATUSES[VOIDED])
    return str(STATUSES[STANDING if row.institution_id is None or row.is_confirmed else WAITING])


@admin.display(description=_("authority"))
def authority(row: ProcedureEntry) -> str:
    """The authority's name in the list of its time."""
    return _called(find_authorities({row.authority}).get(row.authority), row.authority)


def _called(found: Authority | None, code: str) -> str:
    if found is None:
        return code
    return found.zh if (get_language() or "").startswith("zh") else found.en


@admin.display(description=_("figures"))
def figures(row: ProcedureEntry) -> str:
    """What it counts."""
    return figures_of(row)


@admin.display(description=_("deadline"))
def deadline(row: ProcedureEntry) -> str:
    """What has to follow, by when, and where that stands."""
    rule = tracks.BY_CODE[row.proceeding.track].state(row.state).deadline
    if rule is None or row.due_date is None:
        return "—"
    note = _now("to be confirmed by counsel") if rule.to_confirm else ""
    return f"{rule.zh} · {rule.en}: {row.due_date} ({rule.source}{'; ' if note else ''}{note})"


@admin.display(description=_("case"))
def case(row: ProcedureEntry) -> str:
    """The case, as a link."""
    return link(row.proceeding.case)


@admin.display(description=_("proceeding"))
def proceeding(row: ProcedureEntry) -> str:
    """The proceeding, as a link."""
    return link(row.proceeding)


@admin.display(description=_("what was said of it"))
def said(row: ProcedureEntry) -> str:
    """Its confirmation, or why it is void."""
    rows = ProcedureEntry.objects.filter(about_id=row.pk).order_by("number")
    kinds = {ProcedureEntry.CONFIRMATION: _("confirmed"), ProcedureEntry.VOID: STATUSES[VOIDED]}
    return table(
        (_("at"), _("kind"), _("by"), _("reason")),
        ((timezone.localtime(each.recorded_at).strftime("%Y-%m-%d %H:%M:%S"), kinds[each.kind], each.recorded_by_ref,
          each.note or "—") for each in rows),
    )  # fmt: skip


class StatusFilter(admin.SimpleListFilter):
    """What waits, what is over its time, what is void."""

    title = _("status")
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        """Return what one looks for."""
        return [(code, STATUSES[code]) for code in (WAITING, OVERDUE, VOIDED)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the rows of the chosen kind."""
        if self.value() == WAITING:
            return queryset.filter(institution__isnull=False, is_void=False, is_confirmed=False)
        if self.value() == OVERDUE:
            return queryset.filter(pk__in=waiting.overdue(today(timezone.now())).order_by().values("pk"))
        return queryset.filter(is_void=True) if self.value() == VOIDED else queryset


def _confirm(row: ProcedureEntry, *, by: User, now: datetime) -> None:
    record.confirm(entry=str(row), by=by, now=now)


def _void(row: ProcedureEntry, *, by: User, now: datetime, reason: str) -> None:
    record.void(entry=str(row), reason=reason, by=by, now=now)


@admin.register(ProcedureEntry, site=site)
class ProcedureEntryAdmin(OfACase):
    """Newest first."""

    kind = "PE"
    list_display = (
        ref("PE"),
        case,
        shown("proceeding.track", _("track"), vocabulary="tracks"),
        state,
        shown("date", _("date")),
        shown("document_no", _("document number")),
        status,
        shown("due_date", _("due on")),
        shown("institution", _("recorded for")),
    )
    list_filter = (StatusFilter, code_filter("proceeding__track", _("track"), vocabulary="tracks"))
    list_select_related = ("proceeding", "proceeding__case", "institution")
    ordering = ("-id",)
    columns = (
        *list_display,
        proceeding,
        authority,
        shown("received_date", _("received on")),
        deadline,
        figures,
        shown("note", _("note")),
        shown("recorded_by_ref", _("recorded by")),
        shown("recorded_at", _("recorded at")),
        said,
    )
    operations = (
        Operation(
            "confirm", _("Confirm"), _confirm, Permission.PROCEDURE_RECORD,
            _("Confirmed. It counts, and the parties of the case see it."),
            open_for=lambda row: row.institution_id is not None and not row.is_confirmed and not row.is_void,
        ),
        Operation(
            "void", _("Void"), _void, Permission.PROCEDURE_RECORD,
            _("Void. It stays readable, and counts no more."), form=ReasonForm,
            open_for=lambda row: not row.is_void, hurts=True,
        ),
    )  # fmt: skip

    attempts = {"confirm": "entry-confirm", "void": "entry-void"}

    def case_of(self, row: Any) -> Case:
        """Return the case of its proceeding."""
        found: Case = row.proceeding.case
        return found

    def concerned(self, row: Any) -> Iterable[Look]:
        """Return who recorded it: before it is confirmed, the other parties do not know of it."""
        return [(row.institution_id, self.case_of(row).ref)]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return states alone: what was said of one stands on its page."""
        return waiting.states()
