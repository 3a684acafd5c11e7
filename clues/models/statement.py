"""Statements: figures of a period as they were on the day they were made, with the files as they were handed out."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from members.models import reference

from .fields import CodeField


class Statement(models.Model):
    """A monthly bulletin or the quarterly statement of one institution. A row never changes; made anew it is a new version.

    `until` is the first day after the period. `figures` is a list of sections (clues/statements/paper.py).
    """

    BULLETIN, QUARTERLY = "bulletin", "quarterly"
    EXACT, MEMBERS, OWN = "exact", "members", "own"

    kind = CodeField(_("kind"))
    edition = CodeField(_("edition"))
    institution = models.ForeignKey(
        "members.Institution", on_delete=models.PROTECT, null=True, db_index=False, verbose_name=_("institution")
    )
    since = models.DateField(_("first day"))
    until = models.DateField(_("first day after"))
    version = models.IntegerField(_("version"))
    figures = models.JSONField()
    as_of = models.DateTimeField(_("figures of"))
    made_by_ref = models.CharField(_("made by"), max_length=64)
    pdf = models.BinaryField()
    pdf_sha256 = models.CharField(_("SHA-256 of the PDF"), max_length=64)
    csv = models.BinaryField()
    csv_sha256 = models.CharField(_("SHA-256 of the CSV"), max_length=64)

    class Meta:
        db_table = "statement"
        verbose_name = _("statement")
        verbose_name_plural = _("statements")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "edition", "institution", "since", "version"],
                nulls_distinct=False,
                name="statement_version",
            ),
            models.CheckConstraint(
                condition=Q(kind="bulletin", edition__in=["exact", "members"], institution__isnull=True)
                | Q(kind="quarterly", edition="own", institution__isnull=False),
                name="statement_belongs_to_one",
            ),
            models.CheckConstraint(condition=Q(until__gt=F("since")), name="statement_period"),
        ]
        indexes = [models.Index(fields=["institution", "id"], name="statement_institution")]

    def __str__(self) -> str:
        return self.ref

    @property
    def ref(self) -> str:
        """The opaque public reference `ST-…`."""
        return reference.encode("ST", self.pk)
