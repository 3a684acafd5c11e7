"""Webhooks: list, register, change, try, see what was sent, send it again, change the secret, delete."""

from __future__ import annotations

import base64
import secrets
from datetime import datetime, timedelta
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aif_share.errors import Refusal
from members import tasks
from members.delivery import endpoints, webhook_message
from members.delivery.webhooks import LEASE_SECONDS
from members.operations import webhooks as operations
from members.permissions import Permission
from members.portal.access import member_required
from members.portal.step_up import step_up_required
from members.portal.webhook_forms import ReplayForm, WebhookForm
from members.queries import Person, person_of

SIZE: Final = 25
UNDER_WAY: Final = timedelta(seconds=LEASE_SECONDS + 1)
"""A message that is tried within this time is waited for; later ones are not. One that is being sent is due again when
its claim ends, so this is no shorter than a claim."""
STATES: Final = {
    "pending": (gettext_lazy("waiting"), "info"),
    "delivered": (gettext_lazy("delivered"), "good"),
    "dead": (gettext_lazy("given up"), "bad"),
    "blocked": (gettext_lazy("blocked"), "bad"),
}
"""State of a delivery: in words, and how it is colored."""
ERRORS: Final = {
    "status": gettext_lazy("the receiver answered no 2xx"),
    "redirect": gettext_lazy("the receiver redirects; redirects are not followed"),
    "timeout": gettext_lazy("no answer within five seconds"),
    "connect": gettext_lazy("no connection"),
    "tls": gettext_lazy("the certificate does not hold"),
    "protocol": gettext_lazy("the answer is no HTTP"),
    "lookup": gettext_lazy("the name was not found"),
    "blocked-address": gettext_lazy("the name leads to an address that is not public"),
    "blocked-url": gettext_lazy("the address is not allowed any more"),
    "not-sent": gettext_lazy("its time was over before it could be sent"),
    "webhook-deleted": gettext_lazy("the webhook was deleted"),
}
"""Why an attempt failed, in words."""

_SECRET, _MADE = "webhook-secret", "webhook-form"
_FOREIGN: Final = ("not-found", "permission-missing", "institution-suspended", "institution-not-live")
_keeper = member_required(Permission.KEY_MANAGE)


