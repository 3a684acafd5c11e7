"""What was done, by whom, to what. Rows are only ever added."""

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class AuditEvent(models.Model):
    """One event. No foreign keys: the trail must neither block a change nor lose history."""

    at = models.DateTimeField(_("at"), db_default=Now(), editable=False)
    verb = models.CharField(_("verb"), max_length=64)
    actor_kind = models.CharField(_("kind of actor"), max_length=16)
    actor_ref = models.CharField(_("actor"), max_length=64)
    institution_id = models.BigIntegerField(_("institution number"), null=True)
    subject_ref = models.CharField(_("subject"), max_length=64, default="")
    detail = models.JSONField(_("detail"), default=dict)
    salt = models.UUIDField(db_default=RandomUUID(), editable=False)  # of the event's leaf in the transparency log

    class Meta:
        db_table = "audit_event"
        verbose_name = _("audit event")
        verbose_name_plural = _("audit trail")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(actor_kind__in=["user", "key", "command", "job"]),
                name="audit_event_actor_kind_known",
            ),
        ]
        indexes = [
            models.Index(fields=["institution_id", "id"], name="audit_event_institution"),
            models.Index(fields=["subject_ref", "id"], name="audit_event_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject_ref}"
