"""Raw values of identifiers in the parts of a case: the only ones the platform keeps, sealed, for the report package."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from members.models import reference

from .fields import CodeField


class PartIdentifier(models.Model):
    """One value that a party put into its part. `sealed` is its canonical form under a key of its own.

    `added_by` is null where a key of the institution added it.
    """

    part = models.ForeignKey("clues.CasePart", on_delete=models.PROTECT, related_name="identifiers")
    type = CodeField(_("type"))
    role = CodeField(_("role"))
    sealed = models.BinaryField()
    key = models.OneToOneField("clues.DataKey", on_delete=models.PROTECT, related_name="+")
    added_by = models.ForeignKey(
        "members.User",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        db_index=False,
        verbose_name=_("added by"),
    )
    actor_ref = models.CharField(max_length=32)  # as in the audit trail: U-…, or the id of a key
    added_at = models.DateTimeField(_("added at"))

    class Meta:
        db_table = "part_identifier"
        verbose_name = _("raw identifier of a part")
        verbose_name_plural = _("raw identifiers of parts")

    def __str__(self) -> str:
        return self.ref

    @property
    def ref(self) -> str:
        """The opaque public reference `PI-…`."""
        return reference.encode("PI", self.pk)
