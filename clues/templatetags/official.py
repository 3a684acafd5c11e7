"""Official requests in templates: where one stands for us, and steps, in the reader's language."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from clues.official_requests import workflow
from clues.official_requests.queries import OfficialView

register = template.Library()

COLORS = {"asked": "warn", "confirmed": "info", "supplied": "good"}
STEPS = {
    workflow.APPROVE: _("asked us"),
    workflow.WITHDRAW: _("the authority took it back"),
    workflow.ANSWER: _("answered the authority"),
    workflow.CONFIRM: _("confirmed"),
    workflow.SUPPLY: _("supplied"),
    workflow.DECLINE: _("declined to supply"),
}


@register.filter
def official_state(row: OfficialView) -> str:
    """Where it stands at our institution, as a badge."""
    code = row.own_state
    color = f" badge--{COLORS[code]}" if code in COLORS else ""
    return format_html('<span class="badge{}">{}</span>', color, workflow.AT_MEMBERS[code])


@register.filter
def official_step(action: str) -> str:
    """What was done, in words."""
    return str(STEPS.get(action, action))
