"""Shapes of disputes for the OpenAPI document."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiExample
from rest_framework import serializers as s

from .shapes import AskedToken, Shape, _page_of, code_of

_DISPUTE, _MADE_UP = "D-EXAMPLEEXAMPLEEXAMPLEEXAMP", "ExampleTokenExampleTokenExampleTokenExamplE"


class DisputeRequest(Shape):
    """What is disputed, by match or by token, and why."""

    match = s.CharField(required=False, help_text="A match of yours (M-…). Either this or `identifier`.")
    identifier = AskedToken(required=False)
    purpose = code_of("purposes", required=False)
    reason = code_of("dispute-reasons")
    case_ref = s.CharField(
        required=False,
        allow_null=True,
        allow_blank=True,
        help_text="Your case number, 1 to 64 of A-Z a-z 0-9 . _ : / # -",
    )


class OpenedDispute(Shape):
    """The acknowledgment; it is the same whether anything was reported or not."""

    dispute = s.CharField(help_text="Opaque reference D-…")
    state = s.ChoiceField(["open", "closed"])
    opened_at = s.DateTimeField()


class Dispute(OpenedDispute):
    """A dispute as its opener sees it: never what it concerns."""

    match = s.CharField(allow_null=True)
    type = s.CharField()
    reason = code_of("dispute-reasons")
    case_ref = s.CharField(allow_null=True)
    due_at = s.DateTimeField(
        help_text="Until then whoever reported it answers: five Chinese working days. By token it closes no sooner."
    )
    closed_at = s.DateTimeField(allow_null=True)


class ReceivedDispute(Shape):
    """A dispute about one of your clues. Who opened it is not told."""

    disputed = s.CharField(help_text="The dispute, D-…; with `clue` it names what to answer.")
    clue = s.CharField()
    client_ref = s.CharField()
    reason = code_of("dispute-reasons")
    state = s.ChoiceField(["open", "maintained", "withdrawn", "lapsed", "upheld", "rejected"])
    due_at = s.DateTimeField(help_text="Without an answer by then the clue lapses.")
    answered_at = s.DateTimeField(allow_null=True)
    answer_reason = s.CharField(allow_null=True)
    decided_at = s.DateTimeField(allow_null=True)


class DisputeAnswer(Shape):
    """The answer for one clue."""

    clue = s.CharField(help_text="C-…")
    answer = s.ChoiceField(["maintain", "withdraw"])
    reason = s.CharField(help_text="A code of `maintain-reasons` or `withdrawal-reasons` of /vocabulary.")


DisputePage = _page_of("DisputePage", Dispute)
ReceivedDisputePage = _page_of("ReceivedDisputePage", ReceivedDispute)

DISPUTE_REQUEST_EXAMPLE = OpenApiExample(
    "A number with a new holder",
    {
        "identifier": {"type": "cn-mobile", "epoch": 1, "token": _MADE_UP},
        "purpose": "complaint-handling",
        "reason": "recycled-number",
        "case_ref": "2026-C-118",
    },
    request_only=True,
)
DISPUTE_EXAMPLE = OpenApiExample(
    "Opened",
    {"dispute": _DISPUTE, "state": "open", "opened_at": "2026-11-02T03:00:00Z"},
    response_only=True,
    status_codes=["202"],
)
ANSWER_EXAMPLE = OpenApiExample(
    "The evidence is there",
    {"clue": "C-EXAMPLEEXAMPLEEXAMPLEEXAMP", "answer": "maintain", "reason": "evidence-held"},
    request_only=True,
)
