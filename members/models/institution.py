"""The member institutions of the alliance, their state and their daily quotas."""

from enum import StrEnum

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from members.models import reference


class InstitutionState(StrEnum):
    """Life of a membership: it applies, an approver admits it, the desk may suspend it."""

    APPLIED = "applied"
    LIVE = "live"
    SUSPENDED = "suspended"


class Institution(models.Model):
    """One organization of the alliance.

    Quotas are units per day: `evaluate_quota` counts elements at each custodian,
    `submit_quota` rows read, `screen_quota` tokens asked about.
    `custodian_version` rises with every change a custodian must hear of, so that
    an older message that arrives late is ignored there.
    """

    name = models.CharField(_("name"), max_length=200, unique=True)
    sector = models.CharField(_("sector"), max_length=40)
    group = models.ForeignKey(
        "members.InstitutionGroup",
        on_delete=models.PROTECT,
        related_name="institutions",
        verbose_name=_("group"),
    )
    state = models.CharField(_("state"), max_length=16, default=InstitutionState.APPLIED.value)
    evaluate_quota = models.BigIntegerField(_("evaluations a day"), default=50_000)
    submit_quota = models.BigIntegerField(_("submitted rows a day"), default=50_000)
    screen_quota = models.BigIntegerField(_("screened tokens a day"), default=2_000)
    default_basis = models.CharField(_("default legal basis"), max_length=64, default="unspecified")
    created_at = models.DateTimeField(_("created at"))
    applied_by = models.ForeignKey(
        "members.User",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("applied by"),
    )
    admitted_at = models.DateTimeField(_("admitted at"), null=True)
    admitted_by = models.ForeignKey(
        "members.User",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("admitted by"),
    )
    suspended_at = models.DateTimeField(_("suspended at"), null=True)
    suspended_by = models.ForeignKey(
        "members.User",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("suspended by"),
    )
    suspended_reason = models.CharField(_("reason of suspension"), max_length=500, default="")
    custodian_version = models.BigIntegerField(_("version at the custodian"), default=0)

    class Meta:
        db_table = "institution"
        verbose_name = _("institution")
        verbose_name_plural = _("institutions")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["applied", "live", "suspended"]),
                name="institution_state_known",
            ),
            models.CheckConstraint(
                condition=(
                    Q(state="applied", admitted_at__isnull=True, admitted_by__isnull=True)
                    | Q(~Q(state="applied"), admitted_at__isnull=False)
                ),
                name="institution_admitted_with_date",
            ),
            models.CheckConstraint(
                condition=(
                    Q(
                        state="suspended",
                        suspended_at__isnull=False,
                    )
                    & ~Q(suspended_reason="")
                )
                | Q(
                    ~Q(state="suspended"),
                    suspended_at__isnull=True,
                    suspended_by__isnull=True,
                    suspended_reason="",
                ),
                name="institution_suspended_with_reason",
            ),
            models.CheckConstraint(
                condition=~Q(admitted_by=F("applied_by")),
                name="institution_needs_second_person",
            ),
            models.CheckConstraint(
                condition=Q(evaluate_quota__gte=0, submit_quota__gte=0, screen_quota__gte=0),
                name="institution_quotas_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(default_basis__regex=r"^[a-z0-9-]{1,64}$"),
                name="institution_basis_is_a_code",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="institution_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def ref(self) -> str:
        """The opaque public reference `I-…`."""
        return reference.encode("I", self.pk)
