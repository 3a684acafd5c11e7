"""`POST /batches`: taken whole, row by row, or not at all."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

import orjson
import pytest
from django.db import connection

from tests.clues.alliance import clue, token
from tests.clues.api.member import Member, problem

PHONE = "13800138000"


def test_works(aster: Member, tables: Any, ring: list[int]) -> None:
    """The contract's shape; one batch, one chunk, one event, as many rows charged as read; the worker is rung for."""
    before = tables()
    answer = aster.submit([clue(token(1)), clue(token(2)), clue(token(3) | {"token": PHONE})])
    assert answer.status_code == 202 and answer["Content-Type"] == "application/json"
    body = answer.json()
    address = f"http://testserver/api/v1/batches/{body['batch']}"
    received_at = body["receipt"].pop("received_at")
    assert received_at.endswith("Z") and datetime.fromisoformat(received_at)
    assert len(body["receipt"].pop("digest")) == 64
    assert body["receipt"].pop("event").startswith("AE-") and len(body["receipt"].pop("leaf")) == 64
    assert body["receipt"].pop("signed").count("\n") == 7
    assert body == {
        "batch": body["batch"],
        "state": "received",
        "clues": 2,
        "rows_refused": 1,
        "receipt": {},
        "links": {"self": address, "results": f"{address}/results"},
    }
    assert body["batch"].startswith("B-") and len(body["batch"]) == 28
    after = tables()
    assert {name: n - before[name] for name, n in after.items() if n != before[name]} == {
        "batch": 1,
        "batch_chunk": 1,
        "audit_event": 1,
        "quota_use": 1,
    }
    assert aster.get("/me").json()["quotas"]["submit"]["used"] == 3
    assert ring == [1]
    assert "Idempotency-Replayed" not in answer


def test_the_receipt_is_over_what_is_stored(aster: Member) -> None:
    receipt = aster.submit([clue(token(1)), clue(token(2))]).json()["receipt"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT clue_rows, identifier_rows FROM batch_chunk")
        ((clues, identifiers),) = cursor.fetchall()
    assert receipt["digest"] == hashlib.sha256((clues + identifiers).encode()).hexdigest()


def test_again(aster: Member, tables: Any) -> None:
    """The same key and body: the same bytes, marked as repeated; nothing is stored or charged a second time."""
    rows = [clue(token(1)), clue(token(2) | {"token": PHONE})]
    first = aster.submit(rows, key="k-1")
    before = tables()
    second = aster.submit(rows, key="k-1")
    assert (second.status_code, second.content) == (202, first.content)
    assert second["Idempotency-Replayed"] == "true"
    assert tables() == before
    assert aster.get("/me").json()["quotas"]["submit"]["used"] == 2


def test_the_same_key_with_another_body(aster: Member, tables: Any) -> None:
    aster.submit([clue(token(1))], key="k-1")
    before = tables()
    problem(aster.submit([clue(token(2))], key="k-1"), 409, "idempotency-conflict")
    assert tables() == before


def test_the_same_key_of_another_institution(aster: Member, birch: Member) -> None:
    """Keys are each institution's own: no answer of one tells what the other used."""
    one, other = aster.submit([clue(token(1))], key="k-1"), birch.submit([clue(token(2))], key="k-1")
    assert one.status_code == other.status_code == 202
    assert one.json()["batch"] != other.json()["batch"]


def test_all_rows_refused(aster: Member) -> None:
    answer = aster.submit([clue(token(1) | {"token": PHONE})])
    assert answer.status_code == 202
    assert (answer.json()["state"], answer.json()["clues"], answer.json()["rows_refused"]) == ("rejected", 0, 1)


@pytest.mark.parametrize(
    ("key", "code"),
    [("", "idempotency-key-missing"), ("x" * 256, "idempotency-key-invalid"), ("schlüssel", "idempotency-key-invalid")],
)
def test_keys_that_are_none(aster: Member, tables: Any, key: str, code: str) -> None:
    before = tables()
    answer = aster.post("/batches", {"clues": [clue(token(1))]}, HTTP_IDEMPOTENCY_KEY=key)
    problem(answer, 400, code)
    assert tables() == before


def test_quota(ring: list[int], aster: Member, tables: Any) -> None:
    """A batch that the day's quota does not cover is refused whole, refused rows counted; what it covers is taken."""
    small = Member.join("Small Bank", submit_quota=3)
    before = tables()
    answer = small.submit([clue(token(n)) for n in range(3)] + [{}])
    assert problem(answer, 429, "quota-exhausted")["limit"] == 3
    assert 0 < int(answer["Retry-After"]) <= 86_400
    assert tables() == before and ring == []
    assert small.submit([clue(token(n)) for n in range(3)]).status_code == 202
    problem(small.submit([clue(token(9))]), 429, "quota-exhausted")


def test_without_a_broker(aster: Member, monkeypatch: Any) -> None:
    """A bell that cannot be rung does not fail what is stored."""
    from clues import tasks

    monkeypatch.undo()
    assert not isinstance(tasks.ring, list)
    monkeypatch.setattr(tasks.work, "delay", lambda: (_ for _ in ()).throw(OSError("away")))
    assert aster.submit([clue(token(1))]).status_code == 202
    tasks._ringer.submit(int).result(timeout=10)


def test_spaces_and_unicode_in_the_body(aster: Member) -> None:
    body = orjson.dumps({"clues": [clue(token(1))]}, option=orjson.OPT_INDENT_2)
    for media in ("application/json", "application/json; charset=UTF-8", 'Application/JSON; charset="utf-8"'):
        assert aster.post("/batches", body, content_type=media, HTTP_IDEMPOTENCY_KEY=media).status_code == 202
