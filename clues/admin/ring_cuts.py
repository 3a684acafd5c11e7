"""Undo at the desk: mergers taken back, clues and identifiers set apart, and what was set apart put together again."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from clues.admin.columns import TYPES, listed, local, table, word
from clues.admin.forms import NeededNoteForm
from clues.models import Ring, RingCut
from clues.rings import cuts, queries
from members.admin.base import Operation
from members.models import User
from members.permissions import Console, Permission

# Whoever sees this page passed the desk's own check.
DESK = Console("desk")
KINDS = {
    RingCut.UNMERGE: _("merger undone"),
    RingCut.CLUES: _("clues set apart"),
    RingCut.IDENTIFIER: _("identifier set apart"),
}


class UnmergeForm(NeededNoteForm):
    """Which merger, by the number in the table, and why."""

    merger = forms.IntegerField(label=_("Number of the merger"), min_value=1)
    field_order = ("merger", "note")


class CluesForm(NeededNoteForm):
    """Which clues, by reference, and why."""

    clues = forms.CharField(
        label=_("Clues"),
        max_length=32 * cuts.MOST_CLUES,
        widget=forms.Textarea(attrs={"rows": 4, "cols": 40}),
        help_text=_("References C-…, one in a line."),
    )
    field_order = ("clues", "note")


class IdentifierForm(NeededNoteForm):
    """Which identifier, as the table of links names it, and why."""

    identifier = forms.CharField(
        label=_("Identifier"), max_length=40, help_text=_("As the table of links names it: C-…/n.")
    )
    field_order = ("identifier", "note")


class LiftForm(NeededNoteForm):
    """Which separation, by the number in the table, and why."""

    separation = forms.IntegerField(label=_("Number of the separation"), min_value=1)
    field_order = ("separation", "note")


def _unmerge(row: Ring, *, by: User, now: datetime, merger: int, note: str) -> RingCut:
    return cuts.unmerge(ring=str(row), merger=merger, reason=note, by=by, now=now)


def _part_clues(row: Ring, *, by: User, now: datetime, clues: str, note: str) -> RingCut:
    return cuts.part_clues(ring=str(row), clues=clues.replace(",", " ").split(), reason=note, by=by, now=now)


def _part_identifier(row: Ring, *, by: User, now: datetime, identifier: str, note: str) -> RingCut:
    return cuts.part_identifier(ring=str(row), identifier=identifier, reason=note, by=by, now=now)


def _lift(row: Ring, *, by: User, now: datetime, separation: int, note: str) -> RingCut:
    return cuts.lift(cut=separation, ring=str(row), reason=note, by=by, now=now)


def _is_open(row: Ring) -> bool:
    return bool(row.state == Ring.OPEN)


def _has_standing(row: Ring) -> bool:
    return bool(row.cuts.filter(lifted_at__isnull=True).exists())


_UNDER_WAY = _("Decided. The ring is being built anew; reload the page in a moment.")
OPERATIONS = (
    Operation("unmerge", _("Undo a merger"), _unmerge, Permission.RING_REVIEW, _UNDER_WAY,
              form=UnmergeForm, open_for=_is_open, hurts=True),
    Operation("part-clues", _("Set clues apart"), _part_clues, Permission.RING_REVIEW, _UNDER_WAY,
              form=CluesForm, open_for=_is_open, hurts=True),
    Operation("part-identifier", _("Set an identifier apart"), _part_identifier, Permission.RING_REVIEW, _UNDER_WAY,
              form=IdentifierForm, open_for=_is_open, hurts=True),
    Operation("lift", _("Lift a separation"), _lift, Permission.RING_REVIEW, _UNDER_WAY,
              form=LiftForm, open_for=_has_standing, hurts=True),
)  # fmt: skip


def do(row: Ring, name: str, words: Any, **filled: Any) -> str:
    """Return a link to an operation on the ring, with its form filled in."""
    address = reverse("admin:clues_ring_do", args=[row.pk, name])
    return format_html('<a href="{}?{}">{}</a>', address, urlencode(filled), words)


@admin.display(description=_("mergers"))
def mergers(row: Ring) -> str:
    """What the parts shared, those of whole rings first; never a token."""
    found = queries.list_merges(ring=str(row), by=DESK, limit=50)
    if not found:
        return "—"
    return table(
        (_("no."), _("merged at"), _("ring that went up"), _("shared identifiers"), _("clues that came along"), ""),
        (
            (
                merge.id,
                local(merge.merged_at),
                merge.ring or "—",
                listed(f"{word(kind, TYPES)} ({label_of(weight)})" for kind, weight in merge.shared),
                merge.clues,
                _("under way") if merge.under_way else do(row, "unmerge", _("undo"), merger=merge.id),
            )
            for merge in found
        ),
    )


@admin.display(description=_("separations"))
def separations(row: Ring) -> str:
    """What people set apart, why, and whether it was lifted."""
    found = row.cuts.select_related("decided_by", "lifted_by").order_by("-id")[:50]
    if not found:
        return "—"
    return table(
        (_("no."), _("kind"), _("decided by"), _("reason"), _("clues set apart"), _("state"), ""),
        (
            (
                cut.pk,
                KINDS[cut.kind] if not cut.type else f"{KINDS[cut.kind]}: {word(cut.type, TYPES)}",
                f"{cut.decided_by} · {local(cut.decided_at)}",
                cut.reason,
                "—" if cut.parted is None else cut.parted,
                _state(cut),
                do(row, "lift", _("lift"), separation=cut.pk) if cut.lifted_at is None else "",
            )
            for cut in found
        ),
    )


def label_of(weight: int) -> str:
    """Say the weight of a link in words."""
    return str(_("very strong") if weight > 1 else _("strong"))


def _state(cut: RingCut) -> str:
    if cut.lifted_at is not None:
        done = "" if cut.lift_applied_at else f" · {_('under way')}"
        return f"{_('lifted')}: {cut.lifted_by} · {local(cut.lifted_at)} · {cut.lift_reason}{done}"
    return str(_("in force") if cut.applied_at else _("under way"))
