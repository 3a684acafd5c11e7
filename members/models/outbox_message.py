"""Messages to the outside, written in the transaction that causes them."""

from enum import StrEnum

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class OutboxState(StrEnum):
    """A message waits, has arrived, or was given up and needs a person."""

    PENDING = "pending"
    DONE = "done"
    DEAD = "dead"


class OutboxMessage(models.Model):
    """One message of one channel. It is delivered at least once, never lost."""

    channel = models.CharField(_("channel"), max_length=32)
    destination = models.CharField(_("destination"), max_length=200)
    payload = models.JSONField(_("payload"))
    institution_id = models.BigIntegerField(_("institution number"), null=True)
    created_at = models.DateTimeField(_("created at"), default=timezone.now)
    not_before = models.DateTimeField(_("not before"))
    attempts = models.IntegerField(_("attempts"), default=0)
    last_error = models.CharField(_("last error"), max_length=200, default="")
    state = models.CharField(_("state"), max_length=16, default=OutboxState.PENDING.value)
    done_at = models.DateTimeField(_("done at"), null=True)

    class Meta:
        db_table = "outbox_message"
        verbose_name = _("outgoing message")
        verbose_name_plural = _("outgoing messages")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["pending", "dead"], done_at__isnull=True)
                | Q(state="done", done_at__isnull=False),
                name="outbox_message_done_with_date",
            ),
        ]
        indexes = [
            models.Index(
                fields=["not_before", "id"],
                name="outbox_message_pending",
                condition=Q(state="pending"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.pk}"
