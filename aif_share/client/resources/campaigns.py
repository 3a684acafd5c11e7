"""Campaigns of the alliance with authorities: their targets, what came of them, own cases in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from aif_share.client.answers import Answer
from aif_share.client.resources.base import Resource, named


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignFigure(Answer):
    """One counter, as text: its target, your own cases', and the campaign's (`<10` is few; None: of too few institutions)."""

    counter: str
    unit: str
    own: str
    target: str | None = None
    campaign: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign(Answer):
    """A campaign. `cases` (your own in it) and `figures` come with one campaign alone, not with the list."""

    campaign: str
    title: str
    state: str
    about: str | None = None
    categories: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    starts_on: str | None = None
    ends_on: str | None = None
    started_at: datetime | None = None
    cases: tuple[str, ...] = ()
    figures: tuple[CampaignFigure, ...] = ()


class Campaigns(Resource):
    """`client.campaigns`."""

    def list(self, *, limit: int | None = None) -> Iterator[Campaign]:
        """Every campaign that runs or ended, newest first."""
        return self._pages(Campaign, "campaigns", limit=limit)

    def get(self, campaign: Campaign | str) -> Campaign:
        """One campaign with its figures."""
        return Campaign.read(self._session.get(f"campaigns/{named('CP', 'campaign', campaign)}"))
