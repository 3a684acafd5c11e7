"""The member institutions of the alliance, their state and their daily quotas."""

from enum import StrEnum

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from members.models import reference


class InstitutionState(StrEnum):
    """Life of a membership: `members.operations.membership` says which step leads where.

    An institution that left but whose clues count until they expire keeps its state, with `departed_at`.
    """

    APPLIED = "applied"
    VETTED = "vetted"
    AGREED = "agreed"
    DECLINED = "declined"
    LIVE = "live"
    SUSPENDED = "suspended"
    LEFT = "left"


class InstitutionQuerySet(models.QuerySet["Institution"]):
    """Institutions, chosen by what they can do."""

    def at_work(self) -> "InstitutionQuerySet":
        """Those that are live and whose people and keys have not ended: who can be asked, told and waited for."""
        return self.filter(state=InstitutionState.LIVE.value, departed_at__isnull=True)


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
    uscc = models.CharField(_("unified social credit code"), max_length=18, default="")
    license_no = models.CharField(_("number of the license"), max_length=64, default="")
    vetted_at = models.DateTimeField(_("vetted at"), null=True)
    vetted_by = models.ForeignKey(
        "members.User",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("vetted by"),
    )
    agreed_at = models.DateTimeField(_("agreement uploaded at"), null=True)
    agreed_by = models.ForeignKey(
        "members.User",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("agreement uploaded by"),
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
    leaving_announced_at = models.DateTimeField(_("leaving announced at"), null=True)
    leaving_announced_by = models.ForeignKey(
        "members.User",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("leaving announced by"),
    )
    leaving_at = models.DateTimeField(_("leaves at"), null=True)
    leaving_clues = models.CharField(_("what becomes of its clues"), max_length=16, default="")
    departed_at = models.DateTimeField(_("people and keys ended at"), null=True)
    left_at = models.DateTimeField(_("left at"), null=True)
    custodian_version = models.BigIntegerField(_("version at the custodian"), default=0)

    objects = InstitutionQuerySet.as_manager()

    class Meta:
        db_table = "institution"
        verbose_name = _("institution")
        verbose_name_plural = _("institutions")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["applied", "vetted", "agreed", "declined", "live", "suspended", "left"]),
                name="institution_state_known",
            ),
            models.CheckConstraint(
                condition=(
                    Q(
                        state__in=["applied", "vetted", "agreed", "declined"],
                        admitted_at__isnull=True,
                        admitted_by__isnull=True,
                    )
                    | Q(~Q(state__in=["applied", "vetted", "agreed", "declined"]), admitted_at__isnull=False)
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
                condition=~Q(admitted_by=F("vetted_by")), name="institution_not_admitted_by_who_vetted"
            ),
            models.CheckConstraint(
                condition=~Q(admitted_by=F("agreed_by")), name="institution_not_admitted_by_who_uploaded"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["vetted", "agreed"]) | Q(vetted_at__isnull=False, vetted_by__isnull=False),
                name="institution_vetted_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state="agreed") | Q(agreed_at__isnull=False, agreed_by__isnull=False),
                name="institution_agreed_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(leaving_at__isnull=True, leaving_announced_at__isnull=True, leaving_clues="")
                | Q(
                    leaving_at__isnull=False,
                    leaving_announced_at__isnull=False,
                    leaving_clues__in=["withdraw", "keep"],
                ),
                name="institution_leaving_complete",
            ),
            models.CheckConstraint(
                condition=Q(departed_at__isnull=True) | Q(leaving_at__isnull=False),
                name="institution_departs_as_announced",
            ),
            models.CheckConstraint(
                condition=Q(state="left", departed_at__isnull=False, left_at__isnull=False)
                | Q(~Q(state="left"), left_at__isnull=True),
                name="institution_left_with_date",
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
