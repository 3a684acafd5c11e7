"""Periodic jobs at the desk: when each last ran and what it found, the oracle's comparison among them."""

from __future__ import annotations

import json

from django.contrib import admin
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from clues.admin.columns import ColumnsAdmin, shown
from clues.models import Job
from members.admin.site import site


@admin.display(description=_("result"))
def result(job: Job) -> str:
    """What the job found, as it stored it."""
    return format_html("<code>{}</code>", json.dumps(job.result, ensure_ascii=False, sort_keys=True))


@admin.register(Job, site=site)
class JobAdmin(ColumnsAdmin):
    """By name."""

    list_display = (shown("name", _("job")), shown("ran_at", _("ran at")), result)
    ordering = ("name",)
    columns = list_display
