"""What waits for a second person: one table for every kind of thing that two people of the alliance decide."""

from enum import StrEnum

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from members.models import reference


class ApprovalState(StrEnum):
    """It waits; then it was approved and done, returned, taken back, or nobody decided in time."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class Approval(models.Model):
    """One proposal. `payload` holds codes, numbers and references of what would be done; `subject_ref` of what.

    `version` rises with every change of the proposal, so that nobody approves what they have not seen. Neither who
    proposed it nor who changed it last decides. `used_at` is for kinds that give a right to do something once.
    """

    kind = models.CharField(_("kind"), max_length=32)
    subject_ref = models.CharField(_("about"), max_length=64)
    institution = models.ForeignKey(
        "members.Institution",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("institution"),
    )
    payload = models.JSONField(_("what would be done"))
    reason = models.CharField(_("reason"), max_length=500)
    state = models.CharField(_("state"), max_length=16, default=ApprovalState.PROPOSED.value)
    version = models.IntegerField(_("version"), default=1)
    proposed_by = models.ForeignKey(
        "members.User", on_delete=models.PROTECT, related_name="+", db_index=False, verbose_name=_("proposed by")
    )
    proposed_at = models.DateTimeField(_("proposed at"))
    edited_by = models.ForeignKey(
        "members.User",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name=_("last changed by"),
    )
    edited_at = models.DateTimeField(_("last changed at"), null=True)
    expires_at = models.DateTimeField(_("lapses at"))
    decided_by = models.ForeignKey(
        "members.User",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided at"), null=True)
    decision_reason = models.CharField(_("reason of the decision"), max_length=500, default="")
    used_at = models.DateTimeField(_("used at"), null=True)

    class Meta:
        db_table = "approval"
        verbose_name = _("approval")
        verbose_name_plural = _("approvals")
        constraints = [
            models.CheckConstraint(condition=Q(kind__regex=r"^[a-z0-9-]{1,32}$"), name="approval_kind_is_a_code"),
            models.CheckConstraint(
                condition=Q(state__in=["proposed", "approved", "returned", "withdrawn", "expired"]),
                name="approval_state_known",
            ),
            models.CheckConstraint(condition=~Q(decided_by=F("proposed_by")), name="approval_needs_second_person"),
            models.CheckConstraint(
                condition=Q(edited_by__isnull=True) | Q(decided_by__isnull=True) | ~Q(decided_by=F("edited_by")),
                name="approval_not_by_its_last_editor",
            ),
            models.CheckConstraint(
                condition=Q(edited_by__isnull=True, edited_at__isnull=True)
                | Q(edited_by__isnull=False, edited_at__isnull=False),
                name="approval_edit_complete",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["approved", "returned"], decided_by__isnull=False, decided_at__isnull=False)
                | Q(state__in=["proposed", "withdrawn", "expired"], decided_by__isnull=True, decided_at__isnull=True),
                name="approval_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(used_at__isnull=True) | Q(state="approved"), name="approval_used_only_when_approved"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="approval_has_a_reason"),
            models.UniqueConstraint(
                fields=["kind", "subject_ref"], condition=Q(state="proposed"), name="approval_one_open_about_a_thing"
            ),
        ]
        indexes = [
            models.Index(fields=["expires_at"], condition=Q(state="proposed"), name="approval_waiting"),
            models.Index(fields=["institution", "-id"], name="approval_institution"),
        ]

    def __str__(self) -> str:
        return self.ref

    @property
    def ref(self) -> str:
        """The opaque public reference `AP-…`."""
        return reference.encode("AP", self.pk)
