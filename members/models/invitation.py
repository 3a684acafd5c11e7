"""Invitations: how a member's person gets an account. Of the link only a hash is kept."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from members.models import reference


class Invitation(models.Model):
    """One person asked to join an institution in one role; open until accepted, revoked or too old.

    With `renews` it is a link for a person who has an account already and forgot the password.

    `token_hash` is the SHA-256 of the token in the link, in hex. Sending it again replaces it, so that of several
    letters only the last one opens anything.
    """

    institution = models.ForeignKey(
        "members.Institution", on_delete=models.PROTECT, related_name="invitations", verbose_name=_("institution")
    )
    role = models.CharField(_("role"), max_length=32)
    full_name = models.CharField(_("full name"), max_length=100)
    email = models.EmailField(_("e-mail"), blank=True)
    renews = models.ForeignKey(
        "members.User", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("for the account")
    )
    token_hash = models.CharField(_("hash of the link"), max_length=64, unique=True)
    created_at = models.DateTimeField(_("created at"))
    created_by = models.ForeignKey(
        "members.User", on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("created by")
    )
    expires_at = models.DateTimeField(_("expires at"))
    revoked_at = models.DateTimeField(_("revoked at"), null=True)
    accepted_at = models.DateTimeField(_("accepted at"), null=True)
    accepted_by = models.ForeignKey(
        "members.User", on_delete=models.PROTECT, null=True, related_name="invitations", verbose_name=_("accepted by")
    )

    class Meta:
        db_table = "invitation"
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            models.CheckConstraint(
                condition=Q(role__in=["submitter", "analyst", "approver", "member-admin", "auditor"]),
                name="invitation_is_for_members",
            ),
            models.CheckConstraint(condition=Q(token_hash__regex=r"^[0-9a-f]{64}$"), name="invitation_hash_form"),  # noqa: S106
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True, accepted_by__isnull=True)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False, revoked_at__isnull=True),
                name="invitation_accepted_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["institution", "-id"], name="invitation_institution")]

    def __str__(self) -> str:
        return self.ref

    @property
    def ref(self) -> str:
        """The opaque public reference `V-…`."""
        return reference.encode("V", self.pk)

    def state(self, now: datetime) -> str:
        """Return `accepted`, `revoked`, `expired` or `open`."""
        if self.accepted_at is not None:
            return "accepted"
        if self.revoked_at is not None:
            return "revoked"
        return "open" if now < self.expires_at else "expired"
