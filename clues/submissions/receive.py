"""Receiving a batch: checked, charged, stored and acknowledged in one transaction.

The web process stops here. It never reads or writes a sighting or an identifier: a unique
violation there would tell one member what another holds.
"""

import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
import psycopg2
from django.conf import settings
from django.db import connection, transaction

from aif_share.errors import Refusal
from aif_share.wire.limits import MAX_BODY, MAX_CLUES
from clues import quotas
from clues.blinding import epochs
from clues.models import Batch, BatchChunk
from members import audit
from members.models import reference
from members.queries import Caller

from .rows import CheckedRow, RowContext, RowRefused, check, names_of

CHUNK_ROWS = 20_000
IDEMPOTENCY_KEY = re.compile(r"[!-~](?:[ -~]{0,253}[!-~])?")
SOURCE_API = "api"


@dataclass(frozen=True)
class Received:
    """What the acknowledgment says. `replayed` marks an answer to a repeated request."""

    id: int
    batch: str
    state: str
    clues: int
    rows_refused: int
    digest: str
    received_at: datetime
    replayed: bool


@dataclass(frozen=True)
class _Chunk:
    first_row: int
    rows: int
    clue_rows: str
    identifier_rows: str
    refs: bytes
    refusals: list[tuple[int, str | None, str]]


def parse(body: bytes) -> list[Any]:
    """Return the clues of a request body, each still unchecked.

    Raise Refusal: `too-large`, `charset`, `malformed`, `unknown-field` or `field-missing`; the
    whole request is refused then, because its framing cannot be trusted.
    """
    if len(body) > MAX_BODY:
        raise Refusal("too-large", f"A batch may have {MAX_BODY} bytes; split it.", limit=MAX_BODY)
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise _unreadable(body) from None
    if not isinstance(document, dict):
        raise Refusal("malformed", 'The body must be a JSON object {"clues": [...]}.')
    unknown = document.keys() - {"clues"}
    if unknown:
        raise Refusal("unknown-field", "The body has fields that do not exist.", fields=names_of(unknown))
    clues = document.get("clues")
    if not isinstance(clues, list) or not clues:
        raise Refusal("field-missing", "`clues` must be a list of at least one clue.")
    if len(clues) > MAX_CLUES:
        raise Refusal("too-large", f"A batch may have {MAX_CLUES} clues; make more batches.", limit=MAX_CLUES)
    return clues


def _unreadable(body: bytes) -> Refusal:
    try:
        marked = body.decode("utf-8").startswith("\ufeff")
    except UnicodeDecodeError:
        return Refusal("charset", "The body is not UTF-8. Send JSON in UTF-8.")
    if marked:
        return Refusal("charset", "The body begins with a byte order mark. Send plain UTF-8.")
    return Refusal("malformed", "The body is not JSON.")


def receive(*, body: bytes, idempotency_key: str, by: Caller, now: datetime, source: str = SOURCE_API) -> Received:
    """Take a batch and acknowledge it. A repeated request gets the first answer again.

    Raise Refusal: what `parse` raises, `idempotency-key-missing`, `idempotency-key-invalid`, `idempotency-conflict` (same
    key, other body) or `quota-exhausted`. On any of these nothing is stored and nothing charged.
    """
    if not idempotency_key:
        raise Refusal(
            "idempotency-key-missing",
            "Send a fresh Idempotency-Key header (1 to 255 characters) with each new batch, "
            "and the same one when you repeat a request.",
        )
    if IDEMPOTENCY_KEY.fullmatch(idempotency_key) is None:
        raise Refusal("idempotency-key-invalid", "A key has 1 to 255 printable ASCII characters.")
    # Keyed, because a body may hold a raw identifier that a plain digest would let one guess.
    fingerprint = hmac.digest(settings.AIF_REFERENCE_KEY.encode(), body, "sha256")
    known = _find(by.institution_id, idempotency_key)
    if known is not None:
        return _replay(known, fingerprint)
    clues = parse(body)
    context = RowContext(peppers=epochs.get_epochs())
    chunks = _chunks(clues, context)
    taken = sum(chunk.rows for chunk in chunks)
    digest = hashlib.sha256()
    for chunk in chunks:
        digest.update(chunk.clue_rows.encode())
        digest.update(chunk.identifier_rows.encode())
    with transaction.atomic():
        batch = Batch(
            institution_id=by.institution_id,
            idempotency_key=idempotency_key,
            fingerprint=fingerprint,
            key_id=by.key_id,
            source=source,
            state=Batch.RECEIVED if taken else Batch.REJECTED,
            clues=taken,
            rows_refused=len(clues) - taken,
            refused=len(clues) - taken,
            chunks=len(chunks),
            digest=digest.hexdigest(),
            received_at=now,
        )
        if not _insert(batch):
            raced = _find(by.institution_id, idempotency_key)
            assert raced is not None, "the row that was in the way is committed"  # noqa: S101
            return _replay(raced, fingerprint)
        quotas.charge(
            institution_id=by.institution_id,
            kind=quotas.SUBMIT,
            amount=len(clues),
            limit=by.submit_quota,
        )
        _store(batch, chunks)
        audit.record(
            "batch.receive",
            actor=by,
            institution_id=by.institution_id,
            subject_ref=reference.encode("B", batch.id),
            detail={"clues": taken, "refused": len(clues) - taken, "digest": batch.digest},
        )
    return _answer(batch, replayed=False)


