"""`/cases/CASE-…/part`, `/parts` and `/names`: the own part, what the others approved, and who they are.

Approving a part and consenting to be named are decisions of people: they are made in the portal, not by a key.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from clues.cases import naming, part_queries, parts, refusals
from members.api.repeat import once
from members.api.versions import expected_version, tagged
from members.queries import Member

from . import joint_shapes, shapes
from .base import ApiView, caller_of
from .body import read_json_object
from .query_shapes import IF_MATCH, IF_NONE_MATCH

_REPEATED = ("idempotency-key-missing", "idempotency-key-invalid", "idempotency-conflict", "idempotency-busy")
_CHANGING = ("not-found", "permission-missing", "transition-refused", "precondition-required", "version-changed")
_CONTENT = (
    "facts",
    "amount_claimed",
    "amount_lost",
    "amount_prevented",
    "victims",
    "persons",
    "from_date",
    "until_date",
)


class CasePartView(ApiView):
    """The own part of a case."""

    @property
    def required_scope(self) -> str:
        """Writing it is a right of its own."""
        return "submit" if self.request.method == "PATCH" else "read"

    @extend_schema(
        operation_id="case_part",
        summary="Your own part of a case",
        parameters=[IF_NONE_MATCH],
        responses={200: joint_shapes.CasePart, 304: None, **shapes.problems(*shapes.READING, "not-found")},
    )
    def get(self, request: Request, case: str) -> Response:
        """Return the part with its ETag; one that nobody has written on is an empty draft of version 1."""
        shown = _own(case, caller_of(request))
        return tagged(request, shown, shown["version"])

    @extend_schema(
        operation_id="case_part_edit",
        summary="Write on your part of a case",
        parameters=[shapes.IDEMPOTENCY_KEY, IF_MATCH],
        request=joint_shapes.CasePartEdit,
        responses={
            200: joint_shapes.CasePart,
            **shapes.problems(*shapes.FRAMING, *_REPEATED, "unknown-field", "field-invalid", "amount-invalid",
                              "raw-identifier", *_CHANGING),
        },
        examples=[joint_shapes.PART_EXAMPLE],
    )  # fmt: skip
    def patch(self, request: Request, case: str) -> Response:
        """Change the fields named. The part is a draft then, and an approval is taken back."""
        body, caller, version = read_json_object(request._request), caller_of(request), expected_version(request)

        def make() -> tuple[int, dict[str, Any]]:
            parts.edit(case=case, request=body, version=version, by=caller, now=timezone.now())
            return 200, _own(case, caller)

        with refusals.recorded(case=case, action="part-edit", by=caller):
            return once(request, route="case-part-edit", make=make)


class CasePartReadyView(ApiView):
    """Hand the own part over."""

    required_scope = "submit"

    @extend_schema(
        operation_id="case_part_ready",
        summary="Hand your part to your approvers",
        parameters=[shapes.IDEMPOTENCY_KEY, IF_MATCH],
        request=None,
        responses={
            200: joint_shapes.CasePart,
            **shapes.problems(*shapes.READING, *_REPEATED, "field-missing", *_CHANGING),
        },
    )
    def post(self, request: Request, case: str) -> Response:
        """Let a person of your institution approve it in the portal: one that did not write it."""
        caller, version = caller_of(request), expected_version(request)

        def make() -> tuple[int, dict[str, Any]]:
            parts.mark_ready(case=case, version=version, by=caller)
            return 200, _own(case, caller)

        with refusals.recorded(case=case, action="part-ready", by=caller):
            return once(request, route="case-part-ready", make=make)


class CasePartsView(ApiView):
    """The parts of the others."""

    required_scope = "read"

    @extend_schema(
        operation_id="case_parts",
        summary="What the other parties of a case approved",
        responses={200: joint_shapes.CaseParts, **shapes.problems(*shapes.READING, "not-found")},
    )
    def get(self, request: Request, case: str) -> Response:
        """Return one row for each other party; before the case has a lead, none."""
        rows = part_queries.list_shared_parts(case=case, viewer=caller_of(request))
        return Response({"results": [_shared(row) for row in rows]})


class CaseNamesView(ApiView):
    """The parties of a case."""

    required_scope = "read"

    @extend_schema(
        operation_id="case_names",
        summary="The parties of a case, by pseudonym, and by name where both agreed",
        responses={200: joint_shapes.CaseNames, **shapes.problems(*shapes.READING, "not-found")},
    )
    def get(self, request: Request, case: str) -> Response:
        """Return the parties in the order of their pseudonyms."""
        rows = naming.list_parties(case=case, viewer=caller_of(request))
        return Response({"results": [_name(row) for row in rows]})


def _own(case: str, caller: Member) -> dict[str, Any]:
    part = part_queries.get_own_part(case=case, viewer=caller)
    return {
        "case": part.case.case,
        "state": part.state,
        "version": part.version,
        **_content(part.content),
        "clues": [clue.client_ref for clue in part.clues],
        "edited_at": part.edited_at,
        "approved_at": part.approved_at,
        "return_reason": part.return_reason,
        "excused": part.excused,
    }


def _shared(row: part_queries.SharedPart) -> dict[str, Any]:
    content = row.content
    return {
        "party": row.party.party,
        **(dict.fromkeys(_CONTENT) if content is None else _content(content)),
        "clues": None if content is None else content.clues,
        "approved_at": row.approved_at,
        "excused": row.excused,
    }


def _content(content: part_queries.Content) -> dict[str, Any]:
    values = {name: getattr(content, name) for name in _CONTENT}
    return {name: str(value) if isinstance(value, (Decimal, date)) else value for name, value in values.items()}


def _name(row: naming.PartyView) -> dict[str, Any]:
    return {
        "party": row.party,
        "own": row.is_own,
        "lead": row.is_lead,
        "name": row.name,
        "contact": row.contact,
        "named_at": row.named_at,
        "offered": row.offered,
        "asked": row.asked,
    }
