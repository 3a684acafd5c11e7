"""The API's shapes of demands for evidence."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiExample
from rest_framework import serializers as s

from .shapes import Shape, _page_of, code_of


class EvidenceDemand(Shape):
    """You are asked to open the evidence of one of your clues: in time, or the clue is withdrawn."""

    demand = s.CharField(help_text="Opaque reference ED-…")
    clue = s.CharField()
    client_ref = s.CharField(allow_null=True, help_text="Null once the clue was deleted.")
    category = code_of("categories")
    cause = s.ChoiceField(["audit", "dispute"])
    draw_size = s.IntegerField(allow_null=True, help_text="Of an audit: the size of the log whose root was the seed.")
    draw_root = s.RegexField(r"^[0-9a-f]{64}$", allow_null=True, help_text="That root; `GET /log` proves it.")
    committed = s.RegexField(
        r"^[0-9a-f]{64}$", allow_null=True, help_text="SHA-256 of the file to send; null: any file that bears the clue."
    )
    state = s.ChoiceField(["open", "opened", "accepted", "refuted", "failed", "moot"])
    asked_at = s.DateTimeField()
    due_at = s.DateTimeField(help_text="The end of the fifth Chinese working day.")
    attempts = s.IntegerField(help_text="Files that differed; the third ends the demand as failed.")
    opened_at = s.DateTimeField(allow_null=True)
    decided_at = s.DateTimeField(allow_null=True)
    reason = s.CharField(allow_null=True, help_text="What the alliance says of its decision.")


EvidenceDemandPage = _page_of("EvidenceDemandPage", EvidenceDemand)


class Reputation(Shape):
    """Decided clues of one category: disputes, and evidence that was asked for."""

    category = code_of("categories")
    confirmed = s.IntegerField()
    refuted = s.IntegerField()
    standing = s.FloatField(help_text="(confirmed + 1) / (confirmed + refuted + 2)")


class Reputations(Shape):
    """By category; one of which nothing was decided is not there."""

    categories = Reputation(many=True)


_DEMAND = {
    "demand": "ED-EXAMPLEEXAMPLEEXAMPLEEXAMP",
    "clue": "C-EXAMPLEEXAMPLEEXAMPLEEXAMP",
    "client_ref": "m2Kc0b0n0X2g0l1q3f5d9A",
    "category": "telecom-fraud",
    "cause": "dispute",
    "draw_size": None,
    "draw_root": None,
    "committed": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "state": "open",
    "asked_at": "2026-11-29T08:00:00Z",
    "due_at": "2026-12-04T16:00:00Z",
    "attempts": 0,
    "opened_at": None,
    "decided_at": None,
    "reason": None,
}
DEMAND_EXAMPLE = OpenApiExample("Open", _DEMAND, response_only=True, status_codes=["200"])
