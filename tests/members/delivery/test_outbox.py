"""The outbox: stored with the change, delivered afterwards, at least once, never lost."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import OperationalError, connections, transaction
from django.utils import timezone

from members.delivery import channels, outbox
from members.delivery.failure import DeliveryFailed
from members.models import OutboxMessage
from tests.factories import acting_as


class Recorder:
    """A channel that notes what it is handed; each entry of `fails` makes one attempt fail."""

    LONGEST_WAIT = timedelta(seconds=30)

    def __init__(self, fails: int = 0) -> None:
        self.fails = fails
        self.seen: list[tuple[str, object]] = []

    def deliver(self, destination, payload):
        self.seen.append((destination, payload["n"]))
        if self.fails:
            self.fails -= 1
            raise DeliveryFailed("status 503")


@pytest.fixture
def channel(monkeypatch):
    recorder = Recorder()
    monkeypatch.setattr(outbox, "get_channel", lambda name: recorder)
    return recorder


@pytest.fixture
def as_match(db):
    with acting_as("aif_match"):
        yield


def enqueue(n: int = 1, **fields) -> OutboxMessage:
    return outbox.enqueue(channel="recorder", destination="there", payload={"n": n}, now=timezone.now(), **fields)


@pytest.mark.usefixtures("as_match")
class TestDeliver:
    def test_it_arrives_once_and_in_order(self, channel):
        for n in (1, 2, 3):
            enqueue(n)
        assert outbox.deliver_pending() == 3
        assert outbox.deliver_pending() == 0
        assert channel.seen == [("there", 1), ("there", 2), ("there", 3)]
        assert set(OutboxMessage.objects.values_list("state", "attempts", "last_error")) == {("done", 1, "")}

    def test_what_is_not_due_waits(self, channel):
        enqueue(not_before=timezone.now() + timedelta(hours=1))
        assert outbox.deliver_pending() == 0
        assert channel.seen == []

    def test_a_failure_waits_longer_each_time(self, channel):
        message = enqueue()
        channel.fails = 9
        now = timezone.now()
        pauses = []
        for _attempt in range(8):
            assert outbox.deliver_next(now=now) is False
            message.refresh_from_db()
            pauses.append((message.not_before - now).total_seconds())
            assert outbox.deliver_next(now=now) is None, "it is not due before its time"
            now = message.not_before
        assert pauses == [1, 2, 4, 8, 16, 30, 30, 30]
        assert (message.state, message.attempts, message.last_error) == ("pending", 8, "status 503")

    def test_after_a_week_it_is_given_up_and_stays_visible(self, channel):
        message = enqueue()
        channel.fails = 2
        assert outbox.deliver_next(now=message.created_at + timedelta(days=7) - timedelta(minutes=1)) is False
        message.refresh_from_db()
        assert message.state == "pending"
        assert outbox.deliver_next(now=message.created_at + timedelta(days=7, minutes=5)) is False
        assert [each.pk for each in outbox.list_stuck()] == [message.pk]
        assert outbox.deliver_next(now=message.created_at + timedelta(days=30)) is None


def test_an_unknown_failure_lets_the_next_message_pass(as_match, monkeypatch):
    """A message that a channel cannot even read is due first for ever; a suspension may wait behind it."""

    class Broken(Recorder):
        def deliver(self, destination, payload):
            if payload["n"] == 1:
                OutboxMessage.objects.get(pk=payload["n of nothing"])
            super().deliver(destination, payload)

    broken = Broken()
    monkeypatch.setattr(outbox, "get_channel", lambda name: broken)
    message = enqueue(1)
    enqueue(2)
    assert outbox.deliver_pending() == 1
    assert broken.seen == [("there", 2)]
    message.refresh_from_db()
    assert (message.state, message.attempts, message.last_error) == ("pending", 1, "KeyError")


def test_a_lost_database_costs_no_attempt(as_match, monkeypatch):
    class Broken(Recorder):
        def deliver(self, destination, payload):
            raise OperationalError

    monkeypatch.setattr(outbox, "get_channel", lambda name: Broken())
    message = enqueue()
    with pytest.raises(OperationalError):
        outbox.deliver_next(now=timezone.now())
    message.refresh_from_db()
    assert (message.state, message.attempts) == ("pending", 0)


def test_a_slow_server_ends_the_turn(as_match, channel):
    """Matching shares the process; red when a hundred messages may each wait for their timeout."""
    for n in (1, 2):
        enqueue(n)
    assert outbox.deliver_pending(seconds=-1) == 0
    assert outbox.deliver_pending(seconds=60) == 2


def test_what_is_rolled_back_is_never_sent(fresh_database, channel):
    with acting_as("aif_match"):
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            enqueue()
            raise ZeroDivisionError
        assert outbox.deliver_pending() == 0
    assert channel.seen == []


def test_several_processes_never_take_the_same_message(fresh_database, monkeypatch):
    gate = threading.Barrier(4, timeout=20)

    class Slow(Recorder):
        def deliver(self, destination, payload):
            super().deliver(destination, payload)
            gate.wait()

    slow = Slow()
    monkeypatch.setattr(outbox, "get_channel", lambda name: slow)
    with acting_as("aif_match"):
        for n in range(4):
            enqueue(n)
    outcomes = []

    def work():
        try:
            with acting_as("aif_match"):
                outcomes.append(outbox.deliver_next(now=timezone.now()))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes == [True] * 4
    assert sorted(n for _there, n in slow.seen) == [0, 1, 2, 3]


def test_channels_are_files():
    assert channels.get_channel("custodian").LONGEST_WAIT <= timedelta(minutes=1)
    with pytest.raises(ModuleNotFoundError):
        channels.get_channel("pigeon")
    with pytest.raises(ValueError, match="name of a channel"):
        channels.get_channel("../secrets")


def test_pauses_end_at_a_day():
    assert outbox.pause_after(1) == timedelta(seconds=1)
    assert outbox.pause_after(12) == timedelta(seconds=2048)
    assert outbox.pause_after(400) == timedelta(hours=24)
