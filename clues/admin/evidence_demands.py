"""Demands for evidence at the desk: what was opened is looked at for a reason, and decided. What is least borne out comes first."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import Case, ExpressionWrapper, F, FloatField, IntegerField, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from clues import tasks
from clues.admin.batches import HoldForm
from clues.admin.columns import code_filter, ref, shown
from clues.admin.looked import LookedAtAdmin
from clues.demands import deciding
from clues.matching.score import mean_of
from clues.models import EvidenceDemand
from members.admin.base import Operation, ReasonForm
from members.admin.site import site
from members.api.attachments import attachment
from members.audit.reads import Look
from members.models import User, reference
from members.permissions import Permission

CAUSES = {EvidenceDemand.AUDIT: _("drawn"), EvidenceDemand.DISPUTE: _("dispute")}
STATES = {
    EvidenceDemand.OPEN: _("waits for the filer's answer"),
    EvidenceDemand.OPENED: _("opened, waits for a decision"),
    EvidenceDemand.ACCEPTED: _("accepted"),
    EvidenceDemand.REFUTED: _("does not bear the clue"),
    EvidenceDemand.FAILED: _("not opened"),
    EvidenceDemand.MOOT: _("no longer needed"),
}
_RANK = Case(
    When(state=EvidenceDemand.OPENED, then=Value(0)),
    When(state=EvidenceDemand.OPEN, then=Value(1)),
    default=Value(2),
    output_field=IntegerField(),
)
# Of whoever reported: it ranks what is looked at, and nothing else.
_STANDING = ExpressionWrapper(
    mean_of(*(Coalesce(F(f"institution__sourcequality__{verdict}"), 0) for verdict in ("confirmed", "refuted"))),
    output_field=FloatField(),
)


def _look(row: EvidenceDemand, *, by: User, now: datetime, reason: str) -> HttpResponseBase:
    reader, size = deciding.look_at(demand=row.pk, reason=reason, by=by, now=now)
    return attachment(reader, size=size, file_name=f"{row.ref}.bin", is_own_name=True)


def _decision(verdict: str) -> Any:
    def run(row: EvidenceDemand, *, by: User, now: datetime, reason: str) -> None:
        deciding.decide(demand=row.pk, verdict=verdict, reason=reason, by=by, now=now)
        tasks.ring()

    return run


def _is_opened(row: EvidenceDemand) -> bool:
    return str(row.state) == EvidenceDemand.OPENED


@admin.register(EvidenceDemand, site=site)
class EvidenceDemandAdmin(LookedAtAdmin):
    """What can be decided first, of those whose reports fared worst first; then what waits for its filer."""

    kind = "ED"
    list_display = (
        ref("ED"),
        ref("C", "clue_id", _("clue")),
        shown("institution", _("institution")),
        shown("category", _("category"), vocabulary="categories"),
        shown("cause", _("cause"), labels=CAUSES),
        shown("state", _("state"), labels=STATES),
        shown("due_at", _("answer due")),
    )
    list_filter = (
        code_filter("state", _("state"), labels=STATES),
        code_filter("cause", _("cause"), labels=CAUSES),
    )
    list_select_related = ("institution", "decided_by")
    ordering = ("due_at", "id")
    columns = (
        *list_display,
        shown("committed", _("committed SHA-256")),
        shown("draw_size", _("size of the log at the draw")),
        shown("draw_root", _("root of the log at the draw")),
        shown("asked_at", _("demanded at")),
        shown("attempts", _("files that differed")),
        shown("opened_at", _("sent in at")),
        shown("opened_by_ref", _("sent by")),
        shown("decided_at", _("decided at")),
        shown("decided_by", _("decided by")),
        shown("decision_reason", _("reason of the decision")),
    )
    operations = (
        Operation("look", _("Take the file to look at"), _look, Permission.DISPUTE_DECIDE, "", form=ReasonForm,
                  open_for=_is_opened),
        Operation(
            "accept", _("Accept the evidence"), _decision(EvidenceDemand.ACCEPTED), Permission.DISPUTE_DECIDE,
            _("Accepted; its institution is told."), form=HoldForm, open_for=_is_opened,
        ),
        Operation(
            "refute", _("It does not bear the clue"), _decision(EvidenceDemand.REFUTED), Permission.DISPUTE_DECIDE,
            _("The clue is withdrawn within seconds; its institution is told."), form=HoldForm, open_for=_is_opened,
            hurts=True,
        ),
    )  # fmt: skip

    def concerned(self, row: EvidenceDemand) -> Iterable[Look]:
        """Return whose clue it is, by the clue."""
        return [(row.institution_id, reference.encode("C", row.clue_id))]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the standing of whoever reported, which ranks the list."""
        rows: QuerySet[Any] = super().get_queryset(request).annotate(standing=_STANDING)
        return rows

    def get_ordering(self, request: HttpRequest) -> Any:
        """By what there is to do, then by who fared worst."""
        return (_RANK.asc(), _STANDING.asc(), "due_at", "id")
