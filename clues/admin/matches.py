"""Matches at the desk: which institutions met at an identifier, never the identifier itself."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.db.models.functions import Now
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from clues.admin.columns import TYPES, code_filter, link, listed, local, ref, shown, table
from clues.admin.forms import NoteForm
from clues.admin.looked import LookedAtAdmin
from clues.cases.opening import open_case
from clues.cases.workflow import RESTING
from clues.models import Case, Match
from members.admin.base import Operation
from members.admin.site import site
from members.audit.reads import Look
from members.models import User
from members.permissions import Permission
from members.templatetags.members import label


def _open(row: Match, *, by: User, now: datetime, note: str) -> Case:
    return open_case(match=str(row), by=by, now=now, note=note)


def _has_no_open_case(row: Match) -> bool:
    return not Case.objects.filter(match=row).exclude(state__in=RESTING).exists()


@admin.display(description=_("cases"), empty_value="—")
def cases(row: Match) -> str | None:
    """The cases that were opened from the match, newest first."""
    found = Case.objects.filter(match=row).order_by("-id")
    return format_html_join(", ", "{}", ((link(case),) for case in found)) or None


@admin.display(description=_("parties"))
def parties(row: Match) -> str:
    """The parties that know of the match."""
    return table(
        (_("institution"), _("group"), _("categories"), _("best grade"), _("first seen at"), _("released at")),
        (
            (
                party.institution,
                party.group,
                listed(label(code, "categories") for code in party.categories),
                party.best_grade,
                local(party.first_seen_at),
                local(party.released_at),
            )
            for party in row.parties.filter(released_at__lte=Now())
            .select_related("institution", "group")
            .order_by("id")
            if party.released_at is not None
        ),
    )


@admin.register(Match, site=site)
class MatchAdmin(LookedAtAdmin):
    """Newest first; before the disclosure tick a match is not there for the desk either."""

    kind = "M"
    list_display = (
        ref("M"),
        shown("type", _("identifier type"), vocabulary=TYPES),
        shown("epoch", _("epoch")),
        shown("party_count", _("parties")),
        shown("released_at", _("released at")),
    )
    list_filter = (code_filter("type", _("identifier type"), vocabulary=TYPES),)
    ordering = ("-id",)
    columns = (ref("M"), shown("type", _("identifier type"), vocabulary=TYPES), shown("epoch", _("epoch")),
              shown("created_at", _("found at")), shown("released_at", _("released at")), parties, cases)  # fmt: skip
    operations = (
        Operation(
            "open-case", _("Open a case"), _open, Permission.RING_REVIEW,
            _("The case is open, and its parties are told."), form=NoteForm, open_for=_has_no_open_case,
        ),
    )  # fmt: skip

    def concerned(self, row: Match) -> Iterable[Look]:
        """All parties that know of it."""
        told = row.parties.filter(released_at__lte=Now()).values_list("institution_id", flat=True)
        return [(number, self.reference_of(row)) for number in told]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return what is released, with the number of parties."""
        released: QuerySet[Any] = super().get_queryset(request).filter(released_at__lte=Now())
        counted: QuerySet[Any] = released.annotate(party_count=Count("parties"))
        return counted
