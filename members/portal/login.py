"""Log in by password and second factor, or by passkey alone; log out."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.internal.flows.logout import logout as forget_pending_login
from allauth.account.models import Login as PendingLogin
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.webauthn.views import LoginWebAuthnView
from django.contrib import messages
from django.contrib.auth import logout as end_session
from django.contrib.auth.views import LoginView
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from members.operations import factors, users
from members.portal.adapters import get_passkey_address, offers_passkeys
from members.portal.factor_forms import LoginCodeForm, LoginCredentialForm, PasskeyLoginForm
from members.portal.forms import LoginForm


def passkeys_here(request: HttpRequest) -> dict[str, Any]:
    """What a page says of passkeys: whether they work at this address, and where else they do."""
    return {"offers_passkeys": offers_passkeys(request), "passkey_address": get_passkey_address(request)}


@method_decorator(sensitive_post_parameters("password"), name="dispatch")
class Login(LoginView):
    """The login page. The password alone opens nothing: the second factor follows, or adding one."""

    form_class = LoginForm
    template_name = "members/login.html"
    redirect_authenticated_user = True
    http_method_names = ["get", "head", "post", "options"]

    def form_valid(self, form: Any) -> Any:
        """Go on to the second factor; the session begins, with its event, after that."""
        user = form.get_user()
        login = PendingLogin(user=user, redirect_url=self.get_redirect_url() or None)
        return perform_password_login(self.request, {"username": user.username}, login)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add whether passkeys work here."""
        return {**super().get_context_data(**kwargs), **passkeys_here(self.request)}


@method_decorator(never_cache, name="dispatch")
class SecondFactor(AuthenticateView):
    """The second factor of a login whose password was right."""

    form_class = LoginCodeForm
    webauthn_form_class = LoginCredentialForm
    template_name = "members/second_factor.html"
    http_method_names = ["get", "head", "post", "options"]

    def form_invalid(self, form: Any) -> HttpResponse:
        """Show what was wrong."""
        response: HttpResponse = super().form_invalid(form)
        response.status_code = 422
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add which kinds this person has."""
        kinds = {factor.kind for factor in factors.list_factors(self.stage.login.user)}
        return {**super().get_context_data(**kwargs), "kinds": kinds, **passkeys_here(self.request)}


@method_decorator(never_cache, name="dispatch")
class PasskeyLogin(LoginWebAuthnView):
    """A passkey in place of name, password and second factor."""

    form_class = PasskeyLoginForm
    http_method_names = ["get", "head", "post", "options"]

    def form_invalid(self, form: Any) -> HttpResponse:
        """Say that it did not open, and no more."""
        messages.error(self.request, _("This passkey opens no account here. Log in with your password."))
        return redirect("members:login")


@require_POST
@never_cache
def logout(request: HttpRequest) -> HttpResponse:
    """End the session on the server, or a login that waits for its second factor; the old cookie opens nothing."""
    if request.user.is_authenticated:
        with transaction.atomic():
            users.record_logout(user=request.user, now=timezone.now())
            end_session(request)
    else:
        forget_pending_login(request, show_message=False)
    return redirect("members:login")
