"""The signed agreement of an institution with the alliance, as it was uploaded."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from members.models import reference


class InstitutionAgreement(models.Model):
    """One file, a PDF of 10 MiB at most. Rows are only ever added; the newest one counts."""

    institution = models.ForeignKey(
        "members.Institution", on_delete=models.PROTECT, related_name="agreements", verbose_name=_("institution")
    )
    file_name = models.CharField(_("file name"), max_length=100)
    content = models.BinaryField()
    size = models.IntegerField(_("bytes"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    uploaded_by = models.ForeignKey(
        "members.User", on_delete=models.PROTECT, related_name="+", db_index=False, verbose_name=_("uploaded by")
    )
    uploaded_at = models.DateTimeField(_("uploaded at"))

    class Meta:
        db_table = "institution_agreement"
        verbose_name = _("agreement")
        verbose_name_plural = _("agreements")
        constraints = [
            models.CheckConstraint(condition=Q(size__gt=0, size__lte=10 * 1024 * 1024), name="agreement_size"),
            models.CheckConstraint(condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="agreement_digest_form"),
        ]

    def __str__(self) -> str:
        return self.ref

    @property
    def ref(self) -> str:
        """The opaque public reference `AG-…`."""
        return reference.encode("AG", self.pk)
