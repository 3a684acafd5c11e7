"""Read what a campaign is to be: every field checked, and nothing else taken."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from aif_share.vocabulary import categories, outcome_counters, regions
from clues.days import read_day
from clues.guidance.queries import list_authorities
from clues.notes import checked_text

FIELDS: Final = frozenset({"title", "about", "categories", "regions", "starts_on", "ends_on", "lead_unit", "units"})
MAX_TITLE, MAX_ABOUT, MOST_UNITS = 100, 500, 20
MOST_DAYS: Final = 3 * 366
MOST: Final = Decimal(10) ** 13
"""Beyond it no target is meant, and the column holds no more."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A campaign as it was read. `units` are codes of authorities with the leading one first, if one leads."""

    title: str
    about: str
    categories: list[str]
    regions: list[str]
    starts_on: date
    ends_on: date
    lead_unit: str
    units: list[str]


def read_draft(request: Mapping[str, Any]) -> Draft:
    """Return the draft. Raise Refusal `field-missing`, `field-invalid`, `unknown-field`, `raw-identifier`."""
    unknown = request.keys() - FIELDS
    if unknown:
        raise Refusal("unknown-field", gettext_noop("The body has fields that do not exist."), fields=sorted(unknown))
    title = checked_text(request.get("title"), required=True, most=MAX_TITLE, field="title")
    if "\n" in title or "\t" in title:
        raise Refusal("field-invalid", gettext_noop("A title stands on one line."), field="title")
    starts_on, ends_on = _day(request, "starts_on"), _day(request, "ends_on")
    if not 0 <= (ends_on - starts_on).days <= MOST_DAYS:
        raise Refusal(
            "field-invalid", gettext_noop("It ends on a day after it starts, within three years."), field="ends_on"
        )
    authorities = [row.code for row in list_authorities()]
    lead = request.get("lead_unit") or ""
    if lead and lead not in authorities:
        raise _unlisted("lead_unit")
    units = _codes(request, "units", authorities, required=False)
    if len(units) > MOST_UNITS:
        raise Refusal("field-invalid", gettext_noop("That is too many at once."), field="units")
    return Draft(
        title=title,
        about=checked_text(request.get("about"), required=False, most=MAX_ABOUT, field="about"),
        categories=_codes(request, "categories", categories.BY_CODE, required=True),
        regions=_codes(request, "regions", regions.BY_CODE, required=False),
        starts_on=starts_on,
        ends_on=ends_on,
        lead_unit=lead,
        units=[lead, *(code for code in units if code != lead)] if lead else units,
    )


def read_target(counter: object, value: object) -> tuple[str, Decimal | None]:
    """Return a counter's code and the value to reach, None for no target. Raise Refusal `field-invalid`."""
    if not isinstance(counter, str) or counter not in outcome_counters.BY_CODE:
        raise _unlisted("counter")
    if value in (None, ""):
        return counter, None
    wrong = Refusal(
        "field-invalid",
        gettext_noop("A whole number above zero, or an amount with two decimals at most."),
        field="value",
    )
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        raise wrong from None
    places = Decimal("0.01") if outcome_counters.BY_CODE[counter].unit == outcome_counters.CNY else Decimal(1)
    if not number.is_finite() or not 0 < number <= MOST or number != number.quantize(places):
        raise wrong
    return counter, number


def _unlisted(field: str) -> Refusal:
    return Refusal("field-invalid", gettext_noop("Take a code of the list in the vocabulary."), field=field)


def _codes(request: Mapping[str, Any], name: str, known: Collection[str], *, required: bool) -> list[str]:
    values = request.get(name) or []
    if not isinstance(values, list) or not all(isinstance(each, str) and each in known for each in values):
        raise _unlisted(name)
    if required and not values:
        raise Refusal("field-missing", gettext_noop("Choose at least one."), field=name)
    return list(dict.fromkeys(values))


def _day(request: Mapping[str, Any], name: str) -> date:
    value = request.get(name)
    if isinstance(value, date):
        return value
    if not value:
        raise Refusal("field-missing", gettext_noop("A day as YYYY-MM-DD."), field=name)
    try:
        return read_day(value)
    except ValueError:
        raise Refusal("field-invalid", gettext_noop("A day as YYYY-MM-DD."), field=name) from None
