"""A second factor is compulsory: whoever has shown none sees the pages where one is added, and nothing else.

Here and not in `members`, because it answers pages and the scripts' API alike.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse  # noqa: TID251 - middleware is HTTP
from django.http.response import HttpResponseBase  # noqa: TID251
from django.shortcuts import redirect  # noqa: TID251
from django.urls import NoReverseMatch, reverse

from members.api.authentication import get_client_ip
from members.api.problems import plain_problem
from members.api.session import PREFIX
from members.operations.factors import get_proof
from members.portal.adapters import note_seen

OPEN: Final = frozenset(
    {
        "healthz",
        "members:help",
        "members:help-topic",
        "members:problems",
        "members:language",
        "members:login",
        "members:logout",
        "members:invitation",
        "members:enroll",
        "members:enroll-totp",
        "members:enroll-passkey",
        "mfa_authenticate",
        "mfa_login_webauthn",
    }
)
"""What is open to a person who has shown no second factor, by the name of the address. Anything else is closed."""


class FactorRequired:
    """Send a member's person without a second factor to where one is added; to scripts answer with a problem.

    The desk has its own rules, and its own addresses below the name `admin`.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer; a part of a page that asks after the session has ended sends the whole page to the login."""
        response = self.get_response(request)
        if "HX-Request" in request.headers and response.status_code == 302:
            address = response.headers["Location"]
            if _is_entrance(address.partition("?")[0]):
                shown = urlsplit(request.headers.get("HX-Current-URL", ""))
                onward = urlencode({"next": f"{shown.path or '/'}{shown.query and '?' + shown.query}"})
                return HttpResponse(status=204, headers={"HX-Redirect": f"{address.partition('?')[0]}?{onward}"})
        return response

    def process_view(self, request: HttpRequest, view: object, *_arguments: Any) -> HttpResponseBase | None:
        """Let pass, or answer in place of the view."""
        found = request.resolver_match
        if found is None or found.view_name in OPEN or "admin" in found.app_names:
            return None
        user: Any = getattr(request, "user", None)  # the API of keys has none
        if user is None or not user.is_authenticated or user.is_alliance:
            return None
        if get_proof(request) is not None:
            note_seen(request)
            return None
        if request.path_info.startswith(PREFIX):
            return plain_problem(request, "second-factor-missing")
        return redirect("members:enroll")


def _is_entrance(path: str) -> bool:
    try:
        return path in (reverse("members:login"), reverse("members:enroll"))
    except NoReverseMatch:
        return False  # the desk


def get_ip(request: HttpRequest) -> str | None:
    """Return the caller's address as the API of keys sees it, for lock-outs; None where there is none (a unix socket)."""
    try:
        return str(ipaddress.ip_address(get_client_ip(request.META)))
    except ValueError:
        return None
