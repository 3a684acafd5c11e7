"""`POST /batches` as NDJSON and CSV: taken as JSON is, read as a stream, refused whole only for what spoils the whole."""

from __future__ import annotations

import gzip
import io
import logging
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from django.db import connection

from aif_share.wire.limits import MAX_STREAM_BODY
from clues.api import upload
from clues.submissions import chunks
from tests.clues.alliance import clue, token
from tests.clues.api.member import Member, find_text, problem
from tests.factories import acting_as

NDJSON, CSV = "application/x-ndjson", "text/csv"
PHONE = "13800138000"
HEAD = b"client_ref,category,grade,type,epoch,token\r\n"


def ndjson(*rows: Any) -> bytes:
    return b"".join((row if isinstance(row, bytes) else orjson.dumps(row)) + b"\n" for row in rows)


def send(member: Member, body: bytes, *, key: str = "k-1", media: str = NDJSON, **extra: Any) -> Any:
    return member.post("/batches", body, content_type=media, HTTP_IDEMPOTENCY_KEY=key, **extra)


def stored() -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clue_rows, identifier_rows, refusals FROM batch_chunk ORDER BY no")
        return list(cursor.fetchall())


def test_works(aster: Member, ring: list[int]) -> None:
    """Good rows land, bad ones are refused alone in between, all are charged; the answer is that of JSON."""
    rows = [clue(token(1)), b"{", clue(token(2) | {"token": PHONE}), b"", clue(token(3))]
    answer = send(aster, ndjson(*rows))
    body = answer.json()
    assert answer.status_code == 202 and answer["Content-Type"] == "application/json"
    assert (body["state"], body["clues"], body["rows_refused"]) == ("received", 2, 2)
    assert set(body) == {"batch", "state", "clues", "rows_refused", "receipt", "links"}
    assert aster.get("/me").json()["quotas"]["submit"]["used"] == 4
    assert ring == [1]
    ((_clues, _identifiers, refusals),) = stored()
    assert orjson.loads(refusals) == [[1, None, "row-malformed"], [2, None, "raw-identifier"]]
    assert find_text(PHONE) == []


def test_the_same_is_stored_in_all_three_forms(aster: Member) -> None:
    """What the platform keeps of a clue does not depend on how it came, nor does its receipt."""
    rows = [clue(token(n), client_ref=f"r-{n}", region="CN-31") for n in range(3)]
    line = "{client_ref},{category},{grade},{0[type]},{0[epoch]},{0[token]},{region}\r\n"
    table = HEAD.strip() + b",region\r\n" + "".join(line.format(*r["identifiers"], **r) for r in rows).encode()
    answers = [
        aster.submit(rows, key="a"),
        send(aster, ndjson(*rows), key="b"),
        send(aster, table, key="c", media=CSV),
        send(aster, table, key="d", media="text/csv; charset=UTF-8; header=present"),
    ]
    assert [answer.status_code for answer in answers] == [202] * 4
    assert len({answer.json()["receipt"]["digest"] for answer in answers}) == 1
    kept = stored()
    assert len(kept) == 4 and kept == kept[:1] * 4


def test_again(aster: Member, tables: Any) -> None:
    """The same bytes: the same answer, marked; others, or the same as another form: a conflict. No second effect."""
    body = ndjson(clue(token(1)), b"x")
    first = send(aster, body)
    before = tables()
    again = send(aster, body)
    assert again.status_code == 202 and again.content == first.content
    assert again["Idempotency-Replayed"] == "true" and "Idempotency-Replayed" not in first
    problem(send(aster, body + b"\n"), 409, "idempotency-conflict")
    problem(send(aster, body, media=CSV), 409, "idempotency-conflict")
    problem(aster.post("/batches", body, HTTP_IDEMPOTENCY_KEY="k-1"), 409, "idempotency-conflict")
    problem(send(aster, body, key=""), 400, "idempotency-key-missing")
    assert tables() == before


WHOLE = {
    "nothing": (b"", NDJSON, 400, "empty"),
    "blank lines": (b"\n\r\n \n", NDJSON, 400, "empty"),
    "a head alone": (HEAD, CSV, 400, "empty"),
    "no head": (b"", CSV, 400, "empty"),
    "a column there is not": (HEAD.strip() + b",phone" + PHONE.encode() + b"\n", CSV, 400, "unknown-field"),
    "100,000 columns": (b",".join([b"c"] * 100_000), CSV, 413, "too-large"),
    "20,000 columns": (b",".join([b"c"] * 20_000), CSV, 400, "malformed"),
    "a workbook": (b"PK\x03\x04\x14\x00\x06\x00" + b"x" * 1000, CSV, 415, "media-type"),
    "a packed file": (gzip.compress(b"{}\n" * 10_000), NDJSON, 415, "media-type"),
    "UTF-16": ("{}\n".encode("utf-16"), NDJSON, 400, "charset"),
    "one line of 50 MB": (b"x" * 50_000_000, NDJSON, 413, "too-large"),
    "one line of 50 MB as a table": (HEAD + b"x" * 50_000_000, CSV, 413, "too-large"),
    "another charset": (ndjson(clue(token(1))), f"{NDJSON}; charset=gb18030", 400, "charset"),
}


