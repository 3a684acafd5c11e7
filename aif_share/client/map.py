"""The member's map: which raw value stands behind a client_ref, in one SQLite file of mode 0600.

It never leaves the member. Besides the values it holds the map secret, tokens already evaluated (so that nothing
is evaluated twice) and, in the tables of `client.journal`, how far a submission got. Tables others may read:

    meta(name, value)                            secret: 32 random bytes
    submitted(id, client_ref, position, type, raw)   unique (client_ref, position); raw as first submitted;
                                                 a watch W-… and a noise entry Q-… stand here as well, at position 0
"""

from __future__ import annotations

import hmac
import json
import os
import secrets
import sqlite3
import threading
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Final, NamedTuple

from aif_share.errors import AifShareError

APPLICATION_ID: Final = 0x41494653
FORMAT: Final = 1
_LOOKUP: Final = 500  # below the oldest limit of bound parameters, 999
_SCHEMA: Final = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE submitted (id INTEGER PRIMARY KEY, client_ref TEXT NOT NULL, position INTEGER NOT NULL,
                        type TEXT NOT NULL, raw TEXT NOT NULL, UNIQUE (client_ref, position));
CREATE TABLE token (key BLOB PRIMARY KEY, token BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE evaluation (id TEXT PRIMARY KEY, type TEXT NOT NULL, chain BLOB NOT NULL, canonicals TEXT NOT NULL,
                         blinds BLOB NOT NULL, hop INTEGER NOT NULL, elements BLOB NOT NULL);
CREATE TABLE job (id INTEGER PRIMARY KEY, fingerprint TEXT NOT NULL, done INTEGER NOT NULL DEFAULT 0,
                  next_row INTEGER NOT NULL DEFAULT 0);
CREATE UNIQUE INDEX job_open ON job (fingerprint) WHERE done = 0;
CREATE TABLE chunk (job INTEGER NOT NULL, no INTEGER NOT NULL, first_row INTEGER NOT NULL,
                    idempotency_key TEXT NOT NULL, lines BLOB NOT NULL, body BLOB, answer TEXT,
                    PRIMARY KEY (job, no));
CREATE TABLE refused (job INTEGER NOT NULL, line INTEGER NOT NULL, code TEXT NOT NULL,
                      PRIMARY KEY (job, line)) WITHOUT ROWID;
"""


class MapError(AifShareError):
    """The file is not a map, or cannot be opened."""

    code = "map-invalid"


class Submitted(NamedTuple):
    """One identifier of a clue as the member wrote it."""

    client_ref: str
    position: int
    type: str
    raw: str

    def __repr__(self) -> str:
        return f"Submitted(client_ref={self.client_ref!r}, position={self.position}, type={self.type!r})"


class Evaluation(NamedTuple):
    """A request of evaluations on its way: kept until its tokens are, so that a break repeats the same bytes.

    `elements` is what goes to custodian number `hop` of the chain: what the one before it answered and proved.
    """

    id: str
    type: str
    chain: bytes
    canonicals: Sequence[str]
    blinds: Sequence[bytes] = ()
    hop: int = 0
    elements: Sequence[bytes] = ()

    def __repr__(self) -> str:
        return f"Evaluation(id={self.id!r}, type={self.type!r}, inputs={len(self.canonicals)})"


class Map:
    """An open map. Every method may be called from any thread."""

    def __init__(self, path: Path, *, create: bool = True) -> None:
        self.path = path
        self._lock = threading.RLock()
        if create:
            _prepare(path)
        elif not path.is_file():
            raise MapError(f"there is no map at {path}")
        try:
            # Autocommit: transactions are begun by name in `transaction`.
            self._db = sqlite3.connect(path, timeout=60, isolation_level=None, check_same_thread=False)
        except sqlite3.Error:
            raise MapError(f"{path} cannot be opened") from None
        try:
            self._open()
        except sqlite3.DatabaseError:
            self._db.close()
            raise MapError(f"{path} is not a map of aif-share, or cannot be written") from None
        except MapError:
            self._db.close()
            raise

    def __repr__(self) -> str:
        return f"Map({str(self.path)!r})"

    def __enter__(self) -> Map:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """One write transaction: all of it on disk afterwards, or none."""
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def receipts(self) -> list[tuple[str, dict[str, Any]]]:
        """(batch, receipt) of every batch that the platform acknowledged, oldest first."""
        rows = self.query("SELECT answer FROM chunk WHERE answer IS NOT NULL ORDER BY job, no")
        answers = [json.loads(answer) for (answer,) in rows]
        return [(each["batch"], each["receipt"]) for each in answers if each.get("receipt", {}).get("digest")]

    def query(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of one read."""
        with self._lock:
            return self._db.execute(sql, values).fetchall()

    def client_ref(self, row: int, identifiers: Iterable[tuple[str, str]]) -> str:
        """The client_ref of a record: HMAC-SHA256 over `row|type|canonical[|type|canonical…]`, 22 characters.

        `row` is the number of the record in its file, from 0, refused records counted and blank lines not. So the
        same file gives the same references again, which the platform answers as duplicates; and a value that
        stands in two records gives two clues.
        """
        text = "|".join([str(row), *(part for identifier in identifiers for part in identifier)])
        digest = hmac.digest(self._secret, text.encode(), "sha256")
        return urlsafe_b64encode(digest).decode("ascii")[:22]

    def raw(self, places: Iterable[tuple[str, int]]) -> str | None:
        """The value first submitted among places (client_ref, index), None if the map knows none of them."""
        best: tuple[int, str] | None = None
        for client_ref, position in places:
            for number, raw in self.query(
                "SELECT id, raw FROM submitted WHERE client_ref = ? AND position = ?", (client_ref, position)
            ):
                found = (number, raw)
                best = found if best is None else min(best, found)
        return None if best is None else best[1]

    def raw_by_position(self, client_ref: str) -> dict[int, str]:
        """The values behind one client_ref, by the position of their identifier; empty if the map does not know it."""
        rows = self.query("SELECT position, raw FROM submitted WHERE client_ref = ? ORDER BY position", (client_ref,))
        return {position: raw for position, raw in rows}

    def tokens(self, chain: bytes, type: str, canonicals: Sequence[str]) -> dict[str, bytes]:
        """The tokens known of some canonical values, for one chain of custodians' keys."""
        keys = {self._token_key(chain, type, canonical): canonical for canonical in canonicals}
        wanted, found = list(keys), {}
        for start in range(0, len(wanted), _LOOKUP):
            part = wanted[start : start + _LOOKUP]
            marks = ",".join("?" * len(part))
            for key, token in self.query(f"SELECT key, token FROM token WHERE key IN ({marks})", part):  # noqa: S608
                found[keys[key]] = token
        return found

    def begin(self, evaluation: Evaluation) -> None:
        """Keep an evaluation before it is sent."""
        row = (
            evaluation.id,
            evaluation.type,
            evaluation.chain,
            json.dumps(evaluation.canonicals),
            b"".join(evaluation.blinds),
            evaluation.hop,
            b"".join(evaluation.elements),
        )
        with self.transaction() as db:
            db.execute("INSERT INTO evaluation VALUES (?, ?, ?, ?, ?, ?, ?)", row)

    def advance(self, evaluation: Evaluation) -> None:
        """Keep that one more custodian answered, so that it is not asked again."""
        with self.transaction() as db:
            db.execute(
                "UPDATE evaluation SET hop = ?, elements = ? WHERE id = ?",
                (evaluation.hop, b"".join(evaluation.elements), evaluation.id),
            )

    def finish(self, evaluation: Evaluation, tokens: Sequence[bytes]) -> None:
        """Keep the tokens of an evaluation in its place."""
        rows = [
            (self._token_key(evaluation.chain, evaluation.type, canonical), token)
            for canonical, token in zip(evaluation.canonicals, tokens, strict=True)
        ]
        with self.transaction() as db:
            db.executemany("INSERT OR REPLACE INTO token VALUES (?, ?)", rows)
            db.execute("DELETE FROM evaluation WHERE id = ?", (evaluation.id,))

    def abandon(self, evaluation_id: str) -> None:
        """Forget an evaluation that was refused."""
        with self.transaction() as db:
            db.execute("DELETE FROM evaluation WHERE id = ?", (evaluation_id,))

    def unfinished(self) -> list[Evaluation]:
        """Evaluations that a break left behind."""
        rows = self.query("SELECT id, type, chain, canonicals, blinds, hop, elements FROM evaluation")
        return [
            Evaluation(id, type, chain, json.loads(canonicals), _split(blinds), hop, _split(elements))
            for id, type, chain, canonicals, blinds, hop, elements in rows
        ]

    def remember(self, db: sqlite3.Connection, rows: Iterable[Submitted]) -> None:
        """Add raw values within the caller's transaction; what stands there first stays."""
        db.executemany(
            "INSERT INTO submitted (client_ref, position, type, raw) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", rows
        )

    def _token_key(self, chain: bytes, type: str, canonical: str) -> bytes:
        # Bound to the chain's keys: after a rotation, or at another platform, the old token is not found.
        return hmac.digest(self._secret, b"token|" + chain + f"|{type}|{canonical}".encode(), "sha256")[:16]

    def _open(self) -> None:
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        with self.transaction() as db:
            (application,) = db.execute("PRAGMA application_id").fetchone()
            (tables,) = db.execute("SELECT count(*) FROM sqlite_master").fetchone()
            if application == 0 and tables == 0:
                for statement in _SCHEMA.split(";"):
                    db.execute(statement)
                db.execute("INSERT INTO meta VALUES ('secret', ?)", (secrets.token_bytes(32),))
                db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                db.execute(f"PRAGMA user_version = {FORMAT}")
            elif application != APPLICATION_ID:
                raise MapError(f"{self.path} is another program's file; nothing was changed")
            (version,) = db.execute("PRAGMA user_version").fetchone()
            if version != FORMAT:
                raise MapError(f"{self.path} was made by another version of aif-share (format {version})")
            (self._secret,) = db.execute("SELECT value FROM meta WHERE name = 'secret'").fetchone()


def default_path(home: Path, key_id: str) -> Path:
    """Where a member's map lies unless it says otherwise: `<data home>/<key id>/map.sqlite`."""
    return home / key_id / "map.sqlite"


def raw_values(map: Map | None, matches: Iterable[Mapping[str, object]]) -> Iterator[dict[str, object]]:
    """Each match with `raw`, the value as first submitted, or None if the map does not know it."""
    for match in matches:
        mine = match.get("mine")
        places = [(str(one["client_ref"]), int(one["identifier"])) for one in mine] if isinstance(mine, list) else []
        yield {**match, "raw": None if map is None else map.raw(places)}


def _prepare(path: Path) -> None:
    """Make folder and file for this user alone, before SQLite opens it with the umask's mode."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        if os.name == "posix" and path.stat().st_mode & 0o077:
            path.chmod(0o600)
    except OSError as error:
        raise MapError(f"{path} cannot be made or opened: {error.strerror}") from None


def _split(data: bytes) -> list[bytes]:
    return [data[start : start + 32] for start in range(0, len(data), 32)]
