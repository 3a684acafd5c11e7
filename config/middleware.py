"""Middleware that pages need and the REST API does not: sessions, language, messages, the browser's policy.

The API knows its caller by a key and answers in JSON, so these would only cost it time: a third of a screening.
Security, host checks, CSRF and framing headers stay as they are, for all addresses.
"""

from __future__ import annotations

from typing import Any

from csp.middleware import CSPMiddleware
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest  # noqa: TID251 - middleware is HTTP
from django.http.response import HttpResponseBase  # noqa: TID251
from django.middleware.locale import LocaleMiddleware

API = "/api/"


class _PagesOnly:
    """Put before a middleware class: requests of the API pass by."""

    get_response: Any

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info.startswith(API):
            passed: HttpResponseBase = self.get_response(request)
            return passed
        answer: HttpResponseBase = super().__call__(request)  # type: ignore[misc]
        return answer


class PageSession(_PagesOnly, SessionMiddleware):
    """Sessions of people."""


class PageLocale(_PagesOnly, LocaleMiddleware):
    """The language of pages; problems of the API choose theirs when there is one to show."""


class PageAuthentication(_PagesOnly, AuthenticationMiddleware):
    """People; keys are the business of the API's own authentication."""


class PageMessages(_PagesOnly, MessageMiddleware):
    """Messages to people."""


class PagePolicy(_PagesOnly, CSPMiddleware):
    """The policy of pages; an answer of the API may load nothing and be framed nowhere."""

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = super().__call__(request)
        if request.path_info.startswith(API):
            # One page stands below the API, its documentation, with a policy of its own.
            response.headers.setdefault("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
        return response
