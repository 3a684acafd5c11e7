"""Reviews: what the second person of an institution, and for grade A the alliance, says of a clue."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from members.models import reference

from .fields import CodeField


class ClueReview(models.Model):
    """One decision about one clue as it stood at `version`. It stands until it is voided.

    `author_ref` and `editor_ref` say who submitted the clue and who corrected it last; a trigger writes them from the
    tables themselves, so that the constraint below holds whatever the program says. What the reviews come to is kept on
    the clue (`Clue.review`), where screenings read it.
    """

    CONFIRMED, RETURNED = "confirmed", "returned"

    clue = models.ForeignKey(
        "clues.Clue", on_delete=models.PROTECT, db_constraint=False, db_index=False, verbose_name=_("clue")
    )
    institution = models.ForeignKey(
        "members.Institution", on_delete=models.PROTECT, db_index=False, verbose_name=_("institution")
    )
    version = models.IntegerField()
    grade = CodeField(_("grade"), max_length=2)
    author_ref = models.CharField(max_length=64, default="")
    editor_ref = models.CharField(max_length=64, default="")
    reviewer = models.ForeignKey(
        "members.User", on_delete=models.PROTECT, related_name="+", db_index=False, verbose_name=_("reviewed by")
    )
    reviewer_ref = models.CharField(max_length=64)
    decision = CodeField(_("decision"))
    reason = CodeField(_("reason"), default="")
    document_no = models.CharField(_("document number"), max_length=64, default="")
    decided_at = models.DateTimeField(_("reviewed at"))
    desk_by = models.ForeignKey(
        "members.User",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name=_("decided by the alliance"),
    )
    desk_at = models.DateTimeField(_("decided by the alliance at"), null=True)
    desk_decision = CodeField(_("decision of the alliance"), default="")
    desk_reason = models.CharField(_("reason of the alliance"), max_length=500, default="")
    voided_at = models.DateTimeField(_("voided at"), null=True)
    voided_by_ref = models.CharField(max_length=64, default="")
    told_at = models.DateTimeField(null=True)  # null: watchers were not told yet that the clue answers

    class Meta:
        db_table = "clue_review"
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        constraints = [
            models.CheckConstraint(condition=Q(decision__in=["confirmed", "returned"]), name="clue_review_decision"),
            models.CheckConstraint(
                condition=~Q(reviewer_ref=F("author_ref")) & ~Q(reviewer_ref=F("editor_ref")),
                name="clue_review_by_a_second_person",
            ),
            models.CheckConstraint(
                condition=~Q(decision="confirmed") | ~Q(grade__in=["A", "B1"]) | ~Q(document_no=""),
                name="clue_review_names_the_document",
            ),
            models.CheckConstraint(
                condition=Q(desk_by__isnull=True, desk_decision="")
                | Q(desk_by__isnull=False, desk_decision__in=["confirmed", "returned"], decision="confirmed"),
                name="clue_review_desk_decision",
            ),
            models.CheckConstraint(
                condition=Q(desk_by__isnull=True) | ~Q(desk_by=F("reviewer")), name="clue_review_desk_is_another"
            ),
            models.UniqueConstraint(
                fields=["clue"], condition=Q(voided_at__isnull=True), name="clue_review_stands_once"
            ),
        ]
        indexes = [
            models.Index(fields=["clue"], name="clue_review_clue"),
            models.Index(
                fields=["id"],
                condition=Q(told_at__isnull=True, voided_at__isnull=True, decision="confirmed"),
                name="clue_review_untold",
            ),
            models.Index(
                fields=["id"],
                condition=Q(voided_at__isnull=True, grade="A", decision="confirmed", desk_by__isnull=True),
                name="clue_review_at_desk",
            ),
        ]

    def __str__(self) -> str:
        return reference.encode("C", self.clue_id)
