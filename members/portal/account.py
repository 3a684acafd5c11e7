"""Log in, log out, the own account."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth import logout as end_session
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import LoginView
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aif_share.errors import Refusal
from members.operations import users
from members.portal.forms import LoginForm, PasswordForm


@method_decorator(sensitive_post_parameters("password"), name="dispatch")
class Login(LoginView):
    """The login page. Logging in makes a new session; whoever is logged in already is sent on."""

    form_class = LoginForm
    template_name = "members/login.html"
    redirect_authenticated_user = True
    http_method_names = ["get", "head", "post", "options"]

    def form_valid(self, form: Any) -> Any:
        """Log in, and note it in the audit trail: no trail, no login."""
        with transaction.atomic():
            users.record_login(user=form.get_user(), now=timezone.now())
            return super().form_valid(form)


@require_POST
@never_cache
def logout(request: HttpRequest) -> HttpResponse:
    """End the session on the server; the old cookie opens nothing afterwards."""
    if request.user.is_authenticated:
        with transaction.atomic():
            users.record_logout(user=request.user, now=timezone.now())
            end_session(request)
    return redirect("members:login")


@require_safe
@never_cache
@login_required
def account(request: HttpRequest) -> HttpResponse:
    """Show who is logged in, for which institution and with which role."""
    if cast(Any, request.user).is_alliance:
        raise Http404
    return render(request, "members/account.html", {"section": "account"})


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters()
@login_required
def password(request: HttpRequest) -> HttpResponse:
    """Change the own password; other sessions end, this one goes on."""
    user = cast(Any, request.user)
    if user.is_alliance:
        raise Http404
    form = PasswordForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            users.set_password(user=user, password=form.cleaned_data["new"], by=user, now=timezone.now())
        except Refusal as refusal:
            form.add_error("new", refusal.detail)
        else:
            update_session_auth_hash(request, user)
            messages.success(request, _("Your password is changed; other sessions have ended."))
            return redirect("members:account")
    return render(
        request, "members/password.html", {"form": form, "section": "account"}, status=422 if form.errors else 200
    )
