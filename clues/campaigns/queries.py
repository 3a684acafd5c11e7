"""Reads of campaigns: the desk sees all of one, a member what was started, with its own cases and the alliance's sums.

The sums that a member reads are rounded, and shown only where enough institutions stand behind them, as everywhere
(clues/reports/contribution.py): a campaign has few cases, and each party knows its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import QuerySet
from django.db.models.functions import Now

from aif_share.vocabulary import outcome_counters
from clues.guidance.queries import find_authorities
from clues.guidance.rows import Authority
from clues.models import Campaign, CampaignCase, CampaignTarget, CampaignUnit, CaseParty
from clues.reports.counting import Counted, Figure, as_members_see
from members.models import reference
from members.permissions import Viewer

from . import workflow
from .figures import count
from .planning import CampaignNotFound

SHOWN_ALWAYS = ("cases-filed", "cases-administrative", "persons-coercive", "gangs", "content-removed", "amount-lost")
"""Counters that a campaign's page shows beside those of its targets."""


@dataclass(frozen=True, slots=True)
class UnitView:
    """An authority that takes part; its row of the guidance, None if it never stood there."""

    authority: str
    name: Authority | None
    leads: bool


@dataclass(frozen=True, slots=True)
class FigureView:
    """A counter with its target, what the viewer's own cases bring, and the whole campaign's as members see it."""

    counter: str
    target: Decimal | None
    own: Decimal
    alliance: Figure


@dataclass(frozen=True, slots=True)
class CampaignView:
    """A campaign as a member sees it; `cases` are the member's own that belong to it."""

    id: int
    campaign: str
    title: str
    about: str
    state: str
    categories: tuple[str, ...]
    regions: tuple[str, ...]
    starts_on: date
    ends_on: date
    started_at: datetime | None
    units: tuple[UnitView, ...] = ()
    cases: tuple[str, ...] = ()
    figures: tuple[FigureView, ...] = ()


def list_campaigns(
    *, viewer: Viewer, open_only: bool = False, before: int | None = None, limit: int = 50
) -> list[CampaignView]:
    """Return the campaigns that members see, newest first, below row number `before`; without figures."""
    rows = _seen()
    if open_only:
        rows = rows.filter(state=Campaign.RUNNING)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows.order_by("-pk")[:limit])
    units = _units(found)
    return [_view(row, units=units[row.pk]) for row in found]


def get_campaign(*, campaign: str, viewer: Viewer) -> CampaignView:
    """Return one with its figures and the viewer's own cases. Raise CampaignNotFound."""
    found = _seen().filter(pk=reference.decode("CP", campaign) or 0).first()
    if found is None:
        raise CampaignNotFound
    own, every = count(found, viewer=viewer.institution_id), count(found)
    targets = _targets(found)
    return _view(
        found,
        units=_units([found])[found.pk],
        cases=_own_cases(found, viewer),
        figures=tuple(
            FigureView(code, targets.get(code), own[code].value, as_members_see(every[code]))
            for code in _codes_of(targets)
        ),
    )


def list_bound(*, campaign: Campaign) -> list[CampaignCase]:
    """Return the cases that belong to a campaign, for the desk, in the order in which they were bound."""
    rows = CampaignCase.objects.filter(campaign=campaign, unbound_at__isnull=True)
    return list(rows.select_related("case").order_by("pk"))


def list_units(*, campaign: Campaign) -> list[UnitView]:
    """Return the units of a campaign, for the desk: the leading one first."""
    return _units([campaign])[campaign.pk]


def list_exact(*, campaign: Campaign) -> list[tuple[str, Decimal | None, Counted]]:
    """Return (counter, target, what was counted) of a campaign as it is, for the desk."""
    targets, every = _targets(campaign), count(campaign)
    return [(code, targets.get(code), every[code]) for code in _codes_of(targets)]


def _seen() -> QuerySet[Campaign]:
    return Campaign.objects.filter(state__in=sorted(workflow.SEEN), released_at__lte=Now())


def _targets(campaign: Campaign) -> dict[str, Decimal]:
    return dict(CampaignTarget.objects.filter(campaign=campaign).values_list("counter", "value"))


def _codes_of(targets: dict[str, Decimal]) -> list[str]:
    return [row.code for row in outcome_counters.ROWS if row.code in targets or row.code in SHOWN_ALWAYS]


def _units(rows: Sequence[Campaign]) -> dict[int, list[UnitView]]:
    units = list(CampaignUnit.objects.filter(campaign__in=[row.pk for row in rows]).order_by("-leads", "pk"))
    names = find_authorities({unit.authority for unit in units})
    found: dict[int, list[UnitView]] = defaultdict(list)
    for unit in units:
        found[unit.campaign_id].append(UnitView(unit.authority, names.get(unit.authority), unit.leads))
    return found


def _own_cases(campaign: Campaign, viewer: Viewer) -> tuple[str, ...]:
    mine = CaseParty.objects.filter(institution_id=viewer.institution_id, released_at__lte=Now()).values("case_id")
    rows = CampaignCase.objects.filter(campaign=campaign, unbound_at__isnull=True, released_at__lte=Now())
    numbers = rows.filter(case_id__in=mine).order_by("-case_id").values_list("case_id", flat=True)
    return tuple(reference.encode("CASE", number) for number in numbers)


def _view(
    row: Campaign,
    *,
    units: Sequence[UnitView],
    cases: tuple[str, ...] = (),
    figures: tuple[FigureView, ...] = (),
) -> CampaignView:
    return CampaignView(
        id=row.pk,
        campaign=row.ref,
        title=row.title,
        about=row.about,
        state=row.state,
        categories=tuple(row.categories),
        regions=tuple(row.regions),
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        started_at=row.released_at,
        units=tuple(units),
        cases=cases,
        figures=figures,
    )
