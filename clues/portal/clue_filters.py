"""The filters of the lists of clues as they stand in an address: read strictly, offered with their labels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Final

from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _

from aif_share.vocabulary import categories, grades
from clues.submissions.clue_list import REVIEWS, ClueFilters
from clues.submissions.clues import STATES

MATCHED_LABELS: Final = {"yes": _("in a match"), "no": _("in no match")}
NAMES: Final = ("state", "review", "grade", "category", "client_ref", "batch", "since", "until", "matched")
_LISTS: Final[Mapping[str, Any]] = {
    "state": STATES,
    "review": REVIEWS,
    "grade": grades.BY_CODE,
    "category": categories.BY_CODE,
    "matched": MATCHED_LABELS,
}
_LONGEST: Final = 64


@dataclass(frozen=True)
class Asked:
    """The filters and the words they were asked in, for the form that asks again."""

    filters: ClueFilters
    values: Mapping[str, str]

    @property
    def given(self) -> dict[str, str]:
        """What was asked for, without what was left open."""
        return {name: value for name, value in self.values.items() if value}


def read_filters(request: HttpRequest) -> Asked:
    """Return what the address asks for; a code that is on no list, or a day that is none, is 404."""
    values = {name: request.GET.get(name, "").strip()[:_LONGEST] for name in NAMES}
    for name, allowed in _LISTS.items():
        if values[name] and values[name] not in allowed:
            raise Http404
    since, until = _day(values["since"]), _day(values["until"])
    return Asked(
        ClueFilters(
            state=values["state"] or None,
            review=values["review"] or None,
            grade=values["grade"] or None,
            category=values["category"] or None,
            client_ref=values["client_ref"] or None,
            batch=values["batch"] or None,
            since=since,
            until=until + timedelta(days=1) if until else None,
            matched={"yes": True, "no": False}.get(values["matched"]),
        ),
        values,
    )


def _day(text: str) -> datetime | None:
    if not text:
        return None
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    if day is None:
        raise Http404
    return timezone.make_aware(datetime.combine(day, time()))
