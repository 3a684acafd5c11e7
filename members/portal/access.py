"""Who may see a page: members' staff, by permission; to anybody else the page does not exist."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Protocol, cast

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext

from aif_share.errors import Refusal
from members import audit
from members.permissions import Permission, check
from members.portal.step_up import step_up_required
from members.queries import NotLive
from members.row_security import act_for

__all__ = ["member_required", "own_account", "step_up_required"]

_P = ParamSpec("_P")
_View = Callable[Concatenate[HttpRequest, _P], HttpResponseBase]


class _Institution(Protocol):
    state: str


class _Member(Protocol):
    """What this file needs to know of a person."""

    is_alliance: bool
    institution: _Institution | None


def own_account(view: _View[_P]) -> _View[_P]:
    """Let members' staff see to their own account, also while their institution is suspended; others get 404."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: _P.args, **kwargs: _P.kwargs) -> HttpResponseBase:
        if cast(_Member, request.user).is_alliance:
            raise Http404
        _enter(request)
        try:
            response = view(request, *args, **kwargs)
        except Refusal as refusal:
            if refusal.code == "not-found":
                raise Http404 from None
            raise
        add_never_cache_headers(response)
        return response

    return cast(_View[_P], login_required(guarded))


def member_required(permission: Permission | None = None) -> Callable[[_View[_P]], _View[_P]]:
    """Let members' staff in whose role includes the permission (None: any role) and whose institution is live.

    Not logged in: to the login page. Alliance staff, who work at the desk: 404. Missing permission or a suspended
    institution: the 403 page with the reason; who tried to change something is in the trail. Inside the view, a refusal `not-found` becomes 404 and
    `permission-missing` 403; others are the view's own business.
    """

    def decorate(view: _View[_P]) -> _View[_P]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: _P.args, **kwargs: _P.kwargs) -> HttpResponseBase:
            member = cast(_Member, request.user)
            if member.is_alliance or member.institution is None:
                raise Http404
            _enter(request)
            try:
                if member.institution.state != "live":
                    raise NotLive(member.institution.state)
                if permission is not None:
                    check(request.user, permission)
                response = view(request, *args, **kwargs)
            except Refusal as refusal:
                _keep(request, refusal)
                if refusal.code == "not-found":
                    raise Http404 from None
                if refusal.code in ("permission-missing", "institution-suspended", "institution-not-live"):
                    raise PermissionDenied(gettext(refusal.detail)) from None
                raise
            if "Cache-Control" not in response.headers:
                add_never_cache_headers(response)
            return response

        return cast(_View[_P], login_required(guarded))

    return decorate


def _enter(request: HttpRequest) -> None:
    person = cast(Any, request.user)
    act_for(institution=person.institution_id, person=person.pk)


def _keep(request: HttpRequest, refusal: Refusal) -> None:
    """Add to the trail of the person's institution what was tried: a thing of somebody else's, say. Reading is no attempt."""
    if request.method != "POST" or refusal.on_trail or not audit.is_told(refusal):
        return
    person, match = cast(Any, request.user), request.resolver_match
    audit.record_refused(
        "portal.refuse",
        actor=person,
        subject_ref=audit.known_reference(match.kwargs.values() if match else ()),
        institution_id=person.institution_id,
        detail={"page": match.view_name if match else "", "code": refusal.code},
    )
