"""Outcomes in templates: values with their unit, labels of counters and stages, time in words."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import template
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from aif_share.vocabulary import outcome_counters, regions, tracks
from clues.guidance.citing import cite
from clues.guidance.rows import Authority
from clues.reports import outcomes
from clues.reports.counting import Figure

register = template.Library()

FRONT = ("cases-filed", "cases-administrative", "persons-coercive", "persons-detained", "persons-convicted", "gangs")


def _is_chinese() -> bool:
    return (get_language() or "").startswith("zh")


@register.filter
def counter_value(value: Decimal | None, unit: str = "") -> str:
    """A counter's value with its thousands apart, amounts to the cent; a dash for none."""
    if value is None:
        return "—"
    return f"¥{value:,.2f}" if unit == outcome_counters.CNY else f"{int(value):,}"


@register.filter
def alliance_value(figure: Figure | None) -> str:
    """The alliance's figure as members see it: rounded, and no more than that it is small if it is."""
    if figure is None or figure.value is None:
        return "—"
    if figure.below_ten:
        return _("below 10")
    return counter_value(figure.value, outcome_counters.BY_CODE[figure.counter].unit)


@register.filter
def duration(seconds: int | None) -> str:
    """A median time in the unit that fits it."""
    if seconds is None:
        return "—"
    for size, one in ((86_400, _("%(number)s days")), (3600, _("%(number)s hours")), (60, _("%(number)s minutes"))):
        if seconds >= size:
            return one % {"number": f"{seconds / size:.1f}"}
    return _("%(number)s seconds") % {"number": seconds}


@register.filter
def state_label(state: str, track: str) -> str:
    """A state of a track in the reader's language."""
    found = tracks.BY_CODE.get(track)
    row = next((each for each in found.states if each.code == state), None) if found else None
    if row is None:
        return state
    return row.zh if _is_chinese() else row.en


@register.filter
def term_label(row: Any) -> str:
    """Any row with labels, in the reader's language."""
    return str(row.zh if _is_chinese() else row.en)


@register.filter
def authority_label(row: Authority | None) -> str:
    """An authority in the reader's language."""
    return "—" if row is None else term_label(row)


@register.filter
def article(source: str) -> str:
    """Where a charge stands in the law, as the reader cites it: 刑法第253条之一, Criminal Law art. 253-1."""
    return cite(source)


@register.filter
def entry_figures(entry: Any) -> str:
    """What an entry counts, in words."""
    named = (
        ("persons", _("persons")), ("persons_detained", _("persons detained")), ("items", _("links or numbers")),
        ("gangs", _("gangs")), ("amount_claimed_cny", _("amount claimed")), ("amount_lost_cny", _("amount lost")),
        ("amount_prevented_cny", _("amount prevented")),
    )  # fmt: skip
    found = [f"{name} {value:,}" for field, name in named if (value := getattr(entry, field)) is not None]
    if entry.province:
        found.append(term_label(regions.BY_CODE[entry.province]))
    if entry.self_reported:
        found.append(_("self-reported"))
    return " · ".join(found) or "—"


@register.simple_tag(takes_context=True)
def front_figures(context: Any) -> list[tuple[Any, Decimal]]:
    """The counters of the desk's front page: (row, value)."""
    found = outcomes.get_counters(by=context["request"].user)
    return [(outcome_counters.BY_CODE[code], found[code]) for code in FRONT]
