"""Campaigns: a joint action over a time, with its regions, units and targets, and the cases that belong to it."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from members.models import reference

from .fields import CodeField


class Campaign(models.Model):
    """A campaign and where it stands. Members see it from `released_at` on, which is when it was started."""

    PLANNED, RUNNING, ENDED, CALLED_OFF = "planned", "running", "ended", "called-off"

    title = models.CharField(_("title"), max_length=100)
    about = models.CharField(_("what it is about"), max_length=500, blank=True)
    categories = ArrayField(CodeField(), verbose_name=_("categories"))
    regions = ArrayField(CodeField(max_length=5), verbose_name=_("regions"))  # empty: the whole country
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))
    state = CodeField(_("state"), default=PLANNED)
    planned_by = models.ForeignKey(
        "members.User", on_delete=models.PROTECT, related_name="+", db_index=False, verbose_name=_("planned by")
    )
    planned_at = models.DateTimeField(_("planned at"))
    started_at = models.DateTimeField(_("started at"), null=True)
    released_at = models.DateTimeField(_("seen from"), null=True)
    over_at = models.DateTimeField(_("over since"), null=True)

    class Meta:
        db_table = "campaign"
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["planned", "running", "ended", "called-off"]), name="campaign_state"
            ),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="campaign_ends_after_its_start"),
            models.CheckConstraint(
                condition=Q(state__in=["running", "ended"], started_at__isnull=False, released_at__isnull=False)
                | Q(state__in=["planned", "called-off"], started_at__isnull=True, released_at__isnull=True),
                name="campaign_seen_once_started",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["ended", "called-off"], over_at__isnull=False)
                | Q(state__in=["planned", "running"], over_at__isnull=True),
                name="campaign_over_with_date",
            ),
        ]

    def __str__(self) -> str:
        return self.ref

    @property
    def ref(self) -> str:
        """The opaque public reference `CP-…`."""
        return reference.encode("CP", self.pk)


class CampaignUnit(models.Model):
    """An authority that takes part, by its code in the guidance; one of them leads."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="units", db_index=False)
    authority = CodeField(_("authority"))
    leads = models.BooleanField(_("leads"), default=False)

    class Meta:
        db_table = "campaign_unit"
        constraints = [
            models.UniqueConstraint(fields=["campaign", "authority"], name="campaign_unit_once"),
            models.UniqueConstraint(fields=["campaign"], condition=Q(leads=True), name="campaign_unit_one_leads"),
        ]


class CampaignTarget(models.Model):
    """What a campaign wants to reach, as a value of one of the counters of outcomes."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="targets", db_index=False)
    counter = CodeField(_("counter"))
    value = models.DecimalField(_("target"), max_digits=18, decimal_places=2)

    class Meta:
        db_table = "campaign_target"
        constraints = [
            models.UniqueConstraint(fields=["campaign", "counter"], name="campaign_target_once"),
            models.CheckConstraint(condition=Q(value__gt=0), name="campaign_target_is_something"),
        ]


class CampaignCase(models.Model):
    """A case that belongs to a campaign, or did until `unbound_at`. Its parties see that from `released_at` on."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="bonds", db_index=False)
    case = models.ForeignKey("clues.Case", on_delete=models.PROTECT, related_name="+", verbose_name=_("case"))
    bound_by_ref = models.CharField(_("bound by"), max_length=32)
    bound_at = models.DateTimeField(_("bound at"))
    released_at = models.DateTimeField(_("seen from"))
    unbound_at = models.DateTimeField(_("unbound at"), null=True)

    class Meta:
        db_table = "campaign_case"
        verbose_name = _("case of a campaign")
        verbose_name_plural = _("cases of campaigns")
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "case"], condition=Q(unbound_at__isnull=True), name="campaign_case_bound_once"
            ),
        ]
