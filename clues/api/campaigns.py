"""`/campaigns`: what the alliance runs with the authorities, its targets, what came of it, and the caller's cases in it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from aif_share.vocabulary import outcome_counters
from clues.campaigns import queries
from members.api.pagination import get_page_size, get_position, page

from . import campaign_shapes, shapes
from .base import PAGED, ApiView, caller_of


class CampaignsView(ApiView):
    """All campaigns that members see."""

    required_scope = "read"
    query_parameters = PAGED

    @extend_schema(
        operation_id="campaigns",
        summary="List campaigns, newest first",
        parameters=shapes.PAGE_PARAMETERS,
        responses={200: campaign_shapes.CampaignPage, **shapes.problems(*shapes.READING, *shapes.PAGING)},
    )
    def get(self, request: Request) -> Response:
        """Return one page of campaigns that run or ended, without their figures."""
        caller = caller_of(request)
        size, scope = get_page_size(request), f"campaigns:{caller.institution_id}"
        position = get_position(request, scope=scope)
        rows = queries.list_campaigns(viewer=caller, before=position[0] if position else None, limit=size + 1)
        return Response(page(request, rows, size=size, scope=scope, position_of=lambda row: [row.id], show=_show))


class CampaignView(ApiView):
    """One campaign."""

    required_scope = "read"

    @extend_schema(
        operation_id="campaign",
        summary="One campaign with its targets and figures",
        responses={200: campaign_shapes.CampaignDetail, **shapes.problems(*shapes.READING, "not-found")},
        examples=[campaign_shapes.EXAMPLE],
    )
    def get(self, request: Request, campaign: str) -> Response:
        """Return it with the counters of its targets, over the caller's own cases and over all of them."""
        found = queries.get_campaign(campaign=campaign, viewer=caller_of(request))
        figures = [_figure(each) for each in found.figures]
        return Response({**_show(found), "cases": list(found.cases), "figures": figures})


def _show(row: queries.CampaignView) -> dict[str, Any]:
    return {
        "campaign": row.campaign,
        "title": row.title,
        "about": row.about or None,
        "state": row.state,
        "categories": list(row.categories),
        "regions": list(row.regions),
        "starts_on": row.starts_on.isoformat(),
        "ends_on": row.ends_on.isoformat(),
        "started_at": row.started_at,
        "units": [{"authority": unit.authority, "leads": unit.leads} for unit in row.units],
    }


def _figure(row: queries.FigureView) -> dict[str, Any]:
    unit = outcome_counters.BY_CODE[row.counter].unit
    whole = row.alliance.value
    return {
        "counter": row.counter,
        "unit": unit,
        "target": None if row.target is None else _plain(row.target, unit),
        "own": _plain(row.own, unit),
        "campaign": None if whole is None else "<10" if row.alliance.below_ten else _plain(whole, unit),
    }


def _plain(value: Decimal, unit: str) -> str:
    return f"{value:.2f}" if unit == outcome_counters.CNY else str(int(value))
