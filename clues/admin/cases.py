"""Cases at the desk: one operation for each row of the transition table, each by one call of the domain."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from clues.admin.columns import ReferenceAdmin, link, local, ref, shown, table
from clues.admin.forms import NeededNoteForm, NoteForm
from clues.cases import transition
from clues.cases.workflow import ACTION_LABELS, STATES, TRANSITIONS, Transition, actions_for
from clues.models import Case
from members.admin.base import Operation
from members.admin.site import site
from members.models import User


def _operation(row: Transition) -> Operation:
    """Turn a row of the table into a button with its page."""

    def run(case: Any, *, by: User, now: datetime, note: str) -> None:
        transition.perform(case=case.ref, action=row.action, by=by, now=now, note=note, version=case.seen_version)

    return Operation(
        name=f"{row.source}-{row.action}",
        label=row.label,
        run=run,
        permission=row.by,
        done=_("The case moved."),
        form=NeededNoteForm if row.reason_required else NoteForm,
        open_for=lambda case: case.state == row.source and not any(guard(case) for guard in row.needs),
        hurts=row.reason_required,
    )


@admin.display(description=_("state"), ordering="state")
def state(row: Case) -> str:
    """Where the case stands, and whether it waits for a second person."""
    name = str(STATES[row.state])
    if row.state == Case.TRIAGE and row.proposed_by_id is not None:
        return _("%(state)s, approval proposed") % {"state": name}
    return name


@admin.display(description=_("opened from"))
def origin(row: Case) -> str:
    """The match or ring, as a link."""
    return link(row.match or row.ring)


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
                step.by,
                step.note or "—",
            )
            for step in row.steps.select_related("by").order_by("id")
        ),
    )


@admin.display(description=_("parties"))
def parties(row: Case) -> str:
    """The institutions concerned, and since when they know."""
    return table(
        (_("institution"), _("knows since")),
        (
            (party.institution, local(party.released_at))
            for party in row.parties.select_related("institution").order_by("id")
        ),
    )


@admin.register(Case, site=site)
class CaseAdmin(ReferenceAdmin):
    """The latest moved first."""

    kind = "CASE"
    list_display = (
        ref("CASE"),
        state,
        origin,
        shown("opened_by", _("opened by")),
        shown("opened_at", _("opened at")),
        shown("changed_at", _("changed at")),
    )
    list_filter = ("state",)
    list_select_related = ("match", "ring", "opened_by")
    ordering = ("-changed_at", "-id")
    columns = (
        *list_display,
        shown("proposed_by", _("proposed by")),
        shown("proposed_at", _("proposed at")),
        shown("approved_by", _("approved by")),
        shown("approved_at", _("approved at")),
        shown("closed_reason", _("reason of the end")),
        steps,
        parties,
    )
    operations = tuple(_operation(row) for row in TRANSITIONS)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Return the case with the version that the person's page showed; a page without one is out of date."""
        case = super().get_object(request, object_id, from_field)
        if case is not None:
            asked = request.GET.get("version", "")
            case.seen_version = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else 0
        return case

    def _buttons(self, request: HttpRequest, row: Any) -> list[dict[str, Any]]:
        """Show what this person may do to the case as it stands: the proposer is not offered to approve."""
        if row is None:
            return []
        mine = {_operation_address(each) for each in actions_for(row, request.user)}
        return [
            {**button, "url": f"{button['url']}?version={row.version}"}
            for button in super()._buttons(request, row)
            if button["url"].rstrip("/").rpartition("/")[2] in mine
        ]


def _operation_address(row: Transition) -> str:
    return f"{row.source}-{row.action}"
