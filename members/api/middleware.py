"""One id for each request, in its answer and in every log line."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from contextvars import ContextVar

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from members.api.session import PREFIX as FOR_PAGES

HEADER = "X-Request-ID"
_request_id: ContextVar[str | None] = ContextVar("request_id", default=None)


def current_request_id() -> str | None:
    """Return the id of the request this thread works on, or None outside of one."""
    return _request_id.get()


class RequestIdMiddleware:
    """Give the request an id of our own; one that a client sends is ignored, for it would reach the logs unread."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request_id = uuid.uuid4().hex
        mark = _request_id.set(request_id)
        try:
            response = self.get_response(request)
        finally:
            _request_id.reset(mark)
        response[HEADER] = request_id
        for prefix, who in (("/api/", "Authorization"), (FOR_PAGES, "Cookie")):
            if request.path.startswith(prefix):
                # Answers belong to one key, or to one person; no cache on the way may keep them.
                response.headers.setdefault("Cache-Control", "no-store")
                patch_vary_headers(response, [who])
        return response
