"""Middleware that pages need and the REST API does not: sessions, language, messages, the browser's policy.

The API knows its caller by a key and answers in JSON, so these would only cost it time: a third of a screening.
Security, host checks, CSRF and framing headers stay as they are, for all addresses.
"""

from __future__ import annotations

import logging
import re
from typing import Any, Final

from csp.middleware import CSPMiddleware, PolicyParts
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.cache import cache
from django.db import Error
from django.http import HttpRequest  # noqa: TID251 - middleware is HTTP
from django.http.response import HttpResponseBase  # noqa: TID251
from django.middleware.locale import LocaleMiddleware

from aif_share.errors import AifShareError
from clues.blinding.directory import custodian_origins

API = "/api/"
_WASM_WORKER: Final = re.compile(r"/aif/workers/map_file(?:\.[0-9a-f]+)?\.js$")
_WITH_SCRIPTS: Final = ("text/html", "text/javascript", "application/javascript")
_KEPT_S: Final = 60
_KEPT_AFTER_FAILURE_S: Final = 5

log: Final = logging.getLogger(__name__)


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
    """The policy of pages and of scripts; an answer of the API may load nothing and be framed nowhere.

    Scripts speak to the platform and to the custodians of the directory in force, and to nobody else. A worker has
    the policy of its own script's answer: the one that opens a map file, and no other, may compile SQLite's wasm.
    """

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = super().__call__(request)
        if request.path_info.startswith(API):
            # One page stands below the API, its documentation, with a policy of its own.
            response.headers.setdefault("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
        return response

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        """The settings' policy, with who may be connected to."""
        parts = super().get_policy_parts(request, response, report_only)
        if report_only or "Content-Security-Policy" in response.headers:
            return parts
        own = {"connect-src": ["'self'"]}
        if _WASM_WORKER.search(request.path_info):
            own["script-src"] = ["'self'", "'wasm-unsafe-eval'"]
        elif response.headers.get("Content-Type", "").startswith(_WITH_SCRIPTS):
            own["connect-src"] += _custodians()
        parts.replace = own | (parts.replace or {})
        return parts


def _custodians() -> list[str]:
    """The origins of the custodians, read once a minute. Without a database pages have no custodians, and still appear."""
    key = "custodian-origins"
    known: list[str] | None = cache.get(key)
    if known is None:
        kept = _KEPT_S
        try:
            known = custodian_origins()
        except (Error, AifShareError) as error:
            log.warning("custodian origins unknown: %s", type(error).__name__)
            known, kept = [], _KEPT_AFTER_FAILURE_S
        cache.set(key, known, kept)
    return known
