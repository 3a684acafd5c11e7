"""`POST /batches` with bad input: the stable code, no half of anything, and the offending value nowhere."""

from __future__ import annotations

import hashlib
import io
import logging
from typing import Any

import orjson
import pytest
from django.test import Client

from aif_share.wire.limits import MAX_BODY, MAX_CLUES
from clues.blinding import epochs
from tests.clues.alliance import clue, token
from tests.clues.api.member import API, Member, find_text, problem
from tests.factories import CONSOLE, acting_as

PHONE = "13800138000"
RESIDENT = "11010519491231002X"
CARD = "6222020200112230012"
DIGEST = hashlib.sha256(PHONE.encode()).hexdigest()
ROW = clue(token(1))

WHOLE = {
    "not JSON": (b"clues=" + PHONE.encode(), 400, "malformed"),
    "nothing": (b"", 400, "malformed"),
    "cut off": (orjson.dumps({"clues": [ROW]})[:-2], 400, "malformed"),
    "a list": (orjson.dumps([ROW]), 400, "malformed"),
    "two documents": (b'{"clues":[]}{"clues":[]}', 400, "malformed"),
    "not a number": (b'{"clues":[NaN]}', 400, "malformed"),
    "deep": (b"[" * 100_000, 400, "malformed"),
    "byte order mark": (b"\xef\xbb\xbf" + orjson.dumps({"clues": [ROW]}), 400, "charset"),
    "GB18030": ('{"clues":["' + "电话" + PHONE + '"]}').encode("gb18030"),
    "UTF-16": (orjson.dumps({"clues": [ROW]}).decode().encode("utf-16"), 400, "charset"),
    "unknown field": (orjson.dumps({"clues": [ROW], "phone": PHONE}), 400, "unknown-field"),
    "a value as a field": (orjson.dumps({"clues": [ROW], PHONE: 1}), 400, "unknown-field"),
    "no clues": (orjson.dumps({}), 400, "field-missing"),
    "empty": (orjson.dumps({"clues": []}), 400, "field-missing"),
    "an object of clues": (orjson.dumps({"clues": {PHONE: ROW}}), 400, "field-missing"),
    "too many": (orjson.dumps({"clues": [0] * (MAX_CLUES + 1)}), 413, "too-large"),
}
WHOLE["GB18030"] = (WHOLE["GB18030"], 400, "charset")  # type: ignore[assignment]

ROWS = {
    "raw phone": ({"identifiers": [token(1) | {"token": PHONE}]}, "raw-identifier"),
    "raw phone, other spelling": ({"identifiers": [token(1) | {"token": "+86 138-0013-8000"}]}, "raw-identifier"),
    "raw resident ID": ({"identifiers": [token(1) | {"token": RESIDENT}]}, "raw-identifier"),
    "raw card": ({"identifiers": [token(1) | {"token": CARD}]}, "raw-identifier"),
    "SHA-256": ({"identifiers": [token(1) | {"token": DIGEST}]}, "unkeyed-hash"),
    "SHA-256, upper case": ({"identifiers": [token(1) | {"token": DIGEST.upper()}]}, "unkeyed-hash"),
    "a short token": ({"identifiers": [token(1) | {"token": token(1)["token"][:-1]}]}, "token-malformed"),
    "a number": ({"identifiers": [token(1) | {"token": int(PHONE)}]}, "token-malformed"),
    "unknown type": ({"identifiers": [token(1) | {"type": PHONE}]}, "type-unknown"),
    "unknown epoch": ({"identifiers": [token(1) | {"epoch": 99}]}, "epoch-retired"),
    "an epoch as text": ({"identifiers": [token(1) | {"epoch": "1"}]}, "epoch-unknown"),
    "unknown role": ({"identifiers": [token(1) | {"role": PHONE}]}, "role-unknown"),
    "unknown field": ({PHONE: 1}, "unknown-field"),
    "a phone as reference": ({"client_ref": PHONE}, "raw-identifier"),
    "a card as reference": ({"client_ref": CARD}, "raw-identifier"),
    "free text": ({"basis": f"phone {PHONE}"}, "basis-invalid"),
    "a phone as category": ({"category": PHONE}, "category-unknown"),
    "a phone as region": ({"region": PHONE}, "region-unknown"),
    "too many": ({"identifiers": [token(n) for n in range(21)]}, "identifiers-too-many"),
    "none": ({"identifiers": []}, "identifiers-missing"),
    "twice": ({"identifiers": [token(1), token(1)]}, "identifier-repeated"),
}
SECRETS = (PHONE, "138-0013-8000", RESIDENT, CARD, DIGEST)


def post(member: Member, body: bytes, **extra: Any) -> Any:
    return member.post("/batches", body, HTTP_IDEMPOTENCY_KEY="k-1", **extra)


@pytest.mark.parametrize(("body", "status", "code"), WHOLE.values(), ids=WHOLE)
def test_the_whole_is_refused(
    aster: Member, tables: Any, ring: list[int], caplog: Any, body: bytes, status: int, code: str
) -> None:
    """Bad framing: not one row is stored, in any table, nothing is charged, and nothing is repeated."""
    before = tables()
    with caplog.at_level(logging.DEBUG):
        answer = post(aster, body)
    problem(answer, status, code)
    assert tables() == before and ring == []
    assert aster.get("/me").json()["quotas"]["submit"]["used"] == 0
    assert PHONE not in answer.content.decode() + caplog.text


def test_names_of_unknown_fields_are_told(aster: Member) -> None:
    """A name is told, so that it can be found; what does not look like one is not."""
    answer = aster.submit([ROW], clue=1, **{PHONE: 1})
    assert problem(answer, 400, "unknown-field")["fields"] == ["clue"]


