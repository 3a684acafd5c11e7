"""Notices: what an institution is told, in its portal."""

from django.db import models

from .fields import CodeField


class Notice(models.Model):
    """One thing to know, visible from `released_at` on (the tick of the match it tells of)."""

    MATCHED, MATCH_GREW = "match.released", "match.grew"
    CASE_OPENED, CASE_MOVED = "case.opened", "case.moved"

    institution = models.ForeignKey("members.Institution", on_delete=models.PROTECT, db_index=False)
    kind = CodeField()
    match = models.ForeignKey("clues.Match", on_delete=models.PROTECT, null=True, db_constraint=False, db_index=False)
    case = models.ForeignKey("clues.Case", on_delete=models.PROTECT, null=True, db_constraint=False, db_index=False)
    created_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "notice"
        indexes = [
            models.Index(fields=["institution", "id"], name="notice_inbox"),
            models.Index(
                fields=["id"],
                condition=models.Q(released_at__isnull=True),
                name="notice_unreleased",
            ),
            models.Index(
                fields=["institution", "kind"], condition=models.Q(read_at__isnull=True), name="notice_unread"
            ),
        ]
