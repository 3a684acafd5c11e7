"""Noise: identifiers that many report and that say nothing, by list and never by count."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .fields import CodeField


class NoiseEntry(models.Model):
    """One token on one noise list. It acts once a second person approved it.

    `block`: its sightings do not count. `inform`: they count, and whoever reports it is told.
    """

    INFORM, BLOCK = "inform", "block"
    PROPOSED, IN_FORCE, REJECTED, REMOVED = "proposed", "in-force", "rejected", "removed"

    list = CodeField(_("list"))
    mode = CodeField(_("mode"))
    type = CodeField(_("type"))
    epoch = models.IntegerField(_("epoch"))
    token = models.UUIDField()
    institution = models.ForeignKey(
        "members.Institution", on_delete=models.PROTECT, null=True, verbose_name=_("institution")
    )
    state = CodeField(_("state"), default=PROPOSED)
    proposed_by = models.ForeignKey(
        "members.User", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    proposed_by_ref = models.CharField(_("proposed by"), max_length=64)
    proposed_at = models.DateTimeField(_("proposed at"))
    decided_by = models.ForeignKey(
        "members.User",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided at"), null=True)
    removed_at = models.DateTimeField(_("removed at"), null=True)
    applied_at = models.DateTimeField(null=True)  # null: sightings do not yet stand as this state says

    class Meta:
        db_table = "noise_entry"
        verbose_name = _("noise entry")
        verbose_name_plural = _("noise entries")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["proposed", "in-force", "rejected", "removed"]), name="noise_entry_state"
            ),
            models.CheckConstraint(condition=Q(mode__in=["inform", "block"]), name="noise_entry_mode"),
            models.CheckConstraint(condition=~Q(decided_by=F("proposed_by")), name="noise_entry_needs_second_person"),
            models.UniqueConstraint(
                fields=["list", "type", "epoch", "token", "institution"],
                condition=Q(state__in=["proposed", "in-force"]),
                nulls_distinct=False,
                name="noise_entry_once",
            ),
        ]
        indexes = [
            models.Index(fields=["type", "epoch", "token"], condition=Q(state="in-force"), name="noise_entry_token"),
            models.Index(fields=["id"], condition=Q(applied_at__isnull=True), name="noise_entry_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.list} · {self.type} · {self.pk}"
