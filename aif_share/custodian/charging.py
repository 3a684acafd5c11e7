"""Charge a request before anything of it is evaluated: by elements, per institution and UTC day.

One transaction of its own checks the key once more, the quota and the Idempotency-Key, and is committed before the
first multiplication. A charge is never given back.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from aif_share.custodian.store import Member, Store
from aif_share.errors import Refusal
from aif_share.wire.limits import IDEMPOTENCY_MINUTES

MAX_REPEATS: Final = 16
"""Times one Idempotency-Key is answered again for nothing: each costs this process as much as the first."""

KEPT_DAYS: Final = 400
"""Days of use that are kept."""


@dataclass(frozen=True, slots=True)
class Repeat:
    """An Idempotency-Key and the request it came with, as digests."""

    key_digest: bytes
    body_digest: bytes

    @classmethod
    def of(cls, key: str, type: str, epoch: int, elements: Sequence[bytes]) -> Repeat:
        """Digest a key and a parsed request, so that white space in the JSON does not matter."""
        body = hashlib.sha256(f"{type}|{epoch}|".encode())
        for element in elements:
            body.update(element)
        return cls(hashlib.sha256(key.encode()).digest(), body.digest())


def day_of(now: datetime) -> str:
    """The UTC day `YYYY-MM-DD`."""
    return now.astimezone(UTC).date().isoformat()


def authenticate(store: Store, verifier: str, *, now: datetime) -> Member:
    """The live member behind a verifier; raise Refusal `unauthenticated` or `institution-suspended`."""
    member = store.find_by_verifier(verifier, now=now)
    if member is None:
        raise Refusal("unauthenticated", "this key is not registered here, or no longer")
    if member.state != "live":
        raise Refusal("institution-suspended", "the institution is suspended at this custodian")
    return member


def charge(store: Store, verifier: str, count: int, *, now: datetime, repeat: Repeat | None = None) -> int:
    """Charge `count` elements and return how many were charged: 0 for a repeated request.

    Raise Refusal `unauthenticated`, `institution-suspended`, `quota-exhausted` (with `retry_after` in seconds),
    `idempotency-conflict` or `too-many-requests`; then nothing is charged.
    """
    with store.writing() as connection:
        member = authenticate(store, verifier, now=now)
        if repeat is not None and _is_repeated(connection, member.ref, repeat, now):
            return 0
        day = day_of(now)
        row = connection.execute(
            _CHARGE, {"ref": member.ref, "day": day, "count": count, "quota": member.evaluate_quota}
        )
        if row.fetchone() is None:
            raise Refusal(
                "quota-exhausted",
                "these elements would pass the day's quota; nothing of this request was evaluated or charged",
                limit=member.evaluate_quota,
                used=store.get_used(member.ref, day),
                retry_after=_seconds_to_midnight(now),
            )
    return count


# The quota is part of the write itself. A first row of the day has no conflict to filter, hence the SELECT.
_CHARGE: Final = """
INSERT INTO usage (ref, day, used) SELECT :ref, :day, :count WHERE :count <= :quota
ON CONFLICT (ref, day) DO UPDATE SET used = used + excluded.used WHERE used + excluded.used <= :quota
RETURNING used
"""


def _is_repeated(connection: sqlite3.Connection, ref: str, repeat: Repeat, now: datetime) -> bool:
    seconds = int(now.timestamp())
    connection.execute("DELETE FROM repeat WHERE first_at <= ?", (seconds - IDEMPOTENCY_MINUTES * 60,))
    row = connection.execute(
        "SELECT body_digest, times FROM repeat WHERE ref = ? AND key_digest = ?", (ref, repeat.key_digest)
    ).fetchone()
    if row is None:
        connection.execute(
            "INSERT INTO repeat (ref, key_digest, body_digest, first_at) VALUES (?, ?, ?, ?)",
            (ref, repeat.key_digest, repeat.body_digest, seconds),
        )
        return False
    if row[0] != repeat.body_digest:
        raise Refusal("idempotency-conflict", "this Idempotency-Key came with another request before")
    if row[1] >= MAX_REPEATS:
        raise Refusal("too-many-requests", "this request was repeated too often", retry_after=IDEMPOTENCY_MINUTES * 60)
    connection.execute("UPDATE repeat SET times = times + 1 WHERE ref = ? AND key_digest = ?", (ref, repeat.key_digest))
    return True


def forget_old_use(store: Store, *, now: datetime) -> None:
    """Drop use older than KEPT_DAYS."""
    with store.writing() as connection:
        connection.execute("DELETE FROM usage WHERE day < ?", (day_of(now - timedelta(days=KEPT_DAYS)),))


def _seconds_to_midnight(now: datetime) -> int:
    utc = now.astimezone(UTC)
    midnight = (utc + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return max(1, int((midnight - utc).total_seconds()))
