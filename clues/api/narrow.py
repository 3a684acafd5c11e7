"""The narrow way of `POST /screenings`: the plain, successful case, answered before Django builds a request.

It stands in front of the application. A request that is not plain, or that anything speaks against, goes on to the
application as it came, so that every refusal is written in one place. What the application puts around an answer it is
asked for: the first plain request with a certain head goes the whole way, and its headers are the frame of later ones.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any

from django.db import Error, connection
from django.utils import timezone

from aif_share.errors import Refusal
from aif_share.wire.keys import verifier
from clues.screening.at_once import screen_at_once
from members.api import rate_limit
from members.api.authentication import get_client_ip
from members.api.documents import load_json
from members.api.renderers import JSONRenderer
from members.queries import authenticate

from .screenings import shown

ADDRESS = "/api/v1/screenings"
MAX_BODY = 65_536
MAX_KNOWN = 10_000
MAX_FRAMES = 256
SCHEME = "Bearer "
ACCEPTED = frozenset({"*/*", "application/json"})
SAME = frozenset(
    {"content-type", "vary", "allow", "x-frame-options", "content-security-policy", "x-content-type-options"}
    | {"referrer-policy", "cross-origin-opener-policy", "cache-control", "strict-transport-security"}
)
"""Headers of an answer that are the same for every caller and every question, if the head of the request is."""
OWN = frozenset({"content-length", "x-request-id", "ratelimit-policy", "ratelimit"})
"""Headers that each answer has of its own."""

Headers = list[tuple[str, str]]
StartResponse = Callable[..., Any]
Application = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]
Head = tuple[str | None, ...]
_render = JSONRenderer().render


class NarrowScreenings:
    """A WSGI application around the whole one."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self._frames: dict[Head, Headers] = {}
        self._institutions: dict[str, int] = {}  # by verifier: whose key it is never changes

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answer the request, or let the application do so."""
        if environ["PATH_INFO"] != ADDRESS or not _is_plain(environ) or not self._knows(environ):
            return self.application(environ, start_response)
        try:
            body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        except OSError:  # it stopped coming; the application says so
            body = b""
        environ["wsgi.input"] = BytesIO(body)
        head = (
            environ.get("HTTP_HOST"),
            environ.get("HTTP_X_FORWARDED_PROTO"),
            environ["wsgi.url_scheme"],
            environ.get("HTTP_ACCEPT"),
        )
        frame = self._frames.get(head)
        if frame is None:
            return self.application(environ, self._learning(head, start_response))
        made = self._answer(environ, body)
        if made is None:
            return self.application(environ, start_response)
        content, limits = made
        own = {"Content-Length": str(len(content)), "X-Request-ID": uuid.uuid4().hex} | limits
        start_response("200 OK", [*frame, *own.items()])
        return [content]

    def _learning(self, head: Head, start_response: StartResponse) -> StartResponse:
        """Note the headers of an answer if all of them are known; with an unknown one there is no narrow way."""

        def noting(status: str, headers: Headers, *more: Any) -> Any:
            frame = [(name, value) for name, value in headers if name.lower() in SAME]
            others = {name.lower() for name, _value in headers} - SAME
            if status == "200 OK" and others <= OWN and len(self._frames) < MAX_FRAMES:
                self._frames[head] = frame
            return start_response(status, headers, *more)

        return noting

    def _answer(self, environ: dict[str, Any], body: bytes) -> tuple[bytes, dict[str, str]] | None:
        question = _question(environ, body)
        if question is None:
            return None
        bearer = _bearer(environ)
        stored = verifier(bearer)
        # Counted before it is answered, or after it if another thread has just forgotten the key.
        institution = self._institutions.get(stored)
        limits = None if institution is None else _take(institution)
        if institution is not None and limits is None:
            return None
        connection.close_if_unusable_or_obsolete()  # what Django does when a request begins
        answered = screen_at_once(bearer=bearer, ip=get_client_ip(environ), request=question)
        if answered is None:
            self._institutions.pop(stored, None)  # who cannot use the key any more shall not use up the rate either
            return None
        if limits is None:
            limits = _take(answered.institution_id) or {}
            self._note(stored, answered.institution_id)
        return _render(shown(answered.answer)), limits

    def _knows(self, environ: dict[str, Any]) -> bool:
        """Whether the key opens anything. For the body of a stranger nobody waits: each would hold a thread."""
        bearer = _bearer(environ)
        stored = verifier(bearer)
        if stored in self._institutions:
            return True
        connection.close_if_unusable_or_obsolete()
        try:
            caller = authenticate(bearer, ip=get_client_ip(environ), now=timezone.now())
        except (Refusal, Error):
            return False
        self._note(stored, caller.institution_id)
        return True

    def _note(self, stored: str, institution_id: int) -> None:
        if len(self._institutions) >= MAX_KNOWN:  # else later keys would never be counted in time
            self._institutions.clear()
        self._institutions[stored] = institution_id


def _bearer(environ: dict[str, Any]) -> str:
    return str(environ["HTTP_AUTHORIZATION"]).removeprefix(SCHEME).strip()


def _is_plain(environ: dict[str, Any]) -> bool:
    length = environ.get("CONTENT_LENGTH") or ""
    return (
        environ["REQUEST_METHOD"] == "POST"
        and environ.get("CONTENT_TYPE") == "application/json"
        and not environ.get("QUERY_STRING")
        and environ.get("HTTP_ACCEPT", "*/*") in ACCEPTED
        and length.isdecimal()
        and 0 < int(length) <= MAX_BODY
        and environ.get("HTTP_AUTHORIZATION", "").startswith(SCHEME)
        and "HTTP_IDEMPOTENCY_KEY" not in environ
        and "HTTP_TRANSFER_ENCODING" not in environ
        and "HTTP_CONTENT_ENCODING" not in environ
    )


def _question(environ: dict[str, Any], body: bytes) -> dict[str, Any] | None:
    if len(body) != int(environ["CONTENT_LENGTH"]):
        return None
    try:
        document = load_json(body)
    except Refusal:
        return None
    return document if isinstance(document, dict) else None


def _take(institution_id: int) -> dict[str, str] | None:
    try:
        return rate_limit.take(institution_id)
    except rate_limit.TooManyRequests:
        return None
