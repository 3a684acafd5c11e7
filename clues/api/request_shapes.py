"""Shapes of requests between institutions for the OpenAPI document."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiExample
from rest_framework import serializers as s

from .shapes import AskedToken, Own, Shape, _page_of, code_of

STATES = ["sent", "taken-up", "escalated", "answered", "closed", "declined", "withdrawn"]
ACTIONS = ["send", "take-up", "answer", "decline", "withdraw", "close", "escalate", "remind", "end"]


class ComplaintReferred(Shape):
    """What a complaint referral says of the complaint."""

    category = code_of("categories")
    reference = s.RegexField(r"^[A-Za-z0-9._:/#-]{1,64}$", help_text="Your own number of the complaint.")
    received_on = s.DateField(help_text="The day you received it; not in the future.")
    consumer_contacted = code_of("consumer-contacted", required=False, allow_null=True, allow_blank=True)
    handling = code_of("complaint-handlings")


class RequestToSend(Shape):
    """A request. Give one of `case`, `match`, `to`; or `previous` alone, for a further round to the other side."""

    kind = code_of("request-kinds")
    clock = code_of("request-clocks", required=False, allow_null=True, allow_blank=True)
    case = s.CharField(
        required=False, allow_null=True, allow_blank=True, help_text="A case of yours (CASE-…): its other parties."
    )
    party = s.CharField(
        required=False, allow_null=True, allow_blank=True, help_text="One party of the case alone, like `member-b`."
    )
    match = s.CharField(
        required=False, allow_null=True, allow_blank=True, help_text="A match of yours (M-…): its others, unnamed."
    )
    to = s.CharField(
        required=False, allow_null=True, allow_blank=True, help_text="An institution of `requests/addressees` (I-…)."
    )
    previous = s.CharField(
        required=False, allow_null=True, allow_blank=True, help_text="An earlier request (RQ-…) whose thread goes on."
    )
    purpose = code_of("purposes", required=False, allow_null=True, allow_blank=True)
    basis = s.RegexField(r"^([a-z0-9-]{1,64})?$", required=False, allow_null=True, allow_blank=True)
    text = s.CharField(max_length=2000, help_text="Words. Refused if a number or address of somebody stands in them.")
    identifiers = AskedToken(
        many=True, required=False, allow_null=True, help_text="At most 20, together with those of `clues`."
    )
    clues = s.ListField(
        child=s.CharField(), required=False, allow_null=True, help_text="Own clues (C-…) whose identifiers it is about."
    )
    complaint = ComplaintReferred(required=False, allow_null=True)


class Nothing(Shape):
    """No fields."""


class RequestAnswer(Shape):
    """An answer."""

    answer = code_of("request-answers")
    text = s.CharField(required=False, allow_null=True, allow_blank=True, max_length=2000)
    basis = s.RegexField(
        r"^([a-z0-9-]{1,64})?$",
        required=False,
        allow_null=True,
        allow_blank=True,
        help_text="A legal basis, as a code.",
    )


class RequestDecline(Shape):
    """Why it is declined."""

    reason = code_of("request-declines")
    text = s.CharField(required=False, allow_null=True, allow_blank=True, max_length=2000)


class Named(Shape):
    """An institution by name."""

    institution = s.CharField(help_text="I-…")
    name = s.CharField()


class Addressee(Named):
    """An institution, and the kinds that may go to it by name."""

    sector = code_of("sectors")
    kinds = s.ListField(child=s.CharField())


class Addressees(Shape):
    """The directory."""

    addressees = Addressee(many=True)


class RequestIdentifier(Shape):
    """An identifier that it is about: its type, and where your own clues hold the same."""

    type = s.CharField()
    mine = Own(many=True)


class RequestStep(Shape):
    """One step, as you may see it."""

    at = s.DateTimeField()
    action = s.ChoiceField(ACTIONS)
    side = s.ChoiceField(["sender", "receiver", "alliance", "clock"])
    partner = Named(allow_null=True, help_text="Who did it, where sides are named.")
    party = s.CharField(allow_null=True, help_text="Which party of the case did it, like `member-b`.")
    other = s.IntegerField(allow_null=True, help_text="The number of a receiver that is not named, from 1.")
    code = s.CharField(allow_null=True, help_text="Of `request-answers`, or `request-declines`.")
    basis = s.CharField(allow_null=True)
    text = s.CharField(allow_null=True)


class MemberRequest(Shape):
    """A request as one side sees it."""

    request = s.CharField(help_text="Opaque reference RQ-…")
    side = s.ChoiceField(["sender", "receiver"], help_text="Which side you are.")
    kind = code_of("request-kinds")
    clock = s.CharField(allow_null=True)
    via = s.ChoiceField(["case", "match", "institution"])
    state = s.ChoiceField(STATES, help_text="Where it stands at you; for a sender, the furthest of what it knows.")
    released_at = s.DateTimeField(help_text="From then on its receivers see it.")
    due_at = s.DateTimeField(allow_null=True, help_text="When the alliance is told; null where no clock runs.")
    escalated_at = s.DateTimeField(allow_null=True)
    partner = Named(allow_null=True, help_text="The other side; null where it is not named.")
    party = s.CharField(allow_null=True, help_text="The other side, where it is one party of the case.")
    case = s.CharField(allow_null=True)
    match = s.CharField(allow_null=True)
    previous = s.CharField(allow_null=True)
    purpose = s.CharField(allow_null=True)
    basis = s.CharField()
    complaint = ComplaintReferred(allow_null=True)
    identifiers = RequestIdentifier(many=True, help_text="Empty in lists.")
    steps = RequestStep(many=True)
    actions = s.ListField(child=s.CharField(), help_text="What your side can do now.")


RequestPage = _page_of("RequestPage", MemberRequest)

REFERRAL_EXAMPLE = OpenApiExample(
    "A complaint that a bank has to settle",
    {
        "kind": "complaint-referral",
        "to": "I-EXAMPLEEXAMPLEEXAMPLEEXAMP",
        "text": "The consumer is called every day about a loan that is paid back.",
        "complaint": {
            "category": "harassing-call",
            "reference": "TC-2026-118",
            "received_on": "2026-11-20",
            "consumer_contacted": "did-not-know",
            "handling": "stop-calls",
        },
    },
    request_only=True,
)
ASKING_EXAMPLE = OpenApiExample(
    "What the others of a match know",
    {
        "kind": "request",
        "clock": "urgent",
        "match": "M-EXAMPLEEXAMPLEEXAMPLEEXAMP",
        "purpose": "investigation",
        "text": "Is the account still open with you?",
    },
    request_only=True,
)
