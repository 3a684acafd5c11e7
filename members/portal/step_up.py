"""Step-up: what is dangerous asks for the second factor again unless it was shown within ten minutes.

A form that was sent is not lost: the page that asks carries what it held, and sends it on to where it was going once
the factor is right. Nothing of it is kept on the server. Files are the exception: they have to be chosen again.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast
from urllib.parse import urlencode, urlsplit

from allauth.mfa.webauthn.internal import auth as webauthn
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from aif_share.errors import Refusal
from members.operations import factors
from members.operations.factors import get_proof
from members.portal.adapters import is_fresh
from members.portal.factor_forms import ConfirmCodeForm, ConfirmCredentialForm
from members.portal.login import passkeys_here

PREFIX = "step_up"

_P = ParamSpec("_P")
_View = Callable[Concatenate[HttpRequest, _P], HttpResponseBase]


def step_up_required(view: _View[_P]) -> _View[_P]:
    """Ask for the second factor again before the view runs. Stands below `member_required`, next to the view."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: _P.args, **kwargs: _P.kwargs) -> HttpResponseBase:
        if is_fresh(request):
            return view(request, *args, **kwargs)
        if request.method != "POST":
            return _go_and_ask(request)
        page = _ask(request, carried=_carried(request))
        if page is not None:
            return page
        request.POST = _without_answer(request)
        return view(request, *args, **kwargs)

    return cast(_View[_P], guarded)


def check_fresh(request: HttpRequest) -> None:
    """Raise the refusal `second-factor-stale` unless the factor is fresh: for scripts, which send people to `confirm`."""
    if not is_fresh(request):
        raise Refusal("second-factor-stale")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters()
@login_required
def confirm(request: HttpRequest) -> HttpResponse:
    """Ask for the second factor, then go to `next`."""
    user = cast(Any, request.user)
    if user.is_alliance or get_proof(request) is None:
        raise Http404
    onward = request.GET.get("next", "/")
    if not url_has_allowed_host_and_scheme(onward, {request.get_host()}, require_https=request.is_secure()):
        onward = "/"
    if request.method == "POST" or not is_fresh(request):
        page = _ask(request, carried=[])
        if page is not None:
            return page
    return redirect(onward)


def _go_and_ask(request: HttpRequest) -> HttpResponse:
    """Answer a request that sends no form."""
    back = request.get_full_path()
    if "HX-Request" in request.headers:
        shown = urlsplit(request.headers.get("HX-Current-URL", "/"))
        back = shown.path + (f"?{shown.query}" if shown.query else "")
    address = f"{reverse('members:confirm')}?{urlencode({'next': back})}"
    if "HX-Request" in request.headers:
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return redirect(address)


def _ask(request: HttpRequest, *, carried: list[tuple[str, str]]) -> HttpResponse | None:
    """Return the page that asks, or None if its answer came and is right."""
    user = cast(Any, request.user)
    sent = request.POST if f"{PREFIX}-code" in request.POST else None
    with_passkey = sent is not None and bool(sent.get(f"{PREFIX}-credential"))
    code: Any = cast(Any, ConfirmCodeForm)(None if with_passkey else sent, user=user, prefix=PREFIX)
    credential: Any = cast(Any, ConfirmCredentialForm)(sent if with_passkey else None, user=user, prefix=PREFIX)
    form: Any = credential if with_passkey else code
    if form.is_valid():
        with transaction.atomic():
            form.save()
            kind = form.cleaned_data["credential"].type if with_passkey else form.authenticator.type
            factors.note_confirmed(user=user, kind=kind, now=timezone.now())
        return None
    if with_passkey:
        code.errors.clear()
    kinds = {factor.kind for factor in factors.list_factors(user)}
    context = {
        "form": code,
        "credential": credential,
        "wrong": form.errors,
        "carried": carried,
        "kinds": kinds,
        "back": _came_from(request),
        "js_data": {"request_options": webauthn.begin_authentication(user)} if "passkey" in kinds else None,
        **passkeys_here(request),
    }
    if "HX-Request" in request.headers:
        if "totp" not in kinds:
            return _go_and_ask(request)  # a fragment brings no script, and a passkey takes one
        # htmx puts only what succeeded into the page.
        answer = render(request, "members/_confirm.html", {**context, "offers_passkeys": False})
        answer.headers["HX-Retarget"] = "#content"
        answer.headers["HX-Reswap"] = "innerHTML"
    else:
        answer = render(request, "members/confirm.html", context, status=422 if form.is_bound else 403)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _came_from(request: HttpRequest) -> str:
    """Return the page of ours with the form, for whoever thinks better of it."""
    came = request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(came, {request.get_host()}, require_https=request.is_secure())
    return urlsplit(came).path if ours and urlsplit(came).path != request.path else "/"


def _carried(request: HttpRequest) -> list[tuple[str, str]]:
    """Return what the form held, but for our own answer."""
    return [
        (name, str(value))
        for name, values in request.POST.lists()
        if name != "csrfmiddlewaretoken" and not name.startswith(f"{PREFIX}-")
        for value in values
    ]


def _without_answer(request: HttpRequest) -> Any:
    kept = request.POST.copy()
    for name in list(kept):
        if name.startswith(f"{PREFIX}-"):
            del kept[name]
    kept._mutable = False
    return kept
