"""`GET /api/v1/me`: what the platform knows about the key that asks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from members.api.base import ApiView
from members.queries import Caller


class QuotaSerializer(serializers.Serializer[Any]):
    """One daily quota: its limit, and how much of it is used today (null where only the custodian knows)."""

    limit = serializers.IntegerField()
    used = serializers.IntegerField(allow_null=True)


class QuotasSerializer(serializers.Serializer[Any]):
    """The three daily quotas."""

    evaluate = QuotaSerializer()
    submit = QuotaSerializer()
    screen = QuotaSerializer()


class KeySerializer(serializers.Serializer[Any]):
    """The key that asks."""

    id = serializers.CharField()
    scopes = serializers.ListField(child=serializers.CharField())
    expires_at = serializers.DateTimeField()


class MeSerializer(serializers.Serializer[Any]):
    """The institution of the key, the key, and today's quotas."""

    institution = serializers.CharField(help_text="Opaque reference I-…")
    name = serializers.CharField()
    sector = serializers.CharField()
    state = serializers.CharField()
    default_basis = serializers.CharField()
    key = KeySerializer()
    quotas = QuotasSerializer()


class MeView(ApiView):
    """Who am I, and what may I still do today?"""

    required_scope = None

    @extend_schema(operation_id="me", responses=MeSerializer)
    def get(self, request: Request) -> Response:
        """Return the institution, the key and the quotas."""
        caller = request.user
        assert isinstance(caller, Caller)  # noqa: S101 - HasScope lets nobody else in
        used = _used_today(caller.institution_id, timezone.now())
        return Response(
            {
                "institution": caller.institution_ref,
                "name": caller.institution_name,
                "sector": caller.sector,
                "state": caller.state,
                "default_basis": caller.default_basis,
                "key": {"id": caller.key_id, "scopes": list(caller.scopes), "expires_at": caller.expires_at},
                "quotas": {
                    "evaluate": {"limit": caller.evaluate_quota, "used": None},
                    "submit": {"limit": caller.submit_quota, "used": used.get("submit", 0)},
                    "screen": {"limit": caller.screen_quota, "used": used.get("screen", 0)},
                },
            }
        )


def _used_today(institution_id: int, now: datetime) -> dict[str, int]:
    """Ask the function that AIF_QUOTAS_USED names: quotas are counted by a package above this one."""
    name = getattr(settings, "AIF_QUOTAS_USED", "")
    if not name:
        return {}
    get_used: Callable[..., dict[str, int]] = import_string(name)
    return get_used(institution_id=institution_id, now=now)
