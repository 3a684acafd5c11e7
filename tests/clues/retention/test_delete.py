"""What has had its time goes, in the role of the matcher; what has not stays, and what others know of stays too."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from clues.matching.run import match_pending
from clues.models import Batch, Clue, Event, Match, RingEdge, Sighting
from clues.retention import delete
from clues.retention.rules import RULES
from members.models import AuditEvent
from tests.clues.alliance import clue, join, open_epoch, submit, token

Role = Callable[[str], AbstractContextManager[None]]
DAYS = {rule.name: rule.days for rule in RULES}

pytestmark = pytest.mark.django_db


@pytest.fixture
def reported(as_role: Role) -> None:
    """Two institutions reported one person; the first one's clue has a second identifier, hence ring edges."""
    with as_role("aif_desk"):
        open_epoch()
        first, second = join("Aster Bank"), join("Birch Loans")
    person = token("one", kind="resident-id")
    submit(first, [clue(person, token("a", kind="cn-mobile"), client_ref="ours")])
    submit(second, [clue(person, client_ref="theirs")])
    with as_role("aif_match"):
        match_pending(limit=1)
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM clue_in; DELETE FROM identifier_in; DELETE FROM clue_new; DELETE FROM met")
        match_pending(limit=1)


def end(client_ref: str, *, days_ago: float, counted: bool = False) -> None:
    """Withdraw a clue so many days ago, as the matcher leaves it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE clue SET state = 'withdrawn', ended_at = clock_timestamp() - %s WHERE client_ref = %s RETURNING id",
            [timedelta(days=days_ago), client_ref],
        )
        cursor.execute("UPDATE sighting SET counted = %s WHERE clue_id = %s", [counted, cursor.fetchone()[0]])


def test_an_ended_clue_takes_along_what_speaks_of_it_alone(reported: None, as_role: Role) -> None:
    with as_role("aif_match"):
        end("ours", days_ago=DAYS["clues"] + 1)
        assert delete.delete_ended(now=timezone.now())["clues"] == 1
        assert list(Clue.objects.values_list("client_ref", flat=True)) == ["theirs"]
        assert Sighting.objects.count() == 1 and RingEdge.objects.count() == 1
        assert Match.objects.count() == 1, "a match is everybody's history"
    with as_role("aif_audit"):
        event = AuditEvent.objects.get(verb="retention.delete")
        assert event.detail == {"rule": "clues", "rows": 1}


@pytest.mark.parametrize(
    ("days_ago", "counted"), [(DAYS["clues"] - 1, False), (DAYS["clues"] + 1, True)], ids=["too young", "still counts"]
)
def test_a_clue_stays(reported: None, as_role: Role, days_ago: int, counted: bool) -> None:
    with as_role("aif_match"):
        end("ours", days_ago=days_ago, counted=counted)
        assert delete.delete_ended(now=timezone.now())["clues"] == 0
        assert Clue.objects.count() == 2


def test_a_clue_with_an_open_change_waits(reported: None, as_role: Role) -> None:
    with as_role("aif_match"):
        end("ours", days_ago=DAYS["clues"] + 1)
        with connection.cursor() as cursor:
            cursor.execute(
                """INSERT INTO clue_change (clue_id, institution_id, kind, reason, version, before, actor_ref, created_at)
                SELECT id, institution_id, 'withdrawn', '', 2, '{}', 'tests', clock_timestamp() FROM clue
                WHERE client_ref = 'ours'"""
            )
        assert delete.delete_ended(now=timezone.now())["clues"] == 0


def test_a_key_of_a_batch_is_free_again_after_its_time(reported: None, as_role: Role) -> None:
    used = Batch.objects.order_by("id").values_list("idempotency_key", flat=True)[0]
    with as_role("aif_match"):
        early = delete.delete_ended(now=timezone.now() + timedelta(days=DAYS["batch-keys"] - 1))
        late = delete.delete_ended(now=timezone.now() + timedelta(days=DAYS["batch-keys"] + 1))
        again = delete.delete_ended(now=timezone.now() + timedelta(days=DAYS["batch-keys"] + 1))
    assert (early["batch-keys"], late["batch-keys"], again["batch-keys"]) == (0, 2, 0)
    assert not Batch.objects.filter(idempotency_key=used).exists() and Batch.objects.count() == 2


ROWS: dict[str, str] = {
    "kept-answers": """INSERT INTO stored_answer (institution_id, route, idempotency_key, fingerprint, created_at)
        SELECT id, 'r', 'k', ''::bytea, %s FROM institution LIMIT 1""",
    "outbox": """INSERT INTO outbox_message
        (channel, destination, payload, created_at, not_before, attempts, last_error, state, done_at)
        SELECT 'email', '', '{}', at, at, 1, '', 'done', at FROM (SELECT %s::timestamptz AS at) t""",
    "screenings": """INSERT INTO screening
        (institution_id, key_id, purpose, case_ref, basis, tokens, hits, screened_at, event_id)
        SELECT id, 'k', 'investigation', '', 'x', 1, 0, %s, 1 FROM institution LIMIT 1""",
    "screening-answers": """INSERT INTO screening_answer (institution_id, idempotency_key, fingerprint, asked_at)
        SELECT id, 'k', ''::bytea, %s FROM institution LIMIT 1""",
    "quota-days": """INSERT INTO quota_use (institution_id, kind, day, used)
        SELECT id, 'screen', %s::date, 1 FROM institution LIMIT 1""",
    "events": """INSERT INTO event (institution_id, kind, subject_kind, subject_id, created_at, released_at, seq)
        SELECT id, 'batch.done', 'B', 1, at, at, 1 FROM (SELECT id, %s::timestamptz AS at FROM institution LIMIT 1) t""",
    "watches": """INSERT INTO watch
        (institution_id, type, epoch, token, purpose, case_ref, basis, key_id, created_at, expires_at, version)
        SELECT id, 'domain', 1, gen_random_uuid(), 'investigation', '', 'x', 'k', at, at, 1
        FROM (SELECT id, %s::timestamptz AS at FROM institution LIMIT 1) t""",
}


@pytest.mark.parametrize("name", ROWS)
@pytest.mark.parametrize(("beyond", "gone"), [(1, 1), (-1, 0)], ids=["over", "not yet"])
def test_each_rule_knows_its_time(as_role: Role, name: str, beyond: int, gone: int) -> None:
    now = timezone.now()
    with as_role("aif_desk"):
        join("Aster Bank")
    with as_role("aif_owner"), connection.cursor() as cursor:
        cursor.execute(ROWS[name], [now - timedelta(days=DAYS[name] + beyond)])
    with as_role("aif_match"):
        assert delete.delete_ended(now=now)[name] == gone


def test_slices_add_up(reported: None, as_role: Role, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delete, "SLICE", 1)
    with as_role("aif_match"):
        end("ours", days_ago=DAYS["clues"] + 1)
        end("theirs", days_ago=DAYS["clues"] + 1)
        gone: dict[str, Any] = delete.delete_ended(now=timezone.now())
        assert gone["clues"] == 2 and not Clue.objects.exists() and Event.objects.exists()
