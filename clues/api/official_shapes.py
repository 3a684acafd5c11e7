"""Shapes of official requests for the OpenAPI document."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiExample
from rest_framework import serializers as s

from .shapes import Shape, _page_of, code_of


class OfficialStep(Shape):
    """One step: your institution's, or the alliance's, whose words are not shown."""

    at = s.DateTimeField()
    action = s.ChoiceField(["approve", "withdraw", "answer", "confirm", "supply", "decline"])
    own = s.BooleanField()
    code = s.CharField(allow_null=True, help_text="Of your own decline: a code of `request-declines`.")
    text = s.CharField(allow_null=True)


class OfficialDisclosure(Shape):
    """What of yours went to the authority, as lawful disclosure."""

    item = code_of("official-items")
    number = s.IntegerField()
    package = s.CharField(allow_null=True, help_text="PK-…")
    package_sha256 = s.CharField(allow_null=True, help_text="Of the package as it went, hexadecimal.")
    disclosed_at = s.DateTimeField()


class OfficialRequest(Shape):
    """What an authority asks of you by a document. Its officers, and who is meant, stand in the document alone."""

    official_request = s.CharField(help_text="Opaque reference OR-…")
    kind = code_of("official-kinds")
    authority = s.CharField(help_text="A code of GET guidance, `authorities`.")
    unit = s.CharField(help_text="The office that asks.")
    document_no = s.CharField()
    document_date = s.DateField()
    basis = code_of("official-bases")
    items = s.ListField(child=s.CharField(), help_text="Codes of `official-items`.")
    question = s.CharField()
    from_date = s.DateField(allow_null=True)
    until_date = s.DateField(allow_null=True)
    case = s.CharField(allow_null=True, help_text="CASE-…, if it is about one that you are a party of.")
    state = s.ChoiceField(["routed", "answered", "withdrawn"])
    own_state = s.ChoiceField(["asked", "confirmed", "supplied", "declined", "ended"])
    due_at = s.DateTimeField(allow_null=True)
    late = s.BooleanField()
    released_at = s.DateTimeField()
    actions = s.ListField(child=s.CharField(), help_text="Replies that are open to you.")
    steps = OfficialStep(many=True)
    disclosures = OfficialDisclosure(many=True)


class OfficialReply(Shape):
    """A reply. What goes to the authority is what stands approved in your part of the case, with its evidence."""

    reply = s.ChoiceField(["confirm", "supply", "decline"])
    reason = code_of("request-declines", required=False, allow_null=True)
    text = s.CharField(
        required=False, allow_null=True, help_text="2,000 characters at most, no identifiers; needed to `supply`."
    )


OfficialRequestPage = _page_of("OfficialRequestPage", OfficialRequest)
EXAMPLE = OpenApiExample(
    "Evidence called for",
    {
        "official_request": "OR-EXAMPLEEXAMPLEEXAMPLEEXAMP",
        "kind": "evidence",
        "authority": "police-economic-crime",
        "unit": "某市公安局经侦支队",
        "document_no": "经侦调证〔2026〕118号",
        "document_date": "2026-11-20",
        "basis": "police-notice",
        "items": ["case-facts", "evidence-items"],
        "question": "请提供该团伙代理退保的专案事实和证据材料。",
        "from_date": "2026-01-01",
        "until_date": "2026-10-31",
        "case": "CASE-EXAMPLEEXAMPLEEXAMPLEEXAMP",
        "state": "routed",
        "own_state": "asked",
        "due_at": "2026-11-26T16:00:00Z",
        "late": False,
        "released_at": "2026-11-22T02:00:00Z",
        "actions": ["confirm", "supply", "decline"],
        "steps": [{"at": "2026-11-22T02:00:00Z", "action": "approve", "own": False, "code": None, "text": None}],
        "disclosures": [],
    },
    response_only=True,
    status_codes=["200"],
)
