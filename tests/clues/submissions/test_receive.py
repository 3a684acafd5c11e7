"""Receiving a batch: acknowledged once, charged once, and refused without a trace."""

import dataclasses
import threading
from typing import Any

import orjson
import pytest
from django.db import connection, connections
from django.utils import timezone

from aif_share.errors import Refusal
from aif_share.wire.limits import MAX_CLUES
from clues import quotas
from clues.matching.run import match_pending
from clues.models import Batch, QuotaUse
from clues.submissions import queries
from clues.submissions import results as row_results
from clues.submissions.receive import receive
from tests.clues.alliance import clue, join, open_epoch, submit, token

TABLES = ("batch", "batch_chunk", "quota_use", "audit_event")
PHONE = "13800138000"


def counts(as_role: Any) -> dict[str, int]:
    """Return the number of rows of every table a submission may touch."""
    with as_role("aif_desk"), connection.cursor() as cursor:
        found = {}
        for table in TABLES:
            cursor.execute(f"SELECT count(*) FROM {table}")
            found[table] = cursor.fetchone()[0]
    return found


@pytest.fixture
def member(fresh_database: Any, as_role: Any) -> Any:
    with as_role("aif_desk"):
        open_epoch()
        return join("Aster Bank")


def send(member: Any, body: bytes, key: str = "key-1") -> Any:
    return receive(body=body, idempotency_key=key, by=member, now=timezone.now())


def test_good_and_bad_rows_part_ways(member: Any, as_role: Any) -> None:
    """A bad row is refused alone; the rest lands, and each row's outcome can be read."""
    rows = [clue(token(1)), clue(token(2) | {"token": PHONE}), clue(token(3))]
    received = submit(member, rows)
    assert (received.clues, received.rows_refused, received.state) == (2, 1, "received")
    with as_role("aif_match"):
        match_pending(limit=10)
    batch = queries.get_batch(batch=received.batch, viewer=member)
    assert (batch.state, batch.accepted, batch.refused, batch.duplicates) == ("done", 2, 1, 0)
    results, more = row_results.list_results(batch=received.batch, viewer=member)
    assert [(r.row, r.outcome, r.code) for r in results] == [
        (0, "accepted", None),
        (1, "refused", "raw-identifier"),
        (2, "accepted", None),
    ]
    assert more is None
    assert results[0].client_ref == rows[0]["client_ref"]


def test_results_come_in_pages(member: Any, as_role: Any) -> None:
    received = submit(member, [clue(token(n)) for n in range(7)])
    with as_role("aif_match"):
        match_pending(limit=10)
    seen, after = [], -1
    while after is not None:
        page, after = row_results.list_results(batch=received.batch, viewer=member, after=after, limit=3)
        seen += [result.row for result in page]
    assert seen == list(range(7))


def test_same_reference_same_content_is_a_duplicate(member: Any, as_role: Any) -> None:
    """Within a batch and across batches; other content under a used reference is refused."""
    first = clue(token(1), client_ref="r-1")
    other = clue(token(2), client_ref="r-1")
    batches = [submit(member, [first, first, other]), submit(member, [first]), submit(member, [other])]
    with as_role("aif_match"):
        match_pending(limit=10)
    outcomes = [
        [(r.outcome, r.code) for r in row_results.list_results(batch=b.batch, viewer=member)[0]] for b in batches
    ]
    assert outcomes == [
        [("accepted", None), ("duplicate", None), ("refused", "client-ref-reused")],
        [("duplicate", None)],
        [("refused", "client-ref-reused")],
    ]


def test_a_repeated_request_gets_the_first_answer(member: Any, as_role: Any) -> None:
    body = orjson.dumps({"clues": [clue(token(1))]})
    first = send(member, body)
    before = counts(as_role)
    again = send(member, body)
    assert again == dataclasses.replace(first, replayed=True)
    assert counts(as_role) == before


