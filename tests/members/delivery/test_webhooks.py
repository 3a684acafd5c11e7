"""Fault 17: whatever an endpoint does, the others get theirs, nothing is lost, and what is given up can be had again."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from standardwebhooks.webhooks import WebhookVerificationError

from members.delivery import endpoints, webhook_message
from members.delivery.webhooks import Sender
from members.models import AuditEvent, WebhookDelivery, WebhookEndpoint, reference
from members.operations import webhook_outcomes, webhooks
from tests.clues.alliance import caller
from tests.factories import acting_as, make_institution
from tests.members.delivery.receiver import Receiver
from tests.members.delivery.sending import endpoint_of, hurry, queue, register, send, states


def test_a_message_arrives_signed_and_thin(member: Any, receiver: Receiver) -> None:
    with acting_as("aif_match"), connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO event (id, institution_id, kind, subject_kind, subject_id, created_at, released_at, seq)
            OVERRIDING SYSTEM VALUE
            SELECT n, %s, 'match.released', 'M', 70 + n, now(), now() - interval '1 minute', n
            FROM generate_series(1, 3) n""",
            [member.institution_id],
        )
    made = register(member, receiver.url())
    (number,) = queue(made)
    with acting_as("aif_match"):
        WebhookDelivery.objects.filter(pk=number).update(events=[3, 1])
    send(lambda: states([number]) == ["delivered"])
    (got,) = receiver.requests
    document = got.verified(made.secret)
    assert document == {
        "type": "match.released",
        "timestamp": document["timestamp"],
        "data": {
            "events": [
                {"event": reference.encode("E", 1), "match": reference.encode("M", 71)},
                {"event": reference.encode("E", 3), "match": reference.encode("M", 73)},
            ]
        },
    }
    assert got.id == reference.encode("WD", number)
    assert got.headers["content-type"] == "application/json" and got.headers["host"] == f"127.0.0.1:{receiver.port}"
    with pytest.raises(WebhookVerificationError):
        got.verified(webhook_message.new_secret())
    row = WebhookDelivery.objects.get(pk=number)
    assert (row.attempts, row.last_status, row.last_error) == (1, 204, "")
    assert endpoint_of(made).last_success_at is not None


