"""Writes and streams over HTTP: keys, versions, repeated bytes, typed refusals, and the feed's cursor."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from aif_share.client import Client
from aif_share.errors import (
    Conflict,
    InvalidInput,
    InvalidRequest,
    NetworkError,
    NotFound,
    RateLimited,
    RefusedError,
    ServerError,
    VersionChanged,
)
from aif_share.wire.keys import MemberKey

from . import loopback

CLUE = {"clue": "C-A", "client_ref": "r", "category": "telecom-fraud", "grade": "B2", "state": "active", "version": 3}
RECEIPT = {"batch": "B-A", "state": "received", "clues": 2, "rows_refused": 0}


@contextmanager
def client(tmp_path: Path, *answers: Any, wishes: list[Any] | None = None) -> Iterator[tuple[Client, list[Any]]]:
    """A client of a server that gives these answers in turn, and what it was sent."""
    seen: list[tuple[str, str, dict[str, str], bytes]] = []
    waiting = list(answers)

    def answer(method: str, path: str, headers: Any, body: bytes) -> Any:
        seen.append((method, path, {name.lower(): value for name, value in headers.items()}, body))
        return waiting.pop(0) if len(waiting) > 1 else waiting[0]

    def fail(method: str, path: str) -> Any:
        return wishes.pop(0) if wishes else None

    with loopback.serve(answer, fail) as url, Client(url, MemberKey.new(), data_home=tmp_path) as made:
        yield made, seen


def problem(status: int, code: str, **headers: str) -> Any:
    return status, headers, {"code": code, "status": status, "title": "T"}


def test_an_edit_carries_the_version_of_the_object_and_a_key_of_its_own(tmp_path: Path) -> None:
    with client(tmp_path, (200, {}, CLUE)) as (made, seen):
        clue = made.clues.get("C-A")
        made.clues.withdraw(clue, reason="mistake")
        made.clues.withdraw("C-A", version=9, reason="mistake", idempotency_key="mine")
        with pytest.raises(InvalidInput):
            made.clues.withdraw("C-A", reason="mistake")
    (_, _, _, _), (method, path, headers, body), (_, _, second, _) = seen
    assert (method, path, json.loads(body)) == ("POST", "/api/v1/clues/C-A/withdraw", {"reason": "mistake"})
    assert headers["if-match"] == '"3"' and second["if-match"] == '"9"'
    assert second["idempotency-key"] == "mine" and headers["idempotency-key"] not in ("", "mine")


@pytest.mark.parametrize("wish", ["lose", "drop"])
def test_a_streamed_upload_is_repeated_with_the_same_bytes_and_key(wish: str, tmp_path: Path) -> None:
    clues = [{"client_ref": str(number)} for number in range(2)]
    with client(tmp_path, (202, {}, RECEIPT), wishes=[wish]) as (made, seen):
        assert made.batches.submit_stream(iter(clues)).batch == "B-A"
    expected = b'{"client_ref":"0"}\n{"client_ref":"1"}\n'
    assert {body for *_, body in seen} == {expected}
    assert len({headers["idempotency-key"] for _, _, headers, _ in seen}) == 1
    assert seen[-1][2]["content-type"] == "application/x-ndjson" and seen[-1][2]["content-length"] == str(len(expected))


def test_streamed_results_are_read_line_by_line(tmp_path: Path) -> None:
    lines = b'{"row":0,"client_ref":"r","outcome":"accepted","code":null}\n\n{"row":1,"client_ref":null,"outcome":"refused","code":"x"}\n'
    with client(tmp_path, (200, {"Content-Type": "application/x-ndjson"}, lines)) as (made, seen):
        assert [(row.row, row.code) for row in made.batches.stream_results("B-A")] == [(0, None), (1, "x")]
    assert seen[0][2]["accept"] == "application/x-ndjson"
    with client(tmp_path, (200, {}, b"<html>")) as (made, _), pytest.raises(NetworkError):
        list(made.batches.stream_results("B-A"))


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, "malformed", InvalidRequest),
        (404, "not-found", NotFound),
        (406, "not-acceptable", RefusedError),
        (409, "client-ref-reused", Conflict),
        (412, "version-changed", VersionChanged),
        (413, "too-large", InvalidRequest),
        (422, "field-invalid", InvalidRequest),
        (428, "precondition-required", VersionChanged),
        (500, "internal", ServerError),
    ],
)
def test_each_refusal_is_its_own_class(status: int, code: str, kind: type[RefusedError], tmp_path: Path) -> None:
    with client(tmp_path, problem(status, code)) as (made, seen), pytest.raises(kind) as caught:
        made.clues.get("C-A")
    assert type(caught.value) is kind and caught.value.code == code and len(seen) == 1


def test_a_rate_limit_is_waited_for_or_told(tmp_path: Path) -> None:
    limit = problem(429, "too-many-requests", **{"Retry-After": "900"})
    with client(tmp_path, limit) as (made, _), pytest.raises(RateLimited) as caught:
        made.clues.get("C-A")
    assert caught.value.retry_after == 900


def test_the_feed_goes_on_from_its_cursor_and_a_break_repeats_rather_than_loses(tmp_path: Path) -> None:
    def page(cursor: str, *names: str, more: bool = False) -> Any:
        rows = [
            {"event": f"E-{name}", "kind": "batch.done", "at": "2026-11-01T08:00:00Z", "batch": "B-A"} for name in names
        ]
        return 200, {}, {"results": rows, "next": "x" if more else None, "cursor": cursor}

    answers = (page("c1", "A", "B", more=True), page("c2", "C"), page("c2"), page("c3", "D"))
    with client(tmp_path, *answers) as (made, seen):
        feed = made.events.follow(sleep=lambda seconds: None)
        found = [next(feed) for _ in range(4)]
    assert [event.event for event in found] == ["E-A", "E-B", "E-C", "E-D"]
    assert [event.cursor for event in found] == [None, "c1", "c2", "c3"]
    assert [path.partition("cursor=")[2] for _, path, _, _ in seen] == ["", "c1", "c2", "c2"]


def test_a_feed_that_stands_still_is_no_endless_loop(tmp_path: Path) -> None:
    stuck = (200, {}, {"results": [], "next": "x", "cursor": "c1"})
    with client(tmp_path, stuck) as (made, _), pytest.raises(NetworkError):
        list(made.events.list())
