"""What a person has read of the notices of the institution."""

from django.db import models

from .fields import CodeField


class NoticeMark(models.Model):
    """Up to which number of the feed a person has marked the notices of a kind as read, instead of a row for each."""

    user = models.ForeignKey("members.User", on_delete=models.PROTECT, db_index=False, related_name="+")
    kind = CodeField()
    seq = models.BigIntegerField()

    class Meta:
        db_table = "notice_mark"
        constraints = [models.UniqueConstraint(fields=["user", "kind"], name="notice_mark_once")]


class NoticeRead(models.Model):
    """That a person has read one notice above the mark. Known by number only: retention takes events on its own."""

    user = models.ForeignKey("members.User", on_delete=models.PROTECT, db_index=False, related_name="+")
    event = models.ForeignKey(
        "clues.Event", on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    read_at = models.DateTimeField()

    class Meta:
        db_table = "notice_read"
        constraints = [models.UniqueConstraint(fields=["user", "event"], name="notice_read_once")]
