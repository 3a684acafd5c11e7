"""Shapes of content for the OpenAPI document."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiExample
from rest_framework import serializers as s

from clues.content.reporting import MAX_LINKS

from .shapes import Shape, _page_of, code_of

STATES = ["reported", "requested", "removed", "re-appeared", "rejected"]


class ReportedLink(Shape):
    """One link of public content, in clear."""

    link = s.CharField(max_length=2000, help_text="An http or https address, a host name, or platform:id.")
    category = code_of("categories")
    observed_at = s.DateTimeField(required=False, allow_null=True)
    capture_sha256 = s.RegexField(r"^[0-9a-fA-F]{64}$", required=False, allow_null=True)
    account_shown = s.BooleanField(
        required=False,
        allow_null=True,
        help_text="Whether it shows an account. The account itself belongs in a clue, as a token.",
    )
    note = s.CharField(required=False, allow_null=True, allow_blank=True, max_length=500)


class ContentRequest(Shape):
    """Links to report. One that is not right is refused alone; the rest is taken."""

    links = ReportedLink(many=True, help_text=f"1 to {MAX_LINKS}. Each costs one unit of the submit quota.")


class LinkOutcome(Shape):
    """What became of one link."""

    index = s.IntegerField()
    outcome = s.ChoiceField(["reported", "known", "refused"], help_text="`known`: you had reported it.")
    content = s.CharField(allow_null=True, help_text="Opaque reference CT-…")
    code = s.CharField(allow_null=True)


class ContentOutcome(Shape):
    """The links in the order they were sent."""

    results = LinkOutcome(many=True)


class Content(Shape):
    """A content that you reported. Who else did is not told; `band` says how many independent institutions."""

    content = s.CharField(help_text="Opaque reference CT-…")
    type = s.ChoiceField(["content-url", "url", "domain"])
    canonical = s.CharField()
    link = s.CharField(help_text="As it was reported first.")
    platform = code_of("platforms")
    state = s.ChoiceField(STATES)
    reason = s.CharField(allow_null=True, help_text="A code of `takedown-refusals`, when it is rejected.")
    category = code_of("categories")
    account_shown = s.BooleanField(allow_null=True)
    capture_sha256 = s.CharField(allow_null=True)
    observed_at = s.DateTimeField(allow_null=True)
    reported_at = s.DateTimeField()
    requested_at = s.DateTimeField(allow_null=True)
    removed_at = s.DateTimeField(allow_null=True)
    reappeared_at = s.DateTimeField(allow_null=True)
    band = s.CharField(allow_null=True)


ContentPage = _page_of("ContentPage", Content)

REPORT_EXAMPLE = OpenApiExample(
    "A video that recruits",
    {
        "links": [
            {
                "link": "https://www.douyin.com/video/7123456789012345678",
                "category": "gray-advertising",
                "observed_at": "2026-11-02T03:00:00Z",
            }
        ]
    },
    request_only=True,
)
