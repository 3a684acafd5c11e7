"""Who calls: `Authorization: Bearer` with the bearer derived for the platform."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from members.queries import Caller, NotAuthenticated, authenticate
from members.row_security import clock


class KeyAuthentication(BaseAuthentication):
    """Set `request.user` to the `Caller`. Every way of failing is a refusal, answered by `problems`."""

    def authenticate(self, request: Request) -> tuple[Caller, None]:
        """Return the caller; without a bearer, or with one that opens nothing, the request ends here."""
        header = request.META.get("HTTP_AUTHORIZATION", "")
        scheme, _space, bearer = header.partition(" ")
        if scheme.lower() != "bearer" or not bearer:
            raise NotAuthenticated
        return authenticate(bearer.strip(), ip=get_client_ip(request.META), now=clock.now()), None

    def authenticate_header(self, request: Request) -> str:
        """Return the challenge that goes with a 401."""
        return 'Bearer realm="aif-share"'


def get_client_ip(meta: Mapping[str, Any]) -> str:
    """Return the address of the caller, from the environment of the request.

    Behind a proxy that is the last entry of X-Forwarded-For, the one the proxy itself wrote; anything before
    it is the client's own claim. Without a trusted proxy the header counts for nothing.
    """
    if getattr(settings, "AIF_TRUST_PROXY", False):
        return str(meta.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip())
    return str(meta.get("REMOTE_ADDR", ""))


class KeyAuthenticationScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the OpenAPI document describes the keys."""

    target_class = "members.api.authentication.KeyAuthentication"
    name = "key"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        """Return the scheme's definition."""
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "aif_live_<id>_<HKDF of the secret for the server 'platform'>; never the secret itself.",
        }
