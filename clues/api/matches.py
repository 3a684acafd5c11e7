"""`/matches`: what the caller's institution shares with others, after the tick, as one party may see it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from clues import events
from clues.feedback import giving
from clues.matching import queries
from members.api.pagination import get_page_size, get_position, page
from members.api.repeat import once

from . import shapes
from .base import PAGED, ApiView, caller_of
from .body import read_json_object


class MatchesView(ApiView):
    """All matches of the caller's institution."""

    required_scope = "read"
    query_parameters = PAGED

    @extend_schema(
        operation_id="matches",
        summary="List matches, oldest first",
        parameters=shapes.PAGE_PARAMETERS,
        responses={200: shapes.MatchPage, **shapes.problems(*shapes.READING, *shapes.PAGING)},
        examples=[shapes.MATCH_PAGE_EXAMPLE],
    )
    def get(self, request: Request) -> Response:
        """Return one page of the matches released so far."""
        caller = caller_of(request)
        size = get_page_size(request)
        scope = f"matches:{caller.institution_id}"
        position = get_position(request, scope=scope)
        after = (datetime.fromisoformat(position[0]), int(position[1])) if position else None
        rows = queries.list_matches(viewer=caller, after=after, limit=size + 1)
        return Response(
            page(
                request,
                rows,
                size=size,
                scope=scope,
                position_of=lambda row: [row.released_at.isoformat(), row.id],
                show=_show,
            )
        )


class MatchView(ApiView):
    """One match."""

    required_scope = "read"

    @extend_schema(
        operation_id="match",
        summary="One match",
        responses={200: shapes.Match, **shapes.problems(*shapes.READING, "not-found")},
        examples=[shapes.MATCH_EXAMPLE],
    )
    def get(self, request: Request, match: str) -> Response:
        """Return the match as this party may see it."""
        return Response(_show(queries.get_match(match=match, viewer=caller_of(request))))


class FeedbackView(ApiView):
    """The verdict of the caller's institution on a match."""

    required_scope = "submit"

    @extend_schema(
        operation_id="match_feedback",
        summary="Say what a match turned out to be",
        parameters=[shapes.IDEMPOTENCY_KEY],
        request=shapes.FeedbackGiven,
        responses={
            200: shapes.MatchFeedback,
            **shapes.problems(*shapes.FRAMING, "unknown-field", "field-invalid", "idempotency-key-missing",
                              "idempotency-key-invalid", "idempotency-conflict", "idempotency-busy", "not-found"),
        },
        examples=[shapes.FEEDBACK_EXAMPLE],
    )  # fmt: skip
    def put(self, request: Request, match: str) -> Response:
        """Take the verdict; the last one counts. Other parties are not told of it."""
        body, caller = read_json_object(request._request), caller_of(request)

        def make() -> tuple[int, dict[str, Any]]:
            given = giving.give(match=match, request=body, by=caller, now=timezone.now())
            return 200, {
                "match": match,
                "verdict": given.verdict,
                "reason": given.reason or None,
                "given_at": given.given_at,
            }

        return once(request, route="match-feedback", make=make)


def _show(match: queries.MatchView) -> dict[str, Any]:
    return {
        "match": match.match,
        "type": match.type,
        "released_at": events.shown_tick(match.released_at),
        "mine": [{"client_ref": own.client_ref, "identifier": own.identifier} for own in match.mine],
        "band": match.band,
        "sectors": match.sectors,
        "categories": match.categories,
        "best_grade": match.best_grade,
        "first_seen_month": match.first_seen_month,
        "score": match.score,
        "terms": match.terms,
        "my_feedback": match.my_feedback
        and {
            "verdict": match.my_feedback.verdict,
            "reason": match.my_feedback.reason,
            "given_at": match.my_feedback.given_at,
        },
    }
