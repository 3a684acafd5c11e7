"""The team: who is in it, in which role, with or without a second factor; and what an administrator may change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from aif_share.errors import Refusal
from members.operations import factors, invitations, users
from members.operations import team as teams
from members.permissions import Permission
from members.portal.access import member_required, step_up_required
from members.portal.forms import ReasonForm, RoleForm, TeamFilterForm
from members.portal.invitations import show


@require_safe
@member_required(Permission.TEAM_MANAGE)
def team(request: HttpRequest) -> HttpResponse:
    """List the people of the institution, and who is invited."""
    user, now = cast(Any, request.user), timezone.now()
    filters = TeamFilterForm(request.GET)
    asked = filters.cleaned_data if filters.is_valid() else {}
    waiting = [(row, row.state(now)) for row in invitations.list_invitations(viewer=user, now=now)]
    context = {
        "section": "team",
        "filters": filters,
        "filtered": any(asked.values()),
        "people": teams.list_team(viewer=user, **asked),
        "invitations": [{"row": row, "state": state} for row, state in waiting if state != "revoked"],
    }
    return render(request, "members/team/list.html", context)


@require_safe
@member_required(Permission.TEAM_MANAGE)
def person(request: HttpRequest, person: str) -> HttpResponse:
    """Show one person, and what can be done."""
    return _person(request, teams.get_teammate(person=person, viewer=cast(Any, request.user)))


@require_POST
@member_required(Permission.TEAM_MANAGE)
@step_up_required
def set_role(request: HttpRequest, person: str) -> HttpResponse:
    """Give a person another role."""
    return _change(request, person, users.set_role, _("The role is changed."), RoleForm, "role_form")


@require_POST
@member_required(Permission.TEAM_MANAGE)
@step_up_required
def deactivate(request: HttpRequest, person: str) -> HttpResponse:
    """Shut an account."""
    return _change(request, person, users.deactivate, _("The account is shut; its sessions have ended."))


@require_POST
@member_required(Permission.TEAM_MANAGE)
@step_up_required
def reactivate(request: HttpRequest, person: str) -> HttpResponse:
    """Open an account again."""
    return _change(request, person, users.reactivate, _("The account is open again."))


@require_POST
@member_required(Permission.TEAM_MANAGE)
@step_up_required
def reset_factors(request: HttpRequest, person: str) -> HttpResponse:
    """Take away somebody's second factors; the next login adds a new one."""
    done = _("The second factors are reset. At the next login a new one has to be added.")
    return _change(request, person, factors.reset_factors, done, form_name="reset_form")


@require_POST
@member_required(Permission.TEAM_MANAGE)
@step_up_required
def offer_password(request: HttpRequest, person: str) -> HttpResponse:
    """Make a link by which somebody who forgot the password sets a new one."""
    user = cast(Any, request.user)
    found = teams.get_teammate(person=person, viewer=user)
    form = ReasonForm(request.POST)
    if form.is_valid():
        try:
            made, token = invitations.offer_password(
                user_id=found.user_id, by=user, now=timezone.now(), **form.cleaned_data
            )
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return show(request, made, token)
    return _person(request, found, password_form=form)


def _change(
    request: HttpRequest,
    person: str,
    operation: Callable[..., object],
    done: str,
    form_class: type[ReasonForm] = ReasonForm,
    form_name: str = "state_form",
) -> HttpResponse:
    user = cast(Any, request.user)
    found = teams.get_teammate(person=person, viewer=user)
    form = form_class(request.POST)
    if form.is_valid():
        try:
            operation(user_id=found.user_id, by=user, now=timezone.now(), **form.cleaned_data)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, done)
            return redirect("members:person", person)
    return _person(request, found, **{form_name: form})


def _person(request: HttpRequest, found: Any, **forms: ReasonForm) -> HttpResponse:
    context = {
        "section": "team",
        "person": found,
        "is_self": found.user_id == request.user.pk,
        "role_form": RoleForm(initial={"role": found.role}, auto_id="role_%s"),
        "state_form": ReasonForm(auto_id="state_%s"),
        "reset_form": ReasonForm(auto_id="reset_%s"),
        "password_form": ReasonForm(auto_id="password_%s"),
        **forms,
    }
    return render(request, "members/team/person.html", context, status=422 if forms else 200)
