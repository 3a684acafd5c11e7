"""Receiving a batch: checked, charged, stored and acknowledged in one transaction.

The web process stops here. It never reads or writes a sighting or an identifier: a unique
violation there would tell one member what another holds.
"""

import hmac
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

import psycopg2
from django.conf import settings
from django.db import OperationalError, connection, transaction

from aif_share.errors import Refusal
from aif_share.wire.limits import MAX_CLUES, MAX_STREAM_CLUES
from clues import quotas
from clues.blinding import epochs
from clues.models import Batch, BatchChunk
from members import audit
from members.audit import receipts
from members.models import AuditEvent
from members.queries import Member

from . import holds
from .chunks import Chunk, ChunkSpool
from .csv_rows import csv_rows
from .documents import parse
from .lines import lines_of, ndjson_rows
from .queue_age import check_queue
from .rows import RowContext

IDEMPOTENCY_KEY = re.compile(r"[!-~](?:[ -~]{0,253}[!-~])?")
SOURCE_API = "api"
RECEIVED: Final = "batch.receive"
LOCK_NOT_AVAILABLE = "55P03"
NDJSON, CSV = "application/x-ndjson", "text/csv"
FORMS: Final[Mapping[str, Callable[[Iterator[bytes | None]], Iterator[Any]]]] = MappingProxyType(
    {NDJSON: ndjson_rows, CSV: csv_rows}
)
"""Media types of batches that come as lines, and what makes rows of the lines."""


@dataclass(frozen=True)
class Received:
    """What the acknowledgment says. `replayed` marks an answer to a repeated request.

    `receipt` is None for a batch that was taken before there were any.
    """

    id: int
    batch: str
    state: str
    clues: int
    rows_refused: int
    digest: str
    received_at: datetime
    receipt: receipts.Receipt | None
    replayed: bool


Confirm = Callable[[], object]


def _take_their_word() -> None:
    """Nobody can have lost the right to this since it was asked for."""


def receive(
    *,
    body: bytes,
    idempotency_key: str,
    by: Member,
    now: datetime,
    source: str = SOURCE_API,
    confirm: Confirm = _take_their_word,
) -> Received:
    """Take a batch in JSON and acknowledge it. A repeated request gets the first answer again.

    `confirm` is called last before the commit and raises if the caller may no longer do this.

    Raise Refusal: what `parse` raises, `idempotency-key-missing`, `idempotency-key-invalid`, `idempotency-conflict` (same
    key, other body), `quota-exhausted`, `queue-full`. On any of these nothing is stored and nothing charged.
    """
    _check_key(idempotency_key)
    fingerprint = _keyed(body).digest()
    known = _find(by.institution_id, idempotency_key)
    if known is not None:
        return _replay(known, fingerprint)
    check_queue(by.institution_id)
    with ChunkSpool(RowContext(peppers=epochs.get_epochs())) as spool:
        spool.fill(parse(body), most=MAX_CLUES)
        return _commit(spool, fingerprint, idempotency_key, by=by, now=now, source=source, confirm=confirm)


def receive_stream(
    *,
    blocks: Iterable[bytes],
    form: str,
    idempotency_key: str,
    by: Member,
    clock: Callable[[], datetime],
    source: str = SOURCE_API,
    confirm: Confirm = _take_their_word,
) -> Received:
    """Take a batch that comes as lines, `form` a key of FORMS, as `receive` does; memory does not grow with its size.

    `clock` tells the time of receipt, when all has arrived. `blocks` raises if the upload breaks off.

    Raise Refusal as `receive`, and `empty` for a batch without rows; what the lines raise refuses the whole.
    """
    _check_key(idempotency_key)
    running = _keyed(form.encode() + b"\n")
    known = _find(by.institution_id, idempotency_key)
    if known is not None:
        for block in blocks:
            running.update(block)
        return _replay(known, running.digest())
    check_queue(by.institution_id)
    with ChunkSpool(RowContext(peppers=epochs.get_epochs())) as spool:
        spool.fill(FORMS[form](lines_of(_noting(blocks, running))), most=MAX_STREAM_CLUES)
        if not spool.rows_read:
            raise Refusal("empty", "The batch has no rows.")
        return _commit(spool, running.digest(), idempotency_key, by=by, now=clock(), source=source, confirm=confirm)


def _noting(blocks: Iterable[bytes], running: hmac.HMAC) -> Iterator[bytes]:
    for block in blocks:
        running.update(block)
        yield block


def _keyed(start: bytes) -> hmac.HMAC:
    """Keyed, because a body may hold a raw identifier that a plain digest would let one guess."""
    return hmac.new(settings.AIF_REFERENCE_KEY.encode(), start, "sha256")


