"""The ledger of screenings at the desk: who asked, for what purpose, how much; never what."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from clues.admin.columns import code_filter, shown
from clues.admin.looked import LookedAt
from clues.models import Screening
from members.admin.site import site
from members.audit.reads import Look


@admin.register(Screening, site=site)
class ScreeningAdmin(LookedAt):
    """Newest first. What the asker calls its case stands on the page alone."""

    list_display = (
        shown("screened_at", _("asked at")),
        shown("institution", _("institution")),
        shown("purpose", _("purpose"), vocabulary="purposes"),
        shown("basis", _("legal basis")),
        shown("tokens", _("tokens")),
        shown("hits", _("hits")),
        shown("key_id", _("key id")),
    )
    list_filter = (code_filter("purpose", _("purpose"), vocabulary="purposes"),)
    search_fields = ("=case_ref", "=key_id")
    search_help_text = _("The asker's own reference or a key id, exactly.")
    list_select_related = ("institution",)
    ordering = ("-id",)
    columns = (*list_display, shown("case_ref", _("reference of the asker")))

    def concerned(self, row: Screening) -> Iterable[Look]:
        """Return who asked, with the key: a screening has no reference of its own."""
        return [(row.institution_id, row.key_id)]
