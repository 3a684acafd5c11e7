"""Statements on pages: their kinds and values in the reader's language."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext as _

from aif_share.vocabulary.statement_lines import SECONDS
from clues.statements.paper import plain
from clues.templatetags.outcomes import duration

register = template.Library()


@register.filter
def statement_kind(kind: str) -> str:
    """What it is."""
    return _("Monthly bulletin") if kind == "bulletin" else _("Our quarterly statement")


@register.filter
def statement_figure(value: str | None, unit: str) -> str:
    """A stored value; times in words, a dash for what is not told."""
    return duration(int(value)) if value is not None and unit == SECONDS else plain(value, unit)
