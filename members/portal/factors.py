"""The own second factors: the first one, more of them, recovery codes, taking one away."""

from __future__ import annotations

import base64
from typing import Any, cast

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.adapter import get_adapter
from allauth.mfa.recovery_codes.internal import flows as code_flows
from allauth.mfa.totp.internal import flows as totp_flows
from allauth.mfa.webauthn.internal import auth as webauthn
from allauth.mfa.webauthn.internal import flows as passkey_flows
from django.contrib import messages
from django.contrib.auth import logout as end_session
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aif_share.errors import Refusal
from members.operations import factors
from members.operations.factors import get_proof
from members.portal.access import own_account
from members.portal.factor_forms import AddPasskeyForm, AddTotpForm
from members.portal.login import passkeys_here
from members.portal.step_up import step_up_required

SHOWN = "recovery_codes_shown"
"""In the session while new recovery codes may still be looked at."""


@require_safe
@never_cache
@login_required
def enroll(request: HttpRequest) -> HttpResponseBase:
    """Say why a second factor is needed, and offer the kinds."""
    stranger = _stranger(request)
    if stranger is not None:
        return stranger
    if get_proof(request) is not None:
        return redirect("members:account")
    return render(request, "members/enroll.html", {"section": "account", **passkeys_here(request)})


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters()
@login_required
def add_totp(request: HttpRequest) -> HttpResponseBase:
    """Add an app that shows codes: the first factor, or one more."""
    return _stranger(request) or _guarded(_add_totp, request)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters()
@login_required
def add_passkey(request: HttpRequest) -> HttpResponseBase:
    """Add a passkey: the first factor, or one more."""
    return _stranger(request) or _guarded(_add_passkey, request)


@require_POST
@own_account
@step_up_required
def remove(request: HttpRequest, factor: str) -> HttpResponseBase:
    """Take one factor away, never the last."""
    try:
        factors.remove_factor(user=cast(Any, request.user), factor=factor, now=timezone.now())
    except Refusal as refusal:
        if refusal.code == "not-found":
            raise
        messages.error(request, _(refusal.detail))
    else:
        messages.success(request, _("The second factor is removed."))
    return redirect("members:account")


@require_POST
@own_account
@step_up_required
def renew_recovery_codes(request: HttpRequest) -> HttpResponseBase:
    """Make new recovery codes; the old ones open nothing."""
    with transaction.atomic():
        code_flows.generate_recovery_codes(request)
        factors.note_recovery_codes(user=cast(Any, request.user), now=timezone.now())
    request.session[SHOWN] = True
    return redirect("members:recovery-codes")


@require_http_methods(["GET", "HEAD", "POST"])
@own_account
def recovery_codes(request: HttpRequest) -> HttpResponseBase:
    """Show new recovery codes until they are said to be kept; afterwards nobody sees them again."""
    if not request.session.get(SHOWN):
        return redirect("members:account")
    if request.method == "POST":
        del request.session[SHOWN]
        messages.success(request, _("Your account is ready."))
        return redirect("/")
    codes = factors.list_recovery_codes(cast(Any, request.user))
    return render(request, "members/recovery_codes.html", {"codes": codes, "section": "account"})


@require_safe
@own_account
def recovery_codes_file(request: HttpRequest) -> HttpResponseBase:
    """The same codes as a text file."""
    if not request.session.get(SHOWN):
        raise Http404
    user = cast(Any, request.user)
    lines = [f"AIF-Share  {user.username}", *factors.list_recovery_codes(user)]
    headers = {"Content-Disposition": 'attachment; filename="aif-share-recovery-codes.txt"'}
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8", headers=headers)


def _stranger(request: HttpRequest) -> HttpResponse | None:
    """Answer whoever must not add a factor: the desk's people, and a session from before there was one."""
    user = cast(Any, request.user)
    if user.is_alliance:
        raise Http404
    if get_proof(request) is None and factors.has_factor(user):
        # Somebody added a factor elsewhere meanwhile; this session never showed one, and may be a thief's.
        end_session(request)
        return redirect("members:login")
    return None


def _guarded(view: Any, request: HttpRequest) -> HttpResponseBase:
    """A first factor needs no other; one more does."""
    if get_proof(request) is None:
        return cast(HttpResponseBase, view(request))
    return step_up_required(view)(request)


def _add_totp(request: HttpRequest) -> HttpResponseBase:
    user = cast(Any, request.user)
    if any(factor.kind == "totp" for factor in factors.list_factors(user)):
        messages.info(request, _("You have an authenticator app already. Remove it first to add another one."))
        return redirect("members:account")
    form = AddTotpForm(request.POST if "code" in request.POST else None, user=user)
    if form.is_valid():
        with transaction.atomic():
            added, codes = totp_flows.activate_totp(request, form)
            factors.note_added(user=user, kind=added.type, now=timezone.now())
        return _added(request, added, codes)
    address = get_adapter().build_totp_url(user, form.secret)
    picture = base64.b64encode(get_adapter().build_totp_svg(address).encode()).decode("ascii")
    context = {
        "form": form,
        "secret": " ".join(form.secret[start : start + 4] for start in range(0, len(form.secret), 4)),
        "picture": f"data:image/svg+xml;base64,{picture}",
        "first": get_proof(request) is None,
        "section": "account",
    }
    return render(request, "members/add_totp.html", context, status=422 if form.errors else 200)


def _add_passkey(request: HttpRequest) -> HttpResponseBase:
    user = cast(Any, request.user)
    form = AddPasskeyForm(request.POST if "credential" in request.POST else None, user=user)
    if form.is_valid():
        with transaction.atomic():
            added, codes = passkey_flows.add_authenticator(
                request, name=form.cleaned_data["name"], credential=form.cleaned_data["credential"]
            )
            factors.note_added(user=user, kind=added.type, now=timezone.now())
        return _added(request, added, codes)
    context = {
        "form": form,
        "js_data": {"creation_options": webauthn.begin_registration(user, False)},
        "first": get_proof(request) is None,
        "section": "account",
        **passkeys_here(request),
    }
    return render(request, "members/add_passkey.html", context, status=422 if form.errors else 200)


def _added(request: HttpRequest, added: Any, codes: Any) -> HttpResponse:
    """The new factor was shown just now, so the session has one from here on."""
    record_authentication(request, request.user, "mfa", id=added.pk, type=added.type)
    if codes:
        request.session[SHOWN] = True
        return redirect("members:recovery-codes")
    messages.success(request, _("The second factor is added."))
    return redirect("members:account")
