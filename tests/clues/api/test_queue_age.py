"""New batches are turned away while old ones wait for too long; what was taken is answered all the same."""

from __future__ import annotations

from typing import Any

import orjson
from django.db import connection

from tests.clues.alliance import clue, token
from tests.clues.api.member import Member, problem
from tests.factories import acting_as


def _send_line(member: Member) -> Any:
    line = orjson.dumps(clue(token(2)))
    return member.post("/batches", line, content_type="application/x-ndjson", HTTP_IDEMPOTENCY_KEY="k-1")


def test_new_batches_are_turned_away(aster: Member, tables: Any) -> None:
    aster.submit([clue(token(1))], key="old")
    with acting_as("aif_owner"), connection.cursor() as cursor:
        cursor.execute("UPDATE batch SET received_at = now() - interval '601 seconds'")
    before = tables()
    for answer in (aster.submit([clue(token(2))]), _send_line(aster)):
        problem(answer, 503, "queue-full")
        assert answer["Retry-After"] == "60"
    assert tables() == before


def test_a_repeated_request_has_its_answer(aster: Member) -> None:
    rows = [clue(token(1))]
    aster.submit(rows, key="old")
    with acting_as("aif_owner"), connection.cursor() as cursor:
        cursor.execute("UPDATE batch SET received_at = now() - interval '601 seconds'")
    assert aster.submit(rows, key="old").status_code == 202


def test_what_is_done_does_not_wait(aster: Member) -> None:
    aster.submit([clue(token(1))])
    with acting_as("aif_owner"), connection.cursor() as cursor:
        cursor.execute("UPDATE batch SET received_at = now() - interval '1 day'")
        cursor.execute("UPDATE batch_chunk SET state = 'done'")
    assert aster.submit([clue(token(2))]).status_code == 202
