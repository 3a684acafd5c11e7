"""Feedback: what a party makes of a match, and what that says of those who reported."""

from django.db import models

from .fields import CodeField


class Feedback(models.Model):
    """The present verdict of one party on one match; a new one takes the place of the old."""

    match = models.ForeignKey("clues.Match", on_delete=models.PROTECT)
    institution = models.ForeignKey("members.Institution", on_delete=models.PROTECT, db_index=False)
    verdict = CodeField()
    reason = CodeField(default="")
    given_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "feedback"
        constraints = [models.UniqueConstraint(fields=["match", "institution"], name="feedback_once")]
        indexes = [
            models.Index(fields=["id"], condition=models.Q(applied_at__isnull=True), name="feedback_waiting"),
        ]


class SourceQuality(models.Model):
    """How often others confirmed or refuted what an institution reported; recomputed, never edited."""

    institution = models.OneToOneField("members.Institution", on_delete=models.PROTECT, primary_key=True)
    confirmed = models.IntegerField(default=0)
    refuted = models.IntegerField(default=0)
    step = models.SmallIntegerField(db_default=1)  # of matching/score.py; who has no row stands at UNKNOWN
    computed_at = models.DateTimeField()

    class Meta:
        db_table = "source_quality"
