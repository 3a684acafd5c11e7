"""Shapes of dispositions for the OpenAPI document."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiExample
from rest_framework import serializers as s

from .shapes import Shape, _page_of, code_of

STATES = ["requested", "done", "under-review", "confirmed", "re-appeared", "lifted"]
EDITING = ("field-missing", "field-invalid", "amount-invalid", "raw-identifier", "transition-refused", "not-found",
           "precondition-required", "version-changed", "idempotency-key-missing", "idempotency-key-invalid",
           "idempotency-conflict", "idempotency-busy")  # fmt: skip


class Effects(Shape):
    """What you say of the effect; nobody else counts it."""

    calls_flagged = s.IntegerField(required=False, allow_null=True, min_value=0)
    persons_warned = s.IntegerField(required=False, allow_null=True, min_value=0)
    amount_prevented_cny = s.RegexField(r"^[0-9]{1,15}(\.[0-9]{1,2})?$", required=False, allow_null=True)


class DispositionRequest(Effects):
    """What was done, or asked for, and about what: exactly one of `match`, `client_ref` and `case`."""

    kind = code_of("dispositions")
    match = s.CharField(required=False, allow_blank=True, allow_null=True, help_text="A match of yours (M-…).")
    client_ref = s.CharField(
        required=False, allow_blank=True, allow_null=True, help_text="A clue of yours, by your own reference."
    )
    identifier = s.IntegerField(
        required=False, min_value=0, help_text="With `client_ref`: its place in the clue, from 0."
    )
    case = s.CharField(
        required=False, allow_blank=True, allow_null=True, help_text="A case that concerns you (CASE-…)."
    )
    state = s.ChoiceField(["requested", "done"], required=False, help_text="Without it: done.")
    done_at = s.DateTimeField(required=False, allow_null=True, help_text="Not in the future; without it, now.")
    category = code_of("categories", required=False)
    document_no = s.CharField(
        required=False,
        allow_blank=True,
        allow_null=True,
        max_length=64,
        help_text="Needed for a freeze by an authority.",
    )
    review_date = s.DateField(required=False, allow_null=True, help_text="Without it: the usual time of the measure.")
    note = s.CharField(
        required=False, allow_blank=True, allow_null=True, max_length=500, help_text="Raw identifiers are refused."
    )


class Lift(Shape):
    """That the ground of the measure has fallen. To answer while `answered_at` and `ended_at` are null."""

    cause = code_of("lift-causes")
    raised_at = s.DateTimeField()
    due_at = s.DateTimeField(help_text="Three Chinese working days after it was raised.")
    answer = s.ChoiceField(["lifted", "kept"], allow_null=True)
    reason = s.CharField(allow_null=True, help_text="A code of `keep-reasons`, when it was kept.")
    answered_at = s.DateTimeField(allow_null=True)
    ended_at = s.DateTimeField(allow_null=True, help_text="Since when the ground stands again.")


class ReportedEffects(Shape):
    """What the institution says of the effect."""

    self_reported = s.BooleanField(help_text="Always true: these figures are your own word.")
    calls_flagged = s.IntegerField(allow_null=True)
    persons_warned = s.IntegerField(allow_null=True)
    amount_prevented_cny = s.CharField(allow_null=True)


class Disposition(Shape):
    """A disposition of yours."""

    disposition = s.CharField(help_text="Opaque reference DI-…")
    version = s.IntegerField()
    kind = code_of("dispositions")
    state = s.ChoiceField(STATES)
    match = s.CharField(allow_null=True)
    client_ref = s.CharField(allow_null=True)
    identifier = s.IntegerField(allow_null=True)
    case = s.CharField(allow_null=True)
    type = s.CharField(allow_null=True)
    category = code_of("categories")
    document_no = s.CharField(allow_null=True)
    started_at = s.DateTimeField(help_text="Since when you could act.")
    done_at = s.DateTimeField(allow_null=True)
    seconds_to_disposal = s.IntegerField(
        allow_null=True, help_text="`done_at` less `started_at`; null if it was earlier."
    )
    review_date = s.DateField(allow_null=True)
    reappearances = s.IntegerField()
    effects = ReportedEffects()
    recorded_at = s.DateTimeField()
    lift = Lift(allow_null=True)


class DispositionAct(Effects):
    """One step: `do`, `review`, `confirm`, `reappear`, `effects` or `lift`."""

    action = s.ChoiceField(["do", "review", "confirm", "reappear", "effects", "lift"])
    note = s.CharField(required=False, allow_blank=True, allow_null=True, max_length=500, help_text="Needed to lift.")
    done_at = s.DateTimeField(required=False, allow_null=True, help_text="With `do`.")
    review_date = s.DateField(required=False, allow_null=True, help_text="With `do` and `confirm`.")


class LiftAnswer(Shape):
    """What you did about a measure whose ground has fallen."""

    answer = s.ChoiceField(["lifted", "kept"])
    reason = s.CharField(
        required=False,
        allow_blank=True,
        allow_null=True,
        help_text="With `kept`: a code of `keep-reasons` of /vocabulary.",
    )
    note = s.CharField(required=False, allow_blank=True, allow_null=True, max_length=500)


DispositionPage = _page_of("DispositionPage", Disposition)

RECORD_EXAMPLE = OpenApiExample(
    "An account restricted",
    {"kind": "account-restriction", "match": "M-EXAMPLEEXAMPLEEXAMPLEEXAMP", "done_at": "2026-11-02T03:00:00Z"},
    request_only=True,
)
ACT_EXAMPLE = OpenApiExample("Reviewed", {"action": "confirm", "review_date": "2027-02-01"}, request_only=True)
ANSWER_EXAMPLE = OpenApiExample("Kept", {"answer": "kept", "reason": "own-evidence"}, request_only=True)
