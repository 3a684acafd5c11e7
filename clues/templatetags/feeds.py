"""Feeds in templates: states and outcomes in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django import template
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

register = template.Library()

STATES: Final[dict[str, StrPromise]] = {
    "proposed": _("waits for approval"),
    "listed": _("on the feed"),
    "rejected": _("not approved"),
    "withdrawn": _("taken off the feed"),
    "expired": _("run out"),
}
OUTCOMES: Final[dict[str, StrPromise]] = {
    "applied": _("taken down or blocked"),
    "refused": _("not applied"),
    "lifted": _("lifted"),
}


@register.filter
def feed_state(state: str) -> str:
    """Where an entry stands."""
    return str(STATES[state])


@register.filter
def feed_outcome(outcome: str | None) -> str:
    """What a receiver did; a dash before it said so."""
    return str(OUTCOMES[outcome]) if outcome else "—"
