"""Holds: batches that wait for a person of the alliance before anything of them counts."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from members.models import reference

from .fields import CodeField


class BatchHold(models.Model):
    """Why one batch was held, in figures that its institution and the alliance both see, and what was decided.

    `volume`: the rows of its day went far beyond what is usual for the institution (`aif_hold_over_volume`); `day_rows` and
    `usual_rows` are what was compared. `failed`: no worker survived one of its chunks. `rows-failed`: too many of its rows
    end whoever works on them (`matching.suspects`).
    """

    VOLUME, FAILED, ROWS_FAILED = "volume", "failed", "rows-failed"
    RELEASED, REJECTED = "released", "rejected"

    batch = models.ForeignKey("clues.Batch", on_delete=models.PROTECT, related_name="holds", db_index=False)
    institution = models.ForeignKey("members.Institution", on_delete=models.PROTECT, db_index=False)
    cause = CodeField(_("cause"))
    rows = models.IntegerField(_("rows of the batch"))
    day_rows = models.BigIntegerField(_("rows of the day"), null=True)
    usual_rows = models.BigIntegerField(_("usual rows of a day"), null=True)
    held_at = models.DateTimeField(_("held at"))
    decision = CodeField(_("decision"), default="")
    decision_reason = models.CharField(_("reason of the decision"), max_length=500, default="")
    decided_by = models.ForeignKey(
        "members.User",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided at"), null=True)

    class Meta:
        db_table = "batch_hold"
        verbose_name = _("held batch")
        verbose_name_plural = _("held batches")
        constraints = [
            models.CheckConstraint(
                condition=Q(cause__in=["failed", "rows-failed"])
                | Q(cause="volume", day_rows__isnull=False, usual_rows__isnull=False),
                name="batch_hold_cause",
            ),
            models.CheckConstraint(
                condition=Q(decision="", decision_reason="", decided_by__isnull=True, decided_at__isnull=True)
                | (
                    Q(decision__in=["released", "rejected"], decided_by__isnull=False, decided_at__isnull=False)
                    & ~Q(decision_reason="")
                ),
                name="batch_hold_decided_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["institution", "batch"], condition=Q(decision=""), name="batch_hold_once_at_a_time"
            ),
        ]
        indexes = [models.Index(fields=["institution", "batch"], name="batch_hold_batch")]

    def __str__(self) -> str:
        return reference.encode("B", self.batch_id)