def test_an_endpoint_is_never_told_of_anothers_events(member: Any, receiver: Receiver) -> None:
    other = make_institution()
    with acting_as("aif_match"), connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO event (id, institution_id, kind, subject_kind, subject_id, created_at, released_at, seq)
            OVERRIDING SYSTEM VALUE VALUES (1, %s, 'match.released', 'M', 7, now(), now() - interval '1 minute', 1)""",
            [other.pk],
        )
    made = register(member, receiver.url())
    ids = queue(made)
    send(lambda: states(ids) == ["delivered"])
    assert receiver.requests[0].verified(made.secret)["data"]["events"] == []


@pytest.mark.parametrize("path", ["/500", "/slow", "/drip", "/redirect", "down"])
def test_a_bad_endpoint_holds_up_nobody(member: Any, receiver: Receiver, path: str) -> None:
    """Forty messages wait for the bad one; the good one, of the same member, gets all of its own meanwhile."""
    bad = register(member, receiver.url(path) if path != "down" else "http://127.0.0.1:9/")
    good = register(member, receiver.url("/ok"))
    bad_ids, good_ids = queue(bad, 40), queue(good, 40)
    started = time.monotonic()
    send(lambda: states(good_ids) == ["delivered"] * 40, seconds=4)
    assert time.monotonic() - started < 20  # closing waits for the five seconds of the bad one
    assert set(states(bad_ids)) == {"pending"}
    assert len(receiver.at(path)) <= 8, "one at a time after the first failures"
    row = endpoint_of(bad)
    assert row.failures >= 1 and row.last_failure_at is not None
    tried = WebhookDelivery.objects.filter(pk__in=bad_ids, attempts__gt=0, last_attempt_at__isnull=False)
    assert {each.last_error for each in tried} <= {
        {"/500": "status", "/redirect": "redirect", "down": "connect"}.get(path, "timeout")
    }
    assert not receiver.at("/target"), "redirects are not followed"


def test_a_huge_answer_is_not_read(member: Any, receiver: Receiver) -> None:
    made = register(member, receiver.url("/huge"))
    ids = queue(made)
    started = time.monotonic()
    send(lambda: states(ids) == ["delivered"])
    assert time.monotonic() - started < 4


def test_few_at_once(member: Any, receiver: Receiver) -> None:
    made = register(member, receiver.url("/ok"))
    ids = queue(made, 60)
    send(lambda: set(states(ids)) == {"delivered"}, at_once=3)
    assert receiver.most_at_once["/ok"] <= 3
    assert len({each.id for each in receiver.requests}) == len(receiver.requests) == 60


def test_waits_grow_and_the_breaker_opens(member: Any, receiver: Receiver) -> None:
    made = register(member, receiver.url("/500"))
    (number,) = queue(made)
    waits = []
    for attempt in range(1, 8):
        send(lambda n=attempt: WebhookDelivery.objects.get(pk=number, state="pending").last_status == 500
             and endpoint_of(made).failures == n)  # fmt: skip
        row, endpoint = WebhookDelivery.objects.get(pk=number), endpoint_of(made)
        assert (row.attempts, row.last_error) == (attempt, "status")
        waits.append((row.not_before - row.last_attempt_at).total_seconds())
        assert 0.7 * 2**attempt <= waits[-1] <= 1.4 * 2**attempt
        assert (endpoint.open_until is not None) == (attempt >= webhook_outcomes.FAILURES_TO_PAUSE)
        hurry()
    assert len({each.id for each in receiver.requests}) == 1 and len(receiver.requests) == 7
    assert len({each.body for each in receiver.requests}) == 1, "the same bytes at every attempt"
    # While the breaker is open nothing is sent, however much is due; one success closes it.
    with acting_as("aif_match"):
        WebhookEndpoint.objects.update(open_until=timezone.now() + timedelta(minutes=1))
        sender = Sender(settle=webhook_outcomes.settle)
        assert sender.turn() == 0
        sender.close()
    with acting_as("aif_web"):
        version = endpoint_of(made).version
        webhooks.change(
            webhook=made.endpoint.webhook, changes={"url": receiver.url("/ok")}, version=version, by=member,
            now=timezone.now(),
        )  # fmt: skip
    send(lambda: states([number]) == ["delivered"])
    assert (endpoint_of(made).failures, endpoint_of(made).open_until) == (0, None)
    assert receiver.requests[-1].id == receiver.requests[0].id, "the id is stable"


def test_retry_after_is_heeded(member: Any, receiver: Receiver) -> None:
    made = register(member, receiver.url("/busy"))
    ids = queue(made, 3)
    send(lambda: endpoint_of(made).open_until is not None)
    row = WebhookDelivery.objects.filter(pk__in=ids, last_status=429).first()
    assert row is not None and (row.not_before - row.last_attempt_at).total_seconds() > 115
    assert (endpoint_of(made).open_until - timezone.now()).total_seconds() > 110


def test_gone_disables(member: Any, receiver: Receiver) -> None:
    made = register(member, receiver.url("/gone"))
    first, second = queue(made), queue(made, not_before=timezone.now() + timedelta(hours=1))
    send(lambda: states(first) == ["dead"])
    row = endpoint_of(made)
    assert (row.state, row.version) == ("disabled", 2) and states(second) == ["pending"]
    hurry()
    with acting_as("aif_match"):
        sender = Sender(settle=webhook_outcomes.settle)
        assert sender.turn() == 0
        sender.close()
    with acting_as("aif_audit"):
        event = AuditEvent.objects.get(verb="webhook.disable")
        assert (event.actor_kind, event.subject_ref, event.detail) == ("job", str(row), {"status": 410})


def test_given_up_after_its_time_and_sent_again(member: Any, receiver: Receiver) -> None:
    made = register(member, receiver.url("/500"))
    ids = queue(made, give_up_at=timezone.now() + timedelta(seconds=0.01))
    late = queue(made, give_up_at=timezone.now() - timedelta(seconds=1))
    time.sleep(0.02)
    with acting_as("aif_match"):
        assert webhook_outcomes.give_up() == 2
    assert states(ids + late) == ["dead", "dead"]
    assert {row.last_error for row in WebhookDelivery.objects.all()} == {"not-sent"}
    webhooks.change(
        webhook=made.endpoint.webhook, changes={"url": receiver.url("/ok")}, version=1, by=member, now=timezone.now()
    )
    dead = endpoints.list_deliveries(webhook=made.endpoint.webhook, viewer=member, state="dead", before=None, limit=10)
    assert len(dead) == 2
    webhooks.replay(webhook=made.endpoint.webhook, delivery=dead[0].delivery, by=member, now=timezone.now())
    send(lambda: states(ids + late) == ["dead", "delivered"])
    assert [each.id for each in receiver.requests] == [dead[0].delivery]
    number = webhooks.replay_since(
        webhook=made.endpoint.webhook, fields={"since": "2026-01-01T00:00:00Z"}, by=member, now=timezone.now()
    )
    assert number == 2
    send(lambda: states(ids + late) == ["delivered"] * 2)


def test_the_last_attempt_ends_it(member: Any, receiver: Receiver) -> None:
    made = register(member, receiver.url("/slow"))
    ids = queue(made, give_up_at=timezone.now() + timedelta(seconds=1))
    send(lambda: states(ids) == ["dead"])
    assert WebhookDelivery.objects.get().last_error == "timeout"


def test_a_sender_that_dies_repeats(member: Any, receiver: Receiver) -> None:
    """What it had claimed is due again when the claim ends, under the same id."""
    made = register(member, receiver.url("/ok"))
    ids = queue(made, 3)
    with acting_as("aif_match"):
        dying = Sender(settle=lambda _outcomes: None, lease_seconds=0.5)  # never records anything
        dying.turn()
        dying.close()
        assert len(receiver.requests) == 3
        assert Sender(settle=webhook_outcomes.settle).turn() == 0, "it is still claimed"
    time.sleep(0.5)
    send(lambda: states(ids) == ["delivered"] * 3)
    assert sorted(each.id for each in receiver.requests) == sorted([reference.encode("WD", n) for n in ids] * 2)


def test_a_late_result_changes_nothing(member: Any, receiver: Receiver) -> None:
    """The first sender was too slow: its claim ended, another one delivered."""
    made = register(member, receiver.url("/500"))
    ids = queue(made)
    late: list[Any] = []
    with acting_as("aif_match"):
        slow = Sender(settle=late.extend, lease_seconds=0.1)
        slow.turn()
        slow.close()
    time.sleep(0.1)
    webhooks.change(
        webhook=made.endpoint.webhook, changes={"url": receiver.url("/ok")}, version=1, by=member, now=timezone.now()
    )
    send(lambda: states(ids) == ["delivered"])
    with acting_as("aif_match"):
        webhook_outcomes.settle(late)
    assert states(ids) == ["delivered"]


def test_two_senders_never_share(member: Any, receiver: Receiver) -> None:
    made = register(member, receiver.url("/ok"))
    ids = queue(made, 40)
    with acting_as("aif_match"):
        both = [Sender(settle=webhook_outcomes.settle, at_once=8) for _ in range(2)]
        end = time.monotonic() + 10
        while set(states(ids)) != {"delivered"} and time.monotonic() < end:
            for sender in both:
                sender.turn()
        for sender in both:
            sender.close()
    assert len(receiver.requests) == len({each.id for each in receiver.requests}) == 40


def test_nothing_goes_to_the_suspended_the_disabled_and_the_deleted(member: Any, receiver: Receiver) -> None:
    suspended = caller(make_institution(), scopes=("keys",))
    made = [register(member, receiver.url()), register(member, receiver.url()), register(suspended, receiver.url())]
    for each in made:
        queue(each)
    now = timezone.now()
    webhooks.change(webhook=made[0].endpoint.webhook, changes={"state": "disabled"}, version=1, by=member, now=now)
    webhooks.delete(webhook=made[1].endpoint.webhook, version=1, by=member, now=now)
    with acting_as("aif_owner"), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE institution SET state = 'suspended', suspended_at = now(), suspended_reason = 'x' WHERE id = %s",
            [suspended.institution_id],
        )
    with acting_as("aif_match"):
        sender = Sender(settle=webhook_outcomes.settle)
        assert sender.turn() == 0
        sender.close()
    assert receiver.connections == 0
    assert sorted(WebhookDelivery.objects.values_list("state", "last_error")) == [
        ("dead", "webhook-deleted"), ("pending", ""), ("pending", ""),
    ]  # fmt: skip


def test_one_row_that_cannot_be_opened(member: Any, receiver: Receiver) -> None:
    broken, made = register(member, receiver.url("/broken")), register(member, receiver.url())
    with acting_as("aif_web"):
        WebhookEndpoint.objects.filter(pk=broken.endpoint.id).update(secret=b"x" * 64)
    ids = queue(broken) + queue(made)
    send(lambda: states(ids)[1] == "delivered" and WebhookDelivery.objects.get(pk=ids[0]).last_error == "internal")
    assert not receiver.at("/broken")


def test_matching_goes_on_beside_dead_endpoints(member: Any, receiver: Receiver, settings: Any) -> None:
    """The duties are threads of their own: a full pool of slow requests holds no lock and no transaction."""
    for number in range(8):
        queue(register(member, receiver.url(f"/slow/{number}")), 4)
    with acting_as("aif_match"):
        sender = Sender(settle=webhook_outcomes.settle)
        assert sender.turn() == 32
        started = time.monotonic()
        assert sender.turn() == 0 and time.monotonic() - started < 1
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%%'")
            assert cursor.fetchone() == (0,)
            cursor.execute("SELECT count(*) FROM pg_locks WHERE mode = 'RowShareLock'")
            assert cursor.fetchone() == (0,)
        sender.close()