def _check_key(idempotency_key: str) -> None:
    if not idempotency_key:
        raise Refusal(
            "idempotency-key-missing",
            "Send a fresh Idempotency-Key header (1 to 255 characters) with each new batch, "
            "and the same one when you repeat a request.",
        )
    if IDEMPOTENCY_KEY.fullmatch(idempotency_key) is None:
        raise Refusal("idempotency-key-invalid", "A key has 1 to 255 printable ASCII characters.")


def _commit(
    spool: ChunkSpool,
    fingerprint: bytes,
    idempotency_key: str,
    *,
    by: Member,
    now: datetime,
    source: str,
    confirm: Confirm,
) -> Received:
    refused = spool.rows_read - spool.rows_taken
    with transaction.atomic():
        batch = Batch(
            institution_id=by.institution_id,
            idempotency_key=idempotency_key,
            fingerprint=fingerprint,
            key_id=by.audit_ref,
            source=source,
            basis=by.default_basis,
            state=Batch.RECEIVED if spool.rows_taken else Batch.REJECTED,
            clues=spool.rows_taken,
            rows_refused=refused,
            refused=refused,
            chunks=len(spool),
            digest=spool.digest.hexdigest(),
            received_at=now,
        )
        if not _claim(batch):
            raced = _find(by.institution_id, idempotency_key)
            assert raced is not None, "the row that was in the way is committed"  # noqa: S101
            return _replay(raced, fingerprint)
        quotas.charge(
            institution_id=by.institution_id,
            kind=quotas.SUBMIT,
            amount=spool.rows_read,
            limit=by.submit_quota,
        )
        held = holds.hold_over_volume(batch, rows=spool.rows_read)
        _store(batch, spool.chunks(), held=held)
        event = audit.record(
            RECEIVED,
            actor=by,
            institution_id=by.institution_id,
            subject_ref=str(batch),
            detail={"clues": batch.clues, "refused": refused, "digest": batch.digest},
        )
        confirm()
    return _answer(batch, event, replayed=False, held=held)


def _claim(batch: Batch) -> bool:
    """As `_insert`; raise Refusal `idempotency-busy` where the wait for a first request takes too long."""
    try:
        return _insert(batch)
    except OperationalError as error:
        if getattr(error.__cause__, "pgcode", None) != LOCK_NOT_AVAILABLE:
            raise
        raise Refusal(
            "idempotency-busy", "The first request with this key is being stored. Repeat this one in a while."
        ) from None


def _insert(batch: Batch) -> bool:
    """Insert the batch unless its key is taken; waits for a first request still under way."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO batch (institution_id, idempotency_key, fingerprint, key_id, source, basis, state,
                clues, rows_refused, chunks, chunks_done, accepted, duplicates, refused, matched,
                digest, received_at, done_at)
            VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 0, 0, 0, %s, 0, %s, %s, %s)
            ON CONFLICT (institution_id, idempotency_key) DO NOTHING RETURNING id
            """,
            [
                batch.institution_id,
                batch.idempotency_key,
                psycopg2.Binary(bytes(batch.fingerprint)),
                batch.key_id,
                batch.source,
                batch.basis,
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


def _store(batch: Batch, chunks: Iterable[Chunk], *, held: bool) -> None:
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
                    batch.id, batch.institution_id, no, chunk.first_row, chunk.rows,
                    chunk.clue_rows if waiting else None,
                    chunk.identifier_rows if waiting else None,
                    psycopg2.Binary(chunk.refs),
                    chunk.refusals,
                    (BatchChunk.HELD if held else BatchChunk.RECEIVED) if waiting else BatchChunk.DONE,
                    None if waiting else batch.received_at,
                ],
            )  # fmt: skip


def _find(institution_id: int, idempotency_key: str) -> Batch | None:
    return Batch.objects.filter(institution_id=institution_id, idempotency_key=idempotency_key).first()


def _replay(batch: Batch, fingerprint: bytes) -> Received:
    if not hmac.compare_digest(bytes(batch.fingerprint), fingerprint):
        raise Refusal(
            "idempotency-conflict",
            "This Idempotency-Key was used with another body. Use a fresh key for a new batch.",
        )
    event = receipts.find_event(institution_id=batch.institution_id, verb=RECEIVED, subject=str(batch))
    return _answer(batch, event, replayed=True, held=holds.was_held_over_volume(batch))


def _answer(batch: Batch, event: AuditEvent | None, *, replayed: bool, held: bool) -> Received:
    return Received(
        id=batch.id,
        batch=str(batch),
        state=(Batch.HELD if held else Batch.RECEIVED)
        if batch.clues
        else Batch.REJECTED,  # as it was when the first answer was given
        clues=batch.clues,
        rows_refused=batch.rows_refused,
        digest=batch.digest,
        received_at=batch.received_at,
        receipt=None if event is None else receipts.issue(event, digest=batch.digest, received_at=batch.received_at),
        replayed=replayed,
    )
