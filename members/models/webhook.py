"""Webhooks: where an institution wants to be nudged, and every nudge."""

from enum import StrEnum

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from members.models import reference


class EndpointState(StrEnum):
    """An endpoint is on, or its member turned it off. A breaker that is open is no state: it closes by itself."""

    ENABLED = "enabled"
    DISABLED = "disabled"


class DeliveryState(StrEnum):
    """A delivery waits, has arrived, was given up, or may not leave (the address is not a public one)."""

    PENDING = "pending"
    DELIVERED = "delivered"
    DEAD = "dead"
    BLOCKED = "blocked"


class WebhookEndpoint(models.Model):
    """One address of an institution. `secret` is sealed; `kinds` empty means every kind of event."""

    institution = models.ForeignKey(
        "members.Institution", on_delete=models.PROTECT, related_name="webhooks", verbose_name=_("institution")
    )
    url = models.CharField(_("address"), max_length=500)
    kinds = ArrayField(models.CharField(max_length=64), default=list, verbose_name=_("kinds of events"))
    description = models.CharField(_("description"), max_length=100, default="")
    secret = models.BinaryField()
    old_secret = models.BinaryField(null=True)  # signs too until `old_secret_until`
    old_secret_until = models.DateTimeField(null=True)
    state = models.CharField(_("state"), max_length=16, default=EndpointState.ENABLED.value)
    version = models.IntegerField(default=1)
    key_id = models.CharField(max_length=32, default="")  # a key, or the U-… of a person
    created_at = models.DateTimeField(_("created at"))
    deleted_at = models.DateTimeField(_("deleted at"), null=True)
    failures = models.IntegerField(_("failures in a row"), default=0)
    open_until = models.DateTimeField(_("paused until"), null=True)  # the breaker
    last_success_at = models.DateTimeField(_("last success"), null=True)
    last_failure_at = models.DateTimeField(_("last failure"), null=True)

    class Meta:
        db_table = "webhook_endpoint"
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        constraints = [
            models.CheckConstraint(condition=Q(state__in=["enabled", "disabled"]), name="webhook_endpoint_state"),
        ]

    def __str__(self) -> str:
        return reference.encode("H", self.pk)


class WebhookDelivery(models.Model):
    """One message to one endpoint: some events of one kind and one tick."""

    endpoint = models.ForeignKey(
        WebhookEndpoint, on_delete=models.PROTECT, related_name="deliveries", verbose_name=_("webhook")
    )
    kind = models.CharField(_("kind of events"), max_length=64)
    events = ArrayField(models.BigIntegerField())
    state = models.CharField(_("state"), max_length=16, default=DeliveryState.PENDING.value)
    created_at = models.DateTimeField(_("created at"))
    not_before = models.DateTimeField(_("not before"))
    give_up_at = models.DateTimeField(_("given up at"))
    attempts = models.IntegerField(_("attempts"), default=0)
    last_status = models.SmallIntegerField(_("last status"), null=True)
    last_error = models.CharField(_("last error"), max_length=100, default="")
    last_attempt_at = models.DateTimeField(_("last attempt"), null=True)
    done_at = models.DateTimeField(_("done at"), null=True)

    class Meta:
        db_table = "webhook_delivery"
        verbose_name = _("webhook delivery")
        verbose_name_plural = _("webhook deliveries")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["pending", "delivered", "dead", "blocked"]), name="webhook_delivery_state"
            ),
        ]
        indexes = [
            models.Index(fields=["endpoint", "-id"], name="webhook_delivery_endpoint"),
            models.Index(
                fields=["endpoint", "not_before", "id"], condition=Q(state="pending"), name="webhook_delivery_due"
            ),
            models.Index(fields=["give_up_at"], condition=Q(state="pending"), name="webhook_delivery_late"),
        ]

    def __str__(self) -> str:
        return reference.encode("WD", self.pk)
