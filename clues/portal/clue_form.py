"""The form that corrects a clue: plain fields and the roles of its identifiers, filled from the clue as it was read.

Only what differs from the clue goes to the operation. The version is carried along, so that of two tabs the second one
is told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from aif_share.identifiers import looks_raw
from aif_share.vocabulary import (
    categories,
    channels,
    consumer_contacted,
    grades,
    indicators,
    levels,
    regions,
    tlp,
)
from aif_share.vocabulary import roles as role_list
from aif_share.vocabulary.term import Term
from clues.submissions.clues import ClueView

LABELS: Final = {
    "category": _("Category"),
    "grade": _("Grade"),
    "channel": _("Channel"),
    "observed_at": _("Observed at"),
    "region": _("Region"),
    "amount_cny": _("Amount in yuan"),
    "level": _("Abnormality level"),
    "crime_indicator": _("Points to a crime"),
    "indicators": _("Indicators"),
    "consumer_contacted": _("Consumer contacted"),
    "tlp": _("Sharing (TLP)"),
    "evidence_sha256": _("SHA-256 of the evidence"),
    "basis": _("Legal basis"),
    "identifiers": _("Identifiers"),
}
_CHOICES: Final[Mapping[str, tuple[str, Sequence[Term], bool]]] = {  # vocabulary, rows, whether it may be left open
    "category": ("categories", categories.ROWS, False),
    "grade": ("grades", grades.ROWS, False),
    "channel": ("channels", channels.ROWS, True),
    "region": ("regions", regions.ROWS, True),
    "level": ("levels", levels.ROWS, True),
    "consumer_contacted": ("consumer-contacted", consumer_contacted.ROWS, True),
    "tlp": ("tlp", tlp.ROWS, False),
}
_KINDS: Final = {"observed_at": "moment", "amount_cny": "amount", "crime_indicator": "check", "indicators": "several"}


@dataclass(frozen=True)
class Field:
    """One field of the form: how it is asked, what stands in it, and what the clue says by now if that differs."""

    name: str
    label: Any
    kind: str
    value: Any
    vocabulary: str = ""
    choices: Sequence[Term] = ()
    optional: bool = True
    now: Any = None


@dataclass(frozen=True)
class Form:
    """The fields, the identifiers with their roles, and the version they were read at."""

    version: int
    fields: list[Field]
    roles: list[Any] = field(default_factory=list)
    role_choices: Sequence[Term] = role_list.ROWS


def fill(clue: ClueView, given: QueryDict | None = None) -> Form:
    """Return the form of a clue; with `given` what was posted stands in it, and beside it what the clue says by now."""
    said = _values(clue)
    posted = None if given is None else _posted(given)
    fields = []
    for name, value in said.items():
        vocabulary, choices, optional = _CHOICES.get(name, ("", (), True))
        kind = _KINDS.get(name, "choice" if choices else "text")
        if name == "indicators":
            vocabulary, choices = "indicators", indicators.ROWS
        shown = value if posted is None else posted[name]
        now = value if posted is not None and posted[name] != value else None
        fields.append(Field(name, LABELS[name], kind, shown, vocabulary, choices, optional, now))
    rows = [
        (place, each, (given.get(f"role-{place}") if given else None) or each.role)
        for place, each in enumerate(clue.identifiers)
    ]
    return Form(clue.version, fields, rows)


def read(clue: ClueView, given: QueryDict) -> dict[str, Any]:
    """Return what the form changes of the clue, as the operation takes it."""
    said, posted = _values(clue), _posted(given)
    changes: dict[str, Any] = {}
    for name, value in posted.items():
        if value != said[name]:
            changes[name] = _sent(name, value)
    edits = [
        {"identifier": place, "role": role}
        for place, each in enumerate(clue.identifiers)
        if (role := given.get(f"role-{place}", each.role)) != each.role
    ]
    if edits:
        changes["roles"] = edits
    return changes


def is_raw(given: QueryDict) -> bool:
    """Whether a text of the form looks like an identifier: it is refused before anything is done with it."""
    return any(looks_raw(given.get(name, "")) == "raw-identifier" for name in ("basis",))


def _values(clue: ClueView) -> dict[str, Any]:
    """Return what the form shows of the clue, as texts."""
    return {
        "category": clue.category,
        "grade": clue.grade,
        "channel": clue.channel or "",
        "observed_at": _local(clue.observed_at),
        "region": clue.region or "",
        "amount_cny": clue.amount_cny or "",
        "level": clue.level or "",
        "crime_indicator": clue.crime_indicator,
        "indicators": sorted(clue.indicators or ()),
        "consumer_contacted": clue.consumer_contacted or "",
        "tlp": clue.tlp,
        "evidence_sha256": clue.evidence_sha256 or "",
        "basis": clue.basis,
    }


def _posted(given: QueryDict) -> dict[str, Any]:
    texts = {name: given.get(name, "").strip() for name in LABELS if name not in ("identifiers", "indicators")}
    return {
        **texts,
        "crime_indicator": "crime_indicator" in given,
        "indicators": sorted(set(given.getlist("indicators"))),
    }


def _sent(name: str, value: Any) -> Any:
    if name == "crime_indicator":
        return value
    if name == "indicators":
        return value or None
    if name == "observed_at" and value:
        try:
            moment = parse_datetime(value)
        except ValueError:
            moment = None
        if moment is None:
            return value  # the operation refuses it by its own rule
        return (timezone.make_aware(moment) if timezone.is_naive(moment) else moment).isoformat()
    return value or None


def _local(at: datetime | None) -> str:
    return "" if at is None else timezone.localtime(at).strftime("%Y-%m-%dT%H:%M")
