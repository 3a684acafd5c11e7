"""Addresses of the API that do not exist: a problem, not a page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_noop
from django.views.decorators.csrf import csrf_exempt

from members.api.problems import plain_problem


@csrf_exempt
def not_found(request: HttpRequest) -> HttpResponse:
    """Answer 404 whatever the method; the address is not repeated."""
    return plain_problem(request, "not-found", gettext_noop("There is no such address; see /api/v1/schema."))
