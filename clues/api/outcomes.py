"""`GET /outcomes` and `GET /guidance`: what came of the cases in figures, and what one looks up for handing one over."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from aif_share.vocabulary import outcome_counters
from clues.guidance import queries as guidance
from clues.reports import funnel, outcomes
from clues.reports.counting import Figure

from . import procedure_entry_shapes, shapes
from .base import ApiView, caller_of

_SCOPE = ("since", "until", "track", "province", "category")
_ABOUT = {
    "since": "Proceedings that began on this day (YYYY-MM-DD) or later.",
    "until": "Proceedings that began before this day.",
    "track": "A code of `tracks`.",
    "province": "A code of `regions`.",
    "category": "A code of `categories`.",
}


class OutcomesView(ApiView):
    """Counters of outcomes."""

    required_scope = "read"
    query_parameters = frozenset(_SCOPE)

    @extend_schema(
        operation_id="outcomes",
        summary="What came of the cases, in figures",
        parameters=[OpenApiParameter(name, str, description=_ABOUT[name]) for name in _SCOPE],
        responses={
            200: procedure_entry_shapes.Outcomes,
            **shapes.problems(*shapes.READING, "field-invalid", "unknown-field"),
        },
    )
    def get(self, request: Request) -> Response:
        """Return your own counters over the scope asked for, and the alliance's over everything."""
        scope = outcomes.read_scope(
            {name: request.query_params[name] for name in _SCOPE if name in request.query_params}
        )
        own = outcomes.get_own_counters(viewer=caller_of(request), scope=scope)
        alliance = {figure.counter: figure for figure in funnel.list_figures()}
        return Response(
            {
                "as_of": funnel.get_as_of(),
                "counters": [
                    {
                        "counter": row.code,
                        "unit": row.unit,
                        "own": _plain(own[row.code], row.unit),
                        "alliance": _alliance(alliance.get(row.code), row.unit),
                    }
                    for row in outcome_counters.ROWS
                ],
                "funnels": [_funnel(each) for each in funnel.list_funnels()],
            }
        )


class GuidanceView(ApiView):
    """The lists of guidance in force."""

    required_scope = "read"

    @extend_schema(
        operation_id="guidance",
        summary="Authorities, charges with their elements, playbooks",
        responses={200: procedure_entry_shapes.Guidance, **shapes.problems(*shapes.READING)},
    )
    def get(self, request: Request) -> Response:
        """Return the lists as two people put them in force. To be confirmed by counsel; no legal advice."""
        return Response(
            {
                "authorities": [row.as_row() for row in guidance.list_authorities()],
                "charges": [row.as_row() for row in guidance.list_charges()],
                "playbooks": [row.as_row() for row in guidance.list_playbooks()],
            }
        )


def _plain(value: Decimal, unit: str) -> str:
    return f"{value:.2f}" if unit == outcome_counters.CNY else str(int(value))


def _alliance(figure: Figure | None, unit: str) -> str | None:
    if figure is None or figure.value is None:
        return None
    return "<10" if figure.below_ten else _plain(figure.value, unit)


def _funnel(found: funnel.Funnel) -> dict[str, Any]:
    return {
        "category": found.category,
        "stages": [
            {"stage": each.stage, "clues": each.clues, "share": each.share, "median_seconds": each.median_seconds}
            for each in found.stages
        ],
    }
