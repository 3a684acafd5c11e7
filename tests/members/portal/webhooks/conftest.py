"""An administrator and a webhook of the institution."""

from __future__ import annotations

from typing import Any

import pytest

URL = "https://hooks.aster.example/aif"


@pytest.fixture
def keeper(db: None) -> Any:
    """Aster's administrator, logged in."""
    from tests.members.portal.keeper import Keeper

    return Keeper()


@pytest.fixture
def make_hook(keeper: Any) -> Any:
    """`make_hook(url=…)` registers a webhook, of another institution if one is named, and returns it."""
    from django.utils import timezone

    from members.operations import webhooks
    from members.queries import person_of
    from tests.factories import make_user

    def make(*, institution: Any = None, **fields: Any) -> Any:
        owner = keeper.person if institution is None else make_user("member-admin", institution=institution)
        return webhooks.create(fields={"url": URL} | fields, by=person_of(owner), now=timezone.now()).endpoint

    return make


@pytest.fixture
def hook(make_hook: Any) -> Any:
    """A webhook for every kind of event."""
    return make_hook()


@pytest.fixture
def deliver(db: None) -> Any:
    """`deliver(hook, state="dead")` stores a message as the worker leaves it; returns its reference."""
    from datetime import timedelta

    from django.utils import timezone

    from members.models import WebhookDelivery, reference
    from tests.factories import acting_as

    def make(hook: Any, *, state: str = "delivered", ago: timedelta = timedelta(minutes=5), **fields: Any) -> str:
        at = timezone.now() - ago
        values = {
            "endpoint_id": hook.id,
            "kind": "match.released",
            "events": [1, 2],
            "state": state,
            "created_at": at,
            "not_before": at,
            "give_up_at": at + timedelta(hours=24),
            "attempts": 1,
            "last_attempt_at": at,
            "done_at": None if state == "pending" else at,
        }
        with acting_as("aif_match"):
            return str(reference.encode("WD", WebhookDelivery.objects.create(**values | fields).pk))

    return make
