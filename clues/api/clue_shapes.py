"""Shapes of an institution's own clues for the OpenAPI document."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter
from rest_framework import serializers as s

from .shapes import Shape, SubmittedClue, SubmittedIdentifier, _page_of, code_of

_STATES = ["active", "withdrawn", "disputed", "expired"]
_CLUE = {
    "clue": "C-EXAMPLEEXAMPLEEXAMPLEEXAMP",
    "client_ref": "2026-000417",
    "category": "telecom-fraud",
    "level": None,
    "grade": "B2",
    "channel": "sms",
    "observed_at": "2026-11-01T08:00:00Z",
    "region": "CN-31",
    "amount_cny": "1000.00",
    "crime_indicator": False,
    "indicators": [],
    "consumer_contacted": None,
    "tlp": "amber+strict",
    "evidence_sha256": None,
    "basis": "unspecified",
    "state": "active",
    "version": 1,
    "received_at": "2026-11-01T08:00:01Z",
    "expires_at": "2031-11-01T08:00:01Z",
    "batch": "B-EXAMPLEEXAMPLEEXAMPLEEXAMP",
    "identifiers": [{"type": "cn-mobile", "epoch": 1, "epochs": [1], "role": "actor", "counted": True}],
    "review": "waiting",
    "answers_screenings": False,
}
CLUE_EXAMPLE = OpenApiExample("A clue", _CLUE, response_only=True, status_codes=["200"])
CORRECTION_EXAMPLE = OpenApiExample(
    "The phone's owner turned out to be a victim",
    {"grade": "B1", "roles": [{"identifier": 0, "role": "victim"}]},
    request_only=True,
)
WITHDRAWAL_EXAMPLE = OpenApiExample("The wrong person", {"reason": "wrong-person"}, request_only=True)
EXTENSION_EXAMPLE = OpenApiExample("Still at it", {"reason": "new-activity"}, request_only=True)
FILTERS = [
    OpenApiParameter("state", {"type": "string", "enum": _STATES}, OpenApiParameter.QUERY),
    OpenApiParameter("category", OpenApiTypes.STR, OpenApiParameter.QUERY, description="A code of `categories`."),
    OpenApiParameter("client_ref", OpenApiTypes.STR, OpenApiParameter.QUERY, description="Yours."),
]
# With these a corrected clue is refused, as a row of a batch would be.
ROW_CODES = (
    "row-malformed", "category-unknown", "grade-unknown", "level-unknown", "channel-unknown", "observed-at-invalid",
    "region-unknown", "amount-invalid", "crime-indicator-invalid", "indicator-unknown", "indicator-missing",
    "indicator-blocks", "consumer-contacted-invalid", "consumer-contacted-missing", "tlp-unknown",
    "evidence-digest-invalid", "basis-invalid", "identifiers-missing", "identifiers-too-many", "identifier-repeated",
    "role-unknown",
)  # fmt: skip
EDITING = (
    "not-found", "precondition-required", "version-changed", "transition-refused", "field-invalid",
    "idempotency-key-missing", "idempotency-key-invalid", "idempotency-conflict", "idempotency-busy",
)  # fmt: skip


class ClueIdentifier(Shape):
    """One identifier of a clue; its token is never given back."""

    type = s.CharField()
    epoch = s.IntegerField(help_text="The newest key epoch it stands in.")
    epochs = s.ListField(child=s.IntegerField(), help_text="All key epochs it stands in, oldest first.")
    role = code_of("roles")
    counted = s.BooleanField(help_text="Whether it takes part in matching at present.")


class Clue(Shape):
    """One of your own clues, as it stands."""

    clue = s.CharField(help_text="Opaque reference C-…")
    client_ref = s.CharField()
    category = code_of("categories")
    level = code_of("levels", allow_null=True)
    grade = code_of("grades")
    channel = code_of("channels", allow_null=True)
    observed_at = s.DateTimeField(allow_null=True)
    region = code_of("regions", allow_null=True)
    amount_cny = s.CharField(allow_null=True)
    crime_indicator = s.BooleanField()
    indicators = s.ListField(child=code_of("indicators"), allow_null=True)
    consumer_contacted = code_of("consumer-contacted", allow_null=True)
    tlp = code_of("tlp")
    evidence_sha256 = s.CharField(allow_null=True)
    basis = s.CharField()
    state = s.ChoiceField(_STATES)
    version = s.IntegerField(help_text="The ETag is this number in quotes.")
    received_at = s.DateTimeField()
    expires_at = s.DateTimeField()
    batch = s.CharField()
    identifiers = ClueIdentifier(many=True)
    review = s.ChoiceField(
        ["none", "waiting", "confirmed", "returned"],
        help_text="What your second person said, in the portal; `none`: grade C needs no review.",
    )
    answers_screenings = s.BooleanField(
        help_text="Whether it answers screenings at present: reviewed for its grade, or beside another institution's report."
    )


class RoleEdit(Shape):
    """A role for the identifier in one place of the clue."""

    identifier = s.IntegerField(min_value=0, help_text="Place in the clue, from 0.")
    role = code_of("roles")


class Correction(Shape):
    """What is to be changed; what is not named stays. Null takes an optional field away."""

    def get_fields(self) -> dict[str, Any]:
        """Return the fields of a submitted clue but its reference, none required."""
        fields = SubmittedClue().get_fields()
        del fields["client_ref"]
        for name in fields:
            fields[name].required = False
            fields[name].default = s.empty
        fields["identifiers"] = SubmittedIdentifier(many=True, required=False, help_text="All of them, anew.")
        fields["roles"] = RoleEdit(many=True, required=False, help_text="Roles alone; not beside `identifiers`.")
        return fields


class Withdrawal(Shape):
    """Why the clue is taken back."""

    reason = code_of("withdrawal-reasons")


class Extension(Shape):
    """Why the clue is kept for another period."""

    reason = code_of("extension-reasons")


class Change(Shape):
    """One step in the life of a clue."""

    version = s.IntegerField(help_text="The version it made.")
    change = s.ChoiceField(
        [
            "corrected",
            "withdrawn",
            "extended",
            "expired",
            "resubmitted",
            "disputed",
            "reinstated",
            "confirmed",
            "returned",
            "review-withdrawn",
        ]
    )
    reason = s.CharField(allow_null=True)
    at = s.DateTimeField()


CluePage = _page_of("CluePage", Clue)
ChangePage = _page_of("ChangePage", Change)
