"""Dispositions in templates: states, steps and how long it took, in the reader's language."""

from __future__ import annotations

from django import template
from django.utils.html import format_html

from clues.dispositions.words import how_long
from clues.dispositions.workflow import LABELS, STATES

register = template.Library()

COLORS = {
    "requested": "info",
    "done": "good",
    "under-review": "info",
    "confirmed": "good",
    "re-appeared": "warn",
    "lifted": "",
}


@register.filter
def disposition_state(code: str) -> str:
    """The state of a disposition as a badge."""
    color = COLORS.get(code, "")
    return format_html('<span class="badge{}">{}</span>', f" badge--{color}" if color else "", STATES.get(code, code))


@register.filter
def disposition_step(action: str) -> str:
    """What was done with it."""
    return str(LABELS.get(action, action))


register.filter(how_long)
