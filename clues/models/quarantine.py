"""Rows set aside: each ended whoever worked on it. They are tried again by themselves, then when the alliance says so."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from members.models import reference

from .fields import CodeField


class QuarantinedRow(models.Model):
    """One row of a batch, in COPY form with stored keys only; emptied once it could be worked on."""

    QUARANTINED, WAITING, DONE = "quarantined", "waiting", "done"

    batch = models.ForeignKey("clues.Batch", on_delete=models.PROTECT, related_name="quarantined_rows", db_index=False)
    chunk_id = models.BigIntegerField()  # results and payload of the other rows; deleted sooner than the batch
    institution = models.ForeignKey("members.Institution", on_delete=models.PROTECT, db_index=False)
    row = models.IntegerField(_("row"))
    clue_row = models.TextField(default="")
    identifier_rows = models.TextField(default="")
    state = CodeField(_("state"), default=QUARANTINED)
    attempts = models.IntegerField(default=0)
    claimed_at = models.DateTimeField(null=True)
    quarantined_at = models.DateTimeField(_("set aside at"))
    by_itself = models.SmallIntegerField(default=0)  # how often it was tried again without anybody's word
    retried_at = models.DateTimeField(_("tried again at"), null=True)
    retried_by = models.ForeignKey(
        "members.User", on_delete=models.PROTECT, null=True, related_name="+", db_index=False, verbose_name=_("by")
    )
    retry_reason = models.CharField(_("reason"), max_length=500, default="")

    class Meta:
        db_table = "quarantined_row"
        constraints = [
            models.UniqueConstraint(fields=["institution", "batch", "row"], name="quarantined_row_once"),
            models.CheckConstraint(
                condition=Q(state="quarantined") | Q(state__in=["waiting", "done"], retried_at__isnull=False),
                name="quarantined_row_retried",
            ),
        ]
        indexes = [models.Index(fields=["id"], condition=~Q(state="done"), name="quarantined_row_open")]

    def __str__(self) -> str:
        return reference.encode("B", self.batch_id)
