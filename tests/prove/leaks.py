"""Search everything the platform keeps for raw identifiers, in every form in which one might lie around.

Not here: the members' own maps, which hold raw values by design and never leave the member. What is found is reported
by number, place and form, never by value.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

import psycopg2
import redis

FULL_WIDTH = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)})
PIECE = 64 * 1024 * 1024
WINDOW = 8


@dataclass(frozen=True, slots=True)
class Place:
    """Something that was kept: a name for people, and its bytes."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Finding:
    """Value number ``value`` of those searched for lies in ``place`` in ``form``."""

    value: int
    form: str
    place: str


def list_forms(value: str) -> Iterator[tuple[str, bytes]]:
    """Every form of one raw value that is searched for, with its name."""
    wide = value.translate(FULL_WIDTH)
    for name, text in (("raw", value), ("upper case", value.upper()), ("full width", wide)):
        data = text.encode()
        yield name, data
        yield f"{name}, UTF-16", text.encode("utf-16-le")
        yield f"{name}, hex", data.hex().encode()
        yield f"{name}, HEX", data.hex().upper().encode()
        yield f"{name}, escaped", text.encode("ascii", "backslashreplace")
        yield f"{name}, URL-encoded", quote(text, safe="").encode()
        yield f"{name}, URL-encoded whole", "".join(f"%{byte:02X}" for byte in data).encode()
        for form, encoded in _base64_forms(data):
            yield f"{name}, {form}", encoded
        digest = hashlib.sha256(data)
        yield f"{name}, SHA-256", digest.digest()
        yield f"{name}, SHA-256 hex", digest.hexdigest().encode()
        yield f"{name}, SHA-256 HEX", digest.hexdigest().upper().encode()
        for form, encoded in _base64_forms(digest.digest()):
            yield f"{name}, SHA-256 {form}", encoded


def _base64_forms(data: bytes) -> Iterator[tuple[str, bytes]]:
    """The value at each of the three places it can take inside a longer base64 text, in both alphabets."""
    for offset in range(3):
        whole = b64encode(b"\0" * offset + data)
        # The first and last characters mix with what stands beside the value.
        cut = whole[(offset * 8 + 5) // 6 : (offset + len(data)) * 8 // 6]
        yield f"base64 at {offset}", cut
        yield f"base64url at {offset}", cut.translate(bytes.maketrans(b"+/", b"-_"))


def search(places: Iterable[Place], values: Sequence[str]) -> list[Finding]:
    """Look for every form of every value in every place. A form must be at least ``WINDOW`` bytes long."""
    by_start: dict[bytes, list[tuple[bytes, int, str]]] = {}
    for number, value in enumerate(values):
        for form, encoded in list_forms(value):
            if len(encoded) < WINDOW:
                raise ValueError(f"value {number} is too short to be searched for as {form}")
            by_start.setdefault(encoded[:WINDOW], []).append((encoded, number, form))
    found: dict[Finding, None] = {}
    for place in places:
        # Thousands of forms: one pass over all windows of the content, then a look at the few whose start occurs.
        ends = range(WINDOW, len(place.content) + 1)
        windows = map(place.content.__getitem__, map(slice, range(len(ends)), ends))
        for start in by_start.keys() & set(filter(by_start.__contains__, windows)):
            for encoded, number, form in by_start[start]:
                if encoded in place.content:
                    found[Finding(number, form, place.name)] = None
    return list(found)


def read_database(url: str) -> Iterator[Place]:
    """Every table of the database as COPY text (bytea comes as hex), and what the server says of running statements."""
    with psycopg2.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname) FROM pg_class c"
            " JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE c.relkind IN ('r', 'p', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema')"
            " AND n.nspname NOT LIKE 'pg_toast%' AND n.nspname NOT LIKE 'pg_temp%' ORDER BY 1"
        )
        tables = [row[0] for row in cursor.fetchall()]
        for table in [*tables, "pg_catalog.pg_stat_activity", "pg_catalog.pg_prepared_statements"]:
            with _Collector() as text:
                cursor.copy_expert(f"COPY (SELECT * FROM {table}) TO STDOUT", text)
            yield Place(f"table {table}", bytes(text.data))
    connection.close()


class _Collector:
    def __init__(self) -> None:
        self.data = bytearray()

    def __enter__(self) -> _Collector:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def write(self, part: bytes) -> int:
        self.data += part
        return len(part)


def connect_valkey(url: str) -> redis.Redis:
    """A client for the URL form that Celery takes, which redis-py does not."""
    if url.startswith("redis+socket:"):
        return redis.Redis(unix_socket_path=urlsplit(url).path)
    return redis.Redis.from_url(url)


