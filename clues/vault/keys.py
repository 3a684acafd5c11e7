"""Data keys: made, wrapped by the newest KEK, unwrapped for a moment, wrapped anew, destroyed.

Whoever holds the KEK (clues.vault.holders) is given the KEK's id, the key's id and its purpose as associated data: a wrap
copied to another row does not open there. Of a holder that may pass over them, their digest is wrapped beside the key.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import logging
import secrets
import time
import uuid
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import connection, transaction

from clues.models import DataKey
from clues.vault import holders
from clues.vault.failures import Destroyed, HolderUnavailable, KekMissing, alarm
from clues.vault.holders import Holder, HolderSilent, WrapRefused
from members import audit
from members.permissions import Actor

log = logging.getLogger(__name__)
PAUSE_S = 2.0
"""So long a holder that did not answer is not asked again by this process: a list waits for it once, not for every row."""
_silent: dict[str, float] = {}
LENGTH: Final = 32
SLICE: Final = 500

_REWRAP: Final = """
UPDATE data_key SET kid = %s, wrapped = fresh.wrapped, rewrapped_at = %s
FROM unnest(%s::uuid[], %s::bytea[]) AS fresh (id, wrapped) WHERE data_key.id = fresh.id AND data_key.destroyed_at IS NULL
"""


def make(purpose: str, now: datetime) -> DataKey:
    """Return a new key, stored. Raise KekMissing where there is no KEK at all, HolderUnavailable."""
    key = draw(purpose, now)[0]
    key.save(force_insert=True)
    return key


def draw(purpose: str, now: datetime) -> tuple[DataKey, bytes]:
    """Return a new key that is not stored yet, and its 32 bytes. Raise KekMissing, HolderUnavailable."""
    kid = newest()
    key = DataKey(id=uuid.uuid4(), purpose=purpose, kid=kid, created_at=now)
    secret = secrets.token_bytes(LENGTH)
    key.wrapped = _wrap(secret, key.id, purpose, kid)
    return key, secret


def unwrap(key: DataKey) -> bytes:
    """Return the 32 bytes of a key. Raise Destroyed, KekMissing, HolderUnavailable or IntegrityFailed."""
    if key.destroyed_at is not None:
        raise Destroyed
    return _unwrap(bytes(key.wrapped), key.id, key.purpose, key.kid)


def destroy(key: DataKey, now: datetime) -> None:
    """Destroy a key for good; what it sealed stays as noise. Repeating it changes nothing."""
    changed = DataKey.objects.filter(pk=key.pk, destroyed_at__isnull=True).update(wrapped=b"", destroyed_at=now)
    if changed:
        key.wrapped, key.destroyed_at = b"", now


def newest() -> str:
    """Return the id of the KEK that wraps from now on. Raise KekMissing."""
    kids = list(settings.AIF_KEKS)
    if not kids:
        raise KekMissing
    return kids[-1]


def rotate(*, by: Actor, now: datetime) -> int:
    """Wrap every key that stands under an older KEK by the newest one; return how many. May be killed and run again.

    Each slice is a transaction of its own, with one audit event. A key that somebody holds is waited for. Raise KekMissing
    if an older KEK is not installed any more, HolderUnavailable if its holder does not answer, IntegrityFailed at a wrap that
    does not open; the slices before stay.
    """
    total = 0
    while True:
        done = _rotate_slice(newest(), by, now)
        total += done
        if done == 0:
            return total


def count_by_kek() -> dict[str, int]:
    """Return how many living keys stand under each KEK, by id."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT kid, count(*) FROM data_key WHERE destroyed_at IS NULL GROUP BY kid ORDER BY kid")
        return dict(cursor.fetchall())


@transaction.atomic
def _rotate_slice(kid: str, by: Actor, now: datetime) -> int:
    old = DataKey.objects.select_for_update(no_key=True).filter(destroyed_at__isnull=True).exclude(kid=kid)
    # What is asked elsewhere takes its time, and the rows are locked meanwhile.
    most = min(SLICE, *(_holder(each).at_a_time for each in settings.AIF_KEKS))
    rows = list(old.order_by("id")[:most])
    if not rows:
        return 0
    fresh = [_wrap(unwrap(row), row.id, row.purpose, kid) for row in rows]
    with connection.cursor() as cursor:
        cursor.execute(_REWRAP, [kid, now, [row.id for row in rows], fresh])
    audit.record("vault.rotate", actor=by, detail={"keys": len(rows), "kek": kid})
    return len(rows)


def probe(kid: str) -> bool:
    """Wrap and unwrap a key of nobody's under a KEK; return whether it is hidden, and comes back only for what it is bound to.

    Raise KekMissing, HolderUnavailable.
    """
    secret, ident = secrets.token_bytes(LENGTH), uuid.uuid4()
    wrapped = _wrap(secret, ident, "probe", kid)
    try:
        if secret in wrapped or base64.b64encode(secret[:30]) in wrapped:
            return False  # it was not wrapped at all
        if _opened(wrapped, ident, "probe", kid) != secret:
            return False
    except WrapRefused:
        return False
    try:
        _opened(wrapped, uuid.uuid4(), "probe", kid)
    except WrapRefused:
        return True
    return False


def _holder(kid: str) -> Holder:
    try:
        held = settings.AIF_KEKS[kid]
    except KeyError:
        raise KekMissing from None
    return holders.find(held if isinstance(held, str) else holders.LOCAL)


@contextlib.contextmanager
def _asking(kid: str) -> Iterator[None]:
    if time.monotonic() < _silent.get(kid, 0.0):
        raise HolderUnavailable
    try:
        yield
    except HolderSilent as why:
        _silent[kid] = time.monotonic() + PAUSE_S
        log.error("KEK %s: %s", kid, why)
        raise HolderUnavailable from None


def _about(ident: uuid.UUID, purpose: str, kid: str) -> bytes:
    return f"aif-vault|wrap|1|{kid}|{ident}|{purpose}".encode()


def _wrap(secret: bytes, ident: uuid.UUID, purpose: str, kid: str) -> bytes:
    holder, about = _holder(kid), _about(ident, purpose, kid)
    bound = b"" if holder.binds else hashlib.sha256(about).digest()
    with _asking(kid):
        return holder.wrap(kid, secret + bound, about)


def _unwrap(wrapped: bytes, ident: uuid.UUID, purpose: str, kid: str) -> bytes:
    try:
        return _opened(wrapped, ident, purpose, kid)
    except WrapRefused:
        raise alarm(what="key", about=str(ident)) from None


def _opened(wrapped: bytes, ident: uuid.UUID, purpose: str, kid: str) -> bytes:
    holder, about = _holder(kid), _about(ident, purpose, kid)
    with _asking(kid):
        plain = holder.unwrap(kid, wrapped, about)
    secret, bound = plain[:LENGTH], plain[LENGTH:]
    if len(secret) != LENGTH or not hmac.compare_digest(bound, b"" if holder.binds else hashlib.sha256(about).digest()):
        raise WrapRefused
    return secret
