"""Shapes of procedure entries, outcomes and guidance for the OpenAPI document."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiExample
from rest_framework import serializers as s

from .shapes import Shape, _page_of, code_of

_ENTRY, _PROCEEDING = "PE-EXAMPLEEXAMPLEEXAMPLEEXAMP", "P-EXAMPLEEXAMPLEEXAMPLEEXAMP"


def _number(text: str = "") -> s.IntegerField:
    return s.IntegerField(required=False, allow_null=True, min_value=1, max_value=1_000_000, help_text=text)


def _amount(text: str) -> s.CharField:
    return s.CharField(required=False, allow_null=True, help_text=f'{text} in CNY, as text like "1000.00".')


class ProcedureEntryRequest(Shape):
    """What an authority did. Name a `proceeding` to go on with, or a `track` to open one."""

    track = code_of("tracks", required=False, allow_null=True)
    proceeding = s.CharField(required=False, allow_null=True, help_text="P-…, of this case.")
    state = s.CharField(help_text="A code of the track's `states`.")
    authority = s.CharField(help_text="A code of GET guidance, `authorities`.")
    document_no = s.CharField(required=False, allow_null=True, help_text="Needed where the state says so.")
    date = s.DateField(help_text="Of the document or act; not before the entries it rests on.")
    received_date = s.DateField(required=False, allow_null=True, help_text="Where a deadline runs from receipt.")
    persons = _number("Needed where the state counts persons.")
    persons_detained = _number("Of them in administrative detention.")
    gangs = _number()
    items = _number("Links or numbers.")
    amount_claimed_cny = _amount("Amount claimed")
    amount_lost_cny = _amount("Amount lost")
    amount_prevented_cny = _amount("Amount prevented")
    province = code_of("regions", required=False, allow_null=True)
    self_reported = s.BooleanField(required=False, help_text="The figures are your own, not the authority's.")
    note = s.CharField(required=False, allow_null=True, help_text="500 characters at most, no identifiers.")


class ProcedureEntry(Shape):
    """An entry of a proceeding. It counts while it is `standing`."""

    entry = s.CharField(help_text="Opaque reference PE-…")
    proceeding = s.CharField()
    track = code_of("tracks")
    state = s.CharField()
    status = s.ChoiceField(["waiting", "standing", "voided"], help_text="`waiting` for the alliance's confirmation.")
    authority = s.CharField()
    document_no = s.CharField(allow_null=True)
    date = s.DateField()
    received_date = s.DateField(allow_null=True)
    due_date = s.DateField(
        allow_null=True, help_text="Last day of the deadline that began with it; null once it is met."
    )
    overdue = s.BooleanField()
    persons = s.IntegerField(allow_null=True)
    persons_detained = s.IntegerField(allow_null=True)
    gangs = s.IntegerField(allow_null=True)
    items = s.IntegerField(allow_null=True)
    amount_claimed_cny = s.CharField(allow_null=True)
    amount_lost_cny = s.CharField(allow_null=True)
    amount_prevented_cny = s.CharField(allow_null=True)
    province = s.CharField(allow_null=True)
    self_reported = s.BooleanField()
    note = s.CharField(allow_null=True)
    void_reason = s.CharField(allow_null=True)
    recorded_at = s.DateTimeField()


class OutcomeValue(Shape):
    """One counter."""

    counter = code_of("outcome-counters")
    unit = s.CharField()
    own = s.CharField(help_text="Over the cases you are a party of: a whole number, or CNY with two decimals.")
    alliance = s.CharField(
        allow_null=True, help_text='Rounded; "<10" below ten; null where fewer than five institutions stand behind it.'
    )


class FunnelStage(Shape):
    """How many clues of a category reached a stage; null where too few institutions stand behind it."""

    stage = code_of("funnel-stages")
    clues = s.IntegerField(allow_null=True)
    share = s.IntegerField(allow_null=True, help_text="Percent of the category's clues.")
    median_seconds = s.IntegerField(allow_null=True, help_text="From the clue's arrival.")


class CategoryFunnel(Shape):
    """How far the clues of a category came, in the whole alliance."""

    category = code_of("categories")
    stages = FunnelStage(many=True)


class Outcomes(Shape):
    """Every counter, and the funnels."""

    as_of = s.DateTimeField(
        allow_null=True, help_text="Of the alliance's figures; null before they were first counted."
    )
    counters = OutcomeValue(many=True)
    funnels = CategoryFunnel(many=True)


class GuidanceTerm(Shape):
    """A row with labels; authorities, charges and playbooks have members of their own."""

    code = s.CharField()
    zh = s.CharField()
    en = s.CharField()
    source: s.CharField = s.CharField(allow_blank=True)  # type: ignore[assignment]


class Guidance(Shape):
    """The lists in force."""

    authorities = GuidanceTerm(many=True)
    charges = GuidanceTerm(many=True)
    playbooks = GuidanceTerm(many=True)


ProcedureEntryPage = _page_of("ProcedureEntryPage", ProcedureEntry)
REQUEST_EXAMPLE = OpenApiExample(
    "Accepted by the police",
    {
        "proceeding": _PROCEEDING,
        "state": "accepted",
        "authority": "police-economic-crime",
        "document_no": "(2026)-0417",
        "date": "2026-11-20",
        "province": "CN-31",
    },
    request_only=True,
)
ENTRY_EXAMPLE = OpenApiExample(
    "It waits for the alliance",
    {
        "entry": _ENTRY,
        "proceeding": _PROCEEDING,
        "track": "police-criminal",
        "state": "accepted",
        "status": "waiting",
        "authority": "police-economic-crime",
        "document_no": "(2026)-0417",
        "date": "2026-11-20",
        "received_date": None,
        "due_date": "2026-11-27",
        "overdue": False,
        "persons": None,
        "persons_detained": None,
        "gangs": None,
        "items": None,
        "amount_claimed_cny": None,
        "amount_lost_cny": None,
        "amount_prevented_cny": None,
        "province": "CN-31",
        "self_reported": False,
        "note": None,
        "void_reason": None,
        "recorded_at": "2026-11-20T03:00:00Z",
    },
    response_only=True,
    status_codes=["201"],
)
