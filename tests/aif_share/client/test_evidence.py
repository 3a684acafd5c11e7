"""Evidence through the client: pieces that go on after failures, one upload for one file, and content that is checked."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from aif_share.client import Client
from aif_share.client.resources import evidence
from aif_share.errors import Conflict, InvalidInput, NetworkError, ProofError, RefusedError
from aif_share.wire.keys import MemberKey

from . import loopback

CASE, UPLOAD, ITEM = (f"{kind}-{'A' * 26}" for kind in ("CASE", "EU", "EV"))
CONTENT = bytes(range(256)) * 40
FIELDS = {"kind": "electronic-data", "file_name": "a.txt", "title": "t", "collected_by": "c"}


class Platform:
    """A platform that keeps one upload, and goes wrong as it is told."""

    def __init__(self) -> None:
        self.kept, self.state, self.keys, self.asked = bytearray(), "open", [], []
        self.troubles: list[Any] = []
        self.content = CONTENT

    def answer(self, method: str, path: str, headers: Any, body: bytes) -> Any:
        self.asked.append((method, path.removeprefix("/api/v1/")))
        upload = {"upload": UPLOAD, "case": CASE, "state": self.state, "size": len(CONTENT), "offset": len(self.kept)}
        if method == "PATCH":
            if self.troubles:
                return self.troubles.pop(0)
            if int(headers["Upload-Offset"]) != len(self.kept):
                return problem(409, "upload-offset")
            self.kept += body
            return 200, {}, {**upload, "offset": len(self.kept)}
        if path.endswith("/finish"):
            if self.troubles:
                return self.troubles.pop(0)
            return 201, {}, self.item()
        if path.endswith("/open"):
            return 200, {"Content-Type": "application/octet-stream"}, self.content
        if path.endswith("/evidence"):
            self.keys.append(headers["Idempotency-Key"])
            self.said = json.loads(body)
            return 201, {}, upload
        return 200, {}, self.item() if ITEM in path else upload

    def item(self) -> dict[str, Any]:
        sha256 = hashlib.sha256(CONTENT).hexdigest()
        return {"evidence": ITEM, "case": CASE, "kind": "electronic-data", "state": "stored", "version": 1,
                "size": len(CONTENT), "sha256": sha256}  # fmt: skip


def problem(status: int, code: str) -> Any:
    return status, {}, {"code": code, "status": status, "title": "T"}


@contextmanager
def platform(tmp_path: Path, wishes: list[Any] | None = None) -> Iterator[tuple[Client, Platform]]:
    made = Platform()

    def fail(method: str, path: str) -> Any:
        return wishes.pop(0) if wishes and method == "PATCH" else None

    with loopback.serve(made.answer, fail) as url, Client(url, MemberKey.new(), data_home=tmp_path) as client:
        yield client, made


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evidence, "PIECE", 1000)
    monkeypatch.setattr(evidence, "PAUSE_S", 0.001)


def test_a_file_goes_in_pieces_and_says_its_size_and_digest(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    with platform(tmp_path) as (client, made):
        item = client.evidence.add(CASE, io.BytesIO(CONTENT), FIELDS, progress=lambda *at: told.append(at))
    assert (item.evidence, bytes(made.kept)) == (ITEM, CONTENT)
    assert made.said == {**FIELDS, "size": len(CONTENT), "sha256": hashlib.sha256(CONTENT).hexdigest()}
    assert told == [(at, len(CONTENT)) for at in [*range(0, len(CONTENT), 1000), len(CONTENT)]]


def test_the_same_file_with_the_same_words_is_the_same_upload(tmp_path: Path) -> None:
    with platform(tmp_path) as (client, made):
        for fields in (FIELDS, FIELDS, {**FIELDS, "title": "other"}):
            client.evidence.add(CASE, io.BytesIO(CONTENT), fields)
        assert made.keys[0] == made.keys[1] != made.keys[2]
        made.state = "expired"
        with pytest.raises(RefusedError):
            made.troubles = [problem(409, "transition-refused")]
            client.evidence.add(CASE, io.BytesIO(CONTENT), FIELDS)
    assert made.keys[3] == made.keys[0] != made.keys[4], "an upload that is over is begun anew"


@pytest.mark.parametrize("wish", ["drop", "lose"])
def test_a_piece_that_fails_is_sent_again_from_where_the_upload_stands(tmp_path: Path, wish: str) -> None:
    with platform(tmp_path, [None, wish, None, wish]) as (client, made):
        made.troubles = [problem(503, "unavailable"), problem(409, "upload-busy"), problem(409, "upload-offset")]
        client.evidence.add(CASE, io.BytesIO(CONTENT), FIELDS)
    assert bytes(made.kept) == CONTENT


def test_it_gives_up_where_nothing_moves_and_at_once_where_it_is_refused(tmp_path: Path) -> None:
    with platform(tmp_path, ["drop"] * evidence.PATIENCE) as (client, made), pytest.raises(NetworkError):
        client.evidence.add(CASE, io.BytesIO(CONTENT), FIELDS)
    for code, status in (("media-refused", 415), ("transition-refused", 409), ("not-found", 404)):
        with platform(tmp_path) as (client, made):
            made.troubles = [problem(status, code)]
            with pytest.raises(RefusedError) as caught:
                client.evidence.add(CASE, io.BytesIO(CONTENT), FIELDS)
        assert caught.value.code == code
        assert [method for method, _path in made.asked].count("PATCH") == 1


def test_finishing_waits_while_the_platform_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with platform(tmp_path) as (client, made):
        made.troubles = [problem(409, "upload-busy")] * 3
        assert client.evidence.finish(UPLOAD).evidence == ITEM
        monkeypatch.setattr(evidence, "FINISH_S", 0.0)
        made.troubles = [problem(409, "upload-busy")] * 3
        with pytest.raises(Conflict):
            client.evidence.finish(UPLOAD)


def test_a_file_that_changed_meanwhile_and_an_empty_one_are_not_sent(tmp_path: Path) -> None:
    with platform(tmp_path) as (client, made):
        with pytest.raises(InvalidInput):
            client.evidence.send(UPLOAD, io.BytesIO(CONTENT + b"more"))
        with pytest.raises(InvalidInput):
            client.evidence.add(CASE, io.BytesIO(b""), FIELDS)
    assert made.kept == b""


def test_what_is_opened_is_held_against_its_digest(tmp_path: Path) -> None:
    with platform(tmp_path) as (client, made):
        out = io.BytesIO()
        client.evidence.save(ITEM, "To compare", out)
        assert out.getvalue() == CONTENT
        for content in (CONTENT[:-1], CONTENT[:-1] + b"?"):
            made.content = content
            with pytest.raises(ProofError):
                client.evidence.save(ITEM, "To compare", io.BytesIO())
