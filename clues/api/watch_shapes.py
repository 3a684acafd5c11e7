"""Shapes of watches for the OpenAPI document."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiExample
from rest_framework import serializers as s

from aif_share.wire.limits import DEFAULT_WATCH_DAYS, MAX_WATCH_DAYS, MAX_WATCHES

from .shapes import AskedToken, LawfulUse, Shape, _page_of, code_of


class WatchRequest(Shape):
    """What to watch, for what purpose, until when."""

    purpose = code_of("purposes")
    case_ref = s.CharField(
        required=False,
        allow_null=True,
        allow_blank=True,
        help_text="Your case number, 1 to 64 of A-Z a-z 0-9 . _ : / # -",
    )
    basis = s.RegexField(r"^[a-z0-9-]{1,64}$", required=False, allow_null=True)
    expires_at = s.DateTimeField(
        required=False,
        allow_null=True,
        help_text=f"At most {MAX_WATCH_DAYS} days from now; without it {DEFAULT_WATCH_DAYS} days.",
    )
    tokens = AskedToken(many=True, help_text=f"1 to {MAX_WATCHES}; each is one unit of the screen quota.")


class CreatedWatch(Shape):
    """One watch of the request."""

    index = s.IntegerField(help_text="Place of the token in the request, from 0.")
    watch = s.CharField(help_text="Opaque reference W-…")


class CreatedWatches(Shape):
    """The watches in the order of the tokens."""

    watches = CreatedWatch(many=True)
    expires_at = s.DateTimeField()
    lawful_use = LawfulUse()


class WatchHit(Shape):
    """A later report by another institution; never who."""

    category = s.CharField()
    grade = s.CharField()
    released_at = s.DateTimeField()


class Watch(Shape):
    """A watch. It tells of what is reported from the moment it is `active`."""

    watch = s.CharField(help_text="Opaque reference W-…")
    type = s.CharField()
    purpose = code_of("purposes")
    case_ref = s.CharField(allow_null=True)
    basis = s.CharField()
    state = s.ChoiceField(["waiting", "active", "expired", "canceled"])
    version = s.IntegerField()
    created_at = s.DateTimeField()
    expires_at = s.DateTimeField()
    hits = WatchHit(many=True, help_text="Newest first, the last 1,000.")


class WatchEnd(Shape):
    """Another end of a watch."""

    expires_at = s.DateTimeField(help_text=f"At most {MAX_WATCH_DAYS} days from now.")


WatchPage = _page_of("WatchPage", Watch)

WATCH_REQUEST_EXAMPLE = OpenApiExample(
    "A domain under investigation",
    {
        "purpose": "investigation",
        "case_ref": "2026-C-118",
        "tokens": [{"type": "domain", "epoch": 1, "token": "ExampleTokenExampleTokenExampleTokenExamplE"}],
    },
    request_only=True,
)
WATCH_EXAMPLE = OpenApiExample(
    "Created",
    {
        "watches": [{"index": 0, "watch": "W-EXAMPLEEXAMPLEEXAMPLEEXAMP"}],
        "expires_at": "2027-01-30T08:00:00Z",
        "lawful_use": {
            "matrix": "LM-1",
            "title": "Shipped: types that are not personal",
            "human_review": False,
            "never_sole_ground": False,
        },
    },
    response_only=True,
    status_codes=["201"],
)
