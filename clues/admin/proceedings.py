"""Proceedings at the desk: opened for a case, and led on state by state; a button for each state that may come next."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from aif_share.vocabulary import tracks
from aif_share.vocabulary.tracks import State, Track
from clues.admin import outcomes
from clues.admin.columns import code_filter, link, ref, shown, table, word
from clues.admin.entry_forms import entry_form, request_of
from clues.admin.of_a_case import OfACase
from clues.admin.procedure_entries import STATUSES, entries_table, state_name
from clues.models import Case, ProcedureEntry, Proceeding
from clues.procedures import queries, record
from clues.procedures.queries import ProceedingView
from members.admin.base import Operation
from members.admin.site import site
from members.models import User
from members.permissions import Permission


def _opening(track: Track, state: State) -> Operation:
    """Turn a state that opens a proceeding into a button of the case's page."""

    def run(row: Case, *, by: User, now: datetime, **answers: Any) -> None:
        request = request_of(answers) | {"track": track.code, "state": state.code}
        record.record(case=row.ref, request=request, by=by, now=now)

    return Operation(
        name=f"open-{track.code}-{state.code}",
        label=f"{track.zh}：{state.zh} · {track.en}: {state.en}",
        run=run,
        permission=Permission.PROCEDURE_RECORD,
        done=_("Recorded. The parties of the case see it."),
        form=entry_form(state),
        open_for=lambda row: queries.runs_in(row.state),
    )


def _following(track: Track, state: State) -> Operation:
    """Turn a state that follows others into a button of the proceedings where it may come next."""

    def run(row: Proceeding, *, by: User, now: datetime, **answers: Any) -> None:
        request = request_of(answers) | {"proceeding": str(row), "state": state.code}
        record.record(case=row.case.ref, request=request, by=by, now=now)

    def is_next(row: Proceeding) -> bool:
        view = _view(row)
        return row.track == track.code and view is not None and state in view.next

    return Operation(
        name=f"then-{track.code}-{state.code}",
        label=f"{state.zh} · {state.en}",
        run=run,
        permission=Permission.PROCEDURE_RECORD,
        done=_("Recorded. The parties of the case see it."),
        form=entry_form(state),
        open_for=is_next,
    )


OPENING = tuple(_opening(track, state) for track in tracks.ROWS for state in track.states if state.opens)
"""What opens a proceeding; the page of cases carries it."""


def _view(row: Any) -> ProceedingView | None:
    """The proceeding as it stands; kept with the row, which lives for one page."""
    if not hasattr(row, "_as_it_stands"):
        found = queries.list_of_case(case=row.case_id, now=timezone.now())
        row._as_it_stands = next((each for each in found if each.id == row.pk), None)
    view: ProceedingView | None = row._as_it_stands
    return view


@admin.display(description=_("case"))
def case(row: Proceeding) -> str:
    """The case, as a link."""
    return link(row.case)


@admin.display(description=_("stands at"))
def position(row: Proceeding) -> str:
    """The last state that was not voided."""
    rows = sorted(row.entries.all(), key=lambda entry: entry.number)
    void = {entry.about_id for entry in rows if entry.kind == ProcedureEntry.VOID}
    standing = [entry for entry in rows if entry.kind == ProcedureEntry.STATE and entry.pk not in void]
    return state_name(row.track, standing[-1].state) if standing else str(STATUSES[queries.VOIDED])


@admin.display(description=_("entries"))
def entries(row: Proceeding) -> str:
    """Everything that was recorded, oldest first."""
    view = _view(row)
    return entries_table([] if view is None else view.entries)


@admin.display(description=_("proceedings"), empty_value="—")
def proceedings(row: Case) -> str | None:
    """The proceedings of a case with their entries; the link leads to where the next one is recorded."""
    found = queries.list_of_case(case=row.pk, now=timezone.now())
    rows = ((link(Proceeding(pk=each.id)), word(each.track, "tracks"), entries_table(each.entries)) for each in found)
    return table((_("proceeding"), _("track"), _("entries")), rows) if found else None


@admin.register(Proceeding, site=site)
class ProceedingAdmin(OfACase):
    """Newest first. A proceeding is opened on the page of its case."""

    kind = "P"
    list_display = (
        ref("P"),
        case,
        shown("track", _("track"), vocabulary="tracks"),
        position,
        shown("opened_at", _("opened at")),
    )
    list_filter = (code_filter("track", _("track"), vocabulary="tracks"),)
    list_select_related = ("case",)
    ordering = ("-id",)
    columns = (*list_display, entries)
    operations = tuple(_following(track, state) for track in tracks.ROWS for state in track.states if state.after)

    attempts = {each.name: "entry-record" for each in operations}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the rows with their entries, read at once for the whole page."""
        return super().get_queryset(request).prefetch_related("entries")

    def get_urls(self) -> list[Any]:
        """The stock addresses, and what comes of all proceedings."""
        return [*outcomes.addresses(), *super().get_urls()]
