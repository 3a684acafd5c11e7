"""Logging in at the desk: a password, then a code; whoever has no second factor adds one before anything is shown.

A right password alone makes no session of a person: it is remembered for ten minutes, for the page that asks for the
second factor and for nothing else.
"""

from __future__ import annotations

import base64
import time
from typing import Any, cast

from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.totp.internal import auth as totp
from allauth.usersessions.models import UserSession
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth import login as begin_session
from django.contrib.auth.views import LoginView
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _

from aif_share.errors import Refusal
from members.admin.factor_forms import CodeForm, FirstCodeForm
from members.models import User
from members.operations import factors, users

WAITING = "desk_login"
"""In the session between the password and the second factor: whose password was right, when, and where to go on."""
WAITING_SECONDS = 600
SHOWN = "recovery_codes_shown"
"""In the session while new recovery codes may still be looked at."""
BACKEND = "members.row_security.accounts.AccountBackend"


class DeskLoginForm(AdminAuthenticationForm):
    """User name and password; a member's account reads the same here as no account."""

    error_messages = {
        "invalid_login": _("User name or password is not right."),
        "inactive": _("User name or password is not right."),
    }


class Password(LoginView):
    """The first step: the password alone opens nothing."""

    authentication_form = DeskLoginForm
    template_name = "admin/login.html"

    def form_valid(self, form: Any) -> HttpResponse:
        """Remember whose password was right, in a session of its own, and go on to the second factor."""
        user = form.get_user()
        onward = self.get_redirect_url()
        self.request.session.flush()
        self.request.session[WAITING] = {
            "user": user.pk,
            "hash": user.get_session_auth_hash(),
            "at": time.time(),
            "next": onward,
        }
        return redirect("admin:login-factor")


def is_proved(request: HttpRequest) -> bool:
    """Whether this session has shown a second factor."""
    return factors.get_proof(request) is not None


def second_factor(request: HttpRequest, site: Any) -> HttpResponse:
    """The second step: a code of the app, or a recovery code; without an app, adding one."""
    user = _waiting(request)
    if user is None:
        return redirect("admin:login")
    if not factors.has_factor(user):
        return _enroll(request, site, user)
    form = CodeForm(request.POST if request.method == "POST" else None, user=user, request=request)
    if form.is_valid():
        return _complete(request, user, form.factor)
    return _page(request, site, "members/desk/factor.html", _("Second factor"), form=form)


def recovery_codes(request: HttpRequest, site: Any) -> HttpResponse:
    """Show new recovery codes until they are said to be kept; afterwards nobody sees them again."""
    if SHOWN not in request.session:
        raise Http404
    if request.method == "POST":
        return redirect(request.session.pop(SHOWN) or "admin:index")
    codes = factors.list_recovery_codes(cast(User, request.user))
    return _page(request, site, "members/desk/recovery_codes.html", _("Recovery codes"), codes=codes)


def _enroll(request: HttpRequest, site: Any, user: User) -> HttpResponse:
    form = FirstCodeForm(request.POST if request.method == "POST" else None)
    secret = totp.get_totp_secret(regenerate=request.method != "POST")
    form.secret = secret
    if form.is_valid():
        onward = request.session[WAITING]["next"]
        try:
            with transaction.atomic():
                added = factors.add_totp(user=user, secret=secret, code=form.cleaned_data["code"], now=timezone.now())
                _complete(request, user, added)
        except Refusal:  # another tab was faster
            return redirect("admin:login-factor")
        totp.clear_totp_secret(request)
        request.session[SHOWN] = onward
        return redirect("admin:recovery-codes")
    picture = get_adapter().build_totp_svg(get_adapter().build_totp_url(user, secret))
    return _page(
        request,
        site,
        "members/desk/enroll.html",
        _("Add a second factor"),
        form=form,
        secret=" ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
        picture=f"data:image/svg+xml;base64,{base64.b64encode(picture.encode()).decode('ascii')}",
    )


def _waiting(request: HttpRequest) -> User | None:
    """Return whose password was right, lately and still: not if it was changed or the account shut meanwhile."""
    kept = request.session.get(WAITING)
    if not kept or time.time() - kept["at"] > WAITING_SECONDS:
        return None
    user = User.objects.filter(pk=kept["user"], is_active=True).first()
    if user is None or not user.is_alliance or not constant_time_compare(kept["hash"], user.get_session_auth_hash()):
        return None
    return user


def _complete(request: HttpRequest, user: User, factor: Any) -> HttpResponse:
    """Begin the session, with its event: no trail, no login."""
    onward = request.session.pop(WAITING)["next"]
    factor.user = user
    with transaction.atomic():
        post_authentication(request, factor)
        users.record_login(user=user, now=timezone.now(), factor=factors.CODES[factor.type])
        begin_session(request, user, BACKEND)
        UserSession.objects.create_from_request(request)
    return redirect(onward or "admin:index")


def _page(request: HttpRequest, site: Any, template: str, title: Any, **context: Any) -> HttpResponse:
    request.current_app = site.name
    form = context.get("form")
    status = 422 if form is not None and form.errors else 200
    return TemplateResponse(request, template, {**site.each_context(request), "title": title, **context}, status=status)
