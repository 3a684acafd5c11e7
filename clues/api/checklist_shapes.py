"""Shapes of checklists of cases, for the OpenAPI document."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiExample
from rest_framework import serializers as s

from .shapes import Shape, code_of


class ChargeRequest(Shape):
    """A charge to check a case against."""

    charge = s.CharField(max_length=64, help_text="A code of `charges` in GET guidance.")


class ShownElement(Shape):
    """What your part shows an element by."""

    element = s.CharField(max_length=64, help_text="A code of the charge's elements.")
    facts = s.BooleanField(required=False, default=False, help_text="The facts of your part show it.")
    evidence = s.ListField(child=s.CharField(), required=False, help_text="EV-… of your part, up to 50.")


class ShownElements(Shape):
    """All that your part shows of a charge; what is not named it shows no longer."""

    elements = ShownElement(many=True)


class ElementSupport(Shape):
    """A party whose part shows an element."""

    party = s.CharField(help_text="`member-a`, `member-b` …")
    own = s.BooleanField()
    facts = s.BooleanField()
    evidence = s.ListField(child=s.CharField(), help_text="EV-…")
    approved = s.BooleanField(help_text="False for your own part while it is a draft; others show once approved.")


class ChecklistElement(Shape):
    """One element of a charge."""

    element = s.CharField()
    zh = s.CharField()
    en = s.CharField()
    state = s.ChoiceField(["shown", "drafted", "missing"], help_text="`drafted`: by your own draft alone.")
    sectors = s.ListField(child=code_of("sectors"), help_text="Whose members can usually supply what shows it.")
    suppliers = s.ListField(
        child=s.CharField(), help_text="Parties of those sectors, as far as you know their name; you among them."
    )
    shown_by = ElementSupport(many=True)


class ChecklistCharge(Shape):
    """A charge that the case is checked against, as it was last in force."""

    charge = s.CharField()
    zh = s.CharField()
    en = s.CharField()
    law = s.CharField(help_text="Where it stands: 刑法 art. 274.")
    to_confirm = s.BooleanField(help_text="Counsel has not confirmed the elements yet.")
    added_by = s.ChoiceField(["mine", "other", "desk"])
    elements = ChecklistElement(many=True)


class Checklist(Shape):
    """What a case is checked against, and what is missing."""

    case = s.CharField()
    open = s.BooleanField(help_text="Charges can be chosen, and parts are written.")
    part_version = s.IntegerField(help_text="The version of your part, for If-Match.")
    elements = s.IntegerField(help_text="How many elements the charges have.")
    missing = s.IntegerField(help_text="How many no approved part shows yet.")
    complete = s.BooleanField()
    charges = ChecklistCharge(many=True)


CHARGE_EXAMPLE = OpenApiExample("charge", value={"charge": "extortion"}, request_only=True)
SHOWN_EXAMPLE = OpenApiExample(
    "shown", value={"elements": [{"element": "threat", "facts": True}, {"element": "records", "facts": True}]},
    request_only=True,
)  # fmt: skip
