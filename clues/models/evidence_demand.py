"""Demands: a clue's institution is asked to open the evidence that it committed to when it reported."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from members.models import reference

from .fields import CodeField


class EvidenceDemand(models.Model):
    """One demand about one clue: opened in time by the very file, or the clue is withdrawn and counts as refuted.

    `committed` is the SHA-256 that stood on the clue when it was asked, empty where there was none; then any file opens it and
    the alliance judges. `draw_size` and `draw_root` name the checkpoint of the log by which an audit was drawn.
    """

    AUDIT, DISPUTE = "audit", "dispute"
    OPEN, OPENED = "open", "opened"
    ACCEPTED, REFUTED, FAILED, MOOT = "accepted", "refuted", "failed", "moot"

    clue = models.ForeignKey("clues.Clue", on_delete=models.PROTECT, db_constraint=False, verbose_name=_("clue"))
    institution = models.ForeignKey(
        "members.Institution", on_delete=models.PROTECT, db_index=False, verbose_name=_("institution")
    )
    category = CodeField(_("category"))
    cause = CodeField(_("cause"))
    draw_size = models.BigIntegerField(_("size of the log at the draw"), null=True)
    draw_root = models.CharField(_("root of the log at the draw"), max_length=64, default="")
    committed = models.CharField(_("committed SHA-256"), max_length=64, default="")
    state = CodeField(_("state"), default=OPEN)
    asked_at = models.DateTimeField(_("asked at"))
    due_at = models.DateTimeField(_("answer due"))
    attempts = models.SmallIntegerField(_("files that differed"), default=0)
    object = models.OneToOneField("clues.StoredObject", on_delete=models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField(_("opened at"), null=True)
    opened_by_ref = models.CharField(max_length=64, default="")
    decided_at = models.DateTimeField(_("decided at"), null=True)
    decided_by = models.ForeignKey(
        "members.User",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name=_("decided by"),
    )
    decision_reason = models.CharField(_("reason of the decision"), max_length=500, default="")
    applied_at = models.DateTimeField(null=True)  # null: open, or the clue does not yet stand as this state says

    class Meta:
        db_table = "evidence_demand"
        verbose_name = _("demand for evidence")
        verbose_name_plural = _("demands for evidence")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["open", "opened", "accepted", "refuted", "failed", "moot"]),
                name="evidence_demand_state",
            ),
            models.CheckConstraint(
                condition=Q(cause="dispute", draw_size__isnull=True, draw_root="")
                | (Q(cause="audit", draw_size__isnull=False) & ~Q(draw_root="")),
                name="evidence_demand_drawn_by_a_checkpoint",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["opened", "accepted", "refuted"])
                | Q(object__isnull=False, opened_at__isnull=False),
                name="evidence_demand_opened_by_a_file",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["accepted", "refuted"])
                | (Q(decided_by__isnull=False, decided_at__isnull=False) & ~Q(decision_reason="")),
                name="evidence_demand_decided_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["institution", "clue"],
                condition=Q(state__in=["open", "opened"]),
                name="evidence_demand_once_at_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["institution", "id"], name="evidence_demand_institution"),
            models.Index(fields=["due_at"], condition=Q(state="open"), name="evidence_demand_due"),
            models.Index(fields=["id"], condition=Q(applied_at__isnull=True), name="evidence_demand_waiting"),
        ]

    def __str__(self) -> str:
        return self.ref

    @property
    def ref(self) -> str:
        """Its reference, ED-…"""
        return reference.encode("ED", self.pk)
