"""Lock-out: what axes counts, and the page that tells what to do.

A wrong password counts for the pair of user name and address, so that a stranger elsewhere locks nobody out. A wrong
second factor counts for the user name alone, from wherever it comes: whoever gets there knew the password.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from members.operations.lockouts import FACTOR_MARK


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
