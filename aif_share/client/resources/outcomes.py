"""Outcomes: what came of the cases, in figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from aif_share.client.answers import Answer
from aif_share.client.resources.base import Resource, given


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeCounter(Answer):
    """One counter, as text: your own, and the alliance's (`<10` is few; None: of too few institutions)."""

    counter: str
    unit: str
    own: str
    alliance: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcomes(Answer):
    """All counters; the funnels by category are in `body`."""

    as_of: datetime | None = None
    counters: tuple[OutcomeCounter, ...] = ()


class OutcomesResource(Resource):
    """`client.outcomes`."""

    def get(
        self,
        *,
        since: str | None = None,
        until: str | None = None,
        track: str | None = None,
        province: str | None = None,
        category: str | None = None,
    ) -> Outcomes:
        """What came of the cases: your own counters of the proceedings that began in a span of days, of a track …"""
        scope = given(since=since, until=until, track=track, province=province, category=category)
        return Outcomes.read(self._session.get("outcomes", scope or None))
