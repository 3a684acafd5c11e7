"""People: members' staff, each in one institution, and the alliance's own staff."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.models import reference

MEMBER_ROLES = ("submitter", "analyst", "approver", "member-admin", "auditor")
ALLIANCE_ROLES = ("alliance-operator", "alliance-approver")


class UserManager(BaseUserManager["User"]):
    """Looks users up by name; accounts are made by `members.operations.users`."""

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> "User":
        """Store one account; without a password it cannot log in."""
        user = self.model(username=self.model.normalize_username(username), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A person with exactly one role. There is no superuser, hence nothing that bypasses a rule."""

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    EMAIL_FIELD = "email"

    username = models.CharField(_("user name"), max_length=64, unique=True)
    full_name = models.CharField(_("full name"), max_length=100, default="", blank=True)
    email = models.EmailField(_("e-mail"), default="", blank=True)
    role = models.CharField(_("role"), max_length=32)
    institution = models.ForeignKey(
        "members.Institution",
        on_delete=models.PROTECT,
        null=True,
        related_name="users",
        verbose_name=_("institution"),
    )
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(_("created at"), default=timezone.now)

    objects = UserManager()

    class Meta:
        db_table = "user_account"
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(
                        role__in=["submitter", "analyst", "approver", "member-admin", "auditor"],
                        institution__isnull=False,
                    )
                    | Q(
                        role__in=["alliance-operator", "alliance-approver"],
                        institution__isnull=True,
                    )
                ),
                name="user_role_fits_institution",
            ),
        ]

    def __str__(self) -> str:
        return self.username

    @property
    def ref(self) -> str:
        """The opaque public reference `U-…`."""
        return reference.encode("U", self.pk)

    @property
    def audit_kind(self) -> str:
        """How the audit trail calls this kind of actor."""
        return "user"

    @property
    def audit_ref(self) -> str:
        """How the audit trail names this person: by reference, not by name."""
        return self.ref

    @property
    def is_alliance(self) -> bool:
        """Whether this person works for the alliance and not for a member."""
        return self.role in ALLIANCE_ROLES

    @property
    def is_staff(self) -> bool:
        """What the desk asks before it lets somebody in."""
        return self.is_active and self.is_alliance

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """What the desk's stock pages ask: its staff may look; changes are operations."""
        return self.is_staff and perm.partition(".")[2].startswith("view_")

    def has_module_perms(self, app_label: str) -> bool:
        """Whether the desk lists an application for this person."""
        return self.is_staff
