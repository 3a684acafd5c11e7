"""`GET /batches/B-…/results` whole: NDJSON and CSV, in row order, once nothing waits; pages never pass what waits."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from clues.submissions import chunks
from tests.clues.alliance import clue, token
from tests.clues.api.member import Member, match, problem
from tests.factories import acting_as

NDJSON, CSV = "application/x-ndjson", "text/csv"


@pytest.fixture(scope="class")
def world(class_database: str) -> Any:
    from tests.clues.alliance import open_epoch

    with acting_as("aif_desk"):
        open_epoch()
    return Member.join("Aster Bank"), Member.join("Birch Finance")


def download(member: Member, batch: str, accept: str) -> Any:
    return member.get(f"/batches/{batch}/results", HTTP_ACCEPT=accept)


def body_of(answer: Any) -> str:
    assert answer.streaming
    return b"".join(answer.streaming_content).decode()


def edit_chunks(statement: str, *values: Any) -> None:
    """As nobody may: a chunk set aside goes on only by a decision."""
    with acting_as("aif_owner"), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE batch_chunk DISABLE TRIGGER USER")
        cursor.execute(statement, values)
        cursor.execute("ALTER TABLE batch_chunk ENABLE TRIGGER USER")


class TestDownloads:
    """Two institutions; the worker commits."""

    @pytest.fixture(autouse=True)
    def small_chunks(self, monkeypatch: Any, ring: list[int]) -> None:
        monkeypatch.setattr(chunks, "CHUNK_ROWS", 3)

    def test_all_rows_in_both_forms(self, world: tuple[Member, Member]) -> None:
        """The same rows as page by page, over several chunks."""
        aster, _birch = world
        first = clue(token("d1"), client_ref="=1+1")
        rows = [first, clue(token("d2"), client_ref="@d2"), {}, first, *(clue(token(f"e{n}")) for n in range(4)), "x"]
        ref = aster.submit(rows).json()["batch"]
        match()
        paged = aster.get(f"/batches/{ref}/results").json()["results"]
        answer = download(aster, ref, NDJSON)
        assert (answer.status_code, answer["Content-Type"]) == (200, NDJSON)
        assert [json.loads(line) for line in body_of(answer).splitlines()] == paged
        answer = download(aster, ref, f"{CSV};q=0.9, {NDJSON};q=0.1")
        assert (answer["Content-Type"], answer["Cache-Control"]) == ("text/csv; charset=utf-8", "no-store")
        table = list(csv.DictReader(io.StringIO(body_of(answer))))
        assert [(int(row["row"]), row["outcome"], row["code"] or None) for row in table] == [
            (row["row"], row["outcome"], row["code"]) for row in paged
        ]
        assert [row["client_ref"] for row in table[:4]] == ["'=1+1", "'@d2", "", "'=1+1"]
        assert [row["outcome"] for row in paged[:4]] == ["accepted", "accepted", "refused", "duplicate"]

    def test_not_before_all_is_matched(self, world: tuple[Member, Member]) -> None:
        """Nobody takes half of the results for all of them; what was refused whole has them at once."""
        aster, _birch = world
        ref = aster.submit([clue(token("w1"))]).json()["batch"]
        for accept in (NDJSON, CSV):
            problem(download(aster, ref, accept), 409, "batch-unfinished")
        match()
        assert download(aster, ref, CSV).status_code == 200
        rejected = aster.submit([{}]).json()["batch"]
        assert body_of(download(aster, rejected, CSV)) == "row,client_ref,outcome,code\r\n0,,refused,field-missing\r\n"

    def test_strangers_other_forms_and_parameters(self, world: tuple[Member, Member]) -> None:
        aster, birch = world
        ref = aster.submit([clue(token("s1"))]).json()["batch"]
        match()
        for accept in (NDJSON, CSV):
            problem(download(birch, ref, accept), 404, "not-found")
            problem(aster.get(f"/batches/{ref}/results?limit=1", HTTP_ACCEPT=accept), 400, "unknown-field")
        for accept in ("text/html", "application/xml", "text/csv;q=0"):
            problem(download(aster, ref, accept), 406, "not-acceptable")
        for accept in ("*/*", "application/json", "application/*"):
            assert download(aster, ref, accept)["Content-Type"] == "application/json"

    def test_pages_end_before_what_waits(self, world: tuple[Member, Member], pages: Callable[..., Any]) -> None:
        """A reader who goes on later misses no row, although a later chunk was done first; one set aside is passed."""
        aster, _birch = world
        ref = aster.submit([clue(token(f"p{n}")) for n in range(9)]).json()["batch"]
        match()
        edit_chunks(
            "UPDATE batch_chunk SET state = 'received' WHERE no = 1 AND id > (SELECT max(id) FROM batch_chunk) - 3"
        )
        assert pages(aster, ref, 2) == [0, 1, 2]
        edit_chunks("UPDATE batch_chunk SET state = 'held' WHERE no = 1 AND id > (SELECT max(id) FROM batch_chunk) - 3")
        assert pages(aster, ref, 2) == [0, 1, 2, 6, 7, 8]
        edit_chunks("UPDATE batch_chunk SET state = 'done' WHERE no = 1 AND id > (SELECT max(id) FROM batch_chunk) - 3")
        for limit in (1, 2, 4, 9):
            assert pages(aster, ref, limit) == list(range(9))

    def test_accepted_with_a_code(self, world: tuple[Member, Member]) -> None:
        """A row that was taken may carry a word about itself, as one on a noise list does."""
        aster, _birch = world
        ref = aster.submit([clue(token("n1"), client_ref="n-1"), clue(token("n2"), client_ref="n-2")]).json()["batch"]
        match()
        outcomes = json.dumps([[1, "n-2", "accepted", "noise"]])
        edit_chunks("UPDATE batch_chunk SET outcomes = %s WHERE id = (SELECT max(id) FROM batch_chunk)", outcomes)
        rows = aster.get(f"/batches/{ref}/results").json()["results"]
        assert [(row["client_ref"], row["outcome"], row["code"]) for row in rows] == [
            ("n-1", "accepted", None),
            ("n-2", "accepted", "noise"),
        ]
        assert '1,"n-2",accepted,noise' in body_of(download(aster, ref, CSV))

    def test_a_page_reads_no_more_than_it_shows(self, world: tuple[Member, Member], monkeypatch: Any) -> None:
        from clues.submissions import results

        read: list[int] = []
        one = results._read
        monkeypatch.setattr(results, "_read", lambda *values: read.append(values[1]) or one(*values))
        aster, _birch = world
        ref = aster.submit([clue(token(f"q{n}")) for n in range(12)]).json()["batch"]
        match()
        rows, _more = results.list_results(batch=ref, viewer=_viewer(aster), after=5, limit=3)
        assert [row.row for row in rows] == [6, 7, 8] and read == [2, 3]


def _viewer(member: Member) -> Any:
    from tests.clues.alliance import caller

    return caller(member.institution)


@pytest.fixture
def pages() -> Callable[[Member, str, int], list[int]]:
    """`pages(member, batch, limit)` returns the rows of all pages."""

    def read(member: Member, batch: str, limit: int) -> list[int]:
        rows, path = [], f"/batches/{batch}/results?limit={limit}"
        while path:
            body = member.get(path).json()
            rows += [row["row"] for row in body["results"]]
            path = (body["next"] or "").removeprefix("http://testserver/api/v1")
        return rows

    return read
