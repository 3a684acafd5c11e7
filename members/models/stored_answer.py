"""Answers kept for their Idempotency-Key, so that a repeated write has one effect."""

from django.db import models


class StoredAnswer(models.Model):
    """The first answer to one key of one institution on one route; kept for 30 days. `answer` is sealed."""

    institution = models.ForeignKey("members.Institution", on_delete=models.PROTECT, db_index=False)
    route = models.CharField(max_length=64, db_collation="C")
    idempotency_key = models.CharField(max_length=255, db_collation="C")
    fingerprint = models.BinaryField()
    status = models.SmallIntegerField(null=True)
    answer = models.BinaryField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "stored_answer"
        constraints = [
            models.UniqueConstraint(fields=["institution", "route", "idempotency_key"], name="stored_answer_once"),
        ]

    def __str__(self) -> str:
        return self.route
