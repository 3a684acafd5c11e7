"""The feed: what an institution is told, one row for each thing to know."""

from django.db import models

from .fields import CodeField


class Event(models.Model):
    """One thing to know, of a kind in `clues.events`, about one subject; never more than its reference.

    Whatever happens writes its events in its own transaction, with neither `seq` nor `released_at`. The release step
    (matching/release.py) numbers them, one releaser at a time, so that whoever reads behind a `seq` misses nothing.
    """

    institution = models.ForeignKey("members.Institution", on_delete=models.PROTECT, db_index=False)
    kind = CodeField()
    subject_kind = CodeField(max_length=8)  # a kind of members.models.reference
    subject_id = models.BigIntegerField()
    created_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True)
    seq = models.BigIntegerField(null=True)
    read_at = models.DateTimeField(null=True)  # of what is told until anybody there has read it: match.undone

    class Meta:
        db_table = "event"
        constraints = [models.UniqueConstraint(fields=["seq"], name="event_seq_once")]
        indexes = [
            models.Index(fields=["institution", "seq"], name="event_feed"),
            models.Index(fields=["subject_kind", "subject_id"], name="event_subject"),
            models.Index(fields=["id"], condition=models.Q(seq__isnull=True), name="event_unreleased"),
            models.Index(fields=["institution", "kind", "seq"], name="event_kind"),
            models.Index(
                fields=["institution"],
                condition=models.Q(read_at__isnull=True, kind="match.undone"),
                name="event_undone",
            ),
        ]