@pytest.mark.parametrize(("body", "media", "status", "code"), WHOLE.values(), ids=WHOLE)
def test_the_whole_is_refused(
    aster: Member, tables: Any, ring: list[int], caplog: Any, body: bytes, media: str, status: int, code: str
) -> None:
    before = tables()
    with caplog.at_level(logging.DEBUG):
        answer = send(aster, body, media=media)
    problem(answer, status, code)
    assert tables() == before and ring == []
    assert PHONE not in answer.content.decode() + caplog.text


@pytest.mark.parametrize("media", ["application/json", NDJSON, CSV])
@pytest.mark.parametrize("packing", ["gzip", "br", "deflate, gzip"])
def test_packed_bodies_are_not_unpacked(aster: Member, tables: Any, media: str, packing: str) -> None:
    """There is no bomb where nothing is unpacked: not a byte of the body is read."""
    before, body = tables(), _Endless(b"\x00")
    extra = {"HTTP_CONTENT_ENCODING": packing, "CONTENT_LENGTH": "1000000", "wsgi.input": body}
    problem(send(aster, b"{}", media=media, **extra), 415, "media-type")
    assert tables() == before and body.taken == 0
    assert send(aster, ndjson(clue(token(1))), HTTP_CONTENT_ENCODING="identity").status_code == 202


