"""Claim a waiting chunk, run the three ordered steps, record the outcome, all or nothing.

The row lock is the lease: a killed worker's transaction ends with its connection, the chunk is
free again at once, and running it a second time changes nothing twice.
"""

import io
import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from django.db import connection, transaction
from django.db.models.functions import Now

from clues.models import Batch, BatchChunk, BatchHold

from . import rekeying, release, sql, watch_sql
from .claiming import claim
from .retry import with_retry

log = logging.getLogger(__name__)

# Far above what a crash-looping machine reaches by chance, since every kill costs an attempt.
MAX_ATTEMPTS = 25

LOCK = """
SELECT k.id, k.batch_id, k.institution_id, k.rows, k.clue_rows, k.identifier_rows,
    b.received_at, i.group_id, b.basis
FROM batch_chunk k JOIN batch b ON b.id = k.batch_id JOIN institution i ON i.id = k.institution_id
WHERE k.id = %s AND k.state = 'received'
FOR UPDATE OF k SKIP LOCKED
"""

FINISH_CHUNK = """
UPDATE batch_chunk SET state = 'done', done_at = clock_timestamp(), clue_rows = NULL,
    identifier_rows = NULL, outcomes = %(outcomes)s
WHERE id = %(chunk)s
"""

FINISH_BATCH = """
WITH finished AS (
    UPDATE batch SET chunks_done = chunks_done + 1, accepted = accepted + %(accepted)s,
        duplicates = duplicates + %(duplicates)s, refused = refused + %(refused)s,
        matched = matched + %(matched)s,
        state = CASE WHEN chunks_done + 1 >= chunks THEN 'done' WHEN state = 'held' THEN 'held' ELSE 'processing' END,
        done_at = CASE WHEN chunks_done + 1 >= chunks THEN clock_timestamp() END
    WHERE id = %(batch)s
    RETURNING id, institution_id, state
)
INSERT INTO event (institution_id, kind, subject_kind, subject_id, created_at)
SELECT institution_id, 'batch.done', 'B', id, clock_timestamp() FROM finished WHERE state = 'done'
"""

Outcome = tuple[int, str, str, str | None]
REUSED = ("refused", "client-ref-reused")


@dataclass(frozen=True)
class Chunk:
    """A locked chunk: whose it is, and its rows in COPY form."""

    id: int
    batch: int
    institution: int
    rows: int
    clue_rows: str
    identifier_rows: str
    received_at: datetime
    group: int
    basis: str

    @property
    def parameters(self) -> dict[str, Any]:
        """The values that the statements of `sql` take."""
        return {
            "institution": self.institution,
            "batch": self.batch,
            "group": self.group,
            "basis": self.basis,
            "received_at": self.received_at,
        }


def match_pending(*, limit: int) -> int:
    """Process up to `limit` waiting chunks; return how many were done."""
    done = 0
    while done < limit:
        claimed = claim()
        if claimed is None:
            break
        chunk_id, attempts = claimed
        if attempts > MAX_ATTEMPTS:
            hold(chunk_id)
            continue
        if process(chunk_id):
            done += 1
            release.release_pending()
    return done


def process(chunk_id: int) -> bool:
    """Match one chunk in one transaction; False when another worker holds or has done it."""
    return with_retry(lambda: _process_once(chunk_id), what=f"chunk {chunk_id}")


