"""Figures, days and moments as the cover report of a package writes them: Chinese forms, whoever builds it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template

from aif_share.vocabulary import evidence_time_sources
from clues.guidance.citing import in_chinese
from clues.packages import sheets
from clues.working_days import ZONE

register = template.Library()


@register.filter
def figure(value: Decimal | int | None) -> str:
    """Return a number with commas, a dash for what nobody knows."""
    return "—" if value is None else f"{value:,}"


@register.filter
def day(value: date | None) -> str:
    """Return a day as 2026年11月1日."""
    return "—" if value is None else f"{value.year}年{value.month}月{value.day}日"


@register.filter
def local(value: datetime | None) -> str:
    """Return a moment in China."""
    return "—" if value is None else sheets.local(value)


@register.filter
def moment(value: datetime | None) -> str:
    """Return a moment as 2026年11月1日 08:00:00, in China."""
    return "—" if value is None else f"{day(value.astimezone(ZONE).date())} {value.astimezone(ZONE):%H:%M:%S}"


@register.filter
def article(source: str) -> str:
    """Return a source such as `刑法 art. 253-1` as 刑法第253条之一; another one as it is."""
    return in_chinese(source)


@register.filter
def custody_note(note: str) -> str:
    """Return a note of a custody entry for readers: a source of time in words, a digest by its beginning."""
    if note in evidence_time_sources.BY_CODE:
        return f"时间来源：{evidence_time_sources.BY_CODE[note].zh}"
    name, mark, digest = note.partition(":")
    if mark and name == "sha256":
        return f"SHA-256 {digest[:16]}…"
    return note or "—"


@register.filter
def item(mapping: Mapping[str, Any], key: str) -> Any:
    """Return what stands under a key, the key itself if nothing does."""
    return mapping.get(key, key)
