"""Parts of a case: what one party knows of it, in its own words and figures, approved by its own second person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .fields import CodeField

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


def _person(label: StrPromise) -> Any:
    return models.ForeignKey(
        "members.User", on_delete=models.PROTECT, related_name="+", null=True, db_index=False, verbose_name=label
    )


def _amount(label: StrPromise) -> Any:
    return models.DecimalField(label, null=True, max_digits=20, decimal_places=2)


class CasePartExcuse(models.Model):
    """The alliance goes on without the part of a party that does not answer; the reason stands with the step of the case."""

    case = models.ForeignKey("clues.Case", on_delete=models.PROTECT, related_name="excuses", db_index=False)
    institution = models.ForeignKey("members.Institution", on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        db_table = "case_part_excuse"
        constraints = [models.UniqueConstraint(fields=["case", "institution"], name="case_part_excuse_once")]

    def __str__(self) -> str:
        return f"{self.case_id} · {self.institution_id}"


class CasePart(models.Model):
    """The part of one party: a draft is its own, what is approved the others read from `released_at` on.

    `author` wrote it first, `editor` last; null where a key of the institution did. `clue_ids` are own clues of the match or
    ring; retention may have deleted some of them since.
    """

    DRAFT, READY, APPROVED = "draft", "ready", "approved"

    case = models.ForeignKey("clues.Case", on_delete=models.PROTECT, related_name="parts", db_index=False)
    institution = models.ForeignKey(
        "members.Institution", on_delete=models.PROTECT, related_name="+", db_index=False, verbose_name=_("institution")
    )
    state = CodeField(_("state"), default=DRAFT)
    version = models.IntegerField(default=1)  # 1: nothing was ever written
    facts = models.TextField(_("facts"), default="")
    amount_claimed = _amount(_("amount claimed"))
    amount_lost = _amount(_("amount lost"))
    amount_prevented = _amount(_("amount prevented"))
    victims = models.IntegerField(_("victims"), null=True)
    persons = models.IntegerField(_("persons involved"), null=True)
    from_date = models.DateField(_("from"), null=True)
    until_date = models.DateField(_("until"), null=True)
    clue_ids = ArrayField(models.BigIntegerField(), default=list)
    author = _person(_("author"))
    editor = _person(_("last editor"))
    edited_at = models.DateTimeField(_("edited at"), null=True)
    return_reason = models.TextField(_("reason of the return"), default="")
    approved_by = _person(_("approved by"))
    approved_at = models.DateTimeField(_("approved at"), null=True)
    released_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "case_part"
        verbose_name = _("part of a case")
        verbose_name_plural = _("parts of cases")
        constraints = [
            models.UniqueConstraint(fields=["case", "institution"], name="case_part_once"),
            models.CheckConstraint(condition=Q(state__in=["draft", "ready", "approved"]), name="case_part_state"),
            models.CheckConstraint(
                condition=Q(
                    state="approved", approved_by__isnull=False, approved_at__isnull=False, released_at__isnull=False
                )
                | Q(~Q(state="approved"), approved_by__isnull=True, approved_at__isnull=True, released_at__isnull=True),
                name="case_part_approval_complete",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True)
                | (
                    (Q(author__isnull=True) | ~Q(approved_by=F("author")))
                    & (Q(editor__isnull=True) | ~Q(approved_by=F("editor")))
                ),
                name="case_part_needs_second_person",
            ),
            models.CheckConstraint(
                condition=Q(Q(amount_claimed__isnull=True) | Q(amount_claimed__gte=0))
                & Q(Q(amount_lost__isnull=True) | Q(amount_lost__gte=0))
                & Q(Q(amount_prevented__isnull=True) | Q(amount_prevented__gte=0))
                & Q(Q(victims__isnull=True) | Q(victims__gte=0))
                & Q(Q(persons__isnull=True) | Q(persons__gte=0)),
                name="case_part_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(from_date__isnull=True) | Q(until_date__isnull=True) | Q(from_date__lte=F("until_date")),
                name="case_part_span",
            ),
        ]
        indexes = [models.Index(fields=["institution", "state"], name="case_part_institution")]

    def __str__(self) -> str:
        return f"{self.case_id} · {self.institution_id}"
