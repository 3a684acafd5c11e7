"""Writes that may be repeated: the same Idempotency-Key gives the first answer again, for 30 days, and has one effect.

The key, the effect and the answer stand in one transaction, so that there is never one without the others. The second
of two requests with one key waits for the first. A refused request keeps nothing: its key is free. Answers are sealed,
for some hold a secret that is shown once.
"""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import orjson
import psycopg2
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext_noop
from rest_framework.request import Request
from rest_framework.response import Response

from aif_share.errors import Refusal
from aif_share.wire.limits import IDEMPOTENCY_DAYS
from members.api.base import caller_of
from members.api.body import kept_body
from members.api.renderers import JSONRenderer
from members.api.versions import etag

KEY_FORM = re.compile(r"[!-~](?:[ -~]{0,253}[!-~])?")
WAIT = "10s"
"""How long a second request waits for the first; then it is told to come again."""

_NONCE = 12

# The second request waits here until the first has committed or rolled back. A key whose time is over is free again.
CLAIM = """
INSERT INTO stored_answer AS a (institution_id, route, idempotency_key, fingerprint, created_at)
VALUES (%(institution)s, %(route)s, %(key)s, %(fingerprint)s, clock_timestamp())
ON CONFLICT (institution_id, route, idempotency_key)
DO UPDATE SET fingerprint = EXCLUDED.fingerprint, status = NULL, answer = NULL, created_at = EXCLUDED.created_at
    WHERE a.created_at < clock_timestamp() - make_interval(days => %(days)s)
RETURNING id
"""
READ = """
SELECT fingerprint, status, answer FROM stored_answer
WHERE institution_id = %(institution)s AND route = %(route)s AND idempotency_key = %(key)s
"""
KEEP = "UPDATE stored_answer SET status = %(status)s, answer = %(answer)s WHERE id = %(id)s"

Made = tuple[int, Mapping[str, Any] | None]
Headers = Callable[[Mapping[str, Any] | None], Mapping[str, str]]


def version_header(body: Mapping[str, Any] | None) -> Mapping[str, str]:
    """Return the ETag of an answer that has a `version`."""
    version = (body or {}).get("version")
    return {"ETag": etag(version)} if isinstance(version, int) else {}


def once(request: Request, *, route: str, make: Callable[[], Made], headers: Headers = version_header) -> Response:
    """Run `make` for the first request with its Idempotency-Key and keep (status, body); answer repetitions with that.

    `route` is the short code of the operation: one key may be used once on each. `headers` are made from the body, of
    the first answer and of its repetitions alike. Raise Refusal `idempotency-key-missing`, `idempotency-key-invalid`,
    `idempotency-conflict` (same key, other request), `idempotency-busy` (the first still runs after `WAIT`), and
    whatever `make` raises, which undoes everything and leaves the key free.
    """
    status, body, replayed = run_once(
        institution_id=caller_of(request).institution_id,
        route=route,
        key=get_key(request),
        fingerprint=_fingerprint(request),
        make=make,
    )
    return Response(
        body, status=status, headers={**headers(body), **({"Idempotency-Replayed": "true"} if replayed else {})}
    )


def run_once(
    *, institution_id: int, route: str, key: str, fingerprint: bytes, make: Callable[[], Made]
) -> tuple[int, Mapping[str, Any] | None, bool]:
    """Return (status, body, whether it is the answer of an earlier request); raise as `once`.

    A form of the portal, which has no Idempotency-Key, brings a key of its own.
    """
    names: dict[str, Any] = {
        "institution": institution_id,
        "route": route,
        "key": key,
        "fingerprint": psycopg2.Binary(fingerprint),
        "days": IDEMPOTENCY_DAYS,
    }
    seal = f"{names['institution']}|{route}|{key}".encode()
    with transaction.atomic(), connection.cursor() as cursor:
        claimed = _claim(cursor, names)
        if claimed is None:
            cursor.execute(READ, names)
            known, status, answer = cursor.fetchone()
            if not hmac.compare_digest(bytes(known), fingerprint):
                raise Refusal(
                    "idempotency-conflict",
                    gettext_noop("This Idempotency-Key was used with another request. Use a fresh key."),
                )
            body = orjson.loads(_open(bytes(answer), seal)) if answer is not None else None
            return status, body, True
        status, made = make()
        answer = None if made is None else psycopg2.Binary(_close(JSONRenderer().render(made), seal))
        cursor.execute(KEEP, {"id": claimed, "status": status, "answer": answer})
    return status, made, False


def get_key(request: Request) -> str:
    """Return the Idempotency-Key; raise Refusal `idempotency-key-missing` or `idempotency-key-invalid`."""
    key: str = request.META.get("HTTP_IDEMPOTENCY_KEY", "")
    if not key:
        raise Refusal("idempotency-key-missing", gettext_noop("Send an Idempotency-Key, fresh for each new request."))
    if KEY_FORM.fullmatch(key) is None:
        raise Refusal("idempotency-key-invalid", gettext_noop("A key has 1 to 255 printable ASCII characters."))
    return key


def _claim(cursor: Any, names: Mapping[str, Any]) -> int | None:
    try:
        cursor.execute(f"SET LOCAL lock_timeout = '{WAIT}'")
        cursor.execute(CLAIM, names)
    except OperationalError as error:
        if isinstance(error.__cause__, psycopg2.errors.LockNotAvailable):
            raise Refusal("idempotency-busy", gettext_noop("Send the same request again in a few seconds.")) from None
        raise
    row = cursor.fetchone()
    cursor.execute("SET LOCAL lock_timeout TO DEFAULT")
    return None if row is None else int(row[0])


def _fingerprint(request: Request) -> bytes:
    return fingerprint_of(f"{request.method} {request.path}\n".encode() + kept_body(request._request))


def fingerprint_of(what: bytes) -> bytes:
    """Keyed: a body may hold a raw identifier that is about to be refused."""
    return hmac.digest(settings.AIF_REFERENCE_KEY.encode(), what, "sha256")


@lru_cache(maxsize=2)
def _cipher(key_hex: str) -> AESGCM:
    return AESGCM(HKDF(algorithm=SHA256(), length=32, salt=b"", info=b"aif1|answer").derive(bytes.fromhex(key_hex)))


def _close(answer: bytes, seal: bytes) -> bytes:
    nonce = secrets.token_bytes(_NONCE)
    return nonce + _cipher(settings.AIF_REFERENCE_KEY).encrypt(nonce, answer, seal)


def _open(sealed: bytes, seal: bytes) -> bytes:
    return _cipher(settings.AIF_REFERENCE_KEY).decrypt(sealed[:_NONCE], sealed[_NONCE:], seal)
