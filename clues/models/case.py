"""Cases: the joint escalation of a match or a ring."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from members.models import reference

from .fields import CodeField

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

_EARLY = ["candidate", "triage"]
_LED = ["lead-claimed", "joint", "evidence-ready"]
_OUT = ["reported", "closed"]
_APPROVED = ["approved", *_OUT]
_RESTING = ["closed", "dismissed", "merged"]

ONE_OPEN = ("case_one_open_for_a_match", "case_one_open_for_a_ring")
"""The constraints that two open cases of one origin meet."""


def _person(label: StrPromise, *, null: bool = True) -> Any:
    return models.ForeignKey(
        "members.User", on_delete=models.PROTECT, related_name="+", null=null, db_index=False, verbose_name=label
    )


def _pair(name: str) -> Q:
    """Who and when stand together, or neither does."""
    return Q(**{f"{name}_by__isnull": True, f"{name}_at__isnull": True}) | Q(
        **{f"{name}_by__isnull": False, f"{name}_at__isnull": False}
    )


class Case(models.Model):
    """A case and where it stands; `version` counts its steps, the opening being the first.

    `due_at` is until when it may stand there; nothing is due where it rests. `edited_by` is who worked on it last, a
    person of the desk or of a member, nobody if it was a member's system.
    """

    CANDIDATE, TRIAGE, LEAD_CLAIMED, JOINT = "candidate", "triage", "lead-claimed", "joint"
    EVIDENCE_READY, APPROVED, REPORTED = "evidence-ready", "approved", "reported"
    CLOSED, DISMISSED, MERGED = "closed", "dismissed", "merged"

    match = models.ForeignKey("clues.Match", on_delete=models.PROTECT, null=True, verbose_name=_("match"))
    ring = models.ForeignKey("clues.Ring", on_delete=models.PROTECT, null=True, verbose_name=_("ring"))
    state = CodeField(_("state"))
    version = models.IntegerField(_("version"), default=1)
    lead = models.ForeignKey(
        "members.Institution",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        db_index=False,
        verbose_name=_("lead institution"),
    )
    opened_by = _person(_("opened by"), null=False)
    opened_at = models.DateTimeField(_("opened at"))
    changed_at = models.DateTimeField(_("changed at"))
    due_at = models.DateTimeField(_("due"), null=True)
    edited_by = _person(_("last worked on by"))
    proposed_by = _person(_("proposed by"))
    proposed_at = models.DateTimeField(_("proposed at"), null=True)
    approved_by = _person(_("approved by"))
    approved_at = models.DateTimeField(_("approved at"), null=True)
    receiver = CodeField(_("reported to"), blank=True, default="")  # a code of authority-kinds
    report_asked_by = _person(_("report-out asked by"))
    report_asked_at = models.DateTimeField(_("report-out asked at"), null=True)
    reported_by = _person(_("reported by"))
    reported_at = models.DateTimeField(_("report-out released at"), null=True)
    reported_on = models.DateField(_("reported on"), null=True)  # the day it reached the receiver, in China
    closed_code = CodeField(_("how it ended"), blank=True, default="")
    closed_reason = models.TextField(_("reason of the end"), blank=True, default="")
    reopen_asked_by = _person(_("reopening asked by"))
    reopen_asked_at = models.DateTimeField(_("reopening asked at"), null=True)
    reopened_by = _person(_("reopened by"))
    reopened_at = models.DateTimeField(_("reopened at"), null=True)
    merged_into = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        related_name="merged",
        null=True,
        db_index=False,
        verbose_name=_("merged into"),
    )

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
                condition=Q(state__in=[*_EARLY, *_LED, *_APPROVED, "dismissed", "merged"]), name="case_state"
            ),
            models.CheckConstraint(
                condition=Q(state__in=_EARLY, lead__isnull=True)
                | Q(state__in=[*_LED, *_APPROVED], lead__isnull=False)
                | Q(state__in=["dismissed", "merged"]),
                name="case_is_led",
            ),
            models.CheckConstraint(
                condition=Q(state__in=_RESTING, due_at__isnull=True)
                | (~Q(state__in=_RESTING) & Q(due_at__isnull=False)),
                name="case_is_due_until_it_rests",
            ),
            # Four eyes, whoever it is: neither who proposed nor who worked on it last approves.
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("proposed_by")),
                name="case_approval_needs_second_person",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | Q(edited_by__isnull=True) | ~Q(approved_by=F("edited_by")),
                name="case_approval_not_by_last_editor",
            ),
            models.CheckConstraint(
                condition=Q(reported_by__isnull=True) | ~Q(reported_by=F("report_asked_by")),
                name="case_report_needs_second_person",
            ),
            models.CheckConstraint(
                condition=Q(reopened_by__isnull=True) | ~Q(reopened_by=F("reopen_asked_by")),
                name="case_reopening_needs_second_person",
            ),
            models.CheckConstraint(
                condition=_pair("proposed")
                & (Q(proposed_by__isnull=True) | Q(state__in=["evidence-ready", *_APPROVED])),
                name="case_proposal_complete",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True, approved_at__isnull=True)
                | Q(approved_by__isnull=False, approved_at__isnull=False, proposed_by__isnull=False),
                name="case_approval_complete",
            ),
            # Whatever the code does: no case leaves the house without its second person.
            models.CheckConstraint(
                condition=Q(approved_by__isnull=False, state__in=_APPROVED)
                | (Q(approved_by__isnull=True) & ~Q(state__in=_APPROVED)),
                name="case_approved_before_it_leaves",
            ),
            models.CheckConstraint(
                condition=Q(report_asked_by__isnull=True, report_asked_at__isnull=True, receiver="")
                | (
                    Q(report_asked_by__isnull=False, report_asked_at__isnull=False, state__in=_APPROVED)
                    & ~Q(receiver="")
                ),
                name="case_report_asked_with_receiver",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=_OUT,
                    report_asked_by__isnull=False,
                    reported_by__isnull=False,
                    reported_at__isnull=False,
                    reported_on__isnull=False,
                )
                | (
                    Q(reported_by__isnull=True, reported_at__isnull=True, reported_on__isnull=True) & ~Q(state__in=_OUT)
                ),
                name="case_reported_with_day",
            ),
            models.CheckConstraint(
                condition=_pair("reopen_asked") & (Q(reopen_asked_by__isnull=True) | Q(state__in=_OUT)),
                name="case_reopening_asked_when_closed",
            ),
            models.CheckConstraint(
                condition=_pair("reopened")
                & (Q(reopened_by__isnull=True) | Q(state="reported", reopen_asked_by__isnull=False)),
                name="case_reopened_after_asking",
            ),
            models.CheckConstraint(
                condition=(Q(state__in=_RESTING) & ~Q(closed_reason=""))
                | (~Q(state__in=_RESTING) & Q(closed_reason="")),
                name="case_ends_with_a_reason",
            ),
            models.CheckConstraint(
                condition=(Q(state="closed") & ~Q(closed_code="")) | (~Q(state="closed") & Q(closed_code="")),
                name="case_closes_with_a_code",
            ),
            models.CheckConstraint(
                condition=(Q(state="merged", merged_into__isnull=False) & ~Q(merged_into=F("id")))
                | (~Q(state="merged") & Q(merged_into__isnull=True)),
                name="case_merged_into_another",
            ),
            models.UniqueConstraint(
                fields=["match"], condition=~Q(state__in=_RESTING), name="case_one_open_for_a_match"
            ),
            models.UniqueConstraint(fields=["ring"], condition=~Q(state__in=_RESTING), name="case_one_open_for_a_ring"),
        ]
        indexes = [
            models.Index(F("changed_at").desc(), F("id").desc(), name="case_by_change"),
            models.Index("state", F("changed_at").desc(), F("id").desc(), name="case_by_state"),
            models.Index(fields=["due_at", "id"], condition=Q(due_at__isnull=False), name="case_by_deadline"),
            models.Index(fields=["lead", "id"], condition=Q(lead__isnull=False), name="case_by_lead"),
            models.Index(
                F("changed_at").desc(),
                F("id").desc(),
                condition=Q(reopen_asked_at__isnull=False),
                name="case_reopening",
            ),
            models.Index(fields=["merged_into"], condition=Q(merged_into__isnull=False), name="case_merged"),
        ]

    def __str__(self) -> str:
        return self.ref

    @property
    def ref(self) -> str:
        """The opaque public reference `CASE-…`."""
        return reference.encode("CASE", self.pk)


class CaseStep(models.Model):
    """One step of a case: who moved it, from where to where, and why. Rows are only ever added.

    `by` is nobody where a member's system acted; `institution` is the member whose person or system it was, nobody for
    the desk. `note` stays at the desk; `told` is what the parties read of it.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="steps")
    action = CodeField()
    from_state = CodeField(blank=True)
    to_state = CodeField()
    by = _person(_("by"))
    institution = models.ForeignKey(
        "members.Institution", on_delete=models.PROTECT, related_name="+", null=True, db_index=False
    )
    actor_ref = models.CharField(max_length=32, default="")  # as in the audit trail: U-…, or the id of a key
    at = models.DateTimeField()
    note = models.TextField(blank=True)
    told = models.TextField(blank=True, default="")

    class Meta:
        db_table = "case_step"
        constraints = [
            models.CheckConstraint(
                condition=Q(by__isnull=False) | Q(institution__isnull=False), name="case_step_by_somebody"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_state} → {self.to_state}"


class CaseParty(models.Model):
    """An institution that the case concerns; it knows of the case from `released_at` on.

    The other parties know it by its `pseudonym`, 0 for the first one, until it is named (`clues.cases.naming`).
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="parties", db_index=False)
    institution = models.ForeignKey("members.Institution", on_delete=models.PROTECT, db_index=False)
    pseudonym = models.SmallIntegerField()
    released_at = models.DateTimeField()

    class Meta:
        db_table = "case_party"
        constraints = [
            models.UniqueConstraint(fields=["case", "institution"], name="case_party_once"),
            models.UniqueConstraint(fields=["case", "pseudonym"], name="case_party_pseudonym"),
        ]
        indexes = [models.Index(fields=["institution", "case"], name="case_party_institution")]

    def __str__(self) -> str:
        return f"{self.case_id} · {self.institution_id}"
