"""The lawful-use matrix: which purposes may learn of which categories, grades and identifier types."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .fields import CodeField


class LawfulUseMatrix(models.Model):
    """One version of the matrix. One at most is in force; it took two people, or came with the product."""

    PROPOSED, IN_FORCE, SUPERSEDED, REJECTED = "proposed", "in-force", "superseded", "rejected"

    title = models.CharField(_("title"), max_length=100)
    rules = models.TextField(_("rules"))
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
        db_table = "lawful_use_matrix"
        verbose_name = _("lawful-use matrix")
        verbose_name_plural = _("lawful-use matrices")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["proposed", "in-force", "superseded", "rejected"]),
                name="lawful_use_matrix_state",
            ),
            models.CheckConstraint(condition=~Q(signed_by=F("proposed_by")), name="lawful_use_matrix_second_person"),
            models.UniqueConstraint(fields=["state"], condition=Q(state="in-force"), name="lawful_use_matrix_in_force"),
        ]

    def __str__(self) -> str:
        return f"{self.title} · {self.pk}"


class LawfulUseCell(models.Model):
    """A cell that is resolved as allowed. What has no row here refuses: refused and unresolved alike."""

    pk = models.CompositePrimaryKey("matrix_id", "purpose", "type", "category", "grade")
    matrix = models.ForeignKey(LawfulUseMatrix, on_delete=models.PROTECT, db_index=False)
    purpose = CodeField()
    type = CodeField()
    category = CodeField()
    grade = CodeField(max_length=2)

    class Meta:
        db_table = "lawful_use_cell"
