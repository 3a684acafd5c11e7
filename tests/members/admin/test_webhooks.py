"""Webhooks at the desk: what was given up is seen, and sent again with a reason."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from members.models import AuditEvent, WebhookDelivery, WebhookEndpoint
from members.operations import webhooks
from tests.clues.alliance import caller
from tests.factories import acting_as

pytestmark = pytest.mark.django_db
LIST = "/admin/members/webhookdelivery/"


@pytest.fixture
def dead(cast: Any) -> WebhookDelivery:
    """A message of Aster's that was given up."""
    now = timezone.now()
    with acting_as("aif_web"):
        made = webhooks.create(
            fields={"url": "https://hooks.aster.example/own-password"},
            by=caller(cast.aster, scopes=("keys",)),
            now=now,
        )
    with acting_as("aif_match"):
        return WebhookDelivery.objects.create(
            endpoint_id=made.endpoint.id, kind="match.released", events=[1], state="dead", created_at=now,
            not_before=now, give_up_at=now + timedelta(hours=1), attempts=30, last_status=500, last_error="status",
            done_at=now,
        )  # fmt: skip


def test_the_given_up_are_seen_and_addresses_are_not(desk: Any, cast: Any, dead: WebhookDelivery) -> None:
    desk.force_login(cast.olga)
    page = desk.get(f"{LIST}?state=dead").content.decode()
    assert str(dead) in page and "status" in page
    for address in ("/admin/members/webhookendpoint/", f"/admin/members/webhookendpoint/{dead.endpoint_id}/change/"):
        shown = desk.get(address).content.decode()
        assert "hooks.aster.example" in shown and "own-password" not in shown


def test_sent_again_with_a_reason(desk: Any, cast: Any, dead: WebhookDelivery) -> None:
    desk.force_login(cast.olga)
    address = f"{LIST}{dead.pk}/do/replay/"
    assert desk.post(address, {"reason": " "}).status_code == 422
    assert desk.post(address, {"reason": "their server is back"}).status_code == 302
    dead.refresh_from_db()
    assert (dead.state, dead.attempts, dead.done_at) == ("pending", 0, None)
    with acting_as("aif_audit"):
        event = AuditEvent.objects.get(verb="webhook.replay")
    assert (event.actor_kind, event.detail["reason"]) == ("user", "their server is back")
    desk.post(address, {"reason": "once more"})
    with acting_as("aif_audit"):
        assert AuditEvent.objects.filter(verb="webhook.replay").count() == 1, "one that waits is not open for it"


def test_not_at_a_disabled_endpoint_and_not_by_anybody(desk: Any, cast: Any, dead: WebhookDelivery) -> None:
    address = f"{LIST}{dead.pk}/do/replay/"
    desk.force_login(cast.pavel)
    assert desk.post(address, {"reason": "x"}).status_code == 403
    with acting_as("aif_web"):
        WebhookEndpoint.objects.update(state="disabled")
    desk.force_login(cast.olga)
    assert desk.post(address, {"reason": "x"}).status_code == 422
    dead.refresh_from_db()
    assert dead.state == "dead"
