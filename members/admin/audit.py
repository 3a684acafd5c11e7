"""The audit trail at the desk: to read, never to change."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from members.admin.base import ReadOnlyAdmin
from members.admin.columns import code_filter, shown
from members.admin.site import site
from members.audit.verbs import VERBS
from members.models import AuditEvent

ACTORS = {
    "user": _("a person"),
    "key": _("a key"),
    "command": _("the console"),
    "job": _("a background job"),
}


@admin.register(AuditEvent, site=site)
class AuditEventAdmin(ReadOnlyAdmin):
    """Newest first."""

    list_display = ("at", "what", "subject_ref", shown("actor_kind", _("kind of actor"), labels=ACTORS), "actor_ref")
    list_filter = (code_filter("actor_kind", _("kind of actor"), labels=ACTORS),)
    search_fields = ("=subject_ref", "=actor_ref", "=verb")
    search_help_text = _("A reference like I-… or a verb, exactly.")
    ordering = ("-id",)

    @admin.display(description=_("verb"))
    def what(self, row: AuditEvent) -> str:
        """The verb in the reader's language."""
        return str(VERBS.get(row.verb, row.verb))
