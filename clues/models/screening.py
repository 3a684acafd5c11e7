"""The ledger of screenings: who asked, for what purpose, how much; never what."""

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.utils.translation import gettext_lazy as _

from .fields import CodeField


class Screening(models.Model):
    """One screening call; written by the SQL function that answers it.

    `event_id` is the audit event of its second, which commits to it (`clues.screening.sealing`): set once, and nothing else is.
    """

    institution = models.ForeignKey("members.Institution", on_delete=models.PROTECT, db_index=False)
    key_id = models.CharField(max_length=32)  # a key, or the U-… of a person
    purpose = CodeField()
    case_ref = models.CharField(max_length=64)
    basis = CodeField()
    tokens = models.IntegerField()
    hits = models.IntegerField()
    matrix_id = models.BigIntegerField(null=True)  # the lawful-use matrix that was in force
    screened_at = models.DateTimeField()
    salt = models.UUIDField(db_default=RandomUUID(), editable=False)  # of the row's leaf
    event_id = models.BigIntegerField(null=True, editable=False)

    class Meta:
        db_table = "screening"
        verbose_name = _("screening")
        verbose_name_plural = _("screenings")
        indexes = [
            models.Index(fields=["institution", "id"], name="screening_institution"),
            models.Index(fields=["institution", "case_ref", "-id"], name="screening_case"),
            models.Index(fields=["id"], condition=models.Q(event_id__isnull=True), name="screening_unsealed"),
            models.Index(
                fields=["institution", "event_id", "id"],
                condition=models.Q(event_id__isnull=False),
                name="screening_event",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} · {self.screened_at:%Y-%m-%d}"


class ScreeningAnswer(models.Model):
    """The answer to a screening that came with an Idempotency-Key, kept for ten minutes. It holds no token."""

    pk = models.CompositePrimaryKey("institution_id", "idempotency_key")
    institution = models.ForeignKey("members.Institution", on_delete=models.PROTECT, db_index=False)
    idempotency_key = models.CharField(max_length=255, db_collation="C")
    fingerprint = models.BinaryField()
    answer = models.BinaryField(null=True)
    asked_at = models.DateTimeField()

    class Meta:
        db_table = "screening_answer"

    def __str__(self) -> str:
        return f"{self.institution_id} · {self.asked_at:%Y-%m-%d}"
