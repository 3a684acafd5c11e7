"""The ledger of screenings: who asked, for what purpose, how much; never what."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .fields import CodeField


class Screening(models.Model):
    """One screening call; written by the SQL function that answers it."""

    institution = models.ForeignKey("members.Institution", on_delete=models.PROTECT, db_index=False)
    key_id = models.CharField(max_length=32)  # a key, or the U-… of a person
    purpose = CodeField()
    case_ref = models.CharField(max_length=64)
    basis = CodeField()
    tokens = models.IntegerField()
    hits = models.IntegerField()
    matrix_id = models.BigIntegerField(null=True)  # the lawful-use matrix that was in force
    screened_at = models.DateTimeField()

    class Meta:
        db_table = "screening"
        verbose_name = _("screening")
        verbose_name_plural = _("screenings")
        indexes = [models.Index(fields=["institution", "id"], name="screening_institution")]

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
