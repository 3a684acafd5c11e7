"""Large and bad uploads to a running stack: one effect whatever is killed, stable codes, and memory stays bounded.

Reduced; ``make prove`` (Shows 3.3, 3.4 and 3.6) sends a million clues and kills more often.
"""

from __future__ import annotations

import gzip
import io
import json
import socket
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from config.stack import Stack
from tests.prove.issue_3 import show_3, show_4, show_6
from tests.prove.memory import PeakMemory
from tests.prove.uploads import Sender, write_clues

pytestmark = pytest.mark.stack
MOST_GROWTH_MIB = 64
HEAD = b"client_ref,category,grade,type,epoch,token\n"


@pytest.fixture
def sender(stack: Stack, request: pytest.FixtureRequest) -> Sender:
    name = f"Uploads {request.node.name}"[:100]
    return Sender.of(stack.url, stack.create_institution(name, "bank", submit_quota=1_000_000)["api_key"])


def test_many_rows_with_bad_ones_in_between(stack: Stack, tmp_path: Path) -> None:
    found = show_3.prove(stack, tmp_path, rows=45_000, bad=150, shared=500, steps=0)
    assert found["holds"], found["samples"]


def test_kills_in_the_middle_have_one_effect(stack: Stack, tmp_path: Path) -> None:
    found = show_4.prove(stack, tmp_path, rows=60_000, bad=150, shared=500, worker_kills=1, cuts=(0.9,))
    assert found["holds"], found["samples"]


@pytest.mark.parametrize("trouble", show_6.TROUBLES)
def test_the_edge_of_a_quota(stack: Stack, trouble: str) -> None:
    found = show_6.prove(stack, trouble, show_6.TROUBLES[trouble], threads=20, quota=300)
    assert found["holds"], found


def workbook() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"<row/>" * 1_000_000)
    return file.getvalue()


BAD = {
    "one line of 50 MB": (b"x" * 50_000_000, "application/x-ndjson", {}, 413, "too-large"),
    "one cell of 50 MB": (HEAD + b'"' + b"x" * 50_000_000, "text/csv", {}, 413, "too-large"),
    "100,000 columns": (b",".join([b"c"] * 100_000) + b"\n", "text/csv", {}, 413, "too-large"),
    "a workbook": (workbook(), "text/csv", {}, 415, "media-type"),
    "a bomb": (gzip.compress(bytes(50_000_000)), "application/x-ndjson", {"Content-Encoding": "gzip"}, 415, "media-type"),
    "a bomb as JSON": (gzip.compress(bytes(50_000_000)), "application/json", {"Content-Encoding": "gzip"}, 415, "media-type"),
    "a bomb that says nothing": (gzip.compress(bytes(50_000_000)), "application/x-ndjson", {}, 415, "media-type"),
    "blank lines": (b"\n" * 3_000_000, "application/x-ndjson", {}, 413, "too-large"),
    "half a JSON body": (b'{"clues":[' + b"[" * 10_000_000, "application/json", {}, 400, "malformed"),
}  # fmt: skip


def test_bad_bodies_are_refused_in_bounded_memory(stack: Stack, sender: Sender) -> None:
    """Each with its code; web has not grown by more than 64 MiB after all of them."""
    with PeakMemory(stack, "web") as memory:
        answers = {
            name: post(sender, media, [body], {"Content-Length": str(len(body)), **headers})
            for name, (body, media, headers, _status, _code) in BAD.items()
        }
    assert answers == {name: (status, code) for name, (_body, _media, _headers, status, code) in BAD.items()}
    growth = memory.peaks["web"] - memory.before["web"]
    print(f"web grew by {growth:.1f} MiB")
    assert growth < MOST_GROWTH_MIB


def post(sender: Sender, media: str, pieces: list[bytes], headers: dict[str, str]) -> tuple[int, str]:
    """Send a body in pieces and return status and code; the answer may come before all is sent."""
    connection = sender.connect()
    connection.putrequest("POST", "/api/v1/batches")
    fixed = {"Authorization": f"Bearer {sender.bearer}", "Content-Type": media, "Idempotency-Key": "bad"}
    for name, value in {**fixed, **headers}.items():
        connection.putheader(name, value)
    connection.endheaders()
    try:
        for piece in pieces:
            for start in range(0, len(piece), 65536):
                connection.send(piece[start : start + 65536])
    except (BrokenPipeError, ConnectionResetError):
        pass  # refused before its end: what was said of it is there to be read
    try:
        answer = connection.getresponse()
        return answer.status, str(json.loads(answer.read()).get("code"))
    finally:
        connection.close()


def chunked(*pieces: bytes, end: bool) -> Iterator[bytes]:
    for piece in pieces:
        yield b"%x\r\n%s\r\n" % (len(piece), piece)
    if end:
        yield b"0\r\n\r\n"


def test_an_upload_in_chunks_that_breaks_off(stack: Stack, sender: Sender, tmp_path: Path) -> None:
    """The server's own reading of chunks: without the last one nothing has arrived, with it everything."""
    path = tmp_path / "clues.ndjson"
    write_clues(path, 2_000)
    body = path.read_bytes()
    half = body[: body.index(b"\n", len(body) // 2) + 1]
    for pieces in (chunked(half, end=False), iter([b"%x\r\n%s" % (len(body), half)])):
        parts = urlsplit(sender.url)
        with socket.create_connection((parts.hostname or "", parts.port or 80), timeout=30) as raw:
            head = (
                f"POST /api/v1/batches HTTP/1.1\r\nHost: {parts.netloc}\r\nAuthorization: Bearer {sender.bearer}\r\n"
                "Content-Type: application/x-ndjson\r\nIdempotency-Key: broken\r\nTransfer-Encoding: chunked\r\n\r\n"
            )
            raw.sendall(head.encode() + b"".join(pieces))
            raw.shutdown(socket.SHUT_WR)
            answer = raw.makefile("rb").read()
        assert b" 202 " not in answer.split(b"\r\n")[0]
    assert sender.ask("GET", "/batches")[1]["results"] == []
    status, _batch = sender.upload(path, key="broken") or (0, {})
    assert status == 202
