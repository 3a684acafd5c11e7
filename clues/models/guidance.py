"""Guidance: authorities, charges and playbooks, as versions that two people put in force."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .fields import CodeField


class GuidanceVersion(models.Model):
    """One version of one of the lists. One at most of each is in force; it took two people, or came with the product."""

    AUTHORITIES, CHARGES, PLAYBOOKS = "authorities", "charges", "playbooks"
    PROPOSED, IN_FORCE, SUPERSEDED, REJECTED = "proposed", "in-force", "superseded", "rejected"

    list = CodeField(_("list"))
    title = models.CharField(_("title"), max_length=100)
    text = models.TextField(_("text"))
    state = CodeField(_("state"), default=PROPOSED)
    shipped = models.BooleanField(_("came with the product"), default=False)
    proposed_by = models.ForeignKey(
        "members.User",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name=_("proposed by"),
    )
    proposed_at = models.DateTimeField(_("proposed at"))
    signed_by = models.ForeignKey(
        "members.User",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name=_("signed by"),
    )
    signed_at = models.DateTimeField(_("signed at"), null=True)

    class Meta:
        db_table = "guidance_version"
        verbose_name = _("guidance")
        verbose_name_plural = _("guidance (authorities, charges, playbooks)")
        constraints = [
            models.CheckConstraint(
                condition=Q(list__in=["authorities", "charges", "playbooks"]), name="guidance_version_list"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["proposed", "in-force", "superseded", "rejected"]),
                name="guidance_version_state",
            ),
            models.CheckConstraint(condition=~Q(signed_by=F("proposed_by")), name="guidance_version_second_person"),
            models.CheckConstraint(
                condition=Q(shipped=True, proposed_by__isnull=True)
                | Q(state="proposed", proposed_by__isnull=False, signed_by__isnull=True)
                | Q(proposed_by__isnull=False, signed_by__isnull=False, signed_at__isnull=False),
                name="guidance_version_took_two",
            ),
            models.UniqueConstraint(
                fields=["list"], condition=Q(state="in-force"), name="guidance_version_one_in_force"
            ),
        ]

    def __str__(self) -> str:
        return f"G-{self.pk} {self.title}"


class GuidanceRow(models.Model):
    """One row of a version, as its text gave it: an authority, a charge or a playbook (clues/guidance/rows.py)."""

    version = models.ForeignKey(GuidanceVersion, on_delete=models.PROTECT, related_name="rows", db_index=False)
    position = models.IntegerField()
    code = CodeField()
    data = models.JSONField()

    class Meta:
        db_table = "guidance_row"
        constraints = [models.UniqueConstraint(fields=["version", "code"], name="guidance_row_once")]

    def __str__(self) -> str:
        return str(self.code)
