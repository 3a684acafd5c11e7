"""Forms of second factors: allauth's, with our count of failures, our texts, and codes that count once."""

from __future__ import annotations

from typing import Any

from allauth.account.utils import url_str_to_user_pk
from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from fido2.utils import websafe_decode

from members.operations import factors, lockouts
from members.row_security import act_for, leave


def code_field(label: Any) -> forms.CharField:
    """Return a field for a code, as apps and browsers know to fill it."""
    attributes = {"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True, "spellcheck": "false"}
    return forms.CharField(label=label, max_length=24, widget=forms.TextInput(attrs=attributes))


class _OneCode(forms.Form):
    """Mixed into allauth's forms: count wrong codes, refuse the locked, use each code once."""

    user: Any
    authenticator: Any

    def clean_code(self) -> str:
        """Check the code."""
        request = context.request
        if lockouts.is_factor_locked(request, self.user.username):
            request.axes_locked_out = True
            raise get_adapter().validation_error("incorrect_code")
        try:
            code: str = super().clean_code()  # type: ignore[misc]
            if not factors.spend_code(factor_id=self.authenticator.pk, code=code, now=timezone.now()):
                raise get_adapter().validation_error("incorrect_code")
        except forms.ValidationError:
            lockouts.count_wrong_factor(request, self.user.username)
            raise
        lockouts.forget_wrong_factors(self.user.username)
        return code


class LoginCodeForm(_OneCode, AuthenticateForm):
    """A code of the app, or a recovery code, after the password."""

    code = code_field(_("Code of your app, or a recovery code"))


class ConfirmCodeForm(_OneCode, ReauthenticateForm):
    """The same again, before something dangerous."""

    code = code_field(_("Code of your app, or a recovery code"))


class _OneCredential(forms.Form):
    """Mixed into allauth's forms: what a browser did not make is wrong, whatever is wrong with it."""

    credential = forms.JSONField(required=True, widget=forms.HiddenInput)

    def clean_credential(self) -> Any:
        """Check the answer of the passkey."""
        try:
            return super().clean_credential()  # type: ignore[misc]
        except (ValueError, KeyError, TypeError, AttributeError):
            raise get_adapter().validation_error("incorrect_code") from None


class LoginCredentialForm(_OneCredential, AuthenticateWebAuthnForm):
    """A passkey after the password."""


class PasskeyLoginForm(_OneCredential, LoginWebAuthnForm):
    """A passkey alone."""

    def clean_credential(self) -> Any:
        """Check the answer against the passkeys of whoever it names; the request acts for them only if it is right."""
        try:
            handle = websafe_decode(self.cleaned_data["credential"]["response"]["userHandle"])
            act_for(person=int(url_str_to_user_pk(handle.decode())))
            return super().clean_credential()
        except (ValueError, KeyError, TypeError, AttributeError):
            leave()
            raise get_adapter().validation_error("incorrect_code") from None
        except forms.ValidationError:
            leave()
            raise


class ConfirmCredentialForm(_OneCredential, ReauthenticateWebAuthnForm):
    """A passkey before something dangerous."""


class AddTotpForm(ActivateTOTPForm):
    """The first code of an app that has just read the secret."""

    code = code_field(_("Code that the app shows"))


class AddPasskeyForm(AddWebAuthnForm):
    """A name for the passkey, and whether it logs in alone."""

    name = forms.CharField(
        label=_("Name"), required=False, max_length=60, help_text=_("For example: fingerprint of my office computer.")
    )
    passwordless = forms.BooleanField(
        label=_("Log in with this passkey alone"),
        required=False,
        initial=True,
        help_text=_("Without user name and password; it then asks for your fingerprint, face or PIN."),
    )
    field_order = ("name", "passwordless")

    def clean(self) -> dict[str, Any]:
        """Check what the browser made."""
        try:
            cleaned: dict[str, Any] = super().clean()
        except (ValueError, KeyError, TypeError, AttributeError):
            raise get_adapter().validation_error("incorrect_code") from None
        return cleaned
