"""What the desk asks for a second factor: a code that counts once, wrong ones counted."""

from __future__ import annotations

from typing import Any

from allauth.mfa.totp.internal import auth as totp
from django import forms
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.models import User
from members.operations import factors

NOT_RIGHT = _("The code is not right, or it was used before. Wait for the next one.")


def _code_field(label: Any) -> forms.CharField:
    attributes = {"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True, "spellcheck": "false"}
    return forms.CharField(label=label, max_length=24, widget=forms.TextInput(attrs=attributes))


class CodeForm(forms.Form):
    """A code of the app, or a recovery code."""

    code = _code_field(_("Code of your app, or a recovery code"))
    factor: Any = None

    def __init__(self, *args: Any, user: User, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.request = user, request

    def clean_code(self) -> str:
        """Use the code up."""
        code: str = self.cleaned_data["code"]
        self.factor = factors.use_code(user=self.user, code=code, request=self.request, now=timezone.now())
        if self.factor is None:
            raise forms.ValidationError(NOT_RIGHT)
        return code


class FirstCodeForm(forms.Form):
    """The first code of an app that has just read the secret."""

    code = _code_field(_("Code that the app shows"))
    secret = ""

    def clean_code(self) -> str:
        """Compare it with the secret that the page showed."""
        code: str = self.cleaned_data["code"]
        if not totp.validate_totp_code(self.secret, code):
            raise forms.ValidationError(NOT_RIGHT)
        return code
