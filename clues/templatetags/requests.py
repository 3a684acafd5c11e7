"""Requests in templates: states, clocks, who did what, and those of a case as a section of its page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clues import working_days
from clues.requests import queries
from clues.requests.shown import RequestView, StepView
from clues.requests.workflow import STATES
from clues.templatetags.joint_words import party_name
from members.permissions import Permission, can
from members.queries import person_of

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

register = template.Library()

COLORS = {
    "sent": "info", "taken-up": "info", "escalated": "bad", "answered": "good", "closed": "", "declined": "warn",
    "withdrawn": "",
}  # fmt: skip
STEPS: Mapping[str, StrPromise] = {
    "send": gettext_lazy("Sent"),
    "take-up": gettext_lazy("Taken up"),
    "answer": gettext_lazy("Answered"),
    "decline": gettext_lazy("Declined"),
    "withdraw": gettext_lazy("Withdrawn"),
    "close": gettext_lazy("Closed by its sender"),
    "escalate": gettext_lazy("The clock ran out. Both sides and the alliance are told."),
    "remind": gettext_lazy("The alliance reminded the receiver."),
    "end": gettext_lazy("Closed by the alliance."),
}
NOTES: Mapping[str, StrPromise] = {
    "request": gettext_lazy("You ask what others know. They answer within the clock, or say why not."),
    "provide": gettext_lazy("You tell others something unasked. Nothing is due."),
    "alert": gettext_lazy("Something is happening now. Others take it up within 15 minutes, at any hour."),
    "complaint-referral": gettext_lazy(
        "A consumer complained to you about what the other sector has to settle. Telecom operators and financial institutions refer such complaints to each other."
    ),
}


@register.filter
def request_state(code: str) -> str:
    """Where a request stands, as a badge."""
    color = COLORS.get(code, "")
    return format_html('<span class="badge{}">{}</span>', f" badge--{color}" if color else "", STATES.get(code, code))


@register.filter
def request_note(code: str) -> str:
    """What a kind of request is for."""
    return str(NOTES.get(code, ""))


@register.filter
def step_words(step: StepView) -> str:
    """What happened."""
    return str(STEPS.get(step.action, step.action))


@register.filter
def step_actor(step: StepView) -> str:
    """Who did it: we, an institution by name or number, the sender; nothing for the clock and the alliance."""
    if step.is_own:
        return _("we")
    if step.partner is not None:
        return step.partner.name
    if step.party is not None:
        return party_name(step.party)
    if step.other is not None:
        return _("other institution %(number)d") % {"number": step.other}
    return _("the sender") if step.side == "sender" else ""


@register.filter
def time_left(view: RequestView) -> str:
    """How long the clock still runs, as a badge that grows louder; nothing where none runs."""
    if not view.is_running or view.due_at is None:
        return ""
    return clock_badge(view.clock, view.due_at, now=timezone.now())


def clock_badge(clock: str, due_at: datetime, *, now: datetime) -> str:
    """Say minutes of the urgent clock, working days of the normal one."""
    if now >= due_at:
        return _badge("bad", _("overdue"))
    if clock == "urgent":
        minutes = int((due_at - now).total_seconds() // 60)
        text = _("1 minute left") if minutes == 1 else _("%(count)d minutes left") % {"count": minutes}
        return _badge("bad" if minutes < 5 else "warn", text)
    left = working_days.working_days_left(due_at, now=now)
    if not left:
        return _badge("bad", _("today is the last day"))
    if left == 1:
        return _badge("warn", _("1 working day left"))
    return _badge("info", _("%(count)d working days left") % {"count": left})


def _badge(color: str, text: str) -> str:
    return format_html('<span class="badge badge--{}">{}</span>', color, text)


@register.inclusion_tag("clues/requests/_requests.html", takes_context=True)
def case_requests(context: Any, case: Any) -> dict[str, Any]:
    """Show the requests that the reader's institution sent or received within a case, with a way to send one."""
    user = context["user"]
    may_see = can(user, Permission.REQUEST_VIEW)
    rows = queries.list_of_case(case=case.id, viewer=person_of(user)) if may_see else []
    return {"rows": rows, "case": case, "user": user, "may_see": may_see}