@require_safe
@_keeper
def webhooks(request: HttpRequest) -> HttpResponse:
    """Show the endpoints, of which there are few."""
    person, now = person_of(request.user), timezone.now()
    rows = endpoints.list_endpoints(viewer=person, before=None, limit=operations.MAX_ENDPOINTS)
    context = {"section": "webhooks", "webhooks": rows, "limit": operations.MAX_ENDPOINTS, "now": now}
    return render(request, "members/webhooks/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@_keeper
@step_up_required
def new(request: HttpRequest) -> HttpResponse:
    """Register an endpoint. A form that is sent twice makes one."""
    person = person_of(request.user)
    form = WebhookForm(request.POST or None, initial={"form_key": secrets.token_urlsafe(16)})
    if request.method == "POST":
        before = request.session.get(_MADE)
        if before and before[0] == request.POST.get("form_key"):
            return redirect("members:webhook", before[1])
        if form.is_valid():
            try:
                made = operations.create(fields=form.fields_sent, by=person, now=timezone.now())
            except Refusal as refusal:
                _blame(form, refusal)
            else:
                request.session[_MADE] = [form.cleaned_data["form_key"], made.endpoint.webhook]
                return _show_once(request, made, person)
    return _form_page(request, "new", form)


@require_safe
@_keeper
def webhook(request: HttpRequest, webhook: str) -> HttpResponse:
    """Show one endpoint and what was or will be sent to it, by state if asked."""
    person, state = person_of(request.user), request.GET.get("state") or None
    if state not in (None, *STATES):
        raise Http404
    found = endpoints.get_endpoint(webhook=webhook, viewer=person)
    before = None
    if "before" in request.GET:
        before = endpoints.find_delivery(webhook=webhook, delivery=request.GET["before"], viewer=person).id
    rows = endpoints.list_deliveries(webhook=webhook, viewer=person, state=state, before=before, limit=SIZE + 1)
    now = timezone.now()
    context = {
        "section": "webhooks",
        "webhook": found,
        "busy": before is None and any(_is_under_way(row, now) for row in rows),
        "deliveries": [(row, *STATES[row.state], ERRORS.get(row.error or "", row.error)) for row in rows[:SIZE]],
        "older": rows[SIZE - 1].delivery if len(rows) > SIZE else None,
        "is_first": before is None,
        "chosen": state,
        "states": [(code, name) for code, (name, _color) in STATES.items()],
        "now": now,
    }
    # While something is under way the log asks for itself again, and nothing else of the page.
    name = "_log" if "HX-Request" in request.headers else "detail"
    return render(request, f"members/webhooks/{name}.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@_keeper
@step_up_required
def edit(request: HttpRequest, webhook: str) -> HttpResponse:
    """Change address, events or description; the version that the page showed says what is changed."""
    person = person_of(request.user)
    found = endpoints.get_endpoint(webhook=webhook, viewer=person)
    initial = {"url": found.url, "description": found.description, "kinds": found.kinds, "version": found.version}
    form = WebhookForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"] or 0
        try:
            operations.change(webhook=webhook, changes=form.fields_sent, version=version, by=person, now=timezone.now())
        except Refusal as refusal:
            _blame(form, refusal)
        else:
            messages.success(request, _("The webhook is changed."))
            return redirect("members:webhook", webhook)
    return _form_page(request, "edit", form, webhook=found)


@require_POST
@_keeper
def set_state(request: HttpRequest, webhook: str) -> HttpResponse:
    """Enable or disable."""
    changes = {"state": request.POST.get("state", "")}
    try:
        operations.change(
            webhook=webhook,
            changes=changes,
            version=_number(request.POST.get("version", "")),
            by=person_of(request.user),
            now=timezone.now(),
        )
    except Refusal as refusal:
        _say(request, refusal)
    else:
        enabled = changes["state"] == "enabled"
        messages.success(request, _("The webhook is enabled.") if enabled else _("The webhook is disabled."))
    return redirect("members:webhook", webhook)


@require_POST
@_keeper
def test(request: HttpRequest, webhook: str) -> HttpResponse:
    """Queue a message without events; its outcome stands in the log."""
    try:
        operations.test(webhook=webhook, by=person_of(request.user), now=timezone.now())
    except Refusal as refusal:
        _say(request, refusal)
    else:
        tasks.nudge()
        messages.success(request, _("A test message is on its way. Its outcome stands below in a moment."))
    return redirect("members:webhook", webhook)


@require_http_methods(["GET", "HEAD", "POST"])
@_keeper
@step_up_required
def rotate(request: HttpRequest, webhook: str) -> HttpResponse:
    """Ask whether to make a new secret, and make it."""
    person = person_of(request.user)
    found = endpoints.get_endpoint(webhook=webhook, viewer=person)
    if request.method == "POST":
        return _show_once(request, operations.rotate_secret(webhook=webhook, by=person, now=timezone.now()), person)
    return render(request, "members/webhooks/rotate.html", {"section": "webhooks", "webhook": found})


@require_safe
@_keeper
def secret(request: HttpRequest, webhook: str) -> HttpResponse:
    """Show a new secret, once: a second look finds none."""
    person = person_of(request.user)
    found = endpoints.get_endpoint(webhook=webhook, viewer=person)
    kept = request.session.get(_SECRET)
    shown = None
    if kept and kept[0] == webhook and request.method == "GET":
        shown = webhook_message.unseal_secret(base64.b64decode(kept[1]), institution_id=person.institution_id)
        del request.session[_SECRET]
    context = {"section": "webhooks", "webhook": found, "secret": shown}
    return render(request, "members/webhooks/secret.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@_keeper
@step_up_required
def delete(request: HttpRequest, webhook: str) -> HttpResponse:
    """Ask whether to delete, and delete."""
    person = person_of(request.user)
    found = endpoints.get_endpoint(webhook=webhook, viewer=person)
    if request.method == "POST":
        version = _number(request.POST.get("version", ""))
        try:
            operations.delete(webhook=webhook, version=version, by=person, now=timezone.now())
        except Refusal as refusal:
            _say(request, refusal)
            return redirect("members:webhook", webhook)
        messages.success(request, _("The webhook is deleted."))
        return redirect("members:webhooks")
    return render(request, "members/webhooks/delete.html", {"section": "webhooks", "webhook": found})


@require_POST
@_keeper
def replay(request: HttpRequest, webhook: str, delivery: str) -> HttpResponse:
    """Send one message again."""
    try:
        operations.replay(webhook=webhook, delivery=delivery, by=person_of(request.user), now=timezone.now())
    except Refusal as refusal:
        _say(request, refusal)
    else:
        tasks.nudge()
        messages.success(request, _("The message goes out again, under the same webhook-id."))
    return redirect("members:webhook", webhook)


@require_http_methods(["GET", "HEAD", "POST"])
@_keeper
def replay_since(request: HttpRequest, webhook: str) -> HttpResponse:
    """Ask from when on, and send again what was made since."""
    person = person_of(request.user)
    found = endpoints.get_endpoint(webhook=webhook, viewer=person)
    form = ReplayForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        fields = {"since": form.cleaned_data["since"].isoformat()}
        try:
            number = operations.replay_since(webhook=webhook, fields=fields, by=person, now=timezone.now())
        except Refusal as refusal:
            _blame(form, refusal)
        else:
            tasks.nudge()
            messages.success(request, _("Messages that go out again: %(number)d") % {"number": number})
            return redirect("members:webhook", webhook)
    return _form_page(request, "replay", form, webhook=found)


def _form_page(request: HttpRequest, name: str, form: Any, **context: Any) -> HttpResponse:
    context |= {"section": "webhooks", "form": form}
    return render(request, f"members/webhooks/{name}.html", context, status=422 if form.errors else 200)


def _show_once(request: HttpRequest, made: operations.WithSecret, person: Person) -> HttpResponse:
    # Sealed in the session until the next page: that one can be reloaded, this answer would be sent again.
    sealed = webhook_message.seal_secret(made.secret, institution_id=person.institution_id)
    request.session[_SECRET] = [made.endpoint.webhook, base64.b64encode(sealed).decode("ascii")]
    return redirect("members:webhook-secret", made.endpoint.webhook)


def _is_under_way(row: endpoints.DeliveryView, now: datetime) -> bool:
    return row.next_attempt_at is not None and row.next_attempt_at - now < UNDER_WAY


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _blame(form: Any, refusal: Refusal) -> None:
    if refusal.code in _FOREIGN:
        raise refusal
    field = "url" if refusal.code == "webhook-url-refused" else refusal.extra.get("field")
    form.add_error(field if field in form.fields else None, gettext(refusal.detail))


def _say(request: HttpRequest, refusal: Refusal) -> None:
    if refusal.code in _FOREIGN:
        raise refusal
    messages.error(request, gettext(refusal.detail))
