"""Data keys: made, wrapped by the newest KEK, unwrapped for a moment, wrapped anew, destroyed.

A wrap is nonce (12) and AES-256-GCM of the key (48), with the KEK's id, the key's id and its purpose as associated data
(NIST SP 800-38D): a wrap copied to another row does not open there. Nonces are random, so one KEK may wrap 2**32 keys.
"""

from __future__ import annotations

import secrets
import uuid
from datetime import datetime
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import connection, transaction

from clues.models import DataKey
from clues.vault.failures import Destroyed, KekMissing, alarm
from members import audit
from members.permissions import Actor

NONCE: Final = 12
SLICE: Final = 500

_REWRAP: Final = """
UPDATE data_key SET kid = %s, wrapped = fresh.wrapped, rewrapped_at = %s
FROM unnest(%s::uuid[], %s::bytea[]) AS fresh (id, wrapped) WHERE data_key.id = fresh.id AND data_key.destroyed_at IS NULL
"""


def make(purpose: str, now: datetime) -> DataKey:
    """Return a new key, stored. Raise KekMissing where there is no KEK at all."""
    key = draw(purpose, now)[0]
    key.save(force_insert=True)
    return key


def draw(purpose: str, now: datetime) -> tuple[DataKey, bytes]:
    """Return a new key that is not stored yet, and its 32 bytes. Raise KekMissing."""
    kid = newest()
    key = DataKey(id=uuid.uuid4(), purpose=purpose, kid=kid, created_at=now)
    secret = secrets.token_bytes(32)
    key.wrapped = _wrap(secret, key.id, purpose, kid)
    return key, secret


def unwrap(key: DataKey) -> bytes:
    """Return the 32 bytes of a key. Raise Destroyed, KekMissing or IntegrityFailed."""
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
    if an older KEK is not installed any more, IntegrityFailed at a wrap that does not open; the slices before stay.
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
    rows = list(old.order_by("id")[:SLICE])
    if not rows:
        return 0
    fresh = [_wrap(unwrap(row), row.id, row.purpose, kid) for row in rows]
    with connection.cursor() as cursor:
        cursor.execute(_REWRAP, [kid, now, [row.id for row in rows], fresh])
    audit.record("vault.rotate", actor=by, detail={"keys": len(rows), "kek": kid})
    return len(rows)


def _kek(kid: str) -> AESGCM:
    try:
        return AESGCM(settings.AIF_KEKS[kid])
    except KeyError:
        raise KekMissing from None


def _about(ident: uuid.UUID, purpose: str, kid: str) -> bytes:
    return f"aif-vault|wrap|1|{kid}|{ident}|{purpose}".encode()


def _wrap(secret: bytes, ident: uuid.UUID, purpose: str, kid: str) -> bytes:
    nonce = secrets.token_bytes(NONCE)
    return nonce + _kek(kid).encrypt(nonce, secret, _about(ident, purpose, kid))


def _unwrap(wrapped: bytes, ident: uuid.UUID, purpose: str, kid: str) -> bytes:
    try:
        return _kek(kid).decrypt(wrapped[:NONCE], wrapped[NONCE:], _about(ident, purpose, kid))
    except (InvalidTag, ValueError):
        raise alarm(what="key", about=str(ident)) from None