@pytest.mark.parametrize(
    ("body", "key", "code"),
    [
        (b'{"clues":[{}],"mode":1}', "key-2", "unknown-field"),
        (b'{"clues":{}}', "key-2", "field-missing"),
        (b'{"clues":[]}', "key-2", "field-missing"),
        (b'{"clues":[', "key-2", "malformed"),
        (b"[]", "key-2", "malformed"),
        (b'{"clues":["\xd6\xd0"]}', "key-2", "charset"),
        (b'\xef\xbb\xbf{"clues":[]}', "key-2", "charset"),
        (b'{"clues":[' + b"{}," * MAX_CLUES + b"{}]}", "key-2", "too-large"),
        (b'{"clues":[{}]}', "", "idempotency-key-missing"),
        (b'{"clues":[{}]}', "x" * 256, "idempotency-key-invalid"),
        (b'{"clues":[{}]}', "key-1", "idempotency-conflict"),
    ],
)
def test_refused_whole_without_a_trace(member: Any, as_role: Any, body: bytes, key: str, code: str) -> None:
    send(member, orjson.dumps({"clues": [clue(token(1))]}), "key-1")
    before = counts(as_role)
    with pytest.raises(Refusal) as refusal:
        send(member, body, key)
    assert refusal.value.code == code
    assert counts(as_role) == before


def test_the_quota_covers_all_rows_or_none(member: Any, as_role: Any) -> None:
    """Refused rows are charged too; a request beyond the quota is refused whole and uncharged."""
    small = dataclasses.replace(member, submit_quota=5)
    submit(small, [clue(token(n)) for n in range(3)] + [{}])
    before = counts(as_role)
    with pytest.raises(quotas.QuotaExhausted):
        submit(small, [clue(token(7)), clue(token(8))])
    assert counts(as_role) == before
    submit(small, [clue(token(9))])
    assert QuotaUse.objects.get(kind="submit").used == 5


def test_one_key_sent_by_many_at_once_makes_one_batch(member: Any, as_role: Any) -> None:
    """Twenty requests with one key: one effect, nineteen replays of the same answer."""
    body = orjson.dumps({"clues": [clue(token(1))]})
    answers: list[Any] = []
    barrier = threading.Barrier(20)

    def request() -> None:
        try:
            barrier.wait(timeout=20)
            answers.append(send(member, body))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=request) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert len(answers) == 20
    assert len({answer.batch for answer in answers}) == 1
    assert sum(not answer.replayed for answer in answers) == 1
    assert Batch.objects.count() == 1
    assert QuotaUse.objects.get(kind="submit").used == 1


def test_a_stranger_sees_no_batch(member: Any, as_role: Any) -> None:
    received = submit(member, [clue(token(1))])
    with as_role("aif_desk"):
        stranger = join("Cedar Telecom", sector="telecom")
    for read in (queries.get_batch, row_results.list_results):
        with pytest.raises(queries.BatchNotFound):
            read(batch=received.batch, viewer=stranger)
        with pytest.raises(queries.BatchNotFound):
            read(batch="B-" + "A" * 26, viewer=member)
    assert queries.list_batches(viewer=stranger) == []
    assert [b.batch for b in queries.list_batches(viewer=member)] == [received.batch]


def test_neither_token_nor_offending_value_is_stored(member: Any, as_role: Any) -> None:
    """Every column of the waiting rows is searched, as text and as bytes."""
    good = token(1)
    submit(member, [clue(good), clue(token(2) | {"token": PHONE}), clue(good, client_ref=PHONE)])
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(k)::text, clue_rows, identifier_rows, refs FROM batch_chunk k")
        kept = b"".join(
            piece.encode() if isinstance(piece, str) else bytes(piece or b"")
            for row in cursor.fetchall()
            for piece in row
        )
    assert b"domain" in kept
    assert good["token"].encode() not in kept
    assert PHONE.encode() not in kept