class _Endless(io.RawIOBase):
    """The same piece again and again, counting what was taken."""

    def __init__(self, piece: bytes) -> None:
        self.piece, self.taken = piece, 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        assert 0 <= size <= upload.BLOCK, "the body is read without a bound"
        self.taken += size
        return (self.piece * (size // len(self.piece) + 1))[:size]


def test_too_large_by_its_own_word(aster: Member) -> None:
    body = _Endless(b"{}\n")
    answer = send(aster, b"{}", CONTENT_LENGTH=str(MAX_STREAM_BODY + 1), **{"wsgi.input": body})
    assert problem(answer, 413, "too-large")["limit"] == MAX_STREAM_BODY
    assert body.taken == 0


def test_too_large_without_a_word(aster: Member, tables: Any, monkeypatch: Any) -> None:
    """Bytes and rows are counted while they come."""
    before = tables()
    chunked = {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_LENGTH": ""}
    monkeypatch.setattr(upload, "MAX_STREAM_BODY", 3_000_000)
    body = _Endless(b'"x"\n')
    problem(send(aster, b"", **chunked, **{"wsgi.input": body}), 413, "too-large")
    assert body.taken <= 3_000_000 + upload.BLOCK
    monkeypatch.setattr("clues.submissions.receive.MAX_STREAM_CLUES", 100)
    answer = send(aster, b"", **chunked, **{"wsgi.input": _Endless(b'"x"\n')})
    assert problem(answer, 413, "too-large")["limit"] == 100
    assert tables() == before


class TestBreakingOff:
    """Half an upload is none, wherever it breaks off, at the end of a row as well."""

    @pytest.mark.parametrize("missing", [1, 10, 100])
    def test_fewer_bytes_than_announced(self, aster: Member, tables: Any, missing: int) -> None:
        before, body = tables(), ndjson(clue(token(1)), clue(token(2)))
        for sent in (body, body[: body.index(b"\n") + 1], b""):
            short = {"CONTENT_LENGTH": str(len(sent) + missing), "wsgi.input": io.BytesIO(sent)}
            problem(send(aster, body, **short), 400, "malformed")
        assert tables() == before

    def test_the_connection_is_gone(self, aster: Member, tables: Any) -> None:
        class Gone(_Endless):
            def read(self, size: int = -1) -> bytes:
                if self.taken:
                    raise OSError("the peer has closed the connection")
                return super().read(size)

        before = tables()
        chunked = {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_LENGTH": ""}
        problem(send(aster, b"", **chunked, **{"wsgi.input": Gone(ndjson(clue(token(1))))}), 400, "malformed")
        length = {"CONTENT_LENGTH": "1000000", "wsgi.input": Gone(ndjson(clue(token(1))))}
        problem(send(aster, b"", **length), 400, "malformed")
        assert tables() == before

    def test_the_same_key_resumes(self, aster: Member) -> None:
        body = ndjson(clue(token(1)))
        short = {"CONTENT_LENGTH": str(len(body) + 1), "wsgi.input": io.BytesIO(body)}
        problem(send(aster, body, **short), 400, "malformed")
        assert send(aster, body).status_code == 202

    def test_a_body_in_chunks(self, aster: Member) -> None:
        body = io.BytesIO(ndjson(clue(token(1))))
        chunked = {"wsgi.input": body, "wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
        assert send(aster, b"", CONTENT_LENGTH="", **chunked).status_code == 202


class TestMeanwhile:
    """What changes while a long upload is on its way."""

    @staticmethod
    def during(action: Any) -> dict[str, Any]:
        """A body whose last part comes after `action`."""
        row = ndjson(clue(token(1)))

        class Slow(io.RawIOBase):
            parts: Iterator[bytes] = iter([row, row, b""])

            def readable(self) -> bool:
                return True

            def read(self, size: int = -1) -> bytes:
                part = next(self.parts)
                if not part:
                    action()
                return part

        return {
            "wsgi.input": Slow(),
            "wsgi.input_terminated": True,
            "HTTP_TRANSFER_ENCODING": "chunked",
            "CONTENT_LENGTH": "",
        }

    def test_the_key_is_revoked(self, aster: Member) -> None:
        def revoke() -> None:
            with acting_as("aif_owner"), connection.cursor() as cursor:
                cursor.execute("UPDATE credential SET revoked_at = now(), revoked_reason = 'lost'")

        problem(send(aster, b"", **self.during(revoke)), 401, "key-revoked")
        assert stored() == []

    def test_the_institution_is_suspended(self, aster: Member) -> None:
        problem(send(aster, b"", **self.during(aster.suspend)), 403, "institution-suspended")
        assert stored() == []

    def test_others_upload_too(self, aster: Member) -> None:
        """An institution holds one place and no more, however many keys and uploads it has; the others stay free."""
        birch = Member.join("Birch Bank")
        answers: list[Any] = []

        def another() -> None:
            row = ndjson(clue(token(2)))
            answers[:] = send(aster, row, key="k-2"), aster.submit([clue(token(3))]), send(birch, row)

        assert send(aster, b"", **self.during(another)).status_code == 202
        problem(answers[0], 503, "unavailable")
        assert answers[0]["Retry-After"] == "5" and [answer.status_code for answer in answers[1:]] == [202, 202]
        assert send(aster, ndjson(clue(token(2))), key="k-2").status_code == 202

    def test_all_places_are_taken(self, aster: Member, monkeypatch: Any) -> None:
        """So many at once and no more: the threads that are left answer everybody else."""
        monkeypatch.setattr(upload, "_places", upload._Places(1))
        birch = Member.join("Birch Bank")
        answers: list[Any] = []

        def another() -> None:
            answers[:] = send(birch, ndjson(clue(token(2)))), birch.submit([clue(token(3))])

        assert send(aster, b"", **self.during(another)).status_code == 202
        problem(answers[0], 503, "unavailable")
        assert answers[1].status_code == 202
        assert send(birch, ndjson(clue(token(2)))).status_code == 202


def test_chunks_by_rows_and_by_identifiers(aster: Member, monkeypatch: Any) -> None:
    """Chunks hold a bounded number of either, and rows keep their place."""
    monkeypatch.setattr(chunks, "CHUNK_ROWS", 3)
    monkeypatch.setattr(chunks, "CHUNK_IDENTIFIERS", 4)
    one, two = clue(token(1)), [token(f"t{n}") for n in range(2)]
    rows = [one | {"client_ref": f"r-{n}"} for n in range(4)] + [clue(*two), clue(*two), b"{", clue(*two)]
    assert send(aster, ndjson(*rows)).json()["clues"] == 7
    with connection.cursor() as cursor:
        cursor.execute("SELECT no, first_row, rows FROM batch_chunk ORDER BY no")
        assert cursor.fetchall() == [(0, 0, 3), (1, 3, 3), (2, 6, 1)]
    assert [row[0].split("\t")[0] for row in stored()] == ["0", "3", "7"]


def test_basis_of_rows_that_name_none(aster: Member) -> None:
    """The batch carries it, from the key."""
    send(aster, ndjson(clue(token(1))))
    with connection.cursor() as cursor:
        cursor.execute("SELECT b.basis = i.default_basis FROM batch b JOIN institution i ON i.id = b.institution_id")
        assert cursor.fetchall() == [(True,)]


def test_no_room_to_keep_it(aster: Member, tables: Any, monkeypatch: Any) -> None:
    """A full disk is told as what it is, and nothing stays."""

    class Full(io.BytesIO):
        def write(self, _piece: Any) -> int:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(chunks.tempfile, "SpooledTemporaryFile", lambda **_options: Full())
    before = tables()
    problem(send(aster, ndjson(clue(token(1)))), 503, "unavailable")
    assert tables() == before
