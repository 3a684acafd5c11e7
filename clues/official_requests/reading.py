"""Read what the desk registers of a document: every field checked, and nothing else taken."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from aif_share.vocabulary import official_bases, official_items, official_kinds
from clues.days import read_day
from clues.guidance.queries import get_authority
from clues.models import Case
from clues.notes import checked_text
from clues.working_days import ZONE, end_of_working_day
from members.models import reference

FIELDS: Final = frozenset(
    {
        "kind", "authority", "unit", "document_no", "document_date", "received_on", "basis", "items", "question",
        "subjects", "from_date", "until_date", "case", "due_on", "officers",
    }
)  # fmt: skip
MAX_UNIT, MAX_QUESTION, MAX_NAME, MOST_OFFICERS, MOST_SUBJECTS = 200, 2_000, 60, 6, 100_000
_LINE: Final = re.compile(r"[^\x00-\x1f\x7f]+")


@dataclass(frozen=True, slots=True)
class Officer:
    """Who is named in the document, as it stands there."""

    name: str
    card_no: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A request as it was read."""

    kind: str
    authority: str
    authority_kind: str
    unit: str
    document_no: str
    document_date: date
    received_on: date
    basis: str
    items: list[str]
    question: str
    subjects: int
    from_date: date | None
    until_date: date | None
    case_id: int | None
    due_on: date
    officers: tuple[Officer, ...]


def read_draft(request: Mapping[str, Any], *, now: datetime) -> Draft:
    """Return the draft. Raise Refusal `field-missing`, `field-invalid`, `unknown-field`, `raw-identifier`, `not-found`."""
    unknown = request.keys() - FIELDS
    if unknown:
        raise Refusal("unknown-field", gettext_noop("The body has fields that do not exist."), fields=sorted(unknown))
    authority = get_authority(_line(request, "authority", most=64))
    today = now.astimezone(ZONE).date()
    document_date, received_on = _day(request, "document_date"), _day(request, "received_on")
    if document_date > received_on or received_on > today:
        raise Refusal("field-invalid", gettext_noop("A document is received after its date, not later than today."),
                      field="received_on")  # fmt: skip
    first, last = _day(request, "from_date", required=False), _day(request, "until_date", required=False)
    if (first is None) != (last is None) or (first is not None and last is not None and first > last):
        raise Refusal("field-invalid", gettext_noop("A period has two days, the first one first."), field="until_date")
    kind = _code(request.get("kind"), official_kinds.BY_CODE, "kind")
    due_on = _day(request, "due_on", required=False) or _usual_day(kind, now)
    if due_on < today:
        raise Refusal("field-invalid", gettext_noop("The day on which the answer is due is over."), field="due_on")
    return Draft(
        kind=kind,
        authority=authority.code,
        authority_kind=authority.kind,
        unit=_line(request, "unit", most=MAX_UNIT),
        document_no=_line(request, "document_no", most=64),
        document_date=document_date,
        received_on=received_on,
        basis=_code(request.get("basis"), official_bases.BY_CODE, "basis"),
        items=_items(request.get("items")),
        question=checked_text(request.get("question"), required=True, most=MAX_QUESTION, field="question"),
        subjects=_count(request.get("subjects")),
        from_date=first,
        until_date=last,
        case_id=_case(request.get("case")),
        due_on=due_on,
        officers=_officers(request.get("officers")),
    )


def _usual_day(kind: str, now: datetime) -> date:
    end = end_of_working_day(now, days=official_kinds.BY_CODE[kind].days)
    return date.fromordinal(end.astimezone(ZONE).date().toordinal() - 1)  # the end is the midnight after it


def _officers(value: object) -> tuple[Officer, ...]:
    """Two at least: an authority asks by two officers (公安机关办理刑事案件程序规定; 行政处罚法 art. 42)."""
    wrong = Refusal("field-invalid", gettext_noop("Name two officers at least, each with the number of the card."),
                    field="officers")  # fmt: skip
    if not isinstance(value, (list, tuple)) or not 2 <= len(value) <= MOST_OFFICERS:
        raise wrong
    found = []
    for each in value:
        if not isinstance(each, Mapping) or each.keys() != {"name", "card_no"}:
            raise wrong
        lines = [text.strip() if isinstance(text, str) else "" for text in (each["name"], each["card_no"])]
        if not all(_LINE.fullmatch(text) and len(text) <= MAX_NAME for text in lines):
            raise wrong
        found.append(Officer(*lines))
    if len({officer.card_no for officer in found}) < len(found):
        raise wrong  # one person twice
    return tuple(found)


def _code(value: object, known: Collection[str], field: str) -> str:
    if not isinstance(value, str) or value not in known:
        raise Refusal("field-invalid", gettext_noop("Take a code of the list in the vocabulary."), field=field)
    return value


def _items(value: object) -> list[str]:
    if not isinstance(value, list) or not value:
        raise Refusal("field-missing", gettext_noop("Choose at least one."), field="items")
    return list(dict.fromkeys(_code(each, official_items.BY_CODE, "items") for each in value))


def _line(request: Mapping[str, Any], name: str, *, most: int) -> str:
    value = request.get(name)
    text = value.strip() if isinstance(value, str) else ""
    if not text:
        raise Refusal("field-missing", gettext_noop("This is needed."), field=name)
    if len(text) > most or _LINE.fullmatch(text) is None:
        raise Refusal("field-invalid", gettext_noop("One line of text."), field=name)
    return checked_text(text, required=True, most=most, field=name)


def _count(value: object) -> int:
    if value in (None, ""):
        return 0
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MOST_SUBJECTS:
        raise Refusal("field-invalid", gettext_noop("A whole number."), field="subjects")
    return value


def _case(value: object) -> int | None:
    if value in (None, ""):
        return None
    number = reference.decode("CASE", value.strip()) if isinstance(value, str) else None
    found = Case.objects.filter(pk=number or 0).only("pk", "state").first()
    if found is None:
        raise Refusal("field-invalid", gettext_noop("No such case."), field="case")
    if found.state in (Case.MERGED, Case.DISMISSED):
        raise Refusal("field-invalid", gettext_noop("The case was dismissed or goes on in another."), field="case")
    return found.pk


def _day(request: Mapping[str, Any], name: str, *, required: bool = True) -> Any:
    value = request.get(name)
    if isinstance(value, date):
        return value
    if not value:
        if not required:
            return None
        raise Refusal("field-missing", gettext_noop("A day as YYYY-MM-DD."), field=name)
    try:
        return read_day(value)
    except ValueError:
        raise Refusal("field-invalid", gettext_noop("A day as YYYY-MM-DD."), field=name) from None
