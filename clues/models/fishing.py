"""Fishing: what the detector counts of an institution's questions, why screening was suspended, and honey tokens."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from members.models import reference

from .fields import CodeField


class FishingTally(models.Model):
    """What the questions of one institution for one purpose add up to; `asker` is a key or a U-…, or empty for all of them.

    An empty `purpose` is all purposes together that the hit rate decides: who asks in turns under several is one asker.
    Written by the trigger of the ledger alone (`aif_weigh_screening`). Points are log likelihood ratios; `since` is when
    they last were all zero, `base_…` and `habit` are the institution's own before today, older days weighing less.
    """

    pk = models.CompositePrimaryKey("institution_id", "purpose", "asker")
    institution = models.ForeignKey("members.Institution", on_delete=models.PROTECT, db_index=False)
    purpose = CodeField()
    asker = models.CharField(max_length=64, db_collation="C")
    since = models.DateTimeField()
    updated_at = models.DateTimeField()
    tokens = models.BigIntegerField(default=0)
    hits = models.BigIntegerField(default=0)
    hit_points = models.FloatField(default=0)
    case_points = models.FloatField(default=0)
    night_points = models.FloatField(default=0)
    volume_points = models.FloatField(default=0)
    day = models.DateField()
    day_tokens = models.BigIntegerField(default=0)
    day_hits = models.BigIntegerField(default=0)
    days = models.IntegerField(default=0)
    habit = models.FloatField(default=0)
    base_tokens = models.FloatField(default=0)
    base_hits = models.FloatField(default=0)

    class Meta:
        db_table = "fishing_tally"

    def __str__(self) -> str:
        return f"{self.institution_id} · {self.purpose}"


class ScreeningSuspension(models.Model):
    """Screening of one institution, suspended until two people have looked: released, or confirmed until a day.

    `terms` says why in numbers: points of each term, questions and hits; of a honey token it does not say which.
    """

    DETECTOR, HONEY_TOKEN = "detector", "honey-token"
    PENDING, RELEASED, CONFIRMED = "pending", "released", "confirmed"

    institution = models.ForeignKey(
        "members.Institution", on_delete=models.PROTECT, db_index=False, verbose_name=_("institution")
    )
    cause = CodeField(_("cause"))
    purpose = CodeField(_("purpose"))
    asker = models.CharField(_("who asked"), max_length=64)
    terms = models.JSONField(_("why"))
    begun_at = models.DateTimeField(_("suspended at"))
    state = CodeField(_("state"), default=PENDING)
    until = models.DateTimeField(_("until"), null=True)
    proposed_by = models.ForeignKey(
        "members.User",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name=_("proposed by"),
    )
    decided_by = models.ForeignKey(
        "members.User",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided at"), null=True)
    reason = models.CharField(_("reason"), max_length=500, default="")

    class Meta:
        db_table = "screening_suspension"
        verbose_name = _("suspension of screening")
        verbose_name_plural = _("suspensions of screening")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["pending", "released", "confirmed"]), name="screening_suspension_state"
            ),
            models.CheckConstraint(
                condition=Q(cause__in=["detector", "honey-token"]), name="screening_suspension_cause"
            ),
            models.CheckConstraint(
                condition=Q(state="pending", decided_by__isnull=True, decided_at__isnull=True)
                | (Q(proposed_by__isnull=False, decided_by__isnull=False, decided_at__isnull=False) & ~Q(reason=""))
                & ~Q(state="pending"),
                name="screening_suspension_decided_by_two",
            ),
            models.CheckConstraint(
                condition=~Q(decided_by=F("proposed_by")), name="screening_suspension_needs_second_person"
            ),
            models.CheckConstraint(
                condition=Q(state="confirmed", until__isnull=False) | ~Q(state="confirmed") & Q(until__isnull=True),
                name="screening_suspension_has_an_end",
            ),
            models.UniqueConstraint(
                fields=["institution"], condition=Q(state="pending"), name="screening_suspension_one_pending"
            ),
        ]
        indexes = [models.Index(fields=["institution", "-id"], name="screening_suspension_of")]

    def __str__(self) -> str:
        return self.ref

    @property
    def ref(self) -> str:
        """The opaque public reference `SS-…`."""
        return reference.encode("SS", self.pk)


class HoneyToken(models.Model):
    """The token of an identity that nobody should ask about. Web cannot read the table; the desk sees no token."""

    type = CodeField(_("type"))
    epoch = models.IntegerField(_("epoch"))
    token = models.UUIDField()
    planted_by = models.ForeignKey(
        "members.User", on_delete=models.PROTECT, related_name="+", db_index=False, verbose_name=_("planted by")
    )
    planted_at = models.DateTimeField(_("planted at"))
    withdrawn_at = models.DateTimeField(_("taken out at"), null=True)
    met = models.IntegerField(_("met"), default=0)
    met_at = models.DateTimeField(_("last met at"), null=True)

    class Meta:
        db_table = "honey_token"
        verbose_name = _("honey token")
        verbose_name_plural = _("honey tokens")
        constraints = [
            models.UniqueConstraint(
                fields=["type", "epoch", "token"], condition=Q(withdrawn_at__isnull=True), name="honey_token_once"
            )
        ]

    def __str__(self) -> str:
        return self.ref

    @property
    def ref(self) -> str:
        """The opaque public reference `HT-…`."""
        return reference.encode("HT", self.pk)
