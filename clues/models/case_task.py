"""Tasks of a case: what a party is asked to do for it, until when, and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from members.models import reference

from .fields import CodeField

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


def _person(label: StrPromise) -> Any:
    return models.ForeignKey(
        "members.User", on_delete=models.PROTECT, related_name="+", null=True, db_index=False, verbose_name=label
    )


class CaseTask(models.Model):
    """One thing that the lead or the alliance asks of one party. It is there for the party from `released_at` on.

    `giver` is the leading institution, null for the alliance. How it ended shows to the other side from
    `ended_released_at` on. A key has no person: then `given_by`, or `ended_by`, is null.
    """

    OPEN, DONE, DECLINED, CANCELED = "open", "done", "declined", "canceled"

    case = models.ForeignKey("clues.Case", on_delete=models.PROTECT, related_name="tasks", verbose_name=_("case"))
    institution = models.ForeignKey(
        "members.Institution", on_delete=models.PROTECT, related_name="+", db_index=False, verbose_name=_("asked of")
    )
    kind = CodeField(_("kind"))
    note = models.TextField(_("what is asked"), default="")
    state = CodeField(_("state"), default=OPEN)
    version = models.IntegerField(default=1)
    due_at = models.DateTimeField(_("due"))  # the end of its last day, exclusive
    giver = models.ForeignKey(
        "members.Institution", on_delete=models.PROTECT, related_name="+", null=True, db_index=False,
        verbose_name=_("given by"),
    )  # fmt: skip
    given_by = _person(_("person who gave it"))
    given_at = models.DateTimeField(_("given at"))
    released_at = models.DateTimeField()
    assignee = _person(_("assignee"))
    ended_by = _person(_("ended by"))
    ended_at = models.DateTimeField(_("ended at"), null=True)
    ended_note = models.TextField(_("answer"), default="")
    ended_released_at = models.DateTimeField(null=True)
    overdue_told_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "case_task"
        verbose_name = _("task of a case")
        verbose_name_plural = _("tasks of cases")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["open", "done", "declined", "canceled"]), name="case_task_state"
            ),
            models.CheckConstraint(
                condition=Q(state="open", ended_at__isnull=True, ended_released_at__isnull=True, ended_note="")
                | Q(~Q(state="open"), ended_at__isnull=False, ended_released_at__isnull=False),
                name="case_task_ended",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["declined", "canceled"]) | ~Q(ended_note=""),
                name="case_task_refused_with_a_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["institution", "state", "due_at"], name="case_task_to_do"),
            models.Index(
                fields=["due_at"],
                condition=Q(state="open", overdue_told_at__isnull=True),
                name="case_task_due",
            ),
        ]

    def __str__(self) -> str:
        return reference.encode("T", self.pk)
