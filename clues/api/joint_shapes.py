"""Shapes of joint work on cases, tasks, parts and names, for the OpenAPI document."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiExample
from rest_framework import serializers as s

from .shapes import Shape, _page_of, code_of

_AMOUNT = r"^[0-9]{1,15}(\.[0-9]{1,2})?$"
_PARTY = "A party of the case: `member-a`, `member-b` …, the same in every answer about this case."
_EXCUSED = "The alliance goes on without this part; why stands with the step `excuse` of the case."


class CaseTaskRequest(Shape):
    """What is asked of whom."""

    party = s.CharField(help_text=_PARTY)
    kind = code_of("task-kinds")
    note = s.CharField(
        required=False,
        allow_blank=True,
        allow_null=True,
        max_length=500,
        help_text="Needed for `other`. No identifiers.",
    )
    due_on = s.DateField(required=False, allow_null=True, help_text="In China; absent: the days of the kind.")


class CaseTask(Shape):
    """A task of a case: asked of you, or any task if you lead the case."""

    task = s.CharField(help_text="Opaque reference T-…")
    case = s.CharField()
    to = s.CharField(allow_null=True, help_text="The party it is asked of.")
    giver = s.CharField(allow_null=True, help_text="The party that gave it; null for the alliance.")
    kind = code_of("task-kinds")
    note = s.CharField(allow_blank=True)
    state = s.ChoiceField(["open", "done", "declined", "canceled"])
    version = s.IntegerField()
    given_at = s.DateTimeField()
    due_at = s.DateTimeField(help_text="The end of its last day, exclusive.")
    ended_at = s.DateTimeField(allow_null=True)
    answer = s.CharField(allow_blank=True, help_text="How it was done, why it was declined or canceled.")


class CaseTaskAnswer(Shape):
    """The answer of the party."""

    answer = s.ChoiceField(["done", "declined"])
    note = s.CharField(
        required=False,
        allow_blank=True,
        allow_null=True,
        max_length=500,
        help_text="Needed to decline. No identifiers.",
    )


class CaseTaskCancel(Shape):
    """Why it is taken back."""

    reason = s.CharField(max_length=500)


class PartContent(Shape):
    """What a part says. Amounts in yuan, self-reported; null is unknown."""

    facts = s.CharField(allow_blank=True, max_length=4000)
    amount_claimed = s.RegexField(_AMOUNT, allow_null=True)
    amount_lost = s.RegexField(_AMOUNT, allow_null=True)
    amount_prevented = s.RegexField(_AMOUNT, allow_null=True)
    victims = s.IntegerField(allow_null=True, min_value=0, max_value=1_000_000)
    persons = s.IntegerField(allow_null=True, min_value=0, max_value=1_000_000)
    from_date = s.DateField(allow_null=True)
    until_date = s.DateField(allow_null=True)


class CasePartEdit(Shape):
    """The fields to change; others stay. A null empties a field."""

    facts = s.CharField(required=False, allow_blank=True, max_length=4000, help_text="No identifiers.")
    amount_claimed = s.RegexField(_AMOUNT, required=False, allow_null=True)
    amount_lost = s.RegexField(_AMOUNT, required=False, allow_null=True)
    amount_prevented = s.RegexField(_AMOUNT, required=False, allow_null=True)
    victims = s.IntegerField(required=False, allow_null=True, min_value=0, max_value=1_000_000)
    persons = s.IntegerField(required=False, allow_null=True, min_value=0, max_value=1_000_000)
    from_date = s.DateField(required=False, allow_null=True)
    until_date = s.DateField(required=False, allow_null=True)
    clues = s.ListField(
        child=s.CharField(),
        required=False,
        help_text="Your own client_refs of the match or ring, all of them; up to 500.",
    )


class CasePart(PartContent):
    """Your own part."""

    case = s.CharField()
    state = s.ChoiceField(["draft", "ready", "approved"])
    version = s.IntegerField(help_text="1 as long as nobody has written on it.")
    clues = s.ListField(child=s.CharField(), help_text="The client_refs you contribute.")
    edited_at = s.DateTimeField(allow_null=True)
    approved_at = s.DateTimeField(allow_null=True)
    return_reason = s.CharField(allow_blank=True, help_text="Why your approver gave it back.")
    excused = s.BooleanField(help_text=_EXCUSED)


class PartIdentifierRequest(Shape):
    """A raw value that shall go out with the report package."""

    type = s.CharField(help_text="A code of the list `identifier-types` of /vocabulary.")
    role = code_of("roles")
    value = s.CharField(
        max_length=2048, help_text="As you know it; the canonical form is kept, sealed, and never given back."
    )
    confirm = s.BooleanField(help_text="True: it belongs to what you report, and may be handed to the authority.")


class PartIdentifier(Shape):
    """A raw value of your part, without the value."""

    identifier = s.CharField(help_text="Opaque reference PI-…")
    type = s.CharField()
    role = code_of("roles")
    added_at = s.DateTimeField()


class PartIdentifierChange(PartIdentifier):
    """What was added or removed, and the version that your part has now."""

    version = s.IntegerField()


class PartIdentifiers(Shape):
    """The raw values of your part, oldest first, up to 200."""

    results = PartIdentifier(many=True)


class SharedPart(PartContent):
    """What another party approved; all of it null before that."""

    party = s.CharField(help_text=_PARTY)
    facts = s.CharField(allow_null=True)
    clues = s.IntegerField(allow_null=True, help_text="How many clues it contributes.")
    approved_at = s.DateTimeField(allow_null=True)
    excused = s.BooleanField(help_text=_EXCUSED)


class CaseParts(Shape):
    """What the other parties approved."""

    results = SharedPart(many=True)


class CaseName(Shape):
    """A party as you know it. `name` and `contact` come once both of you agreed, or the alliance named the parties."""

    party = s.CharField(help_text=_PARTY)
    own = s.BooleanField()
    lead = s.BooleanField()
    name = s.CharField(allow_null=True)
    contact = s.CharField(allow_null=True)
    named_at = s.DateTimeField(allow_null=True)
    offered = s.BooleanField(help_text="You consented.")
    asked = s.BooleanField(help_text="The other side consented.")


class CaseNames(Shape):
    """The parties of a case; before it has a lead, you alone."""

    results = CaseName(many=True)


class CasePackage(Shape):
    """A report package that two people of the alliance released. The package itself is the receiver's alone."""

    package = s.CharField(help_text="Opaque reference PK-…")
    version = s.IntegerField()
    receiver = code_of("authority-kinds")
    unit = s.CharField(help_text="The office that receives it.")
    size = s.IntegerField(help_text="Bytes of the ZIP.")
    sha256 = s.CharField(help_text="Of the ZIP, hexadecimal.")
    signer_sha256 = s.CharField(help_text="Fingerprint of the certificate that signed it, hexadecimal.")
    released_at = s.DateTimeField()
    receipt_no = s.CharField(allow_null=True, help_text="Null until the receipt is recorded.")
    received_date = s.DateField(allow_null=True)


class CasePackages(Shape):
    """The released packages of a case, the latest first."""

    results = CasePackage(many=True)


CaseTaskPage = _page_of("CaseTaskPage", CaseTask)

TASK_EXAMPLE = OpenApiExample(
    "Ask for amounts", {"party": "member-b", "kind": "confirm-amounts", "due_on": "2026-12-07"}, request_only=True
)
TASK_ANSWER_EXAMPLE = OpenApiExample(
    "Done", {"answer": "done", "note": "Three transfers, confirmed by our ledger."}, request_only=True
)
PART_EXAMPLE = OpenApiExample(
    "Facts and a loss", {"facts": "Three callers in the name of one agency.", "amount_lost": "1200.50", "victims": 3},
    request_only=True,
)  # fmt: skip
IDENTIFIER_EXAMPLE = OpenApiExample(
    "A site", {"type": "domain", "role": "tool", "value": "refund-agency.example", "confirm": True}, request_only=True
)
