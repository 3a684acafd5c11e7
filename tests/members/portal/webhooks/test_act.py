"""Test, send again, change the secret, delete."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from members.delivery.webhook_message import unseal_secret
from members.models import WebhookDelivery, WebhookEndpoint
from tests.members.portal.keeper import events_of, everything


def page(hook: Any, end: str) -> str:
    return f"/portal/webhooks/{hook.webhook}/{end}"


def disable(keeper: Any, hook: Any) -> None:
    keeper.browser.post(page(hook, "state"), {"state": "disabled", "version": hook.version})


def test_a_test_message_waits_in_the_log(keeper: Any, hook: Any) -> None:
    assert keeper.browser.post(page(hook, "test"))["Location"] == f"/portal/webhooks/{hook.webhook}"
    assert WebhookDelivery.objects.get().kind == "webhook.test"
    assert "Webhook test" in keeper.browser.get(f"/portal/webhooks/{hook.webhook}").content.decode()
    assert events_of("webhook.test")[-1].actor_ref == keeper.person.audit_ref


def test_one_message_again(keeper: Any, hook: Any, deliver: Any) -> None:
    delivery = deliver(hook, state="dead", last_error="connect")
    keeper.browser.post(page(hook, f"deliveries/{delivery}/replay"))
    row = WebhookDelivery.objects.get()
    assert (row.state, row.attempts, row.last_error) == ("pending", 0, "")
    assert events_of("webhook.replay")[-1].actor_ref == keeper.person.audit_ref


def test_everything_since_a_moment(keeper: Any, hook: Any, deliver: Any) -> None:
    deliver(hook, ago=timedelta(hours=3))
    young = deliver(hook, state="dead", ago=timedelta(minutes=30))
    since = timezone.localtime() - timedelta(hours=1)
    sent = {"since": since.strftime("%Y-%m-%dT%H:%M")}
    answer = keeper.browser.post(page(hook, "replay"), sent, follow=True)
    assert "Messages that go out again: 1" in answer.content.decode()
    waiting = [row for row in answer.context["deliveries"] if row[0].state == "pending"]
    assert [row.delivery for row, *_rest in waiting] == [young]


@pytest.mark.parametrize("since", ["", "yesterday", "2026-13-01T00:00"])
def test_a_moment_that_is_none(keeper: Any, hook: Any, deliver: Any, since: str) -> None:
    deliver(hook)
    before = everything()
    assert keeper.browser.post(page(hook, "replay"), {"since": since}).status_code == 422
    assert everything() == before


@pytest.mark.parametrize("end", ["test", "replay", "deliveries/{delivery}/replay"])
def test_a_disabled_one_is_enabled_first(keeper: Any, hook: Any, deliver: Any, end: str) -> None:
    delivery = deliver(hook)
    disable(keeper, hook)
    before = everything()
    sent = {"since": timezone.localtime().strftime("%Y-%m-%dT%H:%M")}
    answer = keeper.browser.post(page(hook, end.format(delivery=delivery)), sent, follow=True)
    assert "Enable the webhook first." in answer.content.decode()
    assert everything() == before
    assert WebhookDelivery.objects.get().state == "delivered"


def test_a_new_secret_is_shown_once_and_the_old_one_signs_on(keeper: Any, hook: Any) -> None:
    old = unseal_secret(WebhookEndpoint.objects.get().secret, institution_id=keeper.institution.pk)
    assert "signature of the former one too" in keeper.browser.get(page(hook, "rotate")).content.decode()
    answer = keeper.browser.post(page(hook, "rotate"), follow=True)
    row = WebhookEndpoint.objects.get()
    new = unseal_secret(row.secret, institution_id=keeper.institution.pk)
    assert new != old and new in answer.content.decode() and old not in answer.content.decode()
    assert row.old_secret_until > timezone.now() + timedelta(hours=23)
    assert new not in keeper.browser.get(page(hook, "secret")).content.decode()
    assert events_of("webhook.rotate")[-1].actor_ref == keeper.person.audit_ref


def test_the_secret_of_another_webhook_is_not_shown_here(keeper: Any, hook: Any, make_hook: Any) -> None:
    other = make_hook(url="https://other.aster.example/")
    keeper.browser.post(page(hook, "rotate"))
    assert "It was shown already" in keeper.browser.get(page(other, "secret")).content.decode()
    assert "It is shown this once." in keeper.browser.get(page(hook, "secret")).content.decode()


def test_delete_after_a_question(keeper: Any, hook: Any, deliver: Any) -> None:
    deliver(hook, state="pending", last_attempt_at=None)
    assert "It cannot be undone" in keeper.browser.get(page(hook, "delete")).content.decode()
    assert WebhookEndpoint.objects.get().deleted_at is None
    answer = keeper.browser.post(page(hook, "delete"), {"version": hook.version})
    assert answer["Location"] == "/portal/webhooks"
    assert WebhookEndpoint.objects.get().deleted_at is not None
    assert WebhookDelivery.objects.get().state == "dead"
    assert keeper.browser.get(f"/portal/webhooks/{hook.webhook}").status_code == 404
    assert events_of("webhook.delete")[-1].actor_ref == keeper.person.audit_ref


def test_delete_of_what_was_changed_meanwhile(keeper: Any, hook: Any) -> None:
    before = everything()
    answer = keeper.browser.post(page(hook, "delete"), {"version": hook.version + 1}, follow=True)
    assert "Read it again" in answer.content.decode() and everything() == before
