"""Disputes: a claim that something reported is wrong. It acts at once and has deadlines."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from members.models import reference

from .fields import CodeField


class Dispute(models.Model):
    """What one institution says about one identifier that others reported: by match, or by token."""

    OPEN, CLOSED = "open", "closed"

    institution = models.ForeignKey("members.Institution", on_delete=models.PROTECT, verbose_name=_("opened by"))
    match = models.ForeignKey("clues.Match", on_delete=models.PROTECT, null=True, db_index=False)
    type = CodeField(_("type"))
    epoch = models.IntegerField()
    token = models.UUIDField()
    purpose = CodeField(db_default="")  # empty by match: what one is party of was released to one
    reason = CodeField(_("reason"))
    case_ref = models.CharField(_("case reference"), max_length=64, default="")
    key_id = models.CharField(max_length=32)  # a key, or the U-… of a person
    state = CodeField(_("state"), default=OPEN)
    opened_at = models.DateTimeField(_("opened at"))
    due_at = models.DateTimeField(_("answer due"))  # the end of the fifth working day: until then filers answer
    applied_at = models.DateTimeField(null=True)  # the clues concerned are found and suspended
    closed_at = models.DateTimeField(_("closed at"), null=True)

    class Meta:
        db_table = "dispute"
        verbose_name = _("dispute")
        verbose_name_plural = _("disputes")
        constraints = [
            models.CheckConstraint(condition=Q(state__in=["open", "closed"]), name="dispute_state"),
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(applied_at__isnull=True), name="dispute_waiting"),
        ]

    def __str__(self) -> str:
        return reference.encode("D", self.pk)


class DisputedClue(models.Model):
    """One clue under a dispute: its filer answers in time or it lapses; if the filer stands by it, a reviewer decides."""

    OPEN, MAINTAINED = "open", "maintained"
    WITHDRAWN, LAPSED, UPHELD, REJECTED = "withdrawn", "lapsed", "upheld", "rejected"

    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="clues", verbose_name=_("dispute"))
    clue = models.ForeignKey("clues.Clue", on_delete=models.PROTECT, db_constraint=False)
    institution = models.ForeignKey("members.Institution", on_delete=models.PROTECT, verbose_name=_("filer"))
    state = CodeField(_("state"), default=OPEN)
    due_at = models.DateTimeField(_("answer due"))
    answered_at = models.DateTimeField(_("answered at"), null=True)
    answer_reason = CodeField(_("answer"), default="")
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
    applied_at = models.DateTimeField(null=True)  # null: the clue does not yet stand as this state says

    class Meta:
        db_table = "disputed_clue"
        verbose_name = _("disputed clue")
        verbose_name_plural = _("disputed clues")
        constraints = [
            models.UniqueConstraint(fields=["dispute", "clue"], name="disputed_clue_once"),
            models.CheckConstraint(
                condition=Q(state__in=["open", "maintained", "withdrawn", "lapsed", "upheld", "rejected"]),
                name="disputed_clue_state",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["upheld", "rejected"]) | Q(decided_by__isnull=False),
                name="disputed_clue_decided_by_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="open"), name="disputed_clue_due"),
            models.Index(fields=["id"], condition=Q(applied_at__isnull=True), name="disputed_clue_waiting"),
        ]

    def __str__(self) -> str:
        return f"{reference.encode('D', self.dispute_id)} · {reference.encode('C', self.clue_id)}"
