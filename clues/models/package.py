"""Report packages of cases: each version is made once, released by a second person, and never overwritten."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from members.models import reference

from .fields import CodeField

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


def _person(label: StrPromise, *, null: bool = True) -> Any:
    return models.ForeignKey(
        "members.User", on_delete=models.PROTECT, related_name="+", null=null, db_index=False, verbose_name=label
    )


class Package(models.Model):
    """One version of the report package of a case, from the asking to the receipt.

    `sources` says what it was made of: when the case was approved, versions of parts, numbers of clues and of evidence.
    `failure` is the code of why it could not be made, `failure_about` what it was about. Digests are hexadecimal: of the
    ZIP, of its manifest, of the certificate that signed it. The parties know of it from `released_at` on.
    """

    ASKED, BUILDING, BUILT, RELEASED = "asked", "building", "built", "released"
    FAILED, DESTROYED = "failed", "destroyed"

    case = models.ForeignKey("clues.Case", on_delete=models.PROTECT, related_name="packages", verbose_name=_("case"))
    version = models.IntegerField(_("version"))
    state = CodeField(_("state"), default=ASKED)
    receiver = CodeField(_("receiver"))  # a code of authority-kinds
    unit = models.CharField(_("unit"), max_length=200)
    asked_by = _person(_("asked by"), null=False)
    asked_at = models.DateTimeField(_("asked at"))
    attempts = models.IntegerField(default=0)
    failure = CodeField(_("why it was not made"), blank=True, default="")
    failure_about = models.CharField(_("about"), max_length=64, blank=True, default="")
    sources = models.JSONField(default=dict)
    object = models.OneToOneField("clues.StoredObject", on_delete=models.PROTECT, related_name="+", null=True)
    size = models.BigIntegerField(_("size"), null=True)
    sha256 = models.CharField(_("SHA-256"), max_length=64, default="")
    manifest_sha256 = models.CharField(_("SHA-256 of the manifest"), max_length=64, default="")
    signer_sha256 = models.CharField(_("fingerprint of the signer"), max_length=64, default="")
    built_at = models.DateTimeField(_("made at"), null=True)
    release_asked_by = _person(_("release proposed by"))
    released_by = _person(_("released by"))
    released_at = models.DateTimeField(_("released at"), null=True)
    receipt_no = models.CharField(_("receipt number"), max_length=64, default="")
    received_date = models.DateField(_("received on"), null=True)
    receipt_by = _person(_("receipt recorded by"))
    receipt_at = models.DateTimeField(_("receipt recorded at"), null=True)

    class Meta:
        db_table = "package"
        verbose_name = _("report package")
        verbose_name_plural = _("report packages")
        constraints = [
            models.UniqueConstraint(fields=["case", "version"], name="package_version_once"),
            models.UniqueConstraint(
                fields=["case"], condition=Q(state__in=["asked", "building"]), name="package_one_in_the_making"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["asked", "building", "built", "released", "failed", "destroyed"]),
                name="package_state",
            ),
            models.CheckConstraint(
                condition=Q(state="failed", object__isnull=True) & ~Q(failure="")
                | Q(state__in=["asked", "building"], object__isnull=True, failure="")
                | Q(state__in=["built", "released", "destroyed"], object__isnull=False, failure="", built_at__isnull=False)
                & ~Q(sha256="") & ~Q(manifest_sha256="") & ~Q(signer_sha256=""),
                name="package_made_whole",
            ),
            # Four eyes: neither who asked for it nor who proposed its release releases it.
            models.CheckConstraint(
                condition=Q(released_by__isnull=True)
                | ~Q(released_by=F("asked_by")) & ~Q(released_by=F("release_asked_by")),
                name="package_release_needs_second_person",
            ),
            models.CheckConstraint(
                condition=Q(released_by__isnull=True, released_at__isnull=True, release_asked_by__isnull=True)
                & ~Q(state="released")
                | Q(released_by__isnull=False, released_at__isnull=False, release_asked_by__isnull=False)
                & Q(state__in=["released", "destroyed"]),
                name="package_released_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(receipt_no="", received_date__isnull=True, receipt_by__isnull=True, receipt_at__isnull=True)
                | Q(received_date__isnull=False, receipt_by__isnull=False, receipt_at__isnull=False)
                & Q(released_at__isnull=False) & ~Q(receipt_no=""),
                name="package_receipt_whole",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["id"], condition=Q(state__in=["asked", "building"]), name="package_to_make"),
        ]

    def __str__(self) -> str:
        return self.ref

    @property
    def ref(self) -> str:
        """The opaque public reference `PK-…`."""
        return reference.encode("PK", self.pk)
