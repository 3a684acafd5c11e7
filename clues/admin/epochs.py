"""Key epochs at the desk."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from clues.admin.columns import TYPES, ColumnsAdmin, code_filter, shown
from clues.models import KeyEpoch
from members.admin.site import site

STATES = {
    KeyEpoch.ACTIVE: _("in force"),
    KeyEpoch.OVERLAP: _("in force beside its successor"),
    KeyEpoch.RETIRED: _("retired"),
}


@admin.register(KeyEpoch, site=site)
class KeyEpochAdmin(ColumnsAdmin):
    """One row for each identifier type and epoch."""

    list_display = (
        shown("type", _("type"), vocabulary=TYPES),
        shown("epoch", _("epoch")),
        shown("state", _("state"), labels=STATES),
        shown("suite", _("suite")),
        shown("pepper_id", _("pepper")),
        shown("not_before", _("from")),
        shown("not_after", _("until")),
    )
    list_filter = (code_filter("state", _("state"), labels=STATES), "epoch")
    search_fields = ("=type",)
    ordering = ("type", "-epoch")
    columns = list_display
