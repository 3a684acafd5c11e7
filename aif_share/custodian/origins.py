"""Which web pages may ask a custodian from a browser (CORS): those of the configured portal origins, and no other.

A page gets no right by this: it still needs the member's bearer, which the browser derives from a key that its own
user loaded. Credentials of the browser (cookies, certificates) are never asked for, and there is no wildcard.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from aif_share.errors import Refusal

PATHS: Final = ("/evaluate", "/me")
"""What a page may ask; everything else is for programs."""

HEADERS: Final = "Authorization, Content-Type, Idempotency-Key"
MAX_AGE: Final = 600
"""Seconds a browser remembers a preflight: an origin that was taken out of the list is out after them."""

_ORIGIN: Final = re.compile(
    r"(https?)://([a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?|\[[0-9a-f:.]{2,45}\])(?::([0-9]{1,5}))?/?"
)
_LOOPBACK: Final = re.compile(r"localhost|127(?:\.[0-9]{1,3}){3}|\[::1\]")
_USUAL_PORTS: Final = {"http": "80", "https": "443"}


def read_origin(text: str) -> str:
    """An origin as browsers write it: `https://portal.example`, with a port if it is not the usual one.

    Raise Refusal `origin-invalid` for a pattern, a path, or plain http elsewhere than on this machine: there a browser
    has no Web Crypto, so the page could not derive its bearer.
    """
    match = _ORIGIN.fullmatch(text.strip().lower())
    if match is None:
        raise Refusal(
            "origin-invalid", "a portal origin looks like https://portal.example or https://portal.example:8443"
        )
    scheme, host, port = match.groups()
    if scheme == "http" and not _LOOPBACK.fullmatch(host):
        raise Refusal("origin-invalid", "a portal origin starts with https://, except on the loopback address")
    return f"{scheme}://{host}" + ("" if port in (None, _USUAL_PORTS[scheme]) else f":{port}")


class PortalOrigins:
    """The configured origins, and the headers an answer to one of their pages carries."""

    def __init__(self, origins: Iterable[str] = ()) -> None:
        self._origins = frozenset(map(read_origin, origins))

    def headers(self, environ: Mapping[str, Any]) -> list[tuple[str, str]]:
        """The headers that let the page read this answer, a refusal too; none of them for any other page."""
        if not self._origins or environ.get("PATH_INFO") not in PATHS:
            return []
        # An answer differs by who asks, so no cache may give one page's answer to another.
        vary = [("Vary", "Origin")]
        origin = self._asked(environ)
        if origin is None:
            return vary
        return [*vary, ("Access-Control-Allow-Origin", origin), ("Access-Control-Expose-Headers", "Retry-After")]

    def preflight(self, environ: Mapping[str, Any], methods: Iterable[str]) -> list[tuple[str, str]] | None:
        """The further headers of the answer to a preflight; None if this is not one of a configured origin."""
        if environ["REQUEST_METHOD"] != "OPTIONS" or "HTTP_ACCESS_CONTROL_REQUEST_METHOD" not in environ:
            return None
        if environ.get("PATH_INFO") not in PATHS or self._asked(environ) is None:
            return None
        return [
            ("Access-Control-Allow-Methods", ", ".join(methods)),
            ("Access-Control-Allow-Headers", HEADERS),
            ("Access-Control-Max-Age", str(MAX_AGE)),
        ]

    def _asked(self, environ: Mapping[str, Any]) -> str | None:
        origin = environ.get("HTTP_ORIGIN")
        return origin if origin in self._origins else None
