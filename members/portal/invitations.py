"""Invitations: send, send again, take back; and the page that opens from the link."""

from __future__ import annotations

from typing import Any, cast

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login as PendingLogin
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from aif_share.errors import Refusal
from members import tasks
from members.operations import invitations
from members.permissions import Permission
from members.portal.access import member_required, step_up_required
from members.portal.forms import AcceptForm, InviteForm, NewPasswordForm


@require_http_methods(["GET", "HEAD", "POST"])
@member_required(Permission.TEAM_MANAGE)
@step_up_required
def invite(request: HttpRequest) -> HttpResponse:
    """Ask a person to join the own institution."""
    user = cast(Any, request.user)
    form = InviteForm(request.POST if "email" in request.POST else None)
    if form.is_valid():
        try:
            made, token = invitations.invite(
                institution_id=user.institution_id, by=user, now=timezone.now(), **form.cleaned_data
            )
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return show(request, made, token)
    context = {"form": form, "section": "team"}
    return render(request, "members/team/invite.html", context, status=422 if form.errors else 200)


@require_POST
@member_required(Permission.TEAM_MANAGE)
@step_up_required
def resend(request: HttpRequest, invitation: str) -> HttpResponse:
    """Send a new link in place of the one before."""
    try:
        made, token = invitations.resend(invitation=invitation, by=cast(Any, request.user), now=timezone.now())
    except Refusal as refusal:
        return _refused(request, refusal)
    return show(request, made, token)


@require_POST
@member_required(Permission.TEAM_MANAGE)
@step_up_required
def revoke(request: HttpRequest, invitation: str) -> HttpResponse:
    """Take an invitation back."""
    try:
        invitations.revoke(invitation=invitation, by=cast(Any, request.user), now=timezone.now())
    except Refusal as refusal:
        return _refused(request, refusal)
    messages.success(request, _("The invitation is revoked; its link opens nothing any more."))
    return redirect("members:team")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_post_parameters()
def accept(request: HttpRequest, token: str) -> HttpResponseBase:
    """Open to whoever has the link: choose a user name and a password, then go on to the second factor."""
    now = timezone.now()
    try:
        invitation = invitations.get_open(token=token, now=now)
    except Refusal:
        return render(request, "members/invitation_closed.html", status=404)
    if request.user.is_authenticated:
        return render(request, "members/invitation.html", {"invitation": invitation, "somebody_else": True})
    form_class = NewPasswordForm if invitation.renews else AcceptForm
    form = form_class(request.POST or None)
    if form.is_valid():
        try:
            with transaction.atomic():
                chosen = {name: form.cleaned_data[name] for name in ("username", "password") if name in form.fields}
                user: Any = invitations.accept(token=token, now=now, **chosen)
                answer: HttpResponseBase = perform_password_login(
                    request,
                    {"username": user.username},
                    PendingLogin(user=user, redirect_url=None if invitation.renews else reverse("members:enroll")),
                )
                return answer
        except Refusal as refusal:
            form.refuse(refusal)
    context = {"form": form, "invitation": invitation}
    return render(request, "members/invitation.html", context, status=422 if form.errors else 200)


def show(request: HttpRequest, invitation: Any, token: str) -> HttpResponse:
    """Show the link, this once."""
    tasks.nudge()
    link = settings.AIF_PUBLIC_URL + reverse("members:invitation", args=[token])
    context = {
        "invitation": invitation,
        "link": link,
        "mailed": bool(settings.EMAIL_BACKEND and invitation.email),
        "days": invitations.LIFE.days,
        "section": "team",
    }
    return render(request, "members/team/invited.html", context)


def _refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    if refusal.code in ("not-found", "permission-missing"):
        raise refusal
    messages.error(request, _(refusal.detail))
    return redirect("members:team")
