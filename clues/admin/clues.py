"""Clues at the desk: what an institution says about one report, what became of it, and who disputes it; never a token."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from clues.admin.columns import TYPES, link, local, ref, shown, table, word
from clues.admin.disputes import CHANGES, reason_of
from clues.admin.disputes import STATES as DISPUTE_STATES
from clues.admin.looked import LookedAtAdmin
from clues.models import Clue, ClueChange, DisputedClue, Sighting
from clues.submissions.clue_list import REVIEW_LABELS, STATE_LABELS
from members.admin.site import site


@admin.display(description=_("batch"))
def batch(row: Clue) -> str:
    """The batch it came with."""
    return link(row.batch)


@admin.display(description=_("identifiers"))
def identifiers(row: Clue) -> str:
    """Types and roles, in the clue's order."""
    own = Sighting.objects.filter(clue_id=row.pk).order_by("position")
    return table(
        (_("type"), _("role"), _("epoch"), _("counts")),
        ((word(each.type, TYPES), word(each.role, "roles"), each.epoch, _("yes") if each.counted else _("no"))
         for each in own),
    )  # fmt: skip


@admin.display(description=_("disputes"))
def disputes(row: Clue) -> Any:
    """Who says that it is wrong, and how that stands."""
    found = DisputedClue.objects.filter(clue_id=row.pk).select_related("dispute__institution").order_by("id")
    lines = [
        (
            format_html(
                '<a href="{}">{}</a>', reverse("admin:clues_disputedclue_change", args=[each.pk]), str(each.dispute)
            ),
            each.dispute.institution,
            DISPUTE_STATES[each.state],
            local(each.due_at),
        )
        for each in found
    ]
    return table((_("dispute"), _("disputing institution"), _("state"), _("answer due")), lines) if lines else "—"


@admin.display(description=_("history of the clue"))
def history(row: Clue) -> Any:
    """What happened to it so far."""
    lines = [
        (local(each.created_at), CHANGES.get(each.kind, each.kind), reason_of(each.reason), each.version)
        for each in ClueChange.objects.filter(clue_id=row.pk).order_by("version", "id")
    ]
    return table((_("at"), _("change"), _("reason"), _("version")), lines) if lines else "—"


@admin.display(description=_("review"), ordering="review")
def review(row: Clue) -> str:
    """Where its review stands; a mere suspicion needs none."""
    return "—" if row.grade == "C" else str(REVIEW_LABELS.get(row.review, row.review))


@admin.register(Clue, site=site)
class ClueAdmin(LookedAtAdmin):
    """Newest first. There are millions: one is found by its reference, not by filters."""

    kind = "C"
    list_display = (
        ref("C"),
        shown("institution", _("institution")),
        shown("category", _("category"), vocabulary="categories"),
        shown("grade", _("grade")),
        shown("state", _("state"), labels=STATE_LABELS),
        review,
        shown("received_at", _("received at")),
    )
    list_select_related = ("institution",)
    ordering = ("-id",)
    columns = (
        *list_display,
        batch,
        shown("client_ref", _("the institution's own reference")),
        shown("region", _("region"), vocabulary="regions"),
        shown("channel", _("channel"), vocabulary="channels"),
        shown("observed_at", _("observed at")),
        shown("amount_cny", _("amount (CNY)")),
        shown("expires_at", _("expires at")),
        shown("ended_at", _("ended at")),
        shown("version", _("version")),
        identifiers,
        disputes,
        history,
    )
