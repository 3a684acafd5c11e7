"""Shapes of feeds for the OpenAPI document."""

from __future__ import annotations

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiResponse
from rest_framework import serializers as s

from clues.feeds.pulling import MOST_ACKNOWLEDGED

from .shapes import Shape, _page_of, code_of


class FeedEntry(Shape):
    """An entry as its receiver sees it. Who gave the value is not told."""

    entry = s.CharField(help_text="Opaque reference FE-…")
    type = code_of("identifier-types")
    value = s.CharField(help_text="In clear, in its canonical form; of types that concern no person.")
    platform = code_of("platforms", allow_null=True)
    category = code_of("categories")
    state = s.ChoiceField(
        ["listed", "withdrawn"], help_text="`withdrawn`: you applied it, and it should be lifted now."
    )
    since = s.DateTimeField()
    until = s.DateTimeField(help_text="It leaves the feed then, unless it is approved anew.")
    outcome = s.ChoiceField(["applied", "refused", "lifted"], allow_null=True, help_text="What you said last.")
    reason = code_of("takedown-refusals", allow_null=True)
    acknowledged_at = s.DateTimeField(allow_null=True)


class Acknowledged(Shape):
    """What was done about one entry."""

    entry = s.CharField()
    outcome = s.ChoiceField(["applied", "refused", "lifted"])
    reason = code_of("takedown-refusals", required=False)


class Acknowledgment(Shape):
    """What was done about entries; all are taken or none."""

    entries = Acknowledged(many=True, help_text=f"1 to {MOST_ACKNOWLEDGED}.")


class AcknowledgmentTaken(Shape):
    """How many entries were taken."""

    acknowledged = s.IntegerField()


class GivenValue(Shape):
    """A value to give in clear."""

    type = code_of("identifier-types")
    value = s.CharField(max_length=2000)
    category = code_of("categories")
    in_clear = s.BooleanField(help_text="true: it is meant to leave your house in clear.")
    note = s.CharField(required=False, max_length=500, allow_blank=True)


class FeedValue(Shape):
    """A value that you gave, and where it stands."""

    entry = s.CharField(help_text="Opaque reference FE-…")
    type = code_of("identifier-types")
    value = s.CharField()
    category = code_of("categories")
    note = s.CharField()
    state = s.ChoiceField(["proposed", "listed", "rejected", "withdrawn", "expired"])
    reason = s.CharField(allow_null=True, help_text="Of a rejection or withdrawal by the alliance.")
    proposed_at = s.DateTimeField()
    decided_at = s.DateTimeField(allow_null=True)
    until = s.DateTimeField(allow_null=True)
    applied = s.IntegerField(help_text="How many receivers say that they applied it.")


FeedPage = _page_of("FeedPage", FeedEntry)
FeedValuePage = _page_of("FeedValuePage", FeedValue)
CSV_FEED = OpenApiResponse(OpenApiTypes.STR, "The whole feed, a line for each entry.")
RPZ_FEED = OpenApiResponse(
    OpenApiTypes.STR, "A response policy zone: the listed domains and all below them do not exist."
)
GIVE_EXAMPLE = OpenApiExample(
    "A domain",
    value={"type": "domain", "value": "bad.example.com", "category": "counterfeit-site-app", "in_clear": True},
    request_only=True,
)
ACKNOWLEDGE_EXAMPLE = OpenApiExample(
    "Blocked",
    value={"entries": [{"entry": "FE-3LQKX7YB2MZ5RJ4N6VTDWPAC4E", "outcome": "applied"}]},
    request_only=True,
)
