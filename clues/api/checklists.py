"""`/cases/CASE-…/checklist` and `/charges`: what a case is checked against, and what the own part shows of it."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_noop
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from aif_share.errors import Refusal
from clues.cases import part_queries, refusals
from clues.checklists import charges, queries, showing
from clues.submissions.rows import names_of
from members.api.repeat import once
from members.api.versions import expected_version
from members.queries import Member

from . import checklist_shapes, shapes
from .base import ApiView, caller_of
from .body import read_json_object
from .query_shapes import IF_MATCH

_REPEATED = ("idempotency-key-missing", "idempotency-key-invalid", "idempotency-conflict", "idempotency-busy")
_CHOOSING = ("not-found", "permission-missing", "not-the-lead", "transition-refused")


class ChecklistView(ApiView):
    """The checklist of a case."""

    required_scope = "read"

    @extend_schema(
        operation_id="case_checklist",
        summary="What a case is checked against, and what is missing",
        responses={200: checklist_shapes.Checklist, **shapes.problems(*shapes.READING, "not-found")},
    )
    def get(self, request: Request, case: str) -> Response:
        """Return every element of every charge, with who shows it."""
        return Response(_shown(case, caller_of(request)))


class CaseChargesView(ApiView):
    """The charges of a case."""

    required_scope = "submit"

    @extend_schema(
        operation_id="case_charge_add",
        summary="Check the case that you lead against a charge",
        parameters=[shapes.IDEMPOTENCY_KEY],
        request=checklist_shapes.ChargeRequest,
        responses={
            201: checklist_shapes.Checklist,
            **shapes.problems(*shapes.FRAMING, *_REPEATED, "unknown-field", "field-invalid", "conflict", *_CHOOSING),
        },
        examples=[checklist_shapes.CHARGE_EXAMPLE],
    )
    def post(self, request: Request, case: str) -> Response:
        """Add it while parts are written; the other parties see it from the next tick on."""
        body, caller = read_json_object(request._request), caller_of(request)

        def make() -> tuple[int, dict[str, Any]]:
            _refuse_unknown(body)
            charges.add(case=case, charge=body.get("charge"), by=caller, now=timezone.now())
            return 201, _shown(case, caller)

        with refusals.recorded(case=case, action="charge-add", by=caller):
            return once(request, route="case-charge-add", make=make)


class CaseChargeView(ApiView):
    """One charge of a case."""

    required_scope = "submit"

    @extend_schema(
        operation_id="case_charge_drop",
        summary="Check the case that you lead no longer against a charge",
        parameters=[shapes.IDEMPOTENCY_KEY],
        request=None,
        responses={200: checklist_shapes.Checklist, **shapes.problems(*shapes.READING, *_REPEATED, *_CHOOSING)},
    )
    def delete(self, request: Request, case: str, charge: str) -> Response:
        """Drop it; what the parts show of it stays with them."""
        caller = caller_of(request)

        def make() -> tuple[int, dict[str, Any]]:
            charges.drop(case=case, charge=charge, by=caller, now=timezone.now())
            return 200, _shown(case, caller)

        with refusals.recorded(case=case, action="charge-drop", by=caller):
            return once(request, route="case-charge-drop", make=make)


class CaseElementsView(ApiView):
    """What the own part shows of a charge."""

    required_scope = "submit"

    @extend_schema(
        operation_id="case_elements_show",
        summary="Say which elements of a charge your part shows",
        parameters=[shapes.IDEMPOTENCY_KEY, IF_MATCH],
        request=checklist_shapes.ShownElements,
        responses={
            200: checklist_shapes.Checklist,
            **shapes.problems(*shapes.FRAMING, *_REPEATED, "unknown-field", "field-invalid", "not-found",
                              "permission-missing", "transition-refused", "precondition-required", "version-changed"),
        },
        examples=[checklist_shapes.SHOWN_EXAMPLE],
    )  # fmt: skip
    def put(self, request: Request, case: str, charge: str) -> Response:
        """Replace what your part shows of it. `If-Match` is the version of your part, which is a draft then."""
        body, caller, version = read_json_object(request._request), caller_of(request), expected_version(request)

        def make() -> tuple[int, dict[str, Any]]:
            showing.show(case=case, charge=charge, request=body, version=version, by=caller, now=timezone.now())
            return 200, _shown(case, caller)

        with refusals.recorded(case=case, action="element-show", by=caller):
            return once(request, route="case-elements-show", make=make)


def _refuse_unknown(body: dict[str, Any]) -> None:
    unknown = body.keys() - {"charge"}
    if unknown:
        raise Refusal("unknown-field", gettext_noop("The body has fields that do not exist."), fields=names_of(unknown))


def _shown(case: str, caller: Member) -> dict[str, Any]:
    found = queries.get_checklist(case=case, viewer=caller)
    return {
        "case": found.case,
        "open": found.is_open,
        "part_version": part_queries.get_own_part(case=case, viewer=caller).version,
        "elements": found.elements,
        "missing": found.missing,
        "complete": found.is_complete,
        "charges": [_charge(each) for each in found.charges],
    }


def _charge(row: queries.ChargeView) -> dict[str, Any]:
    charge = row.charge
    return {
        "charge": charge.code, "zh": charge.zh, "en": charge.en, "law": charge.source,
        "to_confirm": charge.to_confirm, "added_by": row.added, "elements": [_element(each) for each in row.elements],
    }  # fmt: skip


def _element(row: queries.ElementView) -> dict[str, Any]:
    element = row.element
    return {
        "element": element.code,
        "zh": element.zh,
        "en": element.en,
        "state": row.state,
        "sectors": list(element.sectors),
        "suppliers": [party.party for party in row.suppliers],
        "shown_by": [
            {
                "party": each.party.party,
                "own": each.party.is_own,
                "facts": each.facts,
                "evidence": [item.evidence for item in each.evidence],
                "approved": each.is_approved,
            }
            for each in row.supports
        ],
    }
