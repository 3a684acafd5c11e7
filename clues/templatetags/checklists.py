"""Checklists of cases in templates: states of elements, who shows one, who could supply it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import template
from django.utils.html import format_html

from clues.checklists import words
from clues.templatetags.joint_words import party_name

register = template.Library()

COLORS = {"shown": "good", "drafted": "info", "missing": "warn"}


@register.filter
def element_state(code: str) -> str:
    """The state of an element as a badge."""
    return format_html('<span class="badge badge--{}">{}</span>', COLORS[code], words.ELEMENT_STATES[code])


@register.filter
def listed_sectors(codes: Iterable[str]) -> str:
    """Sectors in the reader's language, one after the other."""
    return words.sector_names(codes)


@register.filter
def listed_parties(parties: Iterable[Any]) -> str:
    """Parties of a case as the viewer knows them, one after the other."""
    return words.listed(party_name(each) for each in parties)


@register.filter
def shown_by(support: Any) -> str:
    """By what a party shows an element."""
    return words.shown_by(support)
