"""Lock-out: what axes counts, and the page that tells what to do.

A wrong password counts for the pair of user name and address, so that a stranger elsewhere locks nobody out. A wrong
second factor counts for the user name alone, from wherever it comes: whoever gets there knew the password.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.contrib.auth.signals import user_login_failed
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

FACTOR_MARK = " / second factor"
"""Follows the user name in the list of the desk where second factors were wrong. No user name has a space."""


def get_parameters(_request: object, credentials: Mapping[str, Any] | None) -> list[Any]:
    """Return by what failures are added up."""
    username = str((credentials or {}).get("username") or "")
    return ["username"] if username.endswith(FACTOR_MARK) else [["username", "ip_address"]]


def show(
    request: HttpRequest, _response: HttpResponse | None = None, _credentials: Mapping[str, Any] | None = None
) -> HttpResponse:
    """Say that it is locked, until when, and whom to ask."""
    minutes = round(settings.AXES_COOLOFF_TIME.total_seconds() / 60)
    return render(request, "members/locked_out.html", {"minutes": minutes}, status=429)


def is_factor_locked(request: HttpRequest, username: str) -> bool:
    """Whether too many second factors of this person were wrong."""
    locked: bool = AxesProxyHandler.is_locked(request, {"username": username + FACTOR_MARK})
    return locked


def count_wrong_factor(request: HttpRequest, username: str) -> None:
    """Count one wrong second factor; the limit reached, the answer becomes the lock-out page."""
    user_login_failed.send(sender=__name__, credentials={"username": username + FACTOR_MARK}, request=request)


def forget_wrong_factors(username: str) -> None:
    """A right one ends the count."""
    AxesProxyHandler.reset_attempts(username=username + FACTOR_MARK)
