"""Batches at the desk: who submitted how much, and what became of it. No row of any batch is shown."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from clues.admin.columns import ReferenceAdmin, code_filter, ref, shown
from clues.models import Batch
from members.admin.site import site

STATES = {
    Batch.RECEIVED: _("received"),
    Batch.PROCESSING: _("in work"),
    Batch.DONE: _("done"),
    Batch.HELD: _("held for review"),
    Batch.REJECTED: _("rejected"),
}
SOURCES = {"api": _("programming interface"), "portal": _("portal"), "upload": _("upload"), "import": _("import")}


@admin.register(Batch, site=site)
class BatchAdmin(ReferenceAdmin):
    """Newest first."""

    kind = "B"
    list_display = (
        ref("B"),
        shown("institution", _("institution")),
        shown("state", _("state"), labels=STATES),
        shown("clues", _("clues")),
        shown("accepted", _("accepted")),
        shown("duplicates", _("duplicates")),
        shown("refused", _("refused")),
        shown("matched", _("matched")),
        shown("received_at", _("received at")),
    )
    list_filter = (code_filter("state", _("state"), labels=STATES),)
    list_select_related = ("institution",)
    ordering = ("-id",)
    columns = (
        *list_display,
        shown("source", _("source"), labels=SOURCES),
        shown("key_id", _("key id")),
        shown("rows_refused", _("refused at the door")),
        shown("chunks", _("chunks")),
        shown("chunks_done", _("chunks done")),
        shown("digest", _("digest of the stored rows")),
        shown("done_at", _("done at")),
    )
