"""Feeds at the desk: values that wait for a second person, what stands on the feeds, and who pulls them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from aif_share.vocabulary import platforms
from clues.admin.columns import TYPES, ColumnsAdmin, code_filter, local, ref, shown, table, word
from clues.admin.looked import LookedAtAdmin
from clues.feeds import entries, receivers
from clues.models import FeedAcknowledgment, FeedEntry, FeedReceiver
from clues.models.feed import CLEAR_TYPES
from members.admin.base import Operation, ReasonForm
from members.admin.site import site
from members.models import Institution, User
from members.permissions import Permission
from members.templatetags.members import label

STATES = {
    FeedEntry.PROPOSED: _("waits for approval"),
    FeedEntry.LISTED: _("on the feed"),
    FeedEntry.REJECTED: _("not approved"),
    FeedEntry.WITHDRAWN: _("taken off the feed"),
}
OUTCOMES = {"applied": _("taken down or blocked"), "refused": _("not applied"), "lifted": _("lifted")}


def _approve(row: FeedEntry, *, by: User, now: datetime) -> FeedEntry:
    return entries.approve(entry=row.pk, by=by, now=now)


def _reject(row: FeedEntry, *, by: User, now: datetime, reason: str) -> FeedEntry:
    return entries.reject(entry=row.pk, reason=reason, by=by, now=now)


def _withdraw(row: FeedEntry, *, by: User, now: datetime, reason: str) -> FeedEntry:
    return entries.withdraw_at_desk(entry=row.pk, reason=reason, by=by, now=now)


class ReceiverForm(forms.Form):
    """Who is to pull what."""

    institution = forms.ChoiceField(label=_("Institution"), choices=lambda: _institutions())
    of_platforms = forms.MultipleChoiceField(
        label=_("Platforms"),
        required=False,
        choices=lambda: [(row.code, label(row.code, "platforms")) for row in platforms.ROWS],
    )
    of_types = forms.MultipleChoiceField(
        label=_("Types"), required=False, choices=lambda: [(code, word(code, TYPES)) for code in CLEAR_TYPES]
    )


def _institutions() -> list[tuple[str, str]]:
    found = Institution.objects.filter(state="live", sector__in=receivers.SECTORS).order_by("name")
    return [(str(row.pk), row.name) for row in found]


def _propose(
    _row: None, *, by: User, now: datetime, institution: str, of_platforms: Sequence[str], of_types: Sequence[str]
) -> FeedReceiver:
    return receivers.propose(institution=int(institution), of_platforms=of_platforms, of_types=of_types, by=by, now=now)


def _open(row: FeedReceiver, *, by: User, now: datetime) -> FeedReceiver:
    return receivers.open_feed(receiver=row.pk, by=by, now=now)


def _close(row: FeedReceiver, *, by: User, now: datetime) -> FeedReceiver:
    return receivers.close_feed(receiver=row.pk, by=by, now=now)


@admin.display(description=_("acknowledgments"))
def acknowledgments(row: FeedEntry) -> str:
    """What receivers said, oldest first."""
    found = FeedAcknowledgment.objects.filter(entry=row).select_related("institution").order_by("id")
    return table(
        (_("at"), _("institution"), _("outcome"), _("reason")),
        (
            (
                local(each.at),
                each.institution,
                OUTCOMES[each.outcome],
                label(each.reason, "takedown-refusals") if each.reason else "—",
            )
            for each in found
        ),
    )


@admin.register(FeedEntry, site=site)
class FeedEntryAdmin(LookedAtAdmin):
    """Newest first. No value can be clicked: what it shows may be harmful."""

    kind = "FE"
    list_display = (
        ref("FE"),
        shown("type", _("type"), vocabulary=TYPES),
        shown("value", _("value")),
        shown("category", _("category"), vocabulary="categories"),
        shown("state", _("state"), labels=STATES),
        shown("proposed_at", _("proposed at")),
    )
    list_filter = (code_filter("state", _("state"), labels=STATES),)
    list_select_related = ("institution", "content")
    ordering = ("-id",)
    columns = (
        *list_display,
        shown("platform", _("platform"), vocabulary="platforms"),
        shown("institution", _("given by the institution")),
        shown("content", _("content")),
        shown("note", _("note")),
        shown("proposed_by_ref", _("proposed by")),
        shown("decided_by_ref", _("decision by")),
        shown("decided_at", _("decision at")),
        shown("until", _("until")),
        shown("withdrawn_at", _("withdrawn at")),
        shown("reason", _("reason")),
        acknowledgments,
    )
    operations = (
        Operation("approve", _("Approve"), _approve, Permission.FEED_DECIDE, _("It stands on the feed for 180 days."),
                  open_for=lambda row: row.state == FeedEntry.PROPOSED),
        Operation("reject", _("Do not approve"), _reject, Permission.FEED_DECIDE, _("Not approved; whoever gave it reads the reason."),
                  form=ReasonForm, open_for=lambda row: row.state == FeedEntry.PROPOSED, hurts=True),
        Operation("withdraw", _("Take off the feed"), _withdraw, Permission.CONTENT_WORK,
                  _("Taken off; whoever applied it is told to lift it."), form=ReasonForm,
                  open_for=lambda row: row.state in (FeedEntry.PROPOSED, FeedEntry.LISTED), hurts=True),
    )  # fmt: skip


class WaitingFilter(admin.SimpleListFilter):
    """Proposed and not opened yet."""

    title = _("approval of a receiver")
    parameter_name = "waiting"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        """Return the one choice."""
        return [("yes", _("waits for a second person"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return what waits."""
        return queryset if self.value() is None else queryset.filter(receivers.WAITING)


@admin.register(FeedReceiver, site=site)
class FeedReceiverAdmin(ColumnsAdmin):
    """Who pulls what, and who opened it."""

    list_display = (
        shown("institution", _("institution")),
        shown("platforms", _("platforms"), vocabulary="platforms"),
        shown("types", _("types"), vocabulary=TYPES),
        shown("opened_at", _("feed opened at")),
    )
    list_filter = (WaitingFilter,)
    list_select_related = ("institution", "proposed_by", "opened_by")
    ordering = ("-proposed_at",)
    columns = (
        *list_display,
        shown("proposed_by", _("proposed by")),
        shown("proposed_at", _("proposed at")),
        shown("opened_by", _("feed opened by")),
    )
    operations = (
        Operation("propose", _("Propose a receiver"), _propose, Permission.CONTENT_WORK,
                  _("Proposed. The feed is open once a second person opens it."), form=ReceiverForm, on_list=True),
        Operation("open", _("Open the feed"), _open, Permission.FEED_DECIDE, _("Open: the institution can pull it."),
                  open_for=lambda row: row.opened_at is None and bool(row.platforms or row.types)),
        Operation("close", _("Close the feed"), _close, Permission.CONTENT_WORK, _("Closed."),
                  open_for=lambda row: row.opened_at is not None, hurts=True),
    )  # fmt: skip
