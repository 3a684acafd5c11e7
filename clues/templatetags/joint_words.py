"""Joint work on cases in templates: what parties are called, states of tasks and parts, amounts."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import template
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clues.cases.pseudonyms import name_of

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

register = template.Library()

_States = Mapping[str, "tuple[StrPromise, str]"]
TASK_STATES: _States = {
    "open": (gettext_lazy("To do"), "info"),
    "done": (gettext_lazy("Done"), "good"),
    "declined": (gettext_lazy("Declined"), "warn"),
    "canceled": (gettext_lazy("Canceled"), ""),
}
PART_STATES: _States = {
    "draft": (gettext_lazy("Draft"), "info"),
    "ready": (gettext_lazy("Waits for approval"), "warn"),
    "approved": (gettext_lazy("Approved"), "good"),
}


@register.filter
def pseudonym(party: Any) -> str:
    """What the parties of a case call one of them: 成员甲, Member A."""
    return name_of(party.number)


@register.filter
def party_name(party: Any) -> str:
    """A party by its name once it is known, else by its pseudonym; the viewer's own by both."""
    if party is None:
        return "—"
    called = pseudonym(party)
    if party.is_own:
        return _("%(called)s (we)") % {"called": called}
    return f"{party.name} ({called})" if party.name else called


@register.filter
def giver_name(task: Any) -> str:
    """Who gave a task: the alliance, or a party."""
    return _("the alliance") if task.by_alliance else party_name(task.giver)


@register.filter
def task_state(task: Any, now: Any) -> str:
    """The state of a task as a badge; what runs late says so."""
    if task.is_overdue(now):
        return _badge(_("Overdue"), "bad")
    return _badge(*TASK_STATES[task.state])


@register.filter
def part_state(code: str) -> str:
    """The state of a part as a badge."""
    return _badge(*PART_STATES[code])


@register.filter
def yuan(amount: Decimal | None) -> str:
    """An amount in yuan, a dash for an unknown one."""
    return "—" if amount is None else f"¥{amount:,.2f}"


def _badge(name: Any, color: str) -> str:
    return format_html('<span class="badge{}">{}</span>', f" badge--{color}" if color else "", name)
