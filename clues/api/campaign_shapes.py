"""Shapes of campaigns for the OpenAPI document."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiExample
from rest_framework import serializers as s

from .shapes import Shape, _page_of, code_of


class CampaignUnit(Shape):
    """An authority that takes part."""

    authority = s.CharField(help_text="A code of GET guidance, `authorities`.")
    leads = s.BooleanField()


class Campaign(Shape):
    """A campaign of the alliance with authorities."""

    campaign = s.CharField(help_text="Opaque reference CP-…")
    title = s.CharField()
    about = s.CharField(allow_null=True)
    state = s.ChoiceField(["running", "ended"])
    categories = s.ListField(child=s.CharField(), help_text="Codes of `categories`.")
    regions = s.ListField(child=s.CharField(), help_text="Codes of `regions`; none: the whole country.")
    starts_on = s.DateField()
    ends_on = s.DateField()
    started_at = s.DateTimeField()
    units = CampaignUnit(many=True)


class CampaignFigure(Shape):
    """A counter of outcomes over the cases that belong to a campaign. Amounts are CNY with two decimals."""

    counter = code_of("outcome-counters")
    unit = s.CharField()
    target = s.CharField(allow_null=True, help_text="What the campaign wants to reach, if it says so.")
    own = s.CharField(help_text="Over the cases of it that you are a party of.")
    campaign = s.CharField(
        allow_null=True, help_text='Rounded; "<10" below ten; null where fewer than five institutions stand behind it.'
    )


class CampaignDetail(Campaign):
    """A campaign with what came of it."""

    cases = s.ListField(child=s.CharField(), help_text="CASE-… of yours that belong to it.")
    figures = CampaignFigure(many=True)


CampaignPage = _page_of("CampaignPage", Campaign)
EXAMPLE = OpenApiExample(
    "A campaign",
    {
        "campaign": "CP-EXAMPLEEXAMPLEEXAMPLEEXAMP",
        "title": "非法代理维权专项行动",
        "about": "打击以代理维权名义敲诈金融机构的团伙。",
        "state": "running",
        "categories": ["illegal-agency-complaint"],
        "regions": ["CN-31", "CN-32"],
        "starts_on": "2026-11-01",
        "ends_on": "2027-01-31",
        "started_at": "2026-11-01T01:00:00Z",
        "units": [{"authority": "police-economic-crime", "leads": True}],
        "cases": ["CASE-EXAMPLEEXAMPLEEXAMPLEEXAMP"],
        "figures": [{"counter": "cases-filed", "unit": "proceedings", "target": "20", "own": "1", "campaign": "<10"}],
    },
    response_only=True,
    status_codes=["200"],
)
