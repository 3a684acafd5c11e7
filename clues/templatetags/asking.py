"""Watches, disputes and noise entries in templates: states and deadlines in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django import template
from django.utils.html import format_html
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from aif_share.vocabulary import maintain_reasons, withdrawal_reasons

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

register = template.Library()

_States = Mapping[str, "tuple[StrPromise, str]"]

WATCH_STATES: _States = {
    "waiting": (gettext_lazy("Coming into force"), "info"),
    "active": (gettext_lazy("Watching"), "good"),
    "expired": (gettext_lazy("Ended"), ""),
    "canceled": (gettext_lazy("Canceled"), ""),
    "hit": (gettext_lazy("With hits"), "warn"),  # no state, but a choice of the list beside them
}
DISPUTE_STATES: _States = {
    "open": (gettext_lazy("Under way"), "warn"),
    "closed": (gettext_lazy("Closed"), ""),
}
DISPUTED_STATES: _States = {
    "open": (gettext_lazy("To answer"), "warn"),
    "maintained": (gettext_lazy("With the alliance"), "info"),
    "withdrawn": (gettext_lazy("Withdrawn"), ""),
    "lapsed": (gettext_lazy("Lapsed"), "bad"),
    "upheld": (gettext_lazy("Upheld"), "bad"),
    "rejected": (gettext_lazy("Rejected: clue is back"), "good"),
}
NOISE_STATES: _States = {
    "proposed": (gettext_lazy("Waiting for approval"), "info"),
    "in-force": (gettext_lazy("In force"), "good"),
    "rejected": (gettext_lazy("Not approved"), "bad"),
    "removed": (gettext_lazy("Taken off"), ""),
}
DEMAND_STATES: _States = {
    "open": (gettext_lazy("To answer"), "warn"),
    "opened": (gettext_lazy("With the alliance"), "info"),
    "accepted": (gettext_lazy("Accepted"), "good"),
    "refuted": (gettext_lazy("Not accepted"), "bad"),
    "failed": (gettext_lazy("Not shown"), "bad"),
    "moot": (gettext_lazy("No longer needed"), ""),
}
DEMAND_EFFECTS: Mapping[str, StrPromise] = {
    "open": gettext_lazy("Send the file in time, or the clue is withdrawn and counts against your reports."),
    "opened": gettext_lazy("The alliance looks at the file and decides. The clue stands as it stood."),
    "accepted": gettext_lazy("The file bears the clue; it counts for your reports."),
    "refuted": gettext_lazy("The file does not bear the clue. The clue is withdrawn and counts against your reports."),
    "failed": gettext_lazy("The file did not come in time, or another one came three times. The clue is withdrawn."),
    "moot": gettext_lazy("The clue ended, or its dispute was decided: there is nothing to show any more."),
}
EFFECTS: Mapping[str, StrPromise] = {
    "open": gettext_lazy(
        "The clue is suspended: it answers no screening and counts for no match. Without an answer in time it lapses."
    ),
    "maintained": gettext_lazy("You stand by the clue. It stays suspended until the alliance decides."),
    "withdrawn": gettext_lazy("The clue has ended: it was withdrawn."),
    "lapsed": gettext_lazy("Nobody answered in time, so the clue has lapsed. A new report needs a new clue."),
    "upheld": gettext_lazy("The alliance found the clue wrong. It is withdrawn and counts against your reports."),
    "rejected": gettext_lazy("The dispute had no ground. The clue answers and counts again."),
}


@register.filter
def demand_state(code: str) -> str:
    """The state of a demand for evidence as a badge."""
    return _badge(DEMAND_STATES, code)


@register.filter
def demand_state_name(code: str) -> str:
    """The state of a demand for evidence in words."""
    return _name(DEMAND_STATES, code)


@register.filter
def demand_effect(code: str) -> str:
    """What the state of a demand for evidence means for the clue."""
    return str(DEMAND_EFFECTS[code])


@register.filter
def watch_state(code: str) -> str:
    """The state of a watch as a badge."""
    return _badge(WATCH_STATES, code)


@register.filter
def watch_state_name(code: str) -> str:
    """The state of a watch in words."""
    return _name(WATCH_STATES, code)


@register.filter
def dispute_state(code: str) -> str:
    """The state of a dispute, as its opener sees it, as a badge."""
    return _badge(DISPUTE_STATES, code)


@register.filter
def dispute_state_name(code: str) -> str:
    """The state of a dispute in words, of either side."""
    return _name({**DISPUTE_STATES, **DISPUTED_STATES} if code != "open" else DISPUTE_STATES, code)


@register.filter
def disputed_state(code: str) -> str:
    """The state of a disputed clue, as its filer sees it, as a badge."""
    return _badge(DISPUTED_STATES, code)


@register.filter
def disputed_effect(code: str) -> str:
    """What that state means for the clue."""
    return str(EFFECTS.get(code, ""))


@register.filter
def noise_state(code: str) -> str:
    """The state of a noise entry as a badge."""
    return _badge(NOISE_STATES, code)


@register.filter
def noise_state_name(code: str) -> str:
    """The state of a noise entry in words."""
    return _name(NOISE_STATES, code)


@register.filter
def reason_label(code: str) -> str:
    """The reason of an answer in the reader's language; the two lists share no code."""
    term = maintain_reasons.BY_CODE.get(code) or withdrawal_reasons.BY_CODE.get(code)
    if term is None:
        return code
    return term.zh if (get_language() or "").startswith("zh") else term.en


@register.filter
def days_left(left: int | None) -> str:
    """How many working days are left, as a badge that grows louder."""
    if left is None:
        return format_html('<span class="badge badge--bad">{}</span>', _("over"))
    if left == 0:
        return format_html('<span class="badge badge--bad">{}</span>', _("today is the last day"))
    color = "badge--warn" if left <= 2 else "badge--info"
    text = _("1 working day left") if left == 1 else _("%(count)d working days left") % {"count": left}
    return format_html('<span class="badge {}">{}</span>', color, text)


def _name(states: _States, code: str) -> str:
    return str(states[code][0]) if code in states else code


def _badge(states: _States, code: str) -> str:
    name, color = states.get(code, (code, ""))
    return format_html('<span class="badge{}">{}</span>', f" badge--{color}" if color else "", name)
