"""Charges that a case is checked against, and what each party's part shows of their elements."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .fields import CodeField


def _person() -> Any:
    return models.ForeignKey("members.User", on_delete=models.PROTECT, related_name="+", null=True, db_index=False)


class CaseCharge(models.Model):
    """A charge of the guidance, by code, that a case is checked against from `released_at` on, until it is dropped.

    `institution` is the lead that chose it, null for the alliance; a person is null where a key of the lead did it.
    """

    case = models.ForeignKey("clues.Case", on_delete=models.PROTECT, related_name="charges", db_index=False)
    charge = CodeField(_("charge"))
    institution = models.ForeignKey(
        "members.Institution", on_delete=models.PROTECT, related_name="+", null=True, db_index=False
    )
    added_by = _person()
    added_at = models.DateTimeField()
    released_at = models.DateTimeField()
    dropped_by = _person()
    dropped_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "case_charge"
        constraints = [
            models.UniqueConstraint(
                fields=["case", "charge"], condition=Q(dropped_at__isnull=True), name="case_charge_once"
            ),
            models.CheckConstraint(
                condition=Q(dropped_by__isnull=True) | Q(dropped_at__isnull=False), name="case_charge_dropped_at"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} · {self.charge}"


class CaseElement(models.Model):
    """What a party says that its part shows of an element: by its facts, where `evidence` is null, or by one item of it.

    It belongs to the part: it comes and goes while the part is written, and the others read it with the part. The
    database refuses a change while the part is approved.
    """

    part = models.ForeignKey("clues.CasePart", on_delete=models.PROTECT, related_name="elements", db_index=False)
    charge = CodeField()
    element = CodeField()
    evidence = models.ForeignKey(
        "clues.EvidenceItem", on_delete=models.PROTECT, related_name="+", null=True, db_index=False
    )

    class Meta:
        db_table = "case_element"
        constraints = [
            models.UniqueConstraint(
                fields=["part", "charge", "element"],
                condition=Q(evidence__isnull=True),
                name="case_element_by_facts_once",
            ),
            models.UniqueConstraint(
                fields=["part", "charge", "element", "evidence"],
                condition=Q(evidence__isnull=False),
                name="case_element_by_evidence_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.part_id} · {self.charge} · {self.element}"
