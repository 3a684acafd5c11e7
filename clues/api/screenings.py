"""`POST /screenings`: ask whether tokens are known, without reporting them. Nothing here touches the ORM twice."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from clues.screening.repeat import screen_once
from clues.screening.screen import Answer, screen

from . import shapes
from .base import ApiView, caller_of
from .body import read_json_object

DISCLAIMER = (
    "A hit is a lead from other institutions, not a finding; decide on your own evidence. "
    "命中仅为其他机构提供的线索，并非定性结论；请依据自身证据作出决定。"
)


class ScreeningsView(ApiView):
    """Screen tokens."""

    required_scope = "screen"

    @extend_schema(
        operation_id="screening",
        summary="Screen tokens",
        parameters=[shapes.OPTIONAL_IDEMPOTENCY_KEY],
        request=shapes.ScreeningQuestion,
        responses={
            200: shapes.Screening,
            **shapes.problems(*shapes.FRAMING, "unknown-field", "field-missing", *shapes.TOKEN, "purpose-unknown",
                              "case-ref-invalid", "basis-invalid", "lawful-use-unresolved", "idempotency-key-invalid", "idempotency-conflict", "quota-exhausted"),
        },
        examples=[shapes.SCREENING_REQUEST_EXAMPLE, shapes.SCREENING_EXAMPLE],
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Answer each token in the order asked; one token that is not right refuses the whole, uncharged."""
        question, caller = read_json_object(request._request), caller_of(request)
        key, replayed = request.META.get("HTTP_IDEMPOTENCY_KEY"), False
        if key is None:
            answer = screen(request=question, by=caller)
        else:
            answer, replayed = screen_once(request=question, idempotency_key=key, by=caller)
        return Response(
            shown(answer),
            headers={"Idempotency-Replayed": "true"} if replayed else None,
        )


def shown(answer: Answer) -> dict[str, Any]:
    """Return the body of an answer."""
    results = [
        {
            "index": result.index,
            "hit": result.hit,
            "band": result.band,
            "categories": result.categories,
            "best_grade": result.best_grade,
            "score": result.score,
            "terms": [{"term": term.term, "points": term.points} for term in result.terms],
        }
        for result in answer.results
    ]
    return {
        "results": results,
        "as_of": answer.as_of,
        "lawful_use": answer.lawful_use.as_json(),
        "disclaimer": DISCLAIMER,
    }
