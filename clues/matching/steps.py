"""The ordered steps that match one chunk, within one transaction; who takes them, and when, is `run`'s business."""

import io
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import orjson

from . import rekeying, sql, watch_sql

LOCK = """
SELECT k.id, k.batch_id, k.institution_id, k.rows, k.clue_rows, k.identifier_rows,
    b.received_at, i.group_id, b.basis, k.search::text
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
        matched = matched + %(matched)s, quarantined = quarantined + %(quarantined)s,
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
    """A locked chunk: whose it is, and its rows in COPY form. `search`: see `suspects`, None for almost all."""

    id: int
    batch: int
    institution: int
    rows: int
    clue_rows: str
    identifier_rows: str
    received_at: datetime
    group: int
    basis: str
    search: dict[str, Any] | None = None

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


def lock(cursor: Any, chunk_id: int) -> Chunk | None:
    """Lock a waiting chunk for this transaction; None when another worker holds or has done it."""
    cursor.execute(LOCK, [chunk_id])
    row = cursor.fetchone()
    if row is None:
        return None
    return replace(Chunk(*row[:-1]), search=None if row[-1] is None else orjson.loads(row[-1]))


def numbered(lines: str) -> Iterator[tuple[int, str]]:
    """Yield (row, line) of rows in COPY form; a line begins with the number of its row in the batch."""
    for line in lines.split("\n")[:-1]:
        yield int(line.partition("\t")[0]), f"{line}\n"


def cut(chunk: Chunk, keep: Callable[[int], bool]) -> Chunk:
    """Return the chunk with only the rows whose number `keep` accepts."""
    clues = [line for row, line in numbered(chunk.clue_rows) if keep(row)]
    identifiers = [line for row, line in numbered(chunk.identifier_rows) if keep(row)]
    return replace(chunk, rows=len(clues), clue_rows="".join(clues), identifier_rows="".join(identifiers))


def take(cursor: Any, chunk: Chunk) -> tuple[list[Outcome], int]:
    """All three steps. Return the outcomes of rows that are not simply accepted, and how many of the clues matched."""
    load(cursor, chunk)
    outcomes = store(cursor, chunk)
    meet(cursor, chunk)
    matched = tell(cursor, chunk)
    return outcomes + find_listed(cursor), matched


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


def counts(rows: int, outcomes: list[Outcome]) -> dict[str, int]:
    """What a batch counts of so many rows; one without an outcome of its own was accepted."""
    found = Counter(outcome for _row, _ref, outcome, _code in outcomes)
    said = {"duplicates": found["duplicate"], "refused": found["refused"], "quarantined": found["quarantined"]}
    return said | {"accepted": rows - sum(said.values())}


def finish(cursor: Any, chunk: Chunk, outcomes: list[Outcome], matched: int) -> None:
    """Record the outcome of the chunk and add it to its batch; the payload is dropped."""
    cursor.execute(FINISH_CHUNK, {"chunk": chunk.id, "outcomes": orjson.dumps(sorted(outcomes)).decode()})
    cursor.execute(
        FINISH_BATCH,
        {"batch": chunk.batch, "matched": matched, **counts(chunk.rows, outcomes)},
    )
