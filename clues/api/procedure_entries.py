"""`/cases/CASE-…/entries`: what the authorities did about a case, read by its parties and recorded by the lead."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from clues.cases import refusals
from clues.procedures import lead, queries
from members.api.pagination import get_page_size, get_position, page
from members.api.repeat import once

from . import procedure_entry_shapes, shapes
from .base import PAGED, ApiView, caller_of
from .body import read_json_object

_WRITING = ("unknown-field", "field-missing", "field-invalid", "raw-identifier", "idempotency-key-missing",
            "idempotency-key-invalid", "idempotency-conflict", "idempotency-busy")  # fmt: skip
_PLAIN = (
    "entry", "proceeding", "track", "state", "status", "authority", "overdue", "persons", "persons_detained", "gangs",
    "items", "self_reported", "recorded_at",
)  # fmt: skip
_DAYS = ("date", "received_date", "due_date")
_TEXTS = ("document_no", "province", "note", "void_reason")
_AMOUNTS = ("amount_claimed_cny", "amount_lost_cny", "amount_prevented_cny")


class ProcedureEntriesView(ApiView):
    """List the entries of a case; record one for the case that the caller's institution leads."""

    query_parameters = PAGED

    @property
    def required_scope(self) -> str:
        """Recording is submitting what one knows; the key has to read cases as well."""
        return "submit" if self.request.method == "POST" else "read"

    @extend_schema(
        operation_id="case_entries",
        summary="List what the authorities did about a case, oldest first",
        parameters=shapes.PAGE_PARAMETERS,
        responses={
            200: procedure_entry_shapes.ProcedureEntryPage,
            **shapes.problems(*shapes.READING, *shapes.PAGING, "not-found"),
        },
    )
    def get(self, request: Request, case: str) -> Response:
        """Return one page of entries, voided ones too, and your own that wait."""
        caller = caller_of(request)
        size, scope = get_page_size(request), f"case-entries:{caller.institution_id}:{case}"
        position = get_position(request, scope=scope)
        after = position[0] if position else 0
        rows = [row for row in queries.list_entries(case=case, viewer=caller, now=timezone.now()) if row.id > after]
        return Response(page(request, rows, size=size, scope=scope, position_of=lambda row: [row.id], show=_show))

    @extend_schema(
        operation_id="case_entry_record",
        summary="Record what an authority did about the case you lead",
        parameters=[shapes.IDEMPOTENCY_KEY],
        request=procedure_entry_shapes.ProcedureEntryRequest,
        responses={
            201: procedure_entry_shapes.ProcedureEntry,
            **shapes.problems(*shapes.FRAMING, *_WRITING, "not-found", "not-the-lead", "permission-missing",
                              "transition-refused"),
        },
        examples=[procedure_entry_shapes.REQUEST_EXAMPLE, procedure_entry_shapes.ENTRY_EXAMPLE],
    )  # fmt: skip
    def post(self, request: Request, case: str) -> Response:
        """Answer 201. It waits for the alliance's confirmation; until then nobody else sees it."""
        body, caller = read_json_object(request._request), caller_of(request)

        def make() -> tuple[int, dict[str, Any]]:
            now = timezone.now()
            entry = lead.record_as_lead(case=case, request=body, by=caller, now=now)
            return 201, _show(queries.get_entry(case=case, entry=str(entry), viewer=caller, now=now))

        with refusals.recorded(case=case, action="entry-record", by=caller):
            return once(request, route="case-entry", make=make)


def _show(row: queries.EntryView) -> dict[str, Any]:
    return {
        **{name: getattr(row, name) for name in _PLAIN},
        **{name: day.isoformat() if (day := getattr(row, name)) else None for name in _DAYS},
        **{name: getattr(row, name) or None for name in _TEXTS},
        **{name: None if getattr(row, name) is None else f"{getattr(row, name):.2f}" for name in _AMOUNTS},
    }
