"""Who may know whom in a case: the consent of both sides of a pair, or the decision of two people of the alliance."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


def _person(*, null: bool = False) -> Any:
    return models.ForeignKey("members.User", on_delete=models.PROTECT, related_name="+", null=null, db_index=False)


class CaseNaming(models.Model):
    """A pair of parties of a case, `first` the one with the lower number. A consent is a moment, a person and a contact.

    `first_at` and `second_at` are ticks: from then on the other side may know of the consent. From `named_at` on, both see
    each other's name and contact.
    """

    case = models.ForeignKey("clues.Case", on_delete=models.PROTECT, related_name="namings", db_index=False)
    first = models.ForeignKey("members.Institution", on_delete=models.PROTECT, related_name="+", db_index=False)
    second = models.ForeignKey("members.Institution", on_delete=models.PROTECT, related_name="+", db_index=False)
    first_at = models.DateTimeField(null=True)
    first_by = _person(null=True)
    first_contact = models.CharField(max_length=200, default="")
    second_at = models.DateTimeField(null=True)
    second_by = _person(null=True)
    second_contact = models.CharField(max_length=200, default="")
    named_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "case_naming"
        constraints = [
            models.UniqueConstraint(fields=["case", "first", "second"], name="case_naming_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="case_naming_in_order"),
            models.CheckConstraint(
                condition=Q(first_at__isnull=True, first_by__isnull=True, first_contact="")
                | Q(Q(first_at__isnull=False, first_by__isnull=False), ~Q(first_contact="")),
                name="case_naming_first_consent",
            ),
            models.CheckConstraint(
                condition=Q(second_at__isnull=True, second_by__isnull=True, second_contact="")
                | Q(Q(second_at__isnull=False, second_by__isnull=False), ~Q(second_contact="")),
                name="case_naming_second_consent",
            ),
            # Whatever the code does: nobody is named whom only one side has agreed to name.
            models.CheckConstraint(
                condition=Q(named_at__isnull=True) | Q(first_at__isnull=False, second_at__isnull=False),
                name="case_naming_by_both",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} · {self.first_id}, {self.second_id}"


class CaseUnmasking(models.Model):
    """Two people of the alliance name all parties that a case has at `at` to each other, from `released_at` on."""

    case = models.ForeignKey("clues.Case", on_delete=models.PROTECT, related_name="unmaskings")
    reason = models.TextField(_("reason"))
    proposed_by = _person()
    decided_by = _person()
    at = models.DateTimeField(_("at"))
    released_at = models.DateTimeField()

    class Meta:
        db_table = "case_unmasking"
        constraints = [
            models.CheckConstraint(
                condition=~Q(decided_by=F("proposed_by")), name="case_unmasking_needs_second_person"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="case_unmasking_with_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} · {self.at}"
