"""API keys of an institution, as verifiers: the secret itself never reaches a server."""

from datetime import timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from members.models import reference


class Credential(models.Model):
    """One key. `verifier` is the SHA-256 of the bearer for the platform, in hex.

    `custodian_verifier` is the same for the custodian the platform runs, which
    is told by the outbox; independent custodians register members themselves.
    """

    institution = models.ForeignKey(
        "members.Institution",
        on_delete=models.PROTECT,
        related_name="credentials",
        verbose_name=_("institution"),
    )
    key_id = models.CharField(_("key id"), max_length=8, unique=True)
    verifier = models.CharField(_("verifier"), max_length=64)
    custodian_verifier = models.CharField(_("verifier at the custodian"), max_length=64, default="", blank=True)
    scopes = ArrayField(models.CharField(max_length=16), verbose_name=_("scopes"))
    cidrs = ArrayField(models.CharField(max_length=49), default=list, verbose_name=_("allowed networks"))
    default_basis = models.CharField(_("default legal basis"), max_length=64, db_default="unspecified")
    created_at = models.DateTimeField(_("created at"))
    created_by = models.ForeignKey(
        "members.User",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("created by"),
    )
    not_before = models.DateTimeField(_("valid from"))
    expires_at = models.DateTimeField(_("expires at"))
    last_used_at = models.DateTimeField(_("last used at"), null=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True)
    warned_at = models.DateTimeField(_("warned of expiry at"), null=True)
    revoked_reason = models.CharField(_("reason of revocation"), max_length=500, default="")

    class Meta:
        db_table = "credential"
        verbose_name = _("key")
        verbose_name_plural = _("keys")
        constraints = [
            models.CheckConstraint(condition=Q(key_id__regex=r"^[a-z0-9]{8}$"), name="credential_key_id_form"),
            models.CheckConstraint(condition=Q(verifier__regex=r"^[0-9a-f]{64}$"), name="credential_verifier_form"),
            models.CheckConstraint(
                condition=Q(default_basis__regex=r"^[a-z0-9-]{1,64}$"), name="credential_basis_is_a_code"
            ),
            models.CheckConstraint(
                condition=Q(custodian_verifier__regex=r"^([0-9a-f]{64})?$"),
                name="credential_custodian_verifier_form",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("not_before")) & Q(expires_at__lte=F("not_before") + timedelta(days=366)),
                name="credential_lives_a_year_at_most",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_reason="")
                | (Q(revoked_at__isnull=False) & ~Q(revoked_reason="")),
                name="credential_revoked_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.key_id

    @property
    def ref(self) -> str:
        """The opaque public reference `K-…`."""
        return reference.encode("K", self.pk)
