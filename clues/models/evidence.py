"""Evidence of a case: items in the vault, uploads on their way there, and the chain of who had each in hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from members.models import reference

from .fields import CodeField

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


def _person(label: StrPromise) -> Any:
    return models.ForeignKey(
        "members.User", on_delete=models.PROTECT, related_name="+", null=True, db_index=False, verbose_name=label
    )


def _institution(**more: Any) -> Any:
    return models.ForeignKey(
        "members.Institution",
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("institution"),
        **more,
    )


class EvidenceItem(models.Model):
    """One piece of evidence that a party holds in a case; it belongs to that party's part.

    `sealed_details` is JSON under the object's own key: title, file_name, collected_by, device, witness, note. `added_by`
    is null where a key of the institution added it. What is destroyed keeps its row and its chain.
    """

    STORED, DESTROYED = "stored", "destroyed"

    case = models.ForeignKey("clues.Case", on_delete=models.PROTECT, related_name="evidence", verbose_name=_("case"))
    institution = _institution()
    kind = CodeField(_("kind"))
    object = models.OneToOneField("clues.StoredObject", on_delete=models.PROTECT, related_name="+")
    media_type = models.CharField(_("media type"), max_length=100)
    size = models.BigIntegerField(_("size"))
    sha256 = models.CharField(max_length=64)
    sm3 = models.CharField(max_length=64)
    collected_at = models.DateTimeField(_("collected at"))
    time_source = CodeField(_("source of the time"))
    sealed_details = models.BinaryField()
    shared_with_parties = models.BooleanField(_("shared with the parties"), default=False)
    legal_hold = models.BooleanField(_("legal hold"), default=False)
    keep_until = models.DateField(_("keep until"), null=True)
    state = CodeField(_("state"), default=STORED)
    version = models.IntegerField(default=1)
    added_by = _person(_("added by"))
    actor_ref = models.CharField(max_length=32)  # as in the audit trail: U-…, or the id of a key
    added_at = models.DateTimeField(_("added at"))
    destroyed_by = _person(_("destroyed by"))
    destroyed_at = models.DateTimeField(_("destroyed at"), null=True)

    class Meta:
        db_table = "evidence_item"
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        constraints = [
            models.CheckConstraint(
                condition=Q(state="stored", destroyed_at__isnull=True, destroyed_by__isnull=True)
                | Q(state="destroyed", destroyed_at__isnull=False),
                name="evidence_item_state",
            ),
            models.CheckConstraint(
                condition=Q(state="stored") | Q(legal_hold=False), name="evidence_item_held_is_kept"
            ),
            models.CheckConstraint(
                condition=Q(destroyed_by__isnull=True) | Q(added_by__isnull=True) | ~Q(destroyed_by=F("added_by")),
                name="evidence_item_destroyed_by_second_person",
            ),
        ]
        indexes = [models.Index(fields=["institution", "case"], name="evidence_item_party")]

    def __str__(self) -> str:
        return self.ref

    @property
    def ref(self) -> str:
        """The opaque public reference `EV-…`."""
        return reference.encode("EV", self.pk)


class EvidenceUpload(models.Model):
    """A piece of evidence that is being received; what it will be stands here until it is an item."""

    OPEN, FINISHED, CANCELED, REFUSED, EXPIRED = "open", "finished", "canceled", "refused", "expired"

    case = models.ForeignKey("clues.Case", on_delete=models.PROTECT, related_name="+", db_index=False)
    institution = _institution()
    kind = CodeField()
    object = models.OneToOneField("clues.StoredObject", on_delete=models.PROTECT, related_name="+")
    media_type = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64, default="")  # as announced; empty where it was not
    collected_at = models.DateTimeField()
    time_source = CodeField()
    sealed_details = models.BinaryField()
    shared_with_parties = models.BooleanField(default=False)
    keep_until = models.DateField(null=True)
    state = CodeField(default=OPEN)
    item = models.OneToOneField(EvidenceItem, on_delete=models.PROTECT, related_name="+", null=True)
    person = _person(_("by"))
    actor_ref = models.CharField(max_length=32)
    begun_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "evidence_upload"
        constraints = [
            models.CheckConstraint(
                condition=Q(state="finished", item__isnull=False)
                | Q(state__in=["open", "canceled", "refused", "expired"], item__isnull=True),
                name="evidence_upload_state",
            ),
        ]
        indexes = [
            models.Index(fields=["institution", "case"], condition=Q(state="open"), name="evidence_upload_open"),
            models.Index(fields=["changed_at"], name="evidence_upload_by_change"),
        ]

    def __str__(self) -> str:
        return self.ref

    @property
    def ref(self) -> str:
        """The opaque public reference `EU-…`."""
        return reference.encode("EU", self.pk)


class CustodyEntry(models.Model):
    """One link of the chain of custody of an item: who did what with it, when and why. Rows are only ever added.

    `digest` covers the entry and the digest before it, so that a chain of which something was changed does not hold.
    `institution` is null for the alliance's desk, and for jobs.
    """

    item = models.ForeignKey(EvidenceItem, on_delete=models.PROTECT, related_name="custody", db_index=False)
    seq = models.IntegerField()  # 1 for the first
    action = CodeField()
    at = models.DateTimeField()
    institution = _institution(null=True)
    person = _person(_("by"))
    actor_ref = models.CharField(max_length=32)
    note = models.TextField(default="")
    previous = models.CharField(max_length=64)  # 64 zeros before the first
    digest = models.CharField(max_length=64)

    class Meta:
        db_table = "custody_entry"
        constraints = [models.UniqueConstraint(fields=["item", "seq"], name="custody_entry_once")]

    def __str__(self) -> str:
        return f"{self.item_id} · {self.seq}"
