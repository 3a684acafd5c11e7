"""The audit trail at the desk: to read, never to change."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from members.admin.base import Operation, ReadOnlyAdmin, ReasonForm
from members.admin.columns import code_filter, shown
from members.admin.site import site
from members.audit.verbs import VERBS
from members.models import AuditEvent, User
from members.operations import audit_export
from members.permissions import Permission

ACTORS = {
    "user": _("a person"),
    "key": _("a key"),
    "command": _("the console"),
    "job": _("a background job"),
}

KIND = shown("actor_kind", _("kind of actor"), labels=ACTORS)


class ExportForm(ReasonForm):
    """Which events, and what for."""

    institution = forms.CharField(
        label=_("institution"), max_length=32, required=False, help_text=_("A reference like I-…; empty: all.")
    )
    since = forms.DateField(label=_("first day"), widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("last day"), widget=forms.DateInput(attrs={"type": "date"}))
    field_order = ("institution", "since", "until", "reason")


def _export(_row: None, *, by: User, now: datetime, **answers: Any) -> HttpResponse:
    lines = audit_export.export(by=by, now=now, **answers)
    headers = {"Content-Disposition": 'attachment; filename="audit-trail.csv"', "Cache-Control": "no-store"}
    return HttpResponse("".join(lines), content_type="text/csv; charset=utf-8", headers=headers)


@admin.register(AuditEvent, site=site)
class AuditEventAdmin(ReadOnlyAdmin):
    """Newest first."""

    list_display = ("at", "what", "subject_ref", KIND, "actor_ref")
    fields = ("at", "what", "verb", "subject_ref", KIND, "actor_ref", "institution_id", "detail")
    readonly_fields = ("at", "what", KIND)
    list_filter = (code_filter("actor_kind", _("kind of actor"), labels=ACTORS),)
    search_fields = ("=subject_ref", "=actor_ref", "=verb")
    search_help_text = _("A reference like I-… or a verb, exactly.")
    ordering = ("-id",)
    operations = (
        Operation(
            "export", _("Export as CSV"), _export, Permission.AUDIT_VIEW, "", form=ExportForm, on_list=True,
        ),
    )  # fmt: skip

    @admin.display(description=_("what was done"))
    def what(self, row: AuditEvent) -> str:
        """The verb in the reader's language."""
        return str(VERBS.get(row.verb, row.verb))