def _process_once(chunk_id: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(sql.TEMPORARY)
    with transaction.atomic(), connection.cursor() as cursor:
        chunk = lock(cursor, chunk_id)
        if chunk is None:
            return False
        load(cursor, chunk)
        outcomes = store(cursor, chunk)
        meet(cursor, chunk)
        matched = tell(cursor, chunk)
        outcomes += find_listed(cursor)
        finish(cursor, chunk, outcomes, matched)
    return True


def lock(cursor: Any, chunk_id: int) -> Chunk | None:
    """Lock a waiting chunk for this transaction; None when another worker holds or has done it."""
    cursor.execute(LOCK, [chunk_id])
    row = cursor.fetchone()
    if row is None:
        return None
    number, batch, institution, rows, clue_rows, identifier_rows, received_at, group, basis = row
    return Chunk(
        id=number,
        batch=batch,
        institution=institution,
        rows=rows,
        clue_rows=clue_rows,
        identifier_rows=identifier_rows,
        received_at=received_at,
        group=group,
        basis=basis,
    )


def load(cursor: Any, chunk: Chunk) -> None:
    """Bring the rows of a chunk into the session's temporary tables."""
    cursor.copy_expert(sql.COPY_CLUES, io.StringIO(chunk.clue_rows))
    cursor.copy_expert(sql.COPY_IDENTIFIERS, io.StringIO(chunk.identifier_rows))


def store(cursor: Any, chunk: Chunk) -> list[Outcome]:
    """Step 1: clues and sightings. Return (row, client_ref, outcome, code) of what was not new."""
    outcomes: list[Outcome] = []
    cursor.execute(sql.RETIRED_ROWS)
    outcomes += [(row, ref, "refused", "epoch-retired") for row, ref in cursor.fetchall()]
    if outcomes:
        cursor.execute(sql.DROP_ROWS, {"rows": [outcome[0] for outcome in outcomes]})
    cursor.execute(sql.STORE_CLUES, chunk.parameters)
    if cursor.rowcount + len(outcomes) < chunk.rows:
        cursor.execute(sql.KNOWN_ROWS, chunk.parameters)
        known = cursor.fetchall()
        # Only rows of other content need the closer look: they may name the same identifiers in another key epoch.
        judged = {} if all(same for *_, same in known) else rekeying.rekey(cursor, chunk.parameters)
        for row, ref, same in known:
            outcomes.append((row, ref, *(("duplicate", None) if same else judged.get(row, REUSED))))
    cursor.execute(sql.STORE_SIGHTINGS, chunk.parameters)
    return outcomes


def meet(cursor: Any, chunk: Chunk) -> None:
    """Step 2: the hub upsert; leaves the identifiers of two or more groups in `met`."""
    cursor.execute(sql.MEET, chunk.parameters)


def spare_noise(cursor: Any, chunk: Chunk) -> None:
    """Let identifiers on a list that blocks count for nothing: no hub row, no match, no edge."""
    cursor.execute(sql.ANY_NOISE)
    if not cursor.fetchone()[0]:
        return
    cursor.execute(sql.FIND_BLOCKED)
    if cursor.rowcount:
        cursor.execute(sql.UNCOUNT_BLOCKED, chunk.parameters)
        cursor.execute(sql.UNMEET_BLOCKED)
        cursor.execute(sql.DROP_BLOCKED_MET)
        cursor.execute(sql.SPARE_BLOCKED)


def find_listed(cursor: Any) -> list[Outcome]:
    """Return (row, client_ref, `accepted`, code) of the rows with an identifier on a noise list."""
    cursor.execute(sql.ANY_LISTED)
    if not cursor.fetchone()[0]:
        return []
    cursor.execute(sql.LISTED_ROWS)
    return [(row, ref, "accepted", code) for row, ref, code in cursor.fetchall()]


def tell(cursor: Any, chunk: Chunk) -> int:
    """Step 3: matches, parties, events, watches and ring edges. Return how many of the clues matched."""
    spare_noise(cursor, chunk)
    cursor.execute(sql.LINK, chunk.parameters)
    cursor.execute(sql.FORGET_SUSPENDED)
    cursor.execute(sql.HOLD_TICK)
    cursor.execute(sql.TELL_MATCHES)
    cursor.execute(sql.TELL_PARTIES)
    cursor.execute(sql.TELL_SCORES)
    cursor.execute(watch_sql.ANY_WATCH)
    if cursor.fetchone()[0]:
        cursor.execute(watch_sql.TELL_WATCHES, chunk.parameters)
    cursor.execute(sql.COUNT_MATCHED)
    return int(cursor.fetchone()[0])


def finish(cursor: Any, chunk: Chunk, outcomes: list[Outcome], matched: int) -> None:
    """Record the outcome of the chunk and add it to its batch; the payload is dropped."""
    duplicates, refused = (sum(1 for each in outcomes if each[2] == what) for what in ("duplicate", "refused"))
    cursor.execute(FINISH_CHUNK, {"chunk": chunk.id, "outcomes": orjson.dumps(sorted(outcomes)).decode()})
    cursor.execute(
        FINISH_BATCH,
        {
            "batch": chunk.batch,
            "accepted": chunk.rows - duplicates - refused,
            "duplicates": duplicates,
            "refused": refused,
            "matched": matched,
        },
    )


@transaction.atomic
def hold(chunk_id: int) -> None:
    """Set a chunk aside that no worker survives, and show its batch as held."""
    chunk = BatchChunk.objects.select_for_update().get(pk=chunk_id)
    if chunk.state != BatchChunk.RECEIVED:
        return
    chunk.state = BatchChunk.HELD
    chunk.save(update_fields=["state"])
    Batch.objects.filter(pk=chunk.batch_id).update(state=Batch.HELD)
    BatchHold.objects.bulk_create(
        [BatchHold(batch_id=chunk.batch_id, institution_id=chunk.institution_id, cause=BatchHold.FAILED, rows=chunk.rows,
                   held_at=Now())],
        ignore_conflicts=True,  # another chunk of the batch waits for the same decision
    )  # fmt: skip
    log.error("chunk %d held after %d attempts", chunk_id, chunk.attempts)
