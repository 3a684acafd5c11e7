"""The API's shapes of held batches."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiExample
from rest_framework import serializers as s


class BatchHold(s.Serializer[Any]):
    """Why a batch is, or was, held: nothing of it counts until the alliance lets it go."""

    batch = s.CharField()
    cause = s.ChoiceField(
        ["volume", "failed", "rows-failed"],
        help_text="`volume`: far more rows on its day than usual for you. The others: something on our side ends over it.",
    )
    rows = s.IntegerField(help_text="Rows of the batch.")
    day_rows = s.IntegerField(allow_null=True, help_text="Rows of the day, this batch included, that were compared.")
    usual_rows = s.IntegerField(allow_null=True, help_text="The median of your days of the last 30 with submissions.")
    held_at = s.DateTimeField()
    decision = s.ChoiceField(["released", "rejected"], allow_null=True)
    reason = s.CharField(allow_null=True, help_text="What the alliance says of its decision.")
    decided_at = s.DateTimeField(allow_null=True)


BATCH_HOLD_EXAMPLE = OpenApiExample(
    "Held",
    {
        "batch": "B-EXAMPLEEXAMPLEEXAMPLEEXAMP",
        "cause": "volume",
        "rows": 9000,
        "day_rows": 9120,
        "usual_rows": 240,
        "held_at": "2026-11-29T08:00:00Z",
        "decision": None,
        "reason": None,
        "decided_at": None,
    },
    response_only=True,
    status_codes=["200"],
)
