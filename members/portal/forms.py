"""Forms of accounts and of the team."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.signals import user_login_failed
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from aif_share.errors import Refusal
from members.permissions import ROLE_LABELS


class LoginForm(AuthenticationForm):
    """User name and password. Every failure reads the same, also for accounts that belong to the desk."""

    error_messages = {
        "invalid_login": _("User name or password is not right."),
        "inactive": _("User name or password is not right."),
    }

    def confirm_login_allowed(self, user: Any) -> None:
        """Let members' staff in; the alliance's own staff log in at the desk."""
        super().confirm_login_allowed(user)
        if user.is_alliance:
            # Counts like a wrong password, or the count would tell that it was right.
            user_login_failed.send(sender=__name__, credentials={"username": user.username}, request=self.request)
            raise self.get_invalid_login_error()


class PasswordForm(forms.Form):
    """The old password once, the new one twice."""

    old = forms.CharField(
        label=_("Present password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )
    new = forms.CharField(
        label=_("New password"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )
    repeated = forms.CharField(
        label=_("New password again"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def __init__(self, user: AbstractBaseUser, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_old(self) -> str:
        """Check the present password."""
        old: str = self.cleaned_data["old"]
        if not self.user.check_password(old):
            raise forms.ValidationError(_("The present password is not right."))
        return old

    def clean_repeated(self) -> str:
        """Check that both entries are the same."""
        repeated: str = self.cleaned_data["repeated"]
        if repeated != self.cleaned_data.get("new"):
            raise forms.ValidationError(_("The two entries differ."))
        return repeated


class RefusableForm(forms.Form):
    """A form whose operation may refuse."""

    def refuse(self, refusal: Refusal) -> None:
        """Show the refusal at its field."""
        field = refusal.extra.get("field")
        self.add_error(field if field in self.fields else None, gettext(refusal.detail or refusal.code))


def member_roles() -> list[tuple[str, Any]]:
    """Return the roles of members' people with their labels."""
    return [(role, label) for role, label in ROLE_LABELS.items() if not role.startswith("alliance-")]


class InviteForm(RefusableForm):
    """Whom to ask."""

    full_name = forms.CharField(label=_("Full name"), max_length=100)
    email = forms.EmailField(label=_("E-mail"), max_length=200)
    role = forms.ChoiceField(label=_("Role"), choices=member_roles, initial="analyst", widget=forms.RadioSelect)


class NewPasswordForm(RefusableForm):
    """A new password, twice."""

    password = forms.CharField(
        label=_("Password"),
        strip=False,
        help_text=_("At least 12 characters, not a common one."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    repeated = forms.CharField(
        label=_("Password again"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def clean_repeated(self) -> str:
        """Check that both entries are the same."""
        repeated: str = self.cleaned_data["repeated"]
        if repeated != self.cleaned_data.get("password"):
            raise forms.ValidationError(_("The two entries differ."))
        return repeated


class AcceptForm(NewPasswordForm):
    """What the invited person chooses."""

    username = forms.CharField(
        label=_("User name"),
        max_length=64,
        help_text=_("3 to 64 characters: a to z, digits, dot, hyphen, underscore."),
        widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True, "spellcheck": "false"}),
    )
    field_order = ("username", "password", "repeated")


class ReasonForm(RefusableForm):
    """Why somebody's account is changed."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Stays in the audit trail. No names of customers, no identifiers."),
    )


class RoleForm(ReasonForm):
    """Another role, and why."""

    role = forms.ChoiceField(label=_("Role"), choices=member_roles)
    field_order = ("role", "reason")


class TeamFilterForm(forms.Form):
    """What of the team to show."""

    search = forms.CharField(
        label=_("Search"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("Name or e-mail")}),
    )
    role = forms.ChoiceField(label=_("Role"), required=False, choices=lambda: [("", _("All roles")), *member_roles()])
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", _("All states")),
            ("active", _("Active")),
            ("inactive", _("Shut")),
            ("no-factor", _("Without a second factor")),
        ],
    )