def _chunks(clues: Sequence[Any], context: RowContext) -> list[_Chunk]:
    return [_chunk(first, clues[first : first + CHUNK_ROWS], context) for first in range(0, len(clues), CHUNK_ROWS)]


def _chunk(first: int, clues: Sequence[Any], context: RowContext) -> _Chunk:
    clue_lines: list[str] = []
    identifier_lines: list[str] = []
    refs: list[tuple[int, str]] = []
    refusals: list[tuple[int, str | None, str]] = []
    for row, clue in enumerate(clues, start=first):
        try:
            checked: CheckedRow = check(clue, context)
        except RowRefused as refusal:
            refusals.append((row, None, refusal.code))
            continue
        refs.append((row, checked.client_ref))
        clue_lines.append(f"{row}\t{checked.clue}\n")
        identifier_lines += [f"{row}\t{line}\n" for line in checked.identifiers]
    return _Chunk(
        first_row=first,
        rows=len(refs),
        clue_rows="".join(clue_lines),
        identifier_rows="".join(identifier_lines),
        refs=orjson.dumps(refs),
        refusals=refusals,
    )


def _insert(batch: Batch) -> bool:
    """Insert the batch unless its key is taken; waits for a first request still under way."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO batch (institution_id, idempotency_key, fingerprint, key_id, source, state,
                clues, rows_refused, chunks, chunks_done, accepted, duplicates, refused, matched,
                digest, received_at, done_at)
            VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, 0, 0, 0, %s, 0, %s, %s, %s)
            ON CONFLICT (institution_id, idempotency_key) DO NOTHING RETURNING id
            """,
            [
                batch.institution_id,
                batch.idempotency_key,
                psycopg2.Binary(bytes(batch.fingerprint)),
                batch.key_id,
                batch.source,
                batch.state,
                batch.clues,
                batch.rows_refused,
                batch.chunks,
                batch.refused,
                batch.digest,
                batch.received_at,
                batch.received_at if batch.state == Batch.REJECTED else None,
            ],
        )
        made = cursor.fetchone()
    if made is None:
        return False
    batch.id = made[0]
    return True


def _store(batch: Batch, chunks: Sequence[_Chunk]) -> None:
    with connection.cursor() as cursor:
        for no, chunk in enumerate(chunks):
            waiting = chunk.rows > 0
            cursor.execute(
                """
                INSERT INTO batch_chunk (batch_id, institution_id, no, first_row, rows, clue_rows,
                    identifier_rows, refs, refusals, outcomes, state, attempts, done_at)
                VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, '[]', %s, 0, %s)
                """,
                [
                    batch.id,
                    batch.institution_id,
                    no,
                    chunk.first_row,
                    chunk.rows,
                    chunk.clue_rows if waiting else None,
                    chunk.identifier_rows if waiting else None,
                    psycopg2.Binary(chunk.refs),
                    orjson.dumps(chunk.refusals).decode(),
                    BatchChunk.RECEIVED if waiting else BatchChunk.DONE,
                    None if waiting else batch.received_at,
                ],
            )


def _find(institution_id: int, idempotency_key: str) -> Batch | None:
    return Batch.objects.filter(institution_id=institution_id, idempotency_key=idempotency_key).first()


def _replay(batch: Batch, fingerprint: bytes) -> Received:
    if not hmac.compare_digest(bytes(batch.fingerprint), fingerprint):
        raise Refusal(
            "idempotency-conflict",
            "This Idempotency-Key was used with another body. Use a fresh key for a new batch.",
        )
    return _answer(batch, replayed=True)


def _answer(batch: Batch, *, replayed: bool) -> Received:
    # A replay repeats the first answer, so the state is the one of that moment.
    first_state = Batch.RECEIVED if batch.clues else Batch.REJECTED
    return Received(
        id=batch.id,
        batch=reference.encode("B", batch.id),
        state=first_state,
        clues=batch.clues,
        rows_refused=batch.rows_refused,
        digest=batch.digest,
        received_at=batch.received_at,
        replayed=replayed,
    )
