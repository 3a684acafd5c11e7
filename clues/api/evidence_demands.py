"""`/evidence-demands`: whose evidence the alliance asks to be opened, and the file that opens it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_noop
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from aif_share.errors import Refusal
from clues import tasks
from clues.demands import opening, queries
from clues.feedback import reputation
from members.api.pagination import newest_first

from . import demand_shapes, shapes
from .base import PAGED, ApiView, caller_of
from .upload import a_place, blocks_of

BYTES = "application/octet-stream"
_STATE = OpenApiParameter("state", str, enum=queries.STATES, description="Only demands that stand so.")


class EvidenceDemandsView(ApiView):
    """The demands to the caller's institution."""

    required_scope = "read"
    query_parameters = PAGED | {"state"}

    @extend_schema(
        operation_id="evidence_demands",
        summary="List the clues whose evidence you are asked to open, newest first",
        parameters=[*shapes.PAGE_PARAMETERS, _STATE],
        responses={
            200: demand_shapes.EvidenceDemandPage,
            **shapes.problems(*shapes.READING, *shapes.PAGING, "field-invalid"),
        },
    )
    def get(self, request: Request) -> Response:
        """Return one page of demands."""
        caller, state = caller_of(request), request.query_params.get("state")
        return Response(
            newest_first(
                request,
                scope=f"evidence-demands:{caller.institution_id}:{state or ''}",
                fetch=lambda before, limit: queries.list_demands(
                    viewer=caller, state=state, before=before, limit=limit
                ),
                show=_show,
            )
        )


class EvidenceDemandView(ApiView):
    """One demand."""

    required_scope = "read"

    @extend_schema(
        operation_id="evidence_demand",
        summary="One demand for evidence",
        responses={200: demand_shapes.EvidenceDemand, **shapes.problems(*shapes.READING, "not-found")},
        examples=[demand_shapes.DEMAND_EXAMPLE],
    )
    def get(self, request: Request, demand: str) -> Response:
        """Return the demand as it stands."""
        return Response(_show(queries.get_demand(demand=demand, viewer=caller_of(request))))


class EvidenceDemandFileView(ApiView):
    """The file that opens a demand."""

    required_scope = "submit"

    @extend_schema(
        operation_id="evidence_demand_open",
        summary="Open the evidence that you committed to",
        request={BYTES: OpenApiTypes.BINARY},
        responses={
            200: demand_shapes.EvidenceDemand,
            **shapes.problems(*shapes.FRAMING, "empty", "not-found", "permission-missing", "transition-refused",
                              "digest-differs", "unavailable", "kek-missing"),
        },
        examples=[demand_shapes.DEMAND_EXAMPLE],
    )  # fmt: skip
    def put(self, request: Request, demand: str) -> Response:
        """Take the very file, byte for byte, 20 MiB at most. The alliance alone sees it.

        No Idempotency-Key is needed: the same file again gets the same answer.
        """
        caller = caller_of(request)
        if request._request.content_type != BYTES:
            raise Refusal("media-type", gettext_noop("Send application/octet-stream."))
        with a_place(caller.institution_id):
            shown = opening.open_evidence(
                demand=demand, blocks=blocks_of(request._request), by=caller, now=timezone.now()
            )
        tasks.ring()
        return Response(_show(shown))


class ReputationView(ApiView):
    """How the caller's reports fared."""

    required_scope = "read"

    @extend_schema(
        operation_id="reputation",
        summary="How your reports fared, by category",
        responses={200: demand_shapes.Reputations, **shapes.problems(*shapes.READING)},
    )
    def get(self, request: Request) -> Response:
        """Return what was decided about own clues. Nobody else sees it; it ranks what the alliance looks at first."""
        rows = reputation.list_reputation(viewer=caller_of(request))
        return Response({"categories": [{**asdict(row), "standing": round(row.mean, 4)} for row in rows]})


def _show(row: queries.DemandView) -> dict[str, Any]:
    shown = {name: value for name, value in asdict(row).items() if name != "id"}
    return shown | {name: shown[name] or None for name in ("client_ref", "draw_root", "committed", "reason")}
