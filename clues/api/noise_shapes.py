"""Shapes of noise lists for the OpenAPI document."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiExample
from rest_framework import serializers as s

from aif_share.wire.limits import MAX_NOISE_ENTRIES

from .shapes import AskedToken, Shape, _page_of, code_of


class NoiseProposal(Shape):
    """Your own numbers or domains, as tokens."""

    list = code_of("noise-lists")
    entries = AskedToken(many=True, help_text=f"1 to {MAX_NOISE_ENTRIES}; each is one unit of the submit quota.")


class ProposedEntry(Shape):
    """What became of one entry of the proposal."""

    index = s.IntegerField(help_text="Place of the entry in the proposal, from 0.")
    entry = s.CharField(help_text="Opaque reference Q-…; an entry that stood there already keeps its own.")
    state = s.ChoiceField(["proposed", "in-force"])


class ProposedEntries(Shape):
    """The acknowledgment; a second person, at the alliance, approves before anything acts."""

    entries = ProposedEntry(many=True)


class NoiseEntry(Shape):
    """One entry of yours."""

    entry = s.CharField(help_text="Opaque reference Q-…")
    list = code_of("noise-lists")
    mode = s.ChoiceField(["inform", "block"], help_text="`block`: it does not count; `inform`: reporters are told.")
    type = s.CharField()
    epoch = s.IntegerField(min_value=1)
    state = s.ChoiceField(["proposed", "in-force", "rejected", "removed"])
    proposed_at = s.DateTimeField()
    decided_at = s.DateTimeField(allow_null=True)
    removed_at = s.DateTimeField(allow_null=True)


NoisePage = _page_of("NoisePage", NoiseEntry)

NOISE_REQUEST_EXAMPLE = OpenApiExample(
    "The bank's own call center",
    {
        "list": "own-number",
        "entries": [
            {"type": "service-number", "epoch": 1, "token": "ExampleTokenExampleTokenExampleTokenExamplE"},
        ],
    },
    request_only=True,
)
NOISE_EXAMPLE = OpenApiExample(
    "Proposed",
    {"entries": [{"index": 0, "entry": "Q-EXAMPLEEXAMPLEEXAMPLEEXAMP", "state": "proposed"}]},
    response_only=True,
    status_codes=["202"],
)
