"""Shapes of cases for the OpenAPI document."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiExample, OpenApiParameter
from rest_framework import serializers as s

from clues.cases import queries

from .shapes import Shape, _page_of, code_of

SHOW = ("ours", "led", "overdue")
FILTERS = [
    OpenApiParameter("state", {"type": "string", "enum": list(queries.STATE_CODES)}, OpenApiParameter.QUERY),
    OpenApiParameter(
        "show",
        {"type": "string", "enum": list(SHOW)},
        OpenApiParameter.QUERY,
        description="`ours` to act on, `led` by you, or `overdue`.",
    ),
]
_CASE = "CASE-EXAMPLEEXAMPLEEXAMPLEEXAMP"


class Case(Shape):
    """A case as one party sees it: never who the other parties are."""

    case = s.CharField(help_text="Opaque reference CASE-…")
    state = s.ChoiceField(list(queries.STATE_CODES))
    version = s.IntegerField()
    lead = s.ChoiceField([queries.OURS, queries.THEIRS], allow_null=True, help_text="null: nobody leads it yet.")
    match = s.CharField(allow_null=True, help_text="The match it was opened from; null if it was a ring.")
    opened_at = s.DateTimeField()
    changed_at = s.DateTimeField()
    released_at = s.DateTimeField(help_text="Since when you know of it.")
    due_at = s.DateTimeField(
        allow_null=True, help_text="Until when it may stand there: the end of a Chinese working day."
    )
    overdue = s.BooleanField()
    ours_to_act = s.BooleanField(help_text="The next step is yours.")
    receiver = code_of("authority-kinds", allow_null=True)
    reported_on = s.DateField(allow_null=True, help_text="The day on which it was handed over to `receiver`.")
    closed_code = code_of("case-close-reasons", allow_null=True)


class CaseOffer(Shape):
    """A step that starts where the case stands."""

    action = s.CharField()
    by = s.ChoiceField(["member", "desk"], help_text="`desk`: the alliance does it.")
    open = s.BooleanField(help_text="Whether this key can take it now.")


class CaseStep(Shape):
    """What happened: a change of state, of the lead, or another case that was taken over."""

    action = s.CharField()
    state = s.ChoiceField(list(queries.STATE_CODES), help_text="Where the case stood afterwards.")
    by = s.ChoiceField([queries.OURS, queries.THEIRS, queries.DESK])
    at = s.DateTimeField()
    told = s.CharField(allow_null=True, help_text="Why, where the parties are told.")


class CaseDetail(Case):
    """A case with what can be done and what happened."""

    merged_into = s.CharField(allow_null=True, help_text="The case that goes on for this one, if you know of it.")
    actions = CaseOffer(many=True)
    steps = CaseStep(many=True)


class CaseAction(Shape):
    """A step."""

    action = s.ChoiceField(list(queries.MEMBERS_ACTIONS))
    note = s.CharField(
        required=False,
        allow_null=True,
        allow_blank=True,
        max_length=500,
        help_text="For the alliance's desk; `hand-back` needs one. Never an identifier of a person.",
    )


CasePage = _page_of("CasePage", Case)
CASE_EXAMPLE = OpenApiExample(
    "A case that waits for a lead",
    {
        "case": _CASE,
        "state": "triage",
        "version": 2,
        "lead": None,
        "match": "M-EXAMPLEEXAMPLEEXAMPLEEXAMP",
        "opened_at": "2026-11-02T03:00:00Z",
        "changed_at": "2026-11-02T06:30:00Z",
        "released_at": "2026-11-02T03:00:01Z",
        "due_at": "2026-11-09T16:00:00Z",
        "overdue": False,
        "ours_to_act": True,
        "receiver": None,
        "reported_on": None,
        "closed_code": None,
        "merged_into": None,
        "actions": [
            {"action": "claim", "by": "member", "open": True},
            {"action": "assign-lead", "by": "desk", "open": False},
        ],
        "steps": [
            {"action": "open", "state": "candidate", "by": "desk", "at": "2026-11-02T03:00:00Z", "told": None},
            {"action": "triage", "state": "triage", "by": "desk", "at": "2026-11-02T06:30:00Z", "told": None},
        ],
    },
    response_only=True,
    status_codes=["200"],
)
ACTION_EXAMPLE = OpenApiExample("Take the lead", {"action": "claim"}, request_only=True)
