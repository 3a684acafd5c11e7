"""The fields of a disposition as members send them, checked one by one; a refusal names the field, never its value."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.utils.dateparse import parse_datetime
from django.utils.timezone import localdate
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from aif_share.identifiers import looks_raw
from clues.days import read_day
from clues.models import Disposition
from clues.submissions.rows import names_of

EFFECTS: Final = ("calls_flagged", "persons_warned", "amount_prevented_cny")
DOCUMENT_NO: Final = re.compile(r"[\w（）()〔〕\[\]【】.、/ #-]{1,64}")
COUNT: Final = re.compile(r"[0-9]{1,10}")
AMOUNT: Final = re.compile(r"[0-9]{1,15}(\.[0-9]{1,2})?")
EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
MOST_REVIEW_DAYS: Final = 3 * 366
MOST_COUNTED: Final = 1_000_000_000


def check_names(request: Mapping[str, Any], known: Collection[str]) -> None:
    """Refuse fields that there are not."""
    unknown = request.keys() - set(known)
    if unknown:
        raise Refusal("unknown-field", gettext_noop("The body has fields that do not exist."), fields=names_of(unknown))


def read_code(request: Mapping[str, Any], field: str, known: Collection[str]) -> str:
    """Return a code of a list."""
    value = request.get(field)
    if not isinstance(value, str) or value not in known:
        raise Refusal("field-invalid", gettext_noop("Take a code of the list in the vocabulary."), field=field)
    return value


def read_done_at(value: Any, *, now: datetime) -> datetime:
    """Return when it was done: the moment given, not in the future, or now."""
    if value is None:
        return now
    moment = _parse(value)
    if moment is None or not EARLIEST <= moment <= now:
        raise Refusal(
            "field-invalid", gettext_noop("`done_at` is a moment with its zone, not in the future."), field="done_at"
        )
    return moment


def read_review_date(value: Any, *, days: int | None, now: datetime) -> date | None:
    """Return the day of the review: the one given, or so many days from today, or none."""
    today = localdate(now)
    if value is None:
        return None if days is None else today + timedelta(days=days)
    day = _parse_day(value)
    if day is None or not today <= day <= today + timedelta(days=MOST_REVIEW_DAYS):
        raise Refusal(
            "field-invalid",
            gettext_noop("`review_date` is a day from today on, three years at most."),
            field="review_date",
        )
    return day


def read_document_no(value: Any, *, required: bool) -> str:
    """Return the number of the authority's document."""
    text = "" if value is None else value.strip() if isinstance(value, str) else value
    if text == "" and required:
        raise Refusal(
            "document-missing",
            gettext_noop("Only an authority orders this: give the number of its document."),
            field="document_no",
        )
    if text == "":
        return ""
    if not isinstance(text, str) or DOCUMENT_NO.fullmatch(text) is None:
        raise Refusal(
            "field-invalid", gettext_noop("A document number has at most 64 characters."), field="document_no"
        )
    if looks_raw(text):
        raise Refusal(
            "raw-identifier", gettext_noop("The document number looks like an identifier."), field="document_no"
        )
    return text


def read_effects(request: Mapping[str, Any]) -> dict[str, Any]:
    """Return the effects given, by column; those not given are left out."""
    return {name: _effect(name, request[name]) for name in EFFECTS if request.get(name) not in (None, "")}


def put_done(row: Disposition, at: datetime) -> None:
    """Set when it was done, and how long that took. Acting before one could know of it measures nothing."""
    row.done_at = at
    passed = int((at - row.started_at).total_seconds())
    row.seconds_to_disposal = passed if passed >= 0 else None


def _effect(name: str, value: Any) -> int | Decimal:
    text = (
        str(value) if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= MOST_COUNTED else value
    )
    if name == "amount_prevented_cny":
        if isinstance(value, str) and AMOUNT.fullmatch(value.strip()):
            return Decimal(value.strip())
        raise Refusal("amount-invalid", gettext_noop("Send the amount as text, such as 1000.00."), field=name)
    if isinstance(text, str) and COUNT.fullmatch(text.strip()) and int(text) <= MOST_COUNTED:
        return int(text)
    raise Refusal("field-invalid", gettext_noop("This is a whole number, not negative."), field=name)


def _parse(value: Any) -> datetime | None:
    try:
        moment = value if isinstance(value, datetime) else parse_datetime(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo is not None else None


def _parse_day(value: Any) -> date | None:
    try:
        return read_day(value)
    except ValueError:
        return None
