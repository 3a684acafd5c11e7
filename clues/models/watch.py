"""Watches: being told when somebody later reports a token."""

from django.db import models
from django.db.models import Q

from .fields import CodeField


class Watch(models.Model):
    """One token an institution watches, for a purpose and for 180 days at most.

    It is in force from `active_at` on, which the matcher sets under the identifier's row lock: a report that commits
    later is told, one that committed before is not.
    """

    institution = models.ForeignKey("members.Institution", on_delete=models.PROTECT)
    type = CodeField()
    epoch = models.IntegerField()
    token = models.UUIDField()
    purpose = CodeField()
    case_ref = models.CharField(max_length=64, default="")
    basis = CodeField()
    key_id = models.CharField(max_length=32)  # a key, or the U-… of a person
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    active_at = models.DateTimeField(null=True)
    canceled_at = models.DateTimeField(null=True)
    version = models.IntegerField(default=1)

    class Meta:
        db_table = "watch"
        indexes = [
            models.Index(fields=["type", "epoch", "token"], condition=Q(canceled_at__isnull=True), name="watch_token"),
            models.Index(
                fields=["id"], condition=Q(active_at__isnull=True, canceled_at__isnull=True), name="watch_waiting"
            ),
        ]


class WatchHit(models.Model):
    """A later report that a watch told of: what the lawful-use matrix lets the watcher see of it."""

    watch = models.ForeignKey(Watch, on_delete=models.PROTECT, related_name="hits")
    category = CodeField()
    grade = CodeField(max_length=2)
    created_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "watch_hit"
        indexes = [
            models.Index(fields=["id"], condition=Q(released_at__isnull=True), name="watch_hit_unreleased"),
        ]
