"""`GET /me` and `GET /quota`: what the platform knows about the key that asks, and what it may still do today."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string
from drf_spectacular.utils import extend_schema
from rest_framework import serializers as s
from rest_framework.request import Request
from rest_framework.response import Response

from members.api.base import ApiView, caller_of
from members.api.problem_shapes import OPEN_READING, problems
from members.queries import Caller, Member


class Quota(s.Serializer[Any]):
    """One daily quota: its limit, how much of it is used today, and what is left."""

    limit = s.IntegerField()
    used = s.IntegerField(allow_null=True, help_text="Null for evaluate: each custodian counts for itself.")
    remaining = s.IntegerField(allow_null=True)


class Quotas(s.Serializer[Any]):
    """The three daily quotas."""

    evaluate = Quota()
    submit = Quota(help_text="Rows, refused ones too.")
    screen = Quota(help_text="Tokens of screenings, watches and disputes.")


class Rate(s.Serializer[Any]):
    """How many requests an institution may make in a short time, with all its keys."""

    limit = s.IntegerField()
    window = s.IntegerField(help_text="Seconds.")


class QuotaToday(s.Serializer[Any]):
    """Today's quotas; the day is the one of UTC."""

    day = s.DateField()
    resets_at = s.DateTimeField()
    quotas = Quotas()
    rate = Rate()


class Key(s.Serializer[Any]):
    """The key that asks."""

    id = s.CharField()
    scopes = s.ListField(child=s.CharField())
    cidrs = s.ListField(child=s.CharField())
    not_before = s.DateTimeField()
    expires_at = s.DateTimeField()
    default_basis = s.CharField(help_text="What counts where a call names none: the key's own, else the institution's.")


class FishingTerm(s.Serializer[Any]):
    """One term of the detector, and its points."""

    term = s.CharField(help_text="hit-rate, case-numbers, nights or volume.")
    points = s.FloatField()


class Suspension(s.Serializer[Any]):
    """Why screening is suspended: what the questions added up to. With a honey token there are no points."""

    suspension = s.CharField(help_text="Opaque reference SS-…")
    state = s.CharField(help_text="pending until the alliance has looked at it, then confirmed until a day.")
    cause = s.CharField(help_text="detector or honey-token.")
    purpose = s.CharField(
        allow_blank=True,
        help_text="Empty if questions for several purposes, or of several askers, were judged together.",
    )
    asker = s.CharField(
        allow_blank=True, help_text="The key or person whose questions these were; empty for all of you."
    )
    begun_at = s.DateTimeField()
    until = s.DateTimeField(allow_null=True)
    points = s.FloatField()
    threshold = s.FloatField()
    terms = FishingTerm(many=True)
    tokens = s.IntegerField()
    hits = s.IntegerField()
    askers = s.IntegerField(
        allow_null=True,
        help_text="How many of your keys and people had points, where those of each were added up; else null.",
    )


class Me(s.Serializer[Any]):
    """The institution of the key, the key, and today's quotas."""

    institution = s.CharField(help_text="Opaque reference I-…")
    name = s.CharField()
    sector = s.CharField()
    state = s.CharField()
    default_basis = s.CharField()
    key = Key()
    quotas = Quotas()
    screening_suspension = Suspension(allow_null=True, help_text="Null while you may screen.")


class MeView(ApiView):
    """Who am I, and what may I still do today?"""

    required_scope = None

    @extend_schema(operation_id="me", summary="The key that asks", responses={200: Me, **problems(*OPEN_READING)})
    def get(self, request: Request) -> Response:
        """Return the institution, the key and the quotas."""
        caller = caller_of(request)
        assert isinstance(caller, Caller)  # noqa: S101 - the pages do not ask about their key: they have none
        return Response(
            {
                "institution": caller.institution_ref,
                "name": caller.institution_name,
                "sector": caller.sector,
                "state": caller.state,
                "default_basis": caller.institution_basis,
                "key": {
                    "id": caller.key_id,
                    "scopes": caller.scopes,
                    "cidrs": caller.cidrs,
                    "not_before": caller.not_before,
                    "expires_at": caller.expires_at,
                    "default_basis": caller.default_basis,
                },
                "quotas": _quotas(caller, timezone.now()),
                "screening_suspension": _suspension(caller.institution_id, timezone.now()),
            }
        )


class QuotaView(ApiView):
    """What may I still do today?"""

    required_scope = None

    @extend_schema(
        operation_id="quota", summary="Today's quotas", responses={200: QuotaToday, **problems(*OPEN_READING)}
    )
    def get(self, request: Request) -> Response:
        """Return the quotas of the UTC day, and the limit of requests."""
        now = timezone.now().astimezone(UTC)
        limit, window = settings.AIF_RATE_LIMIT
        return Response(
            {
                "day": now.date().isoformat(),
                "resets_at": datetime.combine(now.date() + timedelta(days=1), time(), tzinfo=UTC),
                "quotas": _quotas(caller_of(request), now),
                "rate": {"limit": limit, "window": window},
            }
        )


def _quotas(caller: Member, now: datetime) -> dict[str, Any]:
    used = _used_today(caller.institution_id, now)
    return {
        "evaluate": {"limit": caller.evaluate_quota, "used": None, "remaining": None},
        "submit": _quota(caller.submit_quota, used.get("submit", 0)),
        "screen": _quota(caller.screen_quota, used.get("screen", 0)),
    }


def _quota(limit: int, used: int) -> dict[str, int]:
    return {"limit": limit, "used": used, "remaining": max(0, limit - used)}


def _suspension(institution_id: int, now: datetime) -> dict[str, Any] | None:
    """Ask the function that AIF_SCREENING_STANDING names: screening is a package above this one."""
    get_for_me: Callable[..., dict[str, Any] | None] = import_string(settings.AIF_SCREENING_STANDING)
    return get_for_me(institution_id=institution_id, now=now)


def _used_today(institution_id: int, now: datetime) -> dict[str, int]:
    """Ask the function that AIF_QUOTAS_USED names: quotas are counted by a package above this one."""
    name = getattr(settings, "AIF_QUOTAS_USED", "")
    if not name:
        return {}
    get_used: Callable[..., dict[str, int]] = import_string(name)
    return get_used(institution_id=institution_id, now=now)
