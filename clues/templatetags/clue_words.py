"""Words for the states of clues and of their reviews, as badges, and for what became of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from aif_share import vocabulary
from clues.submissions.clue_list import REVIEW_LABELS, STATE_LABELS
from members.templatetags.members import label

register = template.Library()

STATE_COLORS = {"active": "good", "withdrawn": "", "disputed": "warn", "expired": ""}
REVIEW_COLORS = {"waiting": "info", "at-desk": "info", "confirmed": "good", "returned": "bad"}
CHANGES = {
    "corrected": _("Corrected"),
    "withdrawn": _("Withdrawn"),
    "extended": _("Extended"),
    "expired": _("Expired"),
    "resubmitted": _("Reported again in another key epoch"),
    "disputed": _("Suspended by a dispute"),
    "reinstated": _("Reinstated after a dispute"),
    "confirmed": _("Confirmed by a second person"),
    "returned": _("Returned by a second person"),
    "review-withdrawn": _("Review withdrawn"),
}
JOBS = {"disputes": _("a dispute"), "expiry": _("its time"), "departures": _("the institution left"),
    "matching": _("a batch"), "key-epochs": _("the end of a key epoch")}  # fmt: skip


@register.filter
def clue_state(code: str) -> str:
    """The state of a clue as a badge."""
    return _badge(STATE_LABELS.get(code, code), STATE_COLORS.get(code, ""))


@register.filter
def review_badge(clue: Any) -> str:
    """How a clue stands with its review, as a badge; grade C needs none."""
    code = "at-desk" if clue.at_desk else clue.review
    if code == "none":
        return mark_safe('<span class="muted">—</span>')  # nosec B308 - a constant
    return _badge(REVIEW_LABELS[code], REVIEW_COLORS.get(code, ""))


@register.filter
def change_name(code: str) -> str:
    """What was done with a clue."""
    return str(CHANGES.get(code, code))


@register.filter
def change_reason(code: str | None) -> str:
    """Why, in words, whichever list the reason is of."""
    names = ("withdrawal-reasons", "extension-reasons", "return-reasons", "dispute-reasons")
    known = next((name for name in names if any(term.code == code for term in vocabulary.lists()[name])), None)
    return label(code, known) if known else code or ""


@register.filter
def basis(code: str) -> str:
    """The code of a legal basis, and words where none was named."""
    return str(_("not specified")) if code == "unspecified" else format_html("<code>{}</code>", code)


@register.filter
def actor_name(ref: str, people: Mapping[str, str]) -> str:
    """Who it was: a colleague by name, a job in words, else a key by its number."""
    if ref in people:
        return people[ref]
    if ref in JOBS:
        return str(JOBS[ref])
    return str(_("the alliance")) if ref.startswith("U-") else str(_("key %(key)s") % {"key": ref})


@register.filter
def field_name(name: str, labels: Mapping[str, Any]) -> str:
    """A field's label."""
    return str(labels.get(name, name))


def _badge(name: Any, color: str) -> str:
    return format_html('<span class="badge{}">{}</span>', f" badge--{color}" if color else "", name)
