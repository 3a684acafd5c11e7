"""Uploads that are small to send and large to take in, one for each way and door: what is sent, and how.

Each is a request that a running stack has to refuse (4xx) before it has taken in much of it. Bodies are sent block by block, and
no further once the answer is there: whoever refuses early is not held up.
"""

from __future__ import annotations

import contextlib
import gzip
import io
import os
import select
import socket
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

MIB = 1024 * 1024
BLOCK = 64 * 1024
TIMEOUT = 30.0
JSON, NDJSON, CSV = "application/json", "application/x-ndjson", "text/csv"
HEADER = b"client_ref,category,grade,type,epoch,token\n"

Blocks = Iterator[bytes]


@dataclass(frozen=True)
class Bomb:
    """One request to `path`. `length` None: in chunks; else what is announced, whatever comes."""

    name: str
    path: str
    media_type: str
    blocks: Callable[[], Blocks]
    length: int | None = None
    headers: tuple[tuple[str, str], ...] = ()


def cut(content: bytes) -> Blocks:
    """The content in blocks."""
    for start in range(0, len(content), BLOCK):
        yield content[start : start + BLOCK]


def repeated(piece: bytes, size: int) -> Blocks:
    """`piece` over and over, `size` bytes in all."""
    block = piece * (BLOCK // len(piece) or 1)
    for _ in range(size // len(block)):
        yield block


def packed(size: int) -> bytes:
    """Spaces that unpack to `size` bytes."""
    out = io.BytesIO()
    with gzip.GzipFile(fileobj=out, mode="wb", compresslevel=1) as file:
        for _ in range(size // MIB):
            file.write(b" " * MIB)
    return out.getvalue()


def zipped(entries: dict[str, bytes] | None = None, *, count: int = 0, compressed: bool = True) -> bytes:
    """A ZIP of these files, or of `count` empty ones."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED if compressed else zipfile.ZIP_STORED) as archive:
        for name, content in (entries or {}).items():
            archive.writestr(name, content)
        for number in range(count):
            archive.writestr(f"{number}", b"")
    return out.getvalue()


def workbook(rows: int) -> bytes:
    """An XLSX whose sheet has `rows` rows with nothing in them."""
    sheet = b"<worksheet><sheetData>" + b"<row/>" * rows + b"</sheetData></worksheet>" + b" " * (200 * MIB)
    return zipped({"[Content_Types].xml": b"<Types/>", "xl/worksheets/sheet1.xml": sheet})


def _announced(name: str, path: str, media_type: str, content: bytes, *headers: tuple[str, str]) -> Bomb:
    return Bomb(name, path, media_type, lambda: cut(content), len(content), headers)


def _empty_table(size: int) -> Blocks:
    yield HEADER
    yield from repeated(b"\n", size)


def of_batches() -> list[Bomb]:
    """Those that go where clues and questions are taken; none of them may leave a batch."""
    batches, screenings, small = "/api/v1/batches", "/api/v1/screenings", packed(200 * MIB)
    coding = ("Content-Encoding", "gzip")
    return [
        _announced("packed JSON", batches, JSON, small, coding),
        _announced("packed lines", batches, NDJSON, small, coding),
        _announced("packed lines that do not say so", batches, NDJSON, small),
        _announced("archive of 100,000 files as a table", batches, CSV, zipped(count=100_000)),
        Bomb("JSON of 1 GiB, announced", batches, JSON, lambda: repeated(b" ", 1024 * MIB), 1024 * MIB),
        Bomb("JSON without an end, in chunks", batches, JSON, lambda: repeated(b" ", 1024 * MIB)),
        Bomb("lines of 2 GiB, announced", batches, NDJSON, lambda: repeated(b"{}\n", 2048 * MIB), 2048 * MIB),
        Bomb("one line of 50 MB", batches, NDJSON, lambda: repeated(b"a", 50 * MIB), 50 * MIB),
        Bomb("three million empty rows", batches, NDJSON, lambda: repeated(b"\n", 3 * MIB), 3 * MIB),
        Bomb("a table of three million empty rows", batches, CSV, lambda: _empty_table(3 * MIB), len(HEADER) + 3 * MIB),
        Bomb("a table of a million columns", batches, CSV, lambda: repeated(b"a,", 2 * MIB), 2 * MIB),
        _announced("JSON nested eight million deep", batches, JSON, b"[" * (8 * MIB)),
        _announced("a number of fifteen million digits", batches, JSON, b'{"clues":' + b"9" * (15 * MIB) + b"}"),
        _announced("a name of fifteen million letters", batches, JSON, b'{"clues":[],"' + b"a" * (15 * MIB) + b'":1}'),
        _announced("100,000 clues that are none", batches, JSON, b'{"clues":[' + b"{}," * 100_000 + b"{}]}"),
        _announced(
            "a token of fifteen million letters", screenings, JSON,
            b'{"purpose":"investigation","tokens":[{"type":"domain","epoch":1,"token":"' + b"a" * (15 * MIB) + b'"}]}',
        ),
        _announced("packed question", screenings, JSON, small, coding),
    ]  # fmt: skip


def of_evidence() -> list[tuple[str, str, bytes]]:
    """(name, file name, content) of files that must never become evidence."""
    return [
        ("archive of 100,000 files", "all.zip", zipped(count=100_000)),
        ("archive in an archive", "all.zip", zipped({"inner.zip": zipped({"a": bytes(MIB)})})),
        ("archive that unpacks to 1,000 times its size", "all.zip", zipped({"a.txt": bytes(200 * MIB)})),
        ("workbook of a million empty rows", "rows.xlsx", workbook(1_000_000)),
        ("packed file under another name", "letter.pdf", packed(200 * MIB)),
    ]


def send(url: str, bearer: str, bomb: Bomb) -> int:
    """Send it and return the status; 0 if the connection ends without one."""
    parts = urlsplit(url)
    lines = [
        f"POST {bomb.path} HTTP/1.1", f"Host: {parts.netloc}", f"Authorization: Bearer {bearer}",
        f"Content-Type: {bomb.media_type}", f"Idempotency-Key: {os.urandom(16).hex()}", "Connection: close",
        "Transfer-Encoding: chunked" if bomb.length is None else f"Content-Length: {bomb.length}",
        *(f"{name}: {value}" for name, value in bomb.headers),
    ]  # fmt: skip
    with socket.create_connection((parts.hostname or "", parts.port or 80), timeout=TIMEOUT) as channel:
        # Who answers early closes, and the rest of the body meets a closed door.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            channel.sendall("\r\n".join([*lines, "", ""]).encode())
            for block in bomb.blocks():
                if select.select([channel], [], [], 0)[0]:
                    break
                channel.sendall(block if bomb.length is not None else b"%x\r\n%s\r\n" % (len(block), block))
        try:
            answer = channel.recv(4096)
        except ConnectionResetError:
            return 0
    return int(answer[9:12]) if answer.startswith(b"HTTP/1.1 ") else 0
