"""Content in templates: its states in the reader's language."""

from __future__ import annotations

from django import template
from django.utils.html import format_html

from clues.content.workflow import STATES

register = template.Library()

COLORS = {"reported": "info", "requested": "info", "removed": "good", "re-appeared": "warn", "rejected": "bad"}


@register.filter
def content_state(code: str) -> str:
    """The state of a content as a badge."""
    color = COLORS.get(code, "")
    return format_html('<span class="badge{}">{}</span>', f" badge--{color}" if color else "", STATES.get(code, code))


@register.filter
def content_state_name(code: str) -> str:
    """The state of a content in words."""
    return str(STATES.get(code, code))
