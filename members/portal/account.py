"""The own account: who one is, password, second factors, where one is logged in."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from aif_share.errors import Refusal
from members.operations import factors, sessions, users
from members.portal.access import own_account, step_up_required
from members.portal.forms import PasswordForm
from members.portal.login import passkeys_here


@require_safe
@own_account
def account(request: HttpRequest) -> HttpResponse:
    """Show who is logged in, for which institution and with which role, and what can be changed."""
    user = cast(Any, request.user)
    own = factors.list_factors(user)
    context = {
        "section": "account",
        "factors": own,
        "has_totp": any(factor.kind == "totp" for factor in own),
        "codes_left": len(factors.list_recovery_codes(user)),
        "sessions": sessions.list_sessions(user=user, current=request.session.session_key or "", now=timezone.now()),
        **passkeys_here(request),
    }
    return render(request, "members/account.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
@own_account
@step_up_required
def password(request: HttpRequest) -> HttpResponse:
    """Change the own password; other sessions end, this one goes on."""
    user = cast(Any, request.user)
    form = PasswordForm(user, request.POST if "old" in request.POST else None)
    if form.is_valid():
        now = timezone.now()
        try:
            with transaction.atomic():
                users.set_password(user=user, password=form.cleaned_data["new"], by=user, now=now)
                sessions.end_others(user=user, current=request.session.session_key or "", now=now)
        except Refusal as refusal:
            form.add_error("new", refusal.detail)
        else:
            _keep_session(request, user)
            messages.success(request, _("Your password is changed; other sessions have ended."))
            return redirect("members:account")
    context = {"form": form, "section": "account"}
    return render(request, "members/password.html", context, status=422 if form.errors else 200)


def _keep_session(request: HttpRequest, user: Any) -> None:
    """Go on under a new session key, which the list of sessions has to learn."""
    before = request.session.session_key or ""
    update_session_auth_hash(request, user)
    sessions.rename(before=before, after=request.session.session_key or "")
