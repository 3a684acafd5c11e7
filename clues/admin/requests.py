"""Requests between institutions at the desk: what ran out comes first; its words, a reminder, an end with a reason.

Of all others the alliance sees that they are there: kind, sides, clock and when. Their words the desk's role cannot read.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Now
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from clues.admin.columns import link, local, ref, shown, table
from clues.admin.looked import LookedAt
from clues.models import RequestParty
from clues.requests import mediation, workflow
from members.admin.base import Operation, ReasonForm
from members.admin.site import site
from members.audit.reads import Look
from members.models import User, reference
from members.permissions import Permission
from members.templatetags.members import label

QUEUE = Q(escalated_at__isnull=False, state__in=sorted(workflow.OPEN))
_RANK = Case(When(QUEUE, then=Value(0)), default=Value(1), output_field=IntegerField())
ACTIONS = {
    "send": _("sent"),
    "take-up": _("taken up"),
    "answer": _("answered"),
    "decline": _("declined"),
    "withdraw": _("withdrawn"),
    "close": _("closed"),
    "escalate": _("clock ran out"),
    "remind": _("reminded"),
    "end": _("closed by the alliance"),
}
SIDES = {"sender": _("sender"), "receiver": _("receiver"), "alliance": _("alliance"), "clock": _("clock")}
VIA = {"case": _("the others of a case"), "match": _("the others of a match"), "institution": _("by name")}


def _mediate(action: str) -> Any:
    operation = {workflow.REMIND: mediation.remind, workflow.END: mediation.end}[action]

    def run(row: RequestParty, *, by: User, now: datetime, reason: str) -> RequestParty:
        return operation(party=row.pk, reason=reason, by=by, now=now)

    return run


def _open_to(action: str) -> Any:
    return lambda row: mediation.is_open_to(row, action)


@admin.display(description=_("state"), ordering="state")
def state(row: RequestParty) -> str:
    """Where it stands, in words."""
    return str(workflow.STATES[row.state])


@admin.display(description=_("addressed by"))
def via(row: RequestParty) -> str:
    """How it was addressed."""
    return str(VIA[row.request.via])


@admin.display(description=_("belongs to"))
def place(row: RequestParty) -> str:
    """The case or match, as a link."""
    found = row.request.case or row.request.match
    return "—" if found is None else link(found)


def words(row: RequestParty, by: User) -> str:
    """The words of an escalated request, oldest first."""
    return table(
        (_("at"), _("step"), _("side"), _("answer or reason"), _("words")),
        (
            (
                local(at),
                ACTIONS.get(action, action),
                SIDES.get(side, side),
                (label(code, "request-declines" if action == "decline" else "request-answers") if code else "—"),
                text or "—",
            )
            for action, side, code, _basis, text, at in mediation.list_words(party=row.pk, by=by)
        ),
    )


class QueueFilter(admin.SimpleListFilter):
    """What waits for the alliance."""

    title = _("queue")
    parameter_name = "queue"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        """Return the queue and the rest."""
        return [("escalated", _("overdue and open")), ("open", _("open")), ("over", _("over"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the rows of the chosen part."""
        chosen = {
            "escalated": QUEUE,
            "open": Q(state__in=sorted(workflow.OPEN)),
            "over": ~Q(state__in=sorted(workflow.OPEN)),
        }.get(self.value() or "")
        return queryset if chosen is None else queryset.filter(chosen)


@admin.register(RequestParty, site=site)
class RequestPartyAdmin(LookedAt):
    """What is overdue first, the longest wait before all; then the newest."""

    list_display = (
        ref("RQ", "request_id", _("request")),
        shown("request.kind", _("kind"), vocabulary="request-kinds"),
        shown("request.sender", _("sender")),
        shown("institution", _("receiver")),
        state,
        shown("request.clock", _("clock"), vocabulary="request-clocks"),
        shown("due_at", _("due")),
        shown("escalated_at", _("escalated at")),
    )
    list_filter = (QueueFilter,)
    list_select_related = ("request", "request__sender", "request__case", "request__match", "institution")
    ordering = (_RANK.asc(), "escalated_at", "-id")
    search_fields = ("pk",)
    search_help_text = _("The reference of a request (RQ-…), exactly.")
    columns = (
        *list_display,
        via,
        place,
        shown("request.released_at", _("seen from")),
        shown("taken_up_at", _("taken up at")),
        shown("over_at", _("over since")),
    )
    operations = (
        Operation(
            "remind", _("Remind the receiver"), _mediate(workflow.REMIND), Permission.REQUEST_MEDIATE,
            _("The receiver is reminded."), form=ReasonForm, open_for=_open_to(workflow.REMIND),
        ),
        Operation(
            "end", _("Close the request"), _mediate(workflow.END), Permission.REQUEST_MEDIATE,
            _("The request is closed; both sides are told."), form=ReasonForm, open_for=_open_to(workflow.END),
            hurts=True,
        ),
    )  # fmt: skip

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return the columns, and the words where the clock ran out."""
        if obj is None or obj.escalated_at is None:
            return self.columns

        @admin.display(description=_("words"))
        def said(row: RequestParty) -> str:
            return words(row, by=request.user)  # type: ignore[arg-type]  # has_permission let nobody else in

        return (*self.columns, said)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return all of them."""
        return self.get_fields(request, obj)

    def concerned(self, row: RequestParty) -> Iterable[Look]:
        """Return both sides; the receiver once it is told of the request."""
        number = reference.encode("RQ", row.request_id)
        told = RequestParty.objects.filter(pk=row.pk, request__released_at__lte=Now())
        receiver = row.institution_id if told.exists() else None
        return [(row.request.sender_id, number), (receiver, number)]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Find the receivers of a request."""
        term = search_term.strip()
        return (queryset.filter(request_id=reference.decode("RQ", term) or 0) if term else queryset), False
