"""Shapes of the feed for the OpenAPI document."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiExample
from rest_framework import serializers as s

from clues import events

SUBJECTS = {row.subject: row.reference for row in events.ROWS if row.code in events.TOLD_KINDS}


class _Event(s.Serializer[Any]):
    event = s.CharField(help_text="Opaque reference E-…")
    kind = s.ChoiceField(sorted(events.TOLD_KINDS))
    at = s.DateTimeField(help_text="The moment from which the event can be seen, the same for all who are told.")


Event = type(
    "Event",
    (_Event,),
    {
        "__doc__": "One thing to know, with the reference of its subject: exactly one of the optional members.",
        **{name: s.CharField(required=False, help_text=f"Reference {kind}-…") for name, kind in SUBJECTS.items()},
    },
)


class EventPage(s.Serializer[Any]):
    """One page of the feed."""

    results = Event(many=True)
    next = s.URLField(allow_null=True, help_text="Address of the next page; null when there is nothing more now.")
    cursor = s.CharField(help_text="Where to go on, later or at once; always given.")


EVENT_PAGE_EXAMPLE = OpenApiExample(
    "A match, and a batch that is done",
    {
        "results": [
            {
                "event": "E-EXAMPLEEXAMPLEEXAMPLEEXAMP",
                "kind": "match.released",
                "at": "2026-11-01T08:00:03Z",
                "match": "M-EXAMPLEEXAMPLEEXAMPLEEXAMP",
            },
            {
                "event": "E-EXAMPLEEXAMPLEEXAMPLEEXAMQ",
                "kind": "batch.done",
                "at": "2026-11-01T08:00:03Z",
                "batch": "B-EXAMPLEEXAMPLEEXAMPLEEXAMP",
            },
        ],
        "next": None,
        "cursor": "MDEyMzQ1Njc4OWFiY2RlZmdoaWprbG1ub3A",
    },
    response_only=True,
    status_codes=["200"],
)
