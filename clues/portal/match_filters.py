"""The filters of the match inbox as they stand in an address: read strictly, offered with their labels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Final

from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _

from aif_share.identifiers import types
from aif_share.vocabulary import categories
from clues.matching.inbox import STATES, Filters
from clues.matching.visibility import BANDS

SCORES: Final = (40, 60, 80)
STATE_LABELS: Final = {
    "open": _("To do"),
    "unread": _("Unread"),
    "mine": _("Assigned to me"),
    "unassigned": _("Unassigned"),
    "acknowledged": _("Acknowledged"),
    "all": _("All"),
}
NARROWING: Final = ("type", "category", "band", "score", "since", "until")
_LISTS: Final[Mapping[str, Any]] = {
    "state": STATES,
    "type": types(),
    "category": categories.BY_CODE,
    "band": dict((name, least) for least, name in BANDS),
    "score": {str(score) for score in SCORES},
}


@dataclass(frozen=True)
class Asked:
    """The filters and the words they were asked in, for the form that asks again."""

    filters: Filters
    values: Mapping[str, str]

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but the state was asked for."""
        return any(self.values.get(name) for name in NARROWING)


def read_filters(request: HttpRequest) -> Asked:
    """Return what the address asks for; a code that is on no list, or a day that is none, is 404."""
    values = {name: request.GET.get(name, "") for name in ("state", *NARROWING)}
    for name, allowed in _LISTS.items():
        if values[name] and values[name] not in allowed:
            raise Http404
    since, until = _day(values["since"]), _day(values["until"])
    return Asked(
        Filters(
            state=values["state"] or "open",
            type=values["type"] or None,
            category=values["category"] or None,
            band=values["band"] or None,
            least_score=int(values["score"]) if values["score"] else None,
            since=since,
            until=until + timedelta(days=1) if until else None,  # the last day is in
        ),
        {**values, "state": values["state"] or "open"},
    )


def _day(text: str) -> datetime | None:
    if not text:
        return None
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    if day is None or not 2000 <= day.year < 2100:
        raise Http404
    return timezone.make_aware(datetime.combine(day, time()))
