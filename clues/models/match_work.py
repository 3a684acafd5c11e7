"""What an institution does about a match: who looks into it, who has seen to it, and who has read it.

Nobody else ever learns of these rows; a quarterly statement tells others of a rounded sum over many institutions. What is older than the match's release is of an earlier life of it: a match that
was undone may be born again.
"""

from django.db import models
from django.db.models import Q


class MatchWork(models.Model):
    """Where a match stands within one institution; there is a row once anybody did anything. `version` counts changes."""

    institution = models.ForeignKey("members.Institution", on_delete=models.PROTECT, db_index=False)
    match = models.ForeignKey("clues.Match", on_delete=models.PROTECT, db_index=False, related_name="+")
    assignee = models.ForeignKey("members.User", on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    assigned_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey(
        "members.User", on_delete=models.PROTECT, null=True, db_index=False, related_name="+"
    )
    acknowledged_at = models.DateTimeField(null=True)
    version = models.IntegerField(default=0)

    class Meta:
        db_table = "match_work"
        constraints = [
            models.UniqueConstraint(fields=["institution", "match"], name="match_work_once"),
            models.CheckConstraint(
                condition=Q(assignee__isnull=True, assigned_at__isnull=True)
                | Q(assignee__isnull=False, assigned_at__isnull=False),
                name="match_work_assigned",
            ),
            models.CheckConstraint(
                condition=Q(acknowledged_by__isnull=True, acknowledged_at__isnull=True)
                | Q(acknowledged_by__isnull=False, acknowledged_at__isnull=False),
                name="match_work_acknowledged",
            ),
        ]
        indexes = [
            models.Index(fields=["assignee", "match"], condition=Q(assignee__isnull=False), name="match_work_assignee"),
            models.Index(
                fields=["assignee"],
                condition=Q(assignee__isnull=False, acknowledged_at__isnull=True),
                name="match_work_to_do",
            ),
        ]


class MatchRead(models.Model):
    """That a person has read a match, and when last."""

    user = models.ForeignKey("members.User", on_delete=models.PROTECT, db_index=False, related_name="+")
    match = models.ForeignKey("clues.Match", on_delete=models.PROTECT, db_index=False, related_name="+")
    read_at = models.DateTimeField()

    class Meta:
        db_table = "match_read"
        constraints = [models.UniqueConstraint(fields=["user", "match"], name="match_read_once")]


class MatchReadUntil(models.Model):
    """Up to which moment of release a person has marked everything as read at once, instead of a row for each match."""

    user = models.OneToOneField("members.User", on_delete=models.PROTECT, primary_key=True, related_name="+")
    until = models.DateTimeField()

    class Meta:
        db_table = "match_read_until"
