"""`/rings`: the rings that hold clues of the caller's institution, as one party may see them."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers as s
from rest_framework.request import Request
from rest_framework.response import Response

from clues.rings import detail, party
from clues.rings.graph import get_graph
from members.api.pagination import get_page_size, get_position, page

from . import shapes
from .base import PAGED, ApiView, caller_of


class Ring(shapes.Shape):
    """A ring as one party sees it."""

    ring = s.CharField(help_text="Opaque reference R-…")
    mine = s.ListField(child=s.CharField(), help_text=f"client_ref of your clues in it, {party.MOST_REFS} at most.")
    band = s.ChoiceField(
        ["1", "2-4", "5+"], allow_null=True, help_text="Independent groups beside yours; null in a small alliance."
    )
    sectors = s.ListField(child=s.CharField(), help_text="Only sectors of three or more live institutions.")
    categories = s.ListField(child=s.CharField())
    best_grade = s.CharField()
    clues = s.IntegerField(help_text="How many clues of yours are in it.")
    types = s.ListField(child=s.CharField(), help_text="Types of the identifiers that you share with others in it.")
    first_seen_month = s.RegexField(r"^\d{4}-\d{2}$")
    last_seen_month = s.RegexField(r"^\d{4}-\d{2}$")
    score = s.IntegerField(
        min_value=0, max_value=100, help_text="The sum of `terms`. It takes nothing that is not here."
    )
    terms = shapes.ScoreTerm(many=True, help_text="What the score is made of; terms of zero points are left out.")


class RingWeek(shapes.Shape):
    """How many of your clues came in a week."""

    week = s.DateField(help_text="Its Monday, China time.")
    clues = s.IntegerField()


class RingLink(shapes.Shape):
    """An identifier of yours that others in the ring reported as well: why the ring is one."""

    client_ref = s.CharField(help_text="One of your clues that carries it.")
    identifier = s.IntegerField(help_text="Which of that clue's identifiers, counted from 0.")
    type = s.CharField()
    strength = s.ChoiceField(
        ["very-strong", "strong"], help_text="One very strong link joins clues, or two strong ones."
    )
    match = s.CharField(allow_null=True, help_text="Your match of it.")


class RingDetail(Ring):
    """A ring as one party sees it, with what joins the party's clues to it and how they came."""

    weeks = RingWeek(many=True, help_text=f"Weeks with clues of yours, newest first, {detail.MOST_WEEKS} at most.")
    stages = s.ListField(
        child=s.CharField(), help_text="Stages of the chain that the roles of your identifiers stand for."
    )
    links = RingLink(many=True, help_text=f"{detail.MOST_LINKS} at most.")


RingPage = shapes._page_of("RingPage", Ring)
RING_EXAMPLE = OpenApiExample(
    "A ring",
    {
        "ring": "R-EXAMPLEEXAMPLEEXAMPLEEXAMP",
        "mine": ["2026-000417", "2026-000512"],
        "band": "2-4",
        "sectors": ["bank"],
        "categories": ["illegal-agency-complaint", "telecom-fraud"],
        "best_grade": "B1",
        "clues": 2,
        "types": ["bank-card", "cn-mobile"],
        "first_seen_month": "2026-10",
        "last_seen_month": "2026-11",
        "score": 79,
        "terms": [
            {"term": "independent-groups", "points": 24},
            {"term": "grade", "points": 20},
            {"term": "strongest-link", "points": 15},
            {"term": "shared-types", "points": 5},
            {"term": "recency", "points": 15},
        ],
        "weeks": [{"week": "2026-11-02", "clues": 2}],
        "stages": ["cash-out"],
        "links": [
            {
                "client_ref": "2026-000417",
                "identifier": 0,
                "type": "bank-card",
                "strength": "very-strong",
                "match": "M-EXAMPLEEXAMPLEEXAMPLEEXAMP",
            }
        ],
    },
    response_only=True,
    status_codes=["200"],
)


class RingsView(ApiView):
    """All rings of the caller's institution."""

    required_scope = "read"
    query_parameters = PAGED

    @extend_schema(
        operation_id="rings",
        summary="List rings, oldest first",
        parameters=shapes.PAGE_PARAMETERS,
        responses={200: RingPage, **shapes.problems(*shapes.READING, *shapes.PAGING)},
    )
    def get(self, request: Request) -> Response:
        """Return one page of rings."""
        caller = caller_of(request)
        size, scope = get_page_size(request), f"rings:{caller.institution_id}"
        position = get_position(request, scope=scope)
        rows = party.list_party_rings(viewer=caller, after=position[0] if position else 0, limit=size + 1)
        return Response(page(request, rows, size=size, scope=scope, position_of=lambda row: [row.id], show=_show))


class RingView(ApiView):
    """One ring."""

    required_scope = "read"

    @extend_schema(
        operation_id="ring",
        summary="One ring",
        responses={200: RingDetail, **shapes.problems(*shapes.READING, "not-found")},
        examples=[RING_EXAMPLE],
    )
    def get(self, request: Request, ring: str) -> Response:
        """Return the ring as this party may see it."""
        caller = caller_of(request)
        found = party.get_party_ring(ring=ring, viewer=caller)
        more = detail.get_detail(ring=found, graph=get_graph(ring=found, viewer=caller), viewer=caller)
        return Response(_show(found) | _show_detail(more))


def _show(ring: party.PartyRing) -> dict[str, Any]:
    return {name: value for name, value in asdict(ring).items() if name != "id"}


def _show_detail(more: detail.Detail) -> dict[str, Any]:
    return {
        "weeks": [{"week": each.week.isoformat(), "clues": each.clues} for each in more.weeks],
        "stages": list(more.stages),
        "links": [
            {
                "client_ref": link.client_ref,
                "identifier": link.position,
                "type": link.type,
                "strength": "very-strong" if link.weight > 1 else "strong",
                "match": link.match,
            }
            for link in more.links
        ],
    }
