"""Clues in templates: moments with their zone, identifier types, states and bands in the reader's language."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django import template
from django.utils.html import format_html
from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from aif_share.identifiers import types
from clues import events
from clues.cases.workflow import ACTION_LABELS, STATES
from members.templatetags.members import figure, with_code

if TYPE_CHECKING:
    from clues.submissions.queries import BatchView

register = template.Library()

BATCH_STATES = {
    "received": (_("Received"), "info"),
    "processing": (_("In work"), "info"),
    "done": (_("Done"), "good"),
    "held": (_("Held"), "warn"),
    "rejected": (_("Not let go by the alliance"), "bad"),
    "refused": (_("Every row refused"), "bad"),
}
CASE_COLORS = {
    "candidate": "info",
    "triage": "info",
    "lead-claimed": "info",
    "joint": "info",
    "evidence-ready": "info",
    "approved": "good",
    "reported": "good",
    "closed": "",
    "dismissed": "",
    "merged": "",
}
BANDS = {
    "1": _("1 other"),
    "2-4": _("2 to 4 others"),
    "5+": _("5 or more others"),
}
QUOTAS = {"submit": _("Submitted rows"), "screen": _("Screened tokens")}


@register.filter
def moment(at: datetime | None) -> str:
    """A moment in local time to the minute, with the exact one in the markup; the page names the zone."""
    if at is None:
        return "—"
    return format_html('<time datetime="{}">{}</time>', at.isoformat(), localtime(at).strftime("%Y-%m-%d %H:%M"))


@register.filter
def type_label(code: str) -> str:
    """An identifier type in the reader's language."""
    kind = types().get(code)
    if kind is None:
        return code
    return kind.zh if (get_language() or "").startswith("zh") else kind.en


@register.filter
def batch_state(batch: BatchView) -> str:
    """The state of a batch as a badge; of one that never got in, whose doing that was."""
    code = "refused" if batch.is_refused else batch.state
    return _badge(*BATCH_STATES.get(code, (code, "")))


@register.filter
def case_state(code: str) -> str:
    """The state of a case as a badge."""
    return _badge(STATES.get(code, code), CASE_COLORS.get(code, ""))


@register.filter
def case_state_name(code: str) -> str:
    """The state of a case in words."""
    return str(STATES.get(code, code))


@register.filter
def case_action(code: str) -> str:
    """What was done with a case, in words."""
    return str(ACTION_LABELS.get(code, code))


@register.filter
def band_label(band: str | None) -> str:
    """How many others, in words; nothing in a small alliance."""
    return str(BANDS[band]) if band in BANDS else "—"


@register.filter
def event_label(code: str) -> str:
    """What happened."""
    kind = events.BY_CODE.get(code)
    if kind is None:
        return code
    return kind.zh if (get_language() or "").startswith("zh") else kind.en


@register.filter
def quota_label(kind: str) -> str:
    """What a quota counts."""
    return str(QUOTAS.get(kind, kind))


register.filter(figure)
register.filter(with_code)


@register.filter
def at(table: dict[str, Any], key: str) -> Any:
    """What stands under a key, None if nothing does."""
    return table.get(key)


@register.filter
def short(ref: str) -> str:
    """The beginning of a reference, where the whole one would push everything else out."""
    prefix, _dash, body = ref.partition("-")
    return f"{prefix}-{body[:6]}…" if len(body) > 8 else ref


def _badge(name: Any, color: str) -> str:
    return format_html('<span class="badge{}">{}</span>', f" badge--{color}" if color else "", name)