def read_valkey(url: str) -> Iterator[Place]:
    """Every key and its value as they are now; what lies on disk is read by ``read_files``."""
    client = connect_valkey(url)
    readers = {
        b"string": lambda key: [client.get(key)],
        b"list": lambda key: client.lrange(key, 0, -1),
        b"set": client.smembers,
        b"zset": lambda key: client.zrange(key, 0, -1),
        b"hash": lambda key: [part for pair in client.hgetall(key).items() for part in pair],
    }
    content = bytearray()
    for key in client.scan_iter():
        content += key + b"\n" + b"\n".join(bytes(part) for part in readers[client.type(key)](key)) + b"\n"
    client.close()
    yield Place("Valkey", bytes(content))


def read_files(folder: Path, *, skip: Sequence[Path] = ()) -> Iterator[Place]:
    """Every file below ``folder``, links followed once; ``skip`` names folders of the members themselves."""
    seen: set[Path] = {path.resolve() for path in skip}
    waiting = [folder]
    while waiting:
        here = waiting.pop().resolve()
        if here in seen:
            continue
        seen.add(here)
        try:
            if here.is_dir():
                waiting.extend(here.iterdir())
            elif here.is_file():
                yield from _read_pieces(here)
        except (FileNotFoundError, PermissionError):
            # The platform goes on working: a file may be gone by now. Another user's file is not the platform's.
            continue


def _read_pieces(path: Path) -> Iterator[Place]:
    with path.open("rb") as file:
        tail = b""
        while part := file.read(PIECE):
            yield Place(f"file {path}", tail + part)
            tail = part[-512:]


def list_recent_files(folder: Path, since: float) -> Iterator[Path]:
    """Files directly or deeply below a temp folder that changed after ``since`` (seconds of the epoch)."""
    for parent, _, names in os.walk(folder):
        for name in names:
            path = Path(parent, name)
            try:
                if path.is_file() and path.stat().st_mtime >= since:
                    yield path
            except OSError:
                continue


@dataclass(frozen=True, slots=True)
class Kept:
    """Where one stack keeps things, and which of these folders are its members' own."""

    folder: Path
    admin_url: str
    redis_url: str
    skip: tuple[Path, ...]
    since: float

    def places(self) -> Iterator[Place]:
        """Database, Valkey, every file of the stack (logs, AOF, custodians, temp files) and new files in the temp folder."""
        yield from read_database(self.admin_url)
        yield from read_valkey(self.redis_url)
        yield from read_files(self.folder, skip=self.skip)
        own = [path.resolve() for path in (self.folder, *self.skip)]
        for path in list_recent_files(Path(tempfile.gettempdir()), self.since):
            if not any(path.resolve().is_relative_to(folder) for folder in own):
                try:
                    yield from _read_pieces(path)
                except OSError:
                    continue

    def plant_canary(self, value: str) -> None:
        """Put the value where it must be found: a table, Valkey, a log, a temp file, each in another form."""
        with psycopg2.connect(self.admin_url) as connection, connection.cursor() as cursor:
            cursor.execute("CREATE TABLE IF NOT EXISTS leak_canary (value bytea)")
            cursor.execute("INSERT INTO leak_canary VALUES (%s)", [value.encode()])
        connection.close()
        connect_valkey(self.redis_url).set("leak-canary", b64encode(value.encode()))
        with (self.folder / "log" / "web.log").open("a", encoding="utf-8") as log:
            log.write(f"GET /?q={''.join(f'%{byte:02X}' for byte in value.encode())}\n")
        (self.folder / "tmp" / "leak-canary").write_text(hashlib.sha256(value.encode()).hexdigest(), encoding="ascii")

    def remove_canary(self) -> None:
        """Take it away again, but for the line in the log."""
        with psycopg2.connect(self.admin_url) as connection, connection.cursor() as cursor:
            cursor.execute("DROP TABLE leak_canary")
        connection.close()
        connect_valkey(self.redis_url).delete("leak-canary")
        (self.folder / "tmp" / "leak-canary").unlink()


CANARY_PLACES = ("table public.leak_canary", "Valkey", "web.log", "leak-canary")


def list_unfound(findings: Sequence[Finding], canary: int) -> list[str]:
    """The places of the canary in which the search did not find it: each makes the whole search worthless."""
    found = {finding.place for finding in findings if finding.value == canary}
    return [place for place in CANARY_PLACES if not any(name.endswith(place) for name in found)]
