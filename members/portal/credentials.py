"""Keys: list them, make one for browsers, register one made elsewhere, rotate, revoke. No secret comes here."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from aif_share.errors import Refusal
from aif_share.wire import keys, limits
from aif_share.wire.problems import PROBLEMS
from members import queries, tasks
from members.operations import credentials as operations
from members.permissions import Permission
from members.portal.access import member_required
from members.portal.credential_forms import SCOPE_LABELS, BrowserKeyForm, RegisterForm, RevokeForm, VerifiersForm
from members.portal.step_up import check_fresh, step_up_required

SHOWN: Final = 200
"""Keys of one page: four live ones, and years of ended ones."""
SOON: Final = timedelta(days=30)
ASKED: Final = ["GET", "HEAD", "POST"]

_keeper = member_required(Permission.KEY_MANAGE)


@require_safe
@_keeper
def credentials(request: HttpRequest) -> HttpResponse:
    """Show the keys, newest first, and how many more of each kind there may be."""
    now = timezone.now()
    rows = queries.list_credentials(viewer=queries.person_of(request.user), before=None, limit=SHOWN)
    found = [_describe(row, now=now) for row in rows]
    room = {
        kind: limits.MAX_LIVE_KEYS - sum(each["live"] and each["browser"] == (kind == "browser") for each in found)
        for kind in ("browser", "system")
    }
    return render(request, "members/credentials/list.html", {"section": "keys", "keys": found, "room": room})


@require_safe
@_keeper
def credential(request: HttpRequest, credential: str) -> HttpResponse:
    """Show one key."""
    person = queries.person_of(request.user)
    row = queries.get_credential(credential=credential, viewer=person)
    context = {"section": "keys", "key": _describe(row, now=timezone.now()), "institution": person.institution_ref}
    return render(request, "members/credentials/detail.html", context)


@require_http_methods(ASKED)
@sensitive_post_parameters()
@_keeper
def new(request: HttpRequest) -> HttpResponseBase:
    """Show the page that makes a key for browsers; take the verifiers that its script posts."""
    person, now = queries.person_of(request.user), timezone.now()
    if request.method != "POST":
        return _maker(request, {"form": BrowserKeyForm(), "action": reverse("members:credential-new")})

    def make(sent: dict[str, Any]) -> Any:
        ends = now + timedelta(days=sent.pop("days"))
        return operations.register(
            institution_id=person.institution_id,
            scopes=keys.BROWSER_SCOPES,
            expires_at=ends,
            by=person,
            now=now,
            **sent,
        )

    return _made(request, BrowserKeyForm(request.POST), make)


@require_http_methods(ASKED)
@sensitive_post_parameters()
@_keeper
@step_up_required
def register(request: HttpRequest) -> HttpResponse:
    """Register a key that was made with the command, from its id and verifiers."""
    person = queries.person_of(request.user)
    form = RegisterForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = operations.register(
                institution_id=person.institution_id, by=person, now=timezone.now(), **form.registration()
            )
        except Refusal as refusal:
            _blame(form, refusal)
        else:
            tasks.nudge()
            messages.success(request, _("The key is registered."))
            return redirect("members:credential", made.ref)
    form.forget_wrong()
    status = 422 if form.errors else 200
    return render(request, "members/credentials/register.html", {"section": "keys", "form": form}, status=status)


@require_http_methods(ASKED)
@sensitive_post_parameters()
@_keeper
def rotate(request: HttpRequest, credential: str) -> HttpResponseBase:
    """Take the successor of a key: of one for browsers made by the page's script, of another one made elsewhere."""
    person, now = queries.person_of(request.user), timezone.now()
    row = queries.get_credential(credential=credential, viewer=person)
    found = _describe(row, now=now)
    if not found["browser"]:
        return _rotate_system(request, found, person)
    if request.method != "POST":
        address = reverse("members:credential-rotate", args=[row.ref])
        return _maker(request, {"form": VerifiersForm(), "action": address, "old": found})

    def make(sent: dict[str, Any]) -> Any:
        return operations.rotate(credential_id=row.pk, by=person, now=now, **sent)

    return _made(request, VerifiersForm(request.POST), make)


@require_http_methods(ASKED)
@_keeper
@step_up_required
def revoke(request: HttpRequest, credential: str) -> HttpResponse:
    """Ask whether to end a key for good, and why; end it."""
    person = queries.person_of(request.user)
    row = queries.get_credential(credential=credential, viewer=person)
    form = RevokeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            operations.revoke(credential_id=row.pk, by=person, now=timezone.now(), **form.cleaned_data)
        except Refusal as refusal:
            _blame(form, refusal)
        else:
            tasks.nudge()
            messages.success(request, _("The key is revoked. Its next request is refused."))
            return redirect("members:credentials")
    context = {"section": "keys", "form": form, "key": _describe(row, now=timezone.now())}
    return render(request, "members/credentials/revoke.html", context, status=422 if form.errors else 200)


@step_up_required
def _rotate_system(request: HttpRequest, found: dict[str, Any], person: queries.Person) -> HttpResponse:
    form = VerifiersForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = operations.rotate(credential_id=found["row"].pk, by=person, now=timezone.now(), **form.cleaned_data)
        except Refusal as refusal:
            _blame(form, refusal)
        else:
            tasks.nudge()
            messages.success(request, _("The new key is registered; the old one ends within seven days."))
            return redirect("members:credential", made.ref)
    form.forget_wrong()
    context = {"section": "keys", "form": form, "key": found}
    return render(request, "members/credentials/rotate.html", context, status=422 if form.errors else 200)


@step_up_required
def _maker(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    person = queries.person_of(request.user)
    context |= {"section": "keys", "institution": person.institution_ref, "quota": person.evaluate_quota}
    return render(request, "members/credentials/new.html", context)


def _made(request: HttpRequest, form: VerifiersForm, make: Any) -> JsonResponse:
    """Answer the script that made a key: where it stands now, or why it does not."""
    try:
        check_fresh(request)
        if not form.is_valid():
            raise Refusal("verifier-malformed")
        made = make(dict(form.cleaned_data))
    except Refusal as refusal:
        if refusal.code in ("not-found", "permission-missing", "institution-suspended"):
            raise
        problem = PROBLEMS[refusal.code]
        said = gettext(refusal.detail) if refusal.detail else ""
        return JsonResponse({"code": refusal.code, "detail": said}, status=problem.status)
    tasks.nudge()
    address = reverse("members:credential", args=[made.ref])
    return JsonResponse({"address": address, "expires_at": made.expires_at.isoformat(timespec="seconds")}, status=201)


def _describe(row: Any, *, now: datetime) -> dict[str, Any]:
    live = row.revoked_at is None and row.expires_at > now
    browser = tuple(row.scopes) == keys.BROWSER_SCOPES
    return {
        "row": row,
        "live": live,
        "ends_soon": live and row.expires_at - now < SOON,
        "browser": browser,
        "evaluates": bool(row.custodian_verifier) and "evaluate" in row.scopes,
        "scopes": [(scope, SCOPE_LABELS[scope]) for scope in row.scopes],
    }


def _blame(form: Any, refusal: Refusal) -> None:
    if refusal.code in ("not-found", "permission-missing", "institution-suspended", "institution-not-live"):
        raise refusal
    field = str(refusal.extra.get("field", ""))
    field = {"expires_at": "ends_on"}.get(field, field)
    form.add_error(field if field in form.fields else None, gettext(refusal.detail))
