"""The sealed ledger: one event a second commits to every screening, and both levels are proven to whoever asked."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, connections, transaction

from aif_share.audit import note
from aif_share.audit.ledger import Ledger
from aif_share.audit.verify import verify_log
from aif_share.errors import ProofError
from clues.screening import sealing
from clues.screening.sealing import seal_pending
from members.models import AuditEvent
from tests.factories import acting_as, bearer, make_institution, make_key
from tests.members.log_keeper import SIGNER, catch_up

NOON = datetime(2026, 11, 27, 12, 0, 0, tzinfo=UTC)
ASK = """INSERT INTO screening (institution_id, key_id, purpose, case_ref, basis, tokens, hits, screened_at)
    VALUES (%s, 'key', %s, 'T-1', 'x', %s, 0, %s) RETURNING id"""


def ask(institution: Any, *, at: datetime = NOON, purpose: str = "investigation", tokens: int = 1) -> int:
    with acting_as("aif_owner"), connection.cursor() as cursor:
        cursor.execute(ASK, [institution.pk, purpose, tokens, at])
        return int(cursor.fetchone()[0])


def seal(**limit: int) -> int:
    with acting_as("aif_match"):
        return seal_pending(**limit)


def seals() -> list[AuditEvent]:
    with acting_as("aif_audit"):
        return list(AuditEvent.objects.filter(verb="screening.ask").order_by("pk"))


@pytest.fixture
def aster(db: Any) -> Any:
    return make_institution("Aster")


@pytest.mark.usefixtures("db")
def test_one_event_for_each_institution_purpose_and_second(aster: Any) -> None:
    birch = make_institution("Birch")
    for step in range(3):
        ask(aster, at=NOON + timedelta(milliseconds=300 * step), tokens=2)
    ask(aster, at=NOON + timedelta(seconds=1))
    ask(aster, purpose="complaint-handling")
    ask(birch)
    assert (seal(), seal()) == (6, 0)
    found = [(e.institution_id, e.detail["purpose"], e.detail["second"][17:19], e.detail["rows"]) for e in seals()]
    assert sorted(found) == sorted(
        [
            (aster.pk, "investigation", "00", 3),
            (aster.pk, "investigation", "01", 1),
            (aster.pk, "complaint-handling", "00", 1),
            (birch.pk, "investigation", "00", 1),
        ]
    )
    assert sum(event.detail["tokens"] for event in seals()) == 9


def test_a_second_that_is_not_over_waits(aster: Any) -> None:
    ask(aster, at=datetime.now(UTC))
    assert seal() == 0 and seals() == []


def test_what_was_committed_late_gets_an_event_of_its_own(aster: Any) -> None:
    ask(aster)
    seal()
    ask(aster)
    assert seal() == 1
    assert [event.detail["rows"] for event in seals()] == [1, 1]


def test_slices_add_up(aster: Any) -> None:
    for _ in range(5):
        ask(aster)
    assert [seal(limit=2) for _ in range(4)] == [2, 2, 1, 0]


def test_without_its_event_no_row_is_sealed(aster: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail closed: a row that says it is sealed and is not would never be looked at again."""
    ask(aster)

    def fail(*_: Any, **__: Any) -> None:
        raise DatabaseError

    monkeypatch.setattr(sealing.audit, "record", fail)
    with pytest.raises(DatabaseError), transaction.atomic():
        seal()
    monkeypatch.undo()
    assert seal() == 1


def test_two_workers_seal_a_row_once(fresh_database: Any) -> None:
    aster = make_institution("Aster")
    for step in range(60):
        ask(aster, at=NOON + timedelta(seconds=step // 3))

    def work() -> None:
        try:
            with acting_as("aif_match"):
                for _ in range(40):
                    seal_pending(limit=3)
        finally:
            connections.close_all()

    both = [threading.Thread(target=work) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    while seal():
        pass
    assert sum(event.detail["rows"] for event in seals()) == 60


@pytest.mark.parametrize("role", ["aif_web", "aif_desk", "aif_match", "aif_owner"])
@pytest.mark.parametrize(
    "change", ["tokens = 9", "case_ref = 'other'", "event_id = 1", "event_id = NULL", "screened_at = now()"]
)
def test_nobody_rewrites_a_sealed_row(aster: Any, role: str, change: str) -> None:
    number = ask(aster)
    seal()
    with acting_as(role), pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE screening SET {change} WHERE id = %s", [number])


def test_a_row_that_waits_changes_by_its_seal_alone(aster: Any) -> None:
    number = ask(aster)
    with acting_as("aif_owner"), pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE screening SET event_id = 1, hits = 7 WHERE id = %s", [number])


def test_exported_both_levels_hold_and_a_changed_row_does_not(aster: Any, tmp_path: Any) -> None:
    for step in range(7):
        ask(aster, at=NOON + timedelta(milliseconds=400 * step), tokens=step)
    seal()
    catch_up()
    log, rows = tmp_path / "log", tmp_path / "rows"
    with acting_as("aif_desk"):
        call_command("export_log", str(log), verbosity=0)
        call_command("export_screenings", str(rows), verbosity=0)
    head = note.open_checkpoint(
        (tmp_path / "log.checkpoint").read_text(), verifier=note.Verifier.parse(SIGNER.verifier)
    )

    def check() -> int:
        ledger = Ledger()
        with log.open("rb") as lines:
            verify_log(lines, head, ledger)
        with rows.open("rb") as lines:
            return ledger.open(lines).rows

    assert check() == 7
    rows.write_text(rows.read_text().replace("T-1", "T-2", 1))
    with pytest.raises(ProofError):
        check()


def test_a_member_reads_its_own_rows_alone(client: Any, aster: Any) -> None:
    birch = make_institution("Birch")
    ask(aster)
    ask(birch, tokens=5)
    seal()
    ask(aster, tokens=3)
    mine, theirs = (bearer(make_key(each, scopes=["audit"])) for each in (aster, birch))
    rows = client.get("/api/v1/log/screenings", **mine).json()["results"]
    assert [(row["event"] is None, f'"tokens":{n}' in row["leaf"]) for row, n in zip(rows, (3, 1), strict=True)] == [
        (True, True),
        (False, True),
    ]
    query = {"event": rows[1]["event"]}
    assert client.get("/api/v1/log/screenings", query, **mine).json()["results"] == rows[1:]
    assert client.get("/api/v1/log/screenings", query, **theirs).json()["results"] == []
    assert client.get("/api/v1/log/screenings", **bearer(make_key(aster, scopes=["screen"]))).status_code == 403
