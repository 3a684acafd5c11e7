"""The quota store: which institutions may evaluate, how much, and how much they did today. SQLite, durable.

Every request asks it, so a suspension or a revoked key counts from the next request on. It keeps verifiers,
numbers and digests; never an element, a bearer or a key.
"""

from __future__ import annotations

import os
import re
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

from aif_share.errors import Refusal

STATES: Final = ("live", "suspended")
MAX_VERIFIERS: Final = 16
REF: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS member (
    ref TEXT PRIMARY KEY,
    state TEXT NOT NULL CHECK (state IN ('live', 'suspended')),
    evaluate_quota INTEGER NOT NULL CHECK (evaluate_quota >= 0),
    version INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS verifier (
    verifier TEXT PRIMARY KEY CHECK (length(verifier) = 64),
    ref TEXT NOT NULL REFERENCES member (ref) ON DELETE CASCADE,
    expires_at INTEGER
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS verifier_ref ON verifier (ref);
CREATE TABLE IF NOT EXISTS usage (
    ref TEXT NOT NULL REFERENCES member (ref) ON DELETE CASCADE,
    day TEXT NOT NULL,
    used INTEGER NOT NULL CHECK (used >= 0),
    PRIMARY KEY (ref, day)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS repeat (
    ref TEXT NOT NULL REFERENCES member (ref) ON DELETE CASCADE,
    key_digest BLOB NOT NULL,
    body_digest BLOB NOT NULL,
    first_at INTEGER NOT NULL,
    times INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (ref, key_digest)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS repeat_first_at ON repeat (first_at);
"""


class Verifier(NamedTuple):
    """One key's verifier (SHA-256 hex of its bearer for this custodian) and when it ends, None: when removed."""

    verifier: str
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """An institution as this custodian knows it."""

    ref: str
    state: str
    evaluate_quota: int
    version: int
    verifiers: tuple[Verifier, ...] = ()


class Store:
    """The store of one home. Each thread has a connection of its own; open nothing before a fork."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()
        # Threads of one process queue here instead of polling for SQLite's write lock.
        self._writing = threading.Lock()

    def prepare(self) -> None:
        """Make the tables; the file is readable to its owner alone."""
        os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))
        self.connection.executescript(_SCHEMA)
        self.close()

    @property
    def connection(self) -> sqlite3.Connection:
        """This thread's connection."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(self.path, timeout=20, isolation_level=None)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
            self._local.connection = connection
        return connection

    def close(self) -> None:
        """Close this thread's connection."""
        connection = getattr(self._local, "connection", None)
        if connection is not None:
            self._local.connection = None
            connection.close()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One committed transaction that holds the write lock from its start, or nothing."""
        with self._writing:
            connection = self.connection
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                # A COMMIT that fails may leave the transaction open, and with it the lock that everybody waits for;
                # other errors, a full disk for one, have ended it already.
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def find_by_verifier(self, verifier: str, *, now: datetime) -> Member | None:
        """The member a live verifier belongs to, without its verifiers; None if there is none."""
        row = self.connection.execute(_FIND, (verifier, int(now.timestamp()))).fetchone()
        return None if row is None else _member(row)

    def get_used(self, ref: str, day: str) -> int:
        """Elements charged to a member on a UTC day `YYYY-MM-DD`."""
        row = self.connection.execute("SELECT used FROM usage WHERE ref = ? AND day = ?", (ref, day)).fetchone()
        return 0 if row is None else int(row[0])

    def get_member(self, ref: str) -> Member | None:
        """One member with its verifiers, or None."""
        row = self.connection.execute(
            "SELECT ref, state, evaluate_quota, version FROM member WHERE ref = ?", (ref,)
        ).fetchone()
        return None if row is None else _member(row, self._verifiers(ref))

    def list_members(self) -> list[Member]:
        """All members with their verifiers, by reference."""
        rows = self.connection.execute("SELECT ref, state, evaluate_quota, version FROM member ORDER BY ref").fetchall()
        return [_member(row, self._verifiers(row[0])) for row in rows]

    def put_member(self, member: Member) -> bool:
        """Write a member's full state; False, and nothing changes, if a newer version is here already."""
        check_member(member)
        with self.writing() as connection:
            known = connection.execute("SELECT version FROM member WHERE ref = ?", (member.ref,)).fetchone()
            if known is not None and known[0] > member.version:
                return False
            _write_member(connection, member)
        return True

    def add_verifier(self, ref: str, verifier: Verifier, *, evaluate_quota: int | None, default_quota: int) -> Member:
        """Make a member live with one verifier more; quota None keeps the member's, or takes the default."""
        with self.writing() as connection:
            known = self.get_member(ref)
            if evaluate_quota is None:
                evaluate_quota = default_quota if known is None else known.evaluate_quota
            others = () if known is None else tuple(v for v in known.verifiers if v.verifier != verifier.verifier)
            member = Member(ref, "live", evaluate_quota, 0 if known is None else known.version, (*others, verifier))
            check_member(member)
            _write_member(connection, member)
        return member

    def remove_verifier(self, ref: str, verifier: str) -> bool:
        """Revoke one key at once; False if the member has no such verifier."""
        with self.writing() as connection:
            done = connection.execute("DELETE FROM verifier WHERE ref = ? AND verifier = ?", (ref, verifier))
        return done.rowcount == 1

    def set_state(self, ref: str, state: str) -> bool:
        """Suspend a member or make it live again, at once; False if there is no such member."""
        with self.writing() as connection:
            done = connection.execute("UPDATE member SET state = ? WHERE ref = ?", (state, ref))
        return done.rowcount == 1

    def _verifiers(self, ref: str) -> tuple[Verifier, ...]:
        rows = self.connection.execute(
            "SELECT verifier, expires_at FROM verifier WHERE ref = ? ORDER BY verifier", (ref,)
        )
        return tuple(Verifier(text, _moment(seconds)) for text, seconds in rows)


_FIND: Final = """
SELECT member.ref, member.state, member.evaluate_quota, member.version
FROM verifier JOIN member ON member.ref = verifier.ref
WHERE verifier.verifier = ? AND (verifier.expires_at IS NULL OR verifier.expires_at > ?)
"""


def check_member(member: Member) -> None:
    """Raise Refusal for a member that cannot be stored."""
    if not REF.fullmatch(member.ref):
        raise Refusal("field-invalid", "an institution's reference has 1 to 64 letters, digits and . _ -", field="ref")
    if member.state not in STATES:
        raise Refusal("field-invalid", "a state is live or suspended", field="state")
    if not 0 <= member.evaluate_quota <= 10**12:
        raise Refusal("field-invalid", "a quota is a number from 0", field="evaluate_quota")
    if not 0 <= member.version < 2**62:
        raise Refusal("field-invalid", "a version is a number from 0", field="version")
    if len(member.verifiers) > MAX_VERIFIERS:
        raise Refusal("field-invalid", f"at most {MAX_VERIFIERS} verifiers", field="verifiers")
    if len({each.verifier for each in member.verifiers}) != len(member.verifiers):
        raise Refusal("field-invalid", "a verifier stands twice", field="verifiers")


def _write_member(connection: sqlite3.Connection, member: Member) -> None:
    connection.execute(
        "INSERT INTO member (ref, state, evaluate_quota, version) VALUES (?, ?, ?, ?) ON CONFLICT (ref) DO UPDATE"
        " SET state = excluded.state, evaluate_quota = excluded.evaluate_quota, version = excluded.version",
        (member.ref, member.state, member.evaluate_quota, member.version),
    )
    connection.execute("DELETE FROM verifier WHERE ref = ?", (member.ref,))
    rows: Sequence[tuple[str, str, int | None]] = [
        (each.verifier, member.ref, None if each.expires_at is None else int(each.expires_at.timestamp()))
        for each in member.verifiers
    ]
    try:
        connection.executemany("INSERT INTO verifier (verifier, ref, expires_at) VALUES (?, ?, ?)", rows)
    except sqlite3.IntegrityError:
        raise Refusal("conflict", "a verifier belongs to another institution already") from None


def _moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def _member(row: Sequence[Any], verifiers: tuple[Verifier, ...] = ()) -> Member:
    ref, state, evaluate_quota, version = row
    return Member(ref, state, evaluate_quota, version, verifiers)