@pytest.mark.parametrize(("fields", "code"), ROWS.values(), ids=ROWS)
def test_a_row_is_refused_alone(aster: Member, caplog: Any, fields: dict[str, Any], code: str) -> None:
    """The other row lands; of the refused one its place and code are kept, and its content nowhere."""
    bad, good = clue(token(1), **fields), clue(token(2))
    with caplog.at_level(logging.DEBUG):
        answer = aster.submit([bad, good])
    assert (answer.status_code, answer.json()["clues"], answer.json()["rows_refused"]) == (202, 1, 1)
    with acting_as("aif_owner"):
        from clues.models import BatchChunk

        assert BatchChunk.objects.get().refusals == [[0, None, code]]
    assert not [text for text in SECRETS if text in answer.content.decode() + caplog.text]
    assert find_text(*SECRETS) == []


def test_the_search_of_these_tests_finds_what_is_there(aster: Member) -> None:
    """A control: an allowed reference is stored, and the search of the database finds it."""
    aster.submit([clue(token(1), client_ref="case-2026-118")])
    assert find_text("case-2026-118") == ["batch_chunk"]


def test_a_row_that_is_none(aster: Member) -> None:
    answer = aster.submit([PHONE, None, [], clue(token(1))])
    assert (answer.json()["clues"], answer.json()["rows_refused"]) == (1, 3)
    assert find_text(PHONE) == []


def test_retired_epoch(aster: Member) -> None:
    from django.utils import timezone

    with acting_as("aif_desk"):
        epochs.open_epoch(epoch=2, by=CONSOLE, now=timezone.now())
        epochs.retire_epoch(epoch=1, by=CONSOLE, now=timezone.now())
    epochs._cache.value = None
    answer = aster.submit([clue(token(1)), clue(token(1, epoch=2))])
    assert (answer.json()["clues"], answer.json()["rows_refused"]) == (1, 1)
    with acting_as("aif_owner"):
        from clues.models import BatchChunk

        assert BatchChunk.objects.get().refusals == [[0, None, "epoch-retired"]]


@pytest.mark.parametrize(
    ("media", "status", "code"),
    [
        ("", 415, "media-type"),
        ("text/plain", 415, "media-type"),
        ("application/x-www-form-urlencoded", 415, "media-type"),
        ("multipart/form-data; boundary=x", 415, "media-type"),
        ("application/jsonp", 415, "media-type"),
        ("application/json; charset=gb18030", 400, "charset"),
        ("application/json; charset=utf-16", 400, "charset"),
    ],
)
def test_media_types(aster: Member, tables: Any, media: str, status: int, code: str) -> None:
    before = tables()
    answer = post(aster, orjson.dumps({"clues": [ROW]}), content_type=media, HTTP_ACCEPT_LANGUAGE="en")
    problem(answer, status, code)
    assert tables() == before
    if code == "media-type":
        assert answer.json()["detail"] == "Send application/json, application/x-ndjson or text/csv."


class _Counted(io.RawIOBase):
    """Endless zeros that count how many were taken."""

    taken = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        assert 0 <= size <= 32 * 1024 * 1024, "the body is read without a bound"
        self.taken += size
        return b"0" * size


def test_too_large_by_its_own_word(aster: Member, tables: Any) -> None:
    """Content-Length decides before a single byte is read."""
    before, body = tables(), _Counted()
    answer = post(aster, b"{}", CONTENT_LENGTH=str(MAX_BODY + 1), **{"wsgi.input": body})
    assert problem(answer, 413, "too-large")["limit"] == MAX_BODY
    assert body.taken == 0 and tables() == before


def test_too_large_without_a_word(aster: Member, tables: Any) -> None:
    """A body in chunks has no length: reading stops behind the limit."""
    before, body = tables(), _Counted()
    chunked = {"wsgi.input": body, "wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
    answer = post(aster, b"", CONTENT_LENGTH="", **chunked)
    problem(answer, 413, "too-large")
    assert body.taken == MAX_BODY + 1 and tables() == before


def test_a_body_in_chunks(aster: Member) -> None:
    body = io.BytesIO(orjson.dumps({"clues": [ROW]}))
    chunked = {"wsgi.input": body, "wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
    assert post(aster, b"", CONTENT_LENGTH="", **chunked).status_code == 202


def test_a_body_that_breaks_off(aster: Member, tables: Any) -> None:
    """Fewer bytes than announced: refused, even where what came is a document."""
    before, body = tables(), orjson.dumps({"clues": [ROW]})
    short = {"CONTENT_LENGTH": str(len(body) + 1), "wsgi.input": io.BytesIO(body)}
    problem(post(aster, body, **short), 400, "malformed")
    assert tables() == before


def test_the_largest_there_may_be(aster: Member) -> None:
    body = orjson.dumps({"clues": [ROW]})
    body = body[:-1] + b" " * (MAX_BODY - len(body)) + b"}"
    assert len(body) == MAX_BODY and post(aster, body).status_code == 202


def test_nothing_stays_of_a_failure(aster: Member, tables: Any, monkeypatch: Any, caplog: Any) -> None:
    """A fault behind the first insert: the answer says so and no more, and no table has a row of it."""
    from clues.submissions import receive

    def fail(*_args: Any, **_fields: Any) -> None:
        raise RuntimeError(PHONE)

    before = tables()
    monkeypatch.setattr(receive.audit, "record", fail)
    client = Client(raise_request_exception=False)
    body = orjson.dumps({"clues": [ROW]})
    answer = client.generic(
        "POST", f"{API}/batches", body, "application/json", HTTP_IDEMPOTENCY_KEY="k", **aster.headers
    )
    problem(answer, 500, "internal")
    assert PHONE not in answer.content.decode()
    assert tables() == before
