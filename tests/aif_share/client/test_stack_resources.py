"""Every resource of the client against the whole running stack: what comes back is typed, and edits are safe."""

from __future__ import annotations

import itertools
import json
import queue
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from aif_share.client import Client, webhooks
from aif_share.client.resources.matches import Match
from aif_share.errors import (
    AuthenticationError,
    Conflict,
    InvalidInput,
    InvalidRequest,
    InvalidWebhook,
    NotFound,
    QuotaError,
    VersionChanged,
)
from aif_share.wire.keys import MemberKey
from config.stack import Stack

from . import loopback
from .members import admit, clue_of, host, member, report

pytestmark = pytest.mark.stack
SECONDS = 60.0


@pytest.fixture(scope="module")
def bank(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """One of two institutions that all tests here share: making one takes seconds."""
    with member(stack, tmp_path_factory.mktemp("bank")) as client:
        yield client


@pytest.fixture(scope="module")
def insurer(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """The other one."""
    with member(stack, tmp_path_factory.mktemp("insurer")) as client:
        yield client


@pytest.fixture
def match(bank: Client, insurer: Client) -> Match:
    """A new match of both."""
    shared = host()
    report(bank, [shared])
    report(insurer, [shared])
    return [*bank.matches.list()][-1]


def eventually(read: Callable[[], Any], wanted: Callable[[Any], Any]) -> Any:
    """What `read()` gives once it is `wanted`."""
    limit = time.monotonic() + SECONDS
    while not wanted(found := read()):
        assert time.monotonic() < limit, "it did not come"
        time.sleep(0.1)
    return found


def test_batches(bank: Client) -> None:
    tokens = bank.tokenize("domain", [host() for _ in range(5)])
    bad = clue_of(tokens[4], grade="Z")
    clues = [*(clue_of(token) for token in tokens[:4]), bad]
    receipt = bank.batches.submit_stream(iter(clues), idempotency_key="once")
    again = bank.batches.submit_stream(iter(clues), idempotency_key="once")
    assert again.batch == receipt.batch and (receipt.clues, receipt.rows_refused) == (4, 1)
    with pytest.raises(Conflict):
        bank.batches.submit_stream(iter(clues[:1]), idempotency_key="once")
    bank.wait([receipt.batch], timeout=60)
    batch = bank.batches.get(receipt)
    assert (batch.accepted, batch.refused, batch.released) == (4, 1, True)
    with pytest.raises(NotFound):
        bank.batches.hold(batch)
    rows = list(bank.batches.results(batch, limit=2))
    assert [(row.row, row.outcome, row.code) for row in rows][-1] == (4, "refused", "grade-unknown")
    assert list(bank.batches.stream_results(batch)) == rows
    lines = list(bank.batches.results_csv(batch))
    assert len(lines) == 6 and "outcome" in lines[0]
    assert next(bank.batches.list(limit=1)).batch == batch.batch


def test_clues(bank: Client, insurer: Client) -> None:
    first, second = host(), host()
    batch = report(bank, [first, second])
    clues = [each for each in bank.clues.list(limit=1, state="active") if each.batch == batch.batch]
    assert len(clues) == 2 and {clue.state for clue in clues} == {"active"}
    clue = bank.clues.get(clues[0])
    assert clue.version == 1 and clue.identifiers[0].role == "actor"
    assert [each.clue for each in bank.clues.list(client_ref=clue.client_ref)] == [clue.clue]
    corrected = bank.clues.correct(clue, {"grade": "C", "roles": [{"identifier": 0, "role": "victim"}]})
    assert (corrected.version, corrected.grade, corrected.identifiers[0].role) == (2, "C", "victim")
    with pytest.raises(VersionChanged):
        bank.clues.withdraw(clue, reason="mistake")  # the object is of version 1
    with pytest.raises(InvalidInput):
        bank.clues.withdraw(clue.clue, reason="mistake")
    extended = bank.clues.extend(corrected, reason="case-open")
    withdrawn = bank.clues.withdraw(extended.clue, version=extended.version, reason="mistake")
    assert withdrawn.state == "withdrawn"
    assert [step.version for step in bank.clues.history(clue)] == [2, 3, 4]
    with pytest.raises(NotFound):
        insurer.clues.get(clue)


def test_matches_feedback_and_rings(bank: Client, insurer: Client, match: Match) -> None:
    assert match.mine[0].identifier == 0 and match.score is not None and match.terms
    assert bank.matches.get(match) == match
    assert match.match in [each["match"] for each in bank.matches()]
    given = bank.feedback.give(match, "false-positive", reason="shared-identifier")
    assert bank.matches.get(match).my_feedback is not None and given.verdict == "false-positive"
    with pytest.raises(InvalidRequest):
        bank.feedback.give(match, "perhaps")
    assert insurer.matches.get(match).my_feedback is None
    assert list(bank.rings.list()) == []  # hosts join nothing


def test_screenings_and_quota(stack: Stack, bank: Client, insurer: Client, tmp_path: Path) -> None:
    shared = host()
    for reporter in (bank, insurer):  # nobody reviews here: two institutions answer, one would not
        report(reporter, [shared])
    with member(stack, tmp_path / "third", screen_quota=3) as third:
        tokens = third.tokenize("domain", [shared, host()])
        answer = third.screenings.ask(tokens, purpose="content-takedown", idempotency_key="q")
        assert [hit.hit for hit in answer.results] == [True, False] and answer.lawful_use is not None
        assert third.screenings.ask(tokens, purpose="content-takedown", idempotency_key="q").results == answer.results
        with pytest.raises(QuotaError):
            third.screenings.ask(tokens, purpose="content-takedown")
        quota = third.quota.get()
        assert quota.quotas["screen"] == {"limit": 3, "used": 2, "remaining": 1}
        assert quota.resets_at > datetime.now(UTC)


def test_watches(bank: Client, insurer: Client) -> None:
    wanted = host()
    tokens = bank.tokenize("domain", [wanted, host()])
    ends = datetime.now(UTC) + timedelta(days=10)
    made = bank.watches.add(tokens, purpose="content-takedown", expires_at=ends, case_ref="case-7")
    assert [each.index for each in made.watches] == [0, 1] and made.lawful_use is not None
    first = made.watches[0]
    watch = eventually(lambda: bank.watches.get(first), lambda found: found.state == "active")
    longer = bank.watches.extend(watch, expires_at=ends + timedelta(days=10))
    assert longer.version == watch.version + 1 and longer.expires_at > watch.expires_at
    with pytest.raises(VersionChanged):
        bank.watches.extend(watch, expires_at=ends)
    for reporter in (insurer, bank):  # nobody reviews here: the insurer's report answers beside the bank's
        report(reporter, [wanted])
    hit = eventually(lambda: bank.watches.get(first), lambda found: found.hits)
    assert hit.hits[0].category == "counterfeit-site-app"
    assert bank.watches.cancel(made.watches[1]).state == "canceled"
    assert {each.watch for each in bank.watches.list(limit=1)} >= {each.watch for each in made.watches}
    with pytest.raises(NotFound):
        insurer.watches.get(first)


def test_disputes(bank: Client, insurer: Client, match: Match) -> None:
    opened = bank.disputes.open(match, reason="shared-device")
    assert opened.state == "open"
    received = eventually(lambda: list(insurer.disputes.received()), len)[0]
    assert received.reason == "shared-device" and received.due_at > datetime.now(UTC)
    assert insurer.clues.get(received.clue).state == "disputed"
    answered = insurer.disputes.answer(received, "withdraw", reason="mistake")
    assert answered.state == "withdrawn"
    assert eventually(lambda: bank.disputes.get(opened), lambda found: found.state == "closed").match == match.match
    assert next(bank.disputes.list()).dispute == opened.dispute
    eventually(lambda: {each.match for each in bank.matches.list()}, lambda found: match.match not in found)


def test_a_token_is_disputed_for_a_purpose(bank: Client, insurer: Client) -> None:
    wrong = host()
    for reporter in (insurer, bank):
        report(reporter, [wrong])
    (token,) = bank.tokenize("domain", [wrong])
    with pytest.raises(InvalidInput):
        bank.disputes.open(token, reason="other")
    opened = bank.disputes.open(token, reason="other", purpose="content-takedown")
    eventually(lambda: [each.disputed for each in insurer.disputes.received()], lambda all: opened.dispute in all)


def test_events(bank: Client, match: Match) -> None:
    events = list(bank.events.list(limit=1))
    kinds = [event.kind for event in events]
    assert "batch.done" in kinds and "match.released" in kinds
    released = [event for event in events if event.kind == "match.released"][-1]
    assert (released.subject_kind, released.subject) == ("match", match.match)
    assert bank.events.get(released).subject == match.match
    after = events[0].cursor
    assert [event.event for event in bank.events.list(cursor=after)] == [event.event for event in events[1:]]
    followed = bank.events.follow(cursor=events[-1].cursor, pause=0.1)
    report(bank, [host()])
    assert next(followed).kind == "batch.done"
    assert {event.kind for event in bank.events.list(kind="match.released")} == {"match.released"}


def test_webhooks(bank: Client, insurer: Client) -> None:
    taken: queue.Queue[tuple[dict[str, str], bytes]] = queue.Queue()

    def answer(method: str, path: str, headers: object, body: bytes) -> tuple[int, dict[str, str], object]:
        taken.put((dict(headers.items()), body))  # type: ignore[attr-defined]
        return 200, {}, {}

    with loopback.serve(answer) as url:
        webhook = bank.webhooks.add(f"{url}/aif", kinds=["match.released"], description="test")
        assert webhook.secret and webhook.secret not in repr(webhook)
        assert bank.webhooks.get(webhook).secret is None
        delivery = bank.webhooks.test(webhook)
        headers, body = taken.get(timeout=SECONDS)
        message = webhooks.verify(headers, body, webhook.secret)
        assert (message.id, message.type) == (delivery.delivery, "webhook.test")
        with pytest.raises(InvalidWebhook):
            webhooks.verify(headers, body + b" ", webhook.secret)
        shared = host()
        report(bank, [shared])
        report(insurer, [shared])
        headers, body = taken.get(timeout=SECONDS)
        message = webhooks.verify(headers, body, [webhook.secret])
        assert [event.subject for event in message.events] == [[*bank.matches.list()][-1].match]
        rotated = bank.webhooks.rotate_secret(webhook)
        assert rotated.secret and rotated.secret != webhook.secret
        bank.webhooks.replay_delivery(webhook, message.id)
        headers, body = taken.get(timeout=SECONDS)
        for secret in (webhook.secret, rotated.secret):  # both sign for a day
            assert webhooks.verify(headers, body, secret).id == message.id
        states = {each.delivery: each.state for each in bank.webhooks.deliveries(webhook)}
        assert states.keys() >= {delivery.delivery, message.id}
        bank.webhooks.replay(webhook, since=datetime.now(UTC) - timedelta(minutes=5))
        taken.get(timeout=SECONDS)
        current = bank.webhooks.get(webhook)
        changed = bank.webhooks.update(current, state="disabled", kinds=[])
        assert (changed.state, changed.kinds) == ("disabled", ())
        with pytest.raises(VersionChanged):
            bank.webhooks.remove(current)
        bank.webhooks.remove(changed)
        assert list(bank.webhooks.list()) == []
        with pytest.raises(InvalidRequest):
            bank.webhooks.add("http://10.0.0.1/x")


def test_credentials(stack: Stack, tmp_path: Path) -> None:
    key = admit(stack)
    with Client(stack.url, key, data_home=tmp_path) as client:
        (own,) = client.credentials.list()
        assert (own.key_id, own.state) == (key.id, "live")
        reader = MemberKey.new()
        made = client.credentials.register(reader, scopes=["read"], default_basis="contract-7")
        assert made.scopes == ("read",) and client.credentials.get(made).default_basis == "contract-7"
        with Client(stack.url, reader, data_home=tmp_path) as other:
            assert list(other.matches.list()) == []
            with pytest.raises(AuthenticationError):
                list(other.credentials.list())
            assert client.credentials.revoke(made, reason="test is over").state == "revoked"
            with pytest.raises(AuthenticationError):
                list(other.matches.list())
        with pytest.raises(InvalidRequest):
            client.credentials.revoke(own, reason="by mistake")  # without confirm_self
        successor = client.credentials.rotate(own, MemberKey.new())
        assert successor.scopes == own.scopes


def test_noise(bank: Client) -> None:
    made = bank.noise.add("own-domain", bank.tokenize("domain", [host(), host()]))
    assert [each.state for each in made.entries] == ["proposed", "proposed"]
    entries = list(bank.noise.list(list="own-domain", limit=1))
    assert {each.entry for each in entries} >= {each.entry for each in made.entries}
    assert bank.noise.remove(entries[0]).state == "removed"
    with pytest.raises(InvalidRequest):
        bank.noise.add("hotline", bank.tokenize("domain", [host()]))


def test_vocabulary(bank: Client) -> None:
    assert "same-actor" in {row.code for row in bank.vocabulary.get("feedback-reasons")}
    assert "categories" in bank.vocabulary()
    assert {"version-changed", "not-found"} <= {row["code"] for row in bank.vocabulary.problems()}


def test_answers_are_json_as_they_came(bank: Client) -> None:
    report(bank, [host()])
    for found in itertools.islice(bank.clues.list(), 1):
        assert json.loads(json.dumps(found.body))["clue"] == found.clue
