"""Cases: the joint escalation of a match or a ring."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from members.models import reference

from .fields import CodeField

_RESTING = ["closed", "dismissed"]


class Case(models.Model):
    """A case and where it stands; `version` counts its steps, the opening being the first."""

    CANDIDATE, TRIAGE, APPROVED, REPORTED = "candidate", "triage", "approved", "reported"
    CLOSED, DISMISSED = "closed", "dismissed"

    match = models.ForeignKey("clues.Match", on_delete=models.PROTECT, null=True, verbose_name=_("match"))
    ring = models.ForeignKey("clues.Ring", on_delete=models.PROTECT, null=True, verbose_name=_("ring"))
    state = CodeField(_("state"))
    version = models.IntegerField(_("version"), default=1)
    opened_by = models.ForeignKey(
        "members.User", on_delete=models.PROTECT, related_name="+", db_index=False, verbose_name=_("opened by")
    )
    opened_at = models.DateTimeField(_("opened at"))
    changed_at = models.DateTimeField(_("changed at"))
    proposed_by = models.ForeignKey(
        "members.User",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        db_index=False,
        verbose_name=_("proposed by"),
    )
    proposed_at = models.DateTimeField(_("proposed at"), null=True)
    approved_by = models.ForeignKey(
        "members.User",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        db_index=False,
        verbose_name=_("approved by"),
    )
    approved_at = models.DateTimeField(_("approved at"), null=True)
    closed_reason = models.TextField(_("reason of the end"), blank=True, default="")

    class Meta:
        db_table = "case_file"
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        constraints = [
            models.CheckConstraint(
                condition=Q(match__isnull=False, ring__isnull=True) | Q(match__isnull=True, ring__isnull=False),
                name="case_has_one_origin",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["candidate", "triage", "approved", "reported", "closed", "dismissed"]),
                name="case_state",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("proposed_by")),
                name="case_approval_needs_second_person",
            ),
            models.CheckConstraint(
                condition=Q(proposed_by__isnull=True, proposed_at__isnull=True)
                | Q(proposed_by__isnull=False, proposed_at__isnull=False),
                name="case_proposal_complete",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True, approved_at__isnull=True)
                | Q(approved_by__isnull=False, approved_at__isnull=False, proposed_by__isnull=False),
                name="case_approval_complete",
            ),
            # Whatever the code does: no case leaves the house without its second person.
            models.CheckConstraint(
                condition=Q(approved_by__isnull=False, state__in=["approved", "reported", "closed"])
                | Q(approved_by__isnull=True, state__in=["candidate", "triage", "dismissed"]),
                name="case_approved_before_it_leaves",
            ),
            models.CheckConstraint(
                condition=(Q(state__in=_RESTING) & ~Q(closed_reason=""))
                | (~Q(state__in=_RESTING) & Q(closed_reason="")),
                name="case_ends_with_a_reason",
            ),
            models.UniqueConstraint(
                fields=["match"], condition=~Q(state__in=_RESTING), name="case_one_open_for_a_match"
            ),
            models.UniqueConstraint(fields=["ring"], condition=~Q(state__in=_RESTING), name="case_one_open_for_a_ring"),
        ]

    def __str__(self) -> str:
        return self.ref

    @property
    def ref(self) -> str:
        """The opaque public reference `CASE-…`."""
        return reference.encode("CASE", self.pk)


class CaseStep(models.Model):
    """One step of a case: who moved it, from where to where, and why. Rows are only ever added."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="steps")
    action = CodeField()
    from_state = CodeField(blank=True)
    to_state = CodeField()
    by = models.ForeignKey("members.User", on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    note = models.TextField(blank=True)

    class Meta:
        db_table = "case_step"

    def __str__(self) -> str:
        return f"{self.from_state} → {self.to_state}"


class CaseParty(models.Model):
    """An institution that the case concerns; it knows of the case from `released_at` on."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="parties", db_index=False)
    institution = models.ForeignKey("members.Institution", on_delete=models.PROTECT, db_index=False)
    released_at = models.DateTimeField()

    class Meta:
        db_table = "case_party"
        constraints = [
            models.UniqueConstraint(fields=["case", "institution"], name="case_party_once"),
        ]
        indexes = [models.Index(fields=["institution", "case"], name="case_party_institution")]

    def __str__(self) -> str:
        return f"{self.case_id} · {self.institution_id}"
