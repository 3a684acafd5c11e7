"""Batches at the desk: who submitted how much, and what became of it. No row of any batch is shown."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from clues import tasks
from clues.admin.columns import code_filter, local, ref, shown, table
from clues.admin.looked import LookedAtAdmin
from clues.models import Batch, BatchHold, QuarantinedRow
from clues.submissions import holds, quarantine
from members.admin.base import Operation, reason_field
from members.admin.site import site
from members.models import User
from members.permissions import Permission

STATES = {
    Batch.RECEIVED: _("received"),
    Batch.PROCESSING: _("in work"),
    Batch.DONE: _("done"),
    Batch.HELD: _("held for review"),
    Batch.REJECTED: _("not let go, or no row taken"),
}
SOURCES = {"api": _("programming interface"), "portal": _("portal"), "upload": _("upload"), "import": _("import")}
CAUSES = {
    BatchHold.VOLUME: _("far more than usual for the institution"),
    BatchHold.FAILED: _("no worker could finish it"),
    BatchHold.ROWS_FAILED: _("too many of its rows end whatever works on them; repair that first"),
}
ASIDE = {
    QuarantinedRow.QUARANTINED: _("is set aside"),
    QuarantinedRow.WAITING: _("is tried again"),
    QuarantinedRow.DONE: _("came through"),
}
MOST_ASIDE = 100
DECISIONS = {"": "—", BatchHold.RELEASED: _("let go"), BatchHold.REJECTED: _("rejected")}


class HoldForm(forms.Form):
    """Why a held batch is let go or not: its institution reads this."""

    reason = reason_field(_("The institution reads it. No names of customers, no identifiers."))


class RetryForm(forms.Form):
    """What was repaired."""

    reason = reason_field(_("What was repaired. No names of customers, no identifiers."))


def _release(row: Batch, *, by: User, now: datetime, reason: str) -> None:
    holds.release(batch=row.pk, reason=reason, by=by, now=now)
    tasks.ring()


def _reject(row: Batch, *, by: User, now: datetime, reason: str) -> None:
    holds.reject(batch=row.pk, reason=reason, by=by, now=now)
    tasks.ring()


def _retry(row: Batch, *, by: User, now: datetime, reason: str) -> None:
    quarantine.retry(batch=row.pk, reason=reason, by=by, now=now)
    tasks.ring()


def _has_rows_aside(row: Batch) -> bool:
    return row.quarantined_rows.filter(
        institution_id=row.institution_id, state=QuarantinedRow.QUARANTINED
    ).exists()  # fmt: skip


def _is_held(row: Batch) -> bool:
    return str(row.state) == Batch.HELD


@admin.display(description=_("why it is, or was, held"))
def held(row: Batch) -> str:
    """The figures that were compared, and what was decided."""
    found = BatchHold.objects.filter(institution_id=row.institution_id, batch_id=row.pk).order_by("id")
    return table(
        (_("held at"), _("cause"), _("rows"), _("rows of the day"), _("usual rows of a day"), _("decision"), _("decided by"),
         _("reason of the decision")),
        ((local(each.held_at), CAUSES[each.cause], each.rows, _figure(each.day_rows), _figure(each.usual_rows),
          DECISIONS[each.decision], each.decided_by or "—", each.decision_reason or "—")
         for each in found.select_related("decided_by")),
    )  # fmt: skip


@admin.display(description=_("matched"), ordering="matched")
def matched(row: Batch) -> Any:
    """All that matched, whether its institution was told yet or not."""
    return row.matched + row.matched_later


@admin.display(description=_("rows set aside"))
def aside(row: Batch) -> str:
    """Which rows no worker survived, and what was done about them; nothing of what they say."""
    found = row.quarantined_rows.filter(institution_id=row.institution_id).defer("clue_row", "identifier_rows")
    return table(
        (_("row"), _("state"), _("set aside at"), _("tried again at"), _("by"), _("reason")),
        ((each.row, ASIDE[each.state], local(each.quarantined_at), local(each.retried_at) if each.retried_at else "—",
          each.retried_by or (_("by itself") if each.retried_at else "—"), each.retry_reason or "—")
         for each in found.select_related("retried_by").order_by("row")[:MOST_ASIDE]),
    )  # fmt: skip


def _figure(value: int | None) -> str:
    return "—" if value is None else str(value)


def with_rows_aside(rows: QuerySet[Batch]) -> QuerySet[Batch]:
    """Those of them with rows that were set aside and nobody has had tried again."""
    waiting = QuarantinedRow.objects.filter(state=QuarantinedRow.QUARANTINED)
    return rows.filter(pk__in=waiting.values("batch_id"))


class AsideFilter(admin.SimpleListFilter):
    """Batches with rows that no worker survived."""

    title = _("rows set aside")
    parameter_name = "aside"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        """Return the one choice."""
        return [("yes", _("some are set aside"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the rows of the chosen kind."""
        return with_rows_aside(queryset) if self.value() == "yes" else queryset


@admin.register(Batch, site=site)
class BatchAdmin(LookedAtAdmin):
    """Newest first."""

    kind = "B"
    list_display = (
        ref("B"),
        shown("institution", _("institution")),
        shown("state", _("state"), labels=STATES),
        shown("clues", _("clues")),
        shown("accepted", _("accepted")),
        shown("duplicates", _("duplicates")),
        shown("refused", _("refused")),
        shown("quarantined", _("rows set aside")),
        matched,
        shown("received_at", _("received at")),
    )
    list_filter = (code_filter("state", _("state"), labels=STATES), AsideFilter)
    list_select_related = ("institution",)
    ordering = ("-id",)
    columns = (
        *list_display,
        shown("source", _("source"), labels=SOURCES),
        shown("key_id", _("key id")),
        shown("rows_refused", _("refused at the door")),
        shown("chunks", _("chunks")),
        shown("chunks_done", _("chunks done")),
        shown("digest", _("digest of the stored rows")),
        shown("done_at", _("done at")),
        held,
        aside,
    )

    def explain(self, row: Batch) -> str:
        """Show whose batch it is, and what speaks for and against it: nobody decides by a reference alone."""
        known: list[tuple[Any, Any]] = [
            (_("institution"), row.institution),
            (_("clues"), row.clues),
            (_("received at"), local(row.received_at)),
        ]
        if row.quarantined:
            known.append((_("rows set aside"), row.quarantined))
        hold = BatchHold.objects.filter(institution_id=row.institution_id, batch_id=row.pk).order_by("-id").first()
        if hold is not None and _is_held(row):
            known += [
                (_("cause"), CAUSES[hold.cause]),
                (_("rows of the day"), _figure(hold.day_rows)),
                (_("usual rows of a day"), _figure(hold.usual_rows)),
            ]
        return table((), known)

    operations = (
        Operation(
            "release", _("Release the batch"), _release, Permission.BATCH_DECIDE,
            _("Released. It is matched within seconds."), form=HoldForm, open_for=_is_held,
            says=_("All rows of the batch are matched within seconds, as if it had never been held."),
        ),
        Operation(
            "reject", _("Reject the batch"), _reject, Permission.BATCH_DECIDE,
            _("Rejected. Its rows are dropped; its institution is told."), form=HoldForm, open_for=_is_held, hurts=True,
            says=_("The rows are dropped unread and cannot be had back; the institution would have to send them again."),
        ),
        Operation(
            "retry", _("Try the rows set aside again"), _retry, Permission.BATCH_DECIDE,
            _("They are tried again within seconds."), form=RetryForm, open_for=_has_rows_aside,
            says=_("Each row is tried alone. One that still stops whatever works on it is set aside again."),
        ),
    )  # fmt: skip
