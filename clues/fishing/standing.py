"""Whether an institution may screen at present, and why not: what it reads of itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from clues.models import ScreeningSuspension
from members.permissions import Viewer

TERMS = ("hit-rate", "case-numbers", "nights", "volume")
"""The terms of the detector, in the order in which they are shown."""


class ScreeningSuspended(Refusal):
    """The institution's screening is suspended; nothing was answered and nothing charged."""

    def __init__(self) -> None:
        super().__init__(
            "screening-suspended",
            gettext_noop(
                "Screening of your institution is suspended until the alliance has looked at it. The page of screening and "
                "GET /me say why; tell the alliance what the questions were for."
            ),
        )


@dataclass(frozen=True, slots=True)
class SuspensionView:
    """A suspension as its own institution sees it. `terms` holds points by term, and `tokens` and `hits` they come from.

    `askers` is how many keys and people had points where those of each were added up, else None.
    """

    suspension: str
    state: str
    cause: str
    purpose: str
    asker: str
    begun_at: datetime
    until: datetime | None
    points: float
    threshold: float
    terms: Mapping[str, float]
    tokens: int
    hits: int
    askers: int | None
    reason: str

    @property
    def is_by_honey(self) -> bool:
        """Whether the cause is a token that nobody should ask about."""
        return self.cause == ScreeningSuspension.HONEY_TOKEN


def check_open(institution_id: int) -> None:
    """Raise ScreeningSuspended unless the institution may ask."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT aif_screening_suspended(%s)", [institution_id])
        (suspended,) = cursor.fetchone()
    if suspended:
        raise ScreeningSuspended


def get_standing(*, viewer: Viewer, now: datetime) -> SuspensionView | None:
    """Return the suspension in force of the viewer's institution, None if it may screen."""
    own = ScreeningSuspension.objects.filter(institution_id=viewer.institution_id).exclude(
        state=ScreeningSuspension.RELEASED
    )
    for row in own.order_by("-id")[:10]:
        if row.state == ScreeningSuspension.PENDING or (row.until is not None and row.until > now):
            return _view(row)
    return None


def get_for_me(*, institution_id: int, now: datetime) -> dict[str, Any] | None:
    """Return what `GET /me` says of a suspension in force, None if there is none."""
    found = get_standing(viewer=_Own(institution_id), now=now)
    if found is None:
        return None
    return {
        "suspension": found.suspension,
        "state": found.state,
        "cause": found.cause,
        "purpose": found.purpose,
        "asker": found.asker,
        "begun_at": found.begun_at,
        "until": found.until,
        "points": found.points,
        "threshold": found.threshold,
        "terms": [{"term": term, "points": found.terms[term]} for term in TERMS if term in found.terms],
        "tokens": found.tokens,
        "hits": found.hits,
        "askers": found.askers,
    }


@dataclass(frozen=True, slots=True)
class _Own:
    """An institution as the viewer of itself."""

    institution_id: int
    group_id: int = 0


def _view(row: ScreeningSuspension) -> SuspensionView:
    terms = row.terms
    return SuspensionView(
        suspension=row.ref,
        state=row.state,
        cause=row.cause,
        purpose=row.purpose,
        asker=row.asker,
        begun_at=row.begun_at,
        until=row.until,
        points=float(terms.get("points", 0)),
        threshold=float(terms.get("threshold", 0)),
        terms={term: float(terms[term]) for term in TERMS if term in terms},
        tokens=int(terms.get("tokens", 0)),
        hits=int(terms.get("hits", 0)),
        askers=int(terms["askers"]) if "askers" in terms else None,
        reason=row.reason,
    )
