"""`GET /api/v1/problems`: every problem code with its status and titles, open to anybody."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from aif_share.wire.problem_advice import ADVICE
from aif_share.wire.problems import PROBLEMS, TYPE_PREFIX
from members.api.base import ApiView
from members.api.problem_shapes import problems


class ProblemRowSerializer(serializers.Serializer[Any]):
    """One code."""

    code = serializers.CharField()
    type = serializers.CharField()
    status = serializers.IntegerField()
    title = serializers.CharField()
    title_zh = serializers.CharField()
    advice = serializers.CharField(help_text="What to do, in English.")
    advice_zh = serializers.CharField()


class ProblemCatalogView(ApiView):
    """The codes that `problem+json` answers and refused rows carry."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    required_scope = None

    @extend_schema(
        operation_id="problems",
        summary="All problem codes",
        responses={
            200: ProblemRowSerializer(many=True),
            **problems("unknown-field", "not-acceptable", "method-not-allowed"),
        },
        auth=[],
    )
    def get(self, request: Request) -> Response:
        """Return every row of the table."""
        return Response(
            [
                {
                    "code": code,
                    "type": TYPE_PREFIX + code,
                    "status": row.status,
                    "title": row.title_en,
                    "title_zh": row.title_zh,
                    "advice": ADVICE[code][0],
                    "advice_zh": ADVICE[code][1],
                }
                for code, row in PROBLEMS.items()
            ]
        )
