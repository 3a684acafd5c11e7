"""Rows that end whoever works on them: set aside with their payload, and tried again.

Twice by themselves, after half a minute and after an hour: what ended the workers may have been the machine, and a row that
is innocent must not wait for a person. From then on when the alliance says so.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from typing import Any, Final

import orjson
from django.db import connection, transaction
from django.db.models.functions import Now

from clues import events
from clues.models import Batch, Event, QuarantinedRow
from members import audit
from members.models import reference
from members.permissions import Job

from . import sql
from .retry import mindful, with_retry
from .steps import Chunk, Outcome, counts, numbered, take

log = logging.getLogger(__name__)

JOB: Final = Job("matching")
CODE: Final = "row-quarantined"
DEATHS: Final = 3

BY_ITSELF: Final = (30, 3600)
"""Seconds after a row was set aside at which it is tried again without anybody's word."""

# As a chunk is claimed: the attempt is committed first; one that failed rests, and with it all rows of its institution.
# The chunk of the row is locked beside it, so it must have its tick: whoever sets that would wait for us, as we do for it.
RESTS: Final = """(q.state = 'waiting' AND q.attempts > 0
    AND q.claimed_at >= clock_timestamp() - interval '1 second' * power(2, q.attempts - 1))"""
CLAIM = f"""
UPDATE quarantined_row SET attempts = attempts + 1, claimed_at = clock_timestamp(), state = 'waiting',
    by_itself = by_itself + CASE state WHEN 'quarantined' THEN 1 ELSE 0 END,
    retried_at = CASE state WHEN 'quarantined' THEN clock_timestamp() ELSE retried_at END,
    retried_by_id = CASE state WHEN 'quarantined' THEN NULL ELSE retried_by_id END,
    retry_reason = CASE state WHEN 'quarantined' THEN '' ELSE retry_reason END
WHERE id = (
    SELECT q.id FROM quarantined_row q
    WHERE (q.state = 'waiting' OR q.state = 'quarantined' AND q.quarantined_at < clock_timestamp()
            - interval '1 second' * (ARRAY{list(BY_ITSELF)})[q.by_itself + 1])
        AND NOT {RESTS} AND EXISTS (SELECT 1 FROM batch_chunk k WHERE k.id = q.chunk_id AND k.released_at IS NOT NULL)
        AND q.institution_id NOT IN (SELECT q.institution_id FROM quarantined_row q WHERE q.state <> 'done' AND {RESTS})
    ORDER BY q.id LIMIT 1 FOR UPDATE SKIP LOCKED
)
RETURNING id, attempts
"""  # noqa: S608 - put together from literals
LOCK = """
SELECT k.id, b.id, i.id, 1, q.clue_row, q.identifier_rows, b.received_at, i.group_id, b.basis, q.row
FROM quarantined_row q JOIN batch b ON b.id = q.batch_id JOIN institution i ON i.id = q.institution_id
        AND i.state IN ('live', 'suspended')
    JOIN batch_chunk k ON k.id = q.chunk_id AND k.state = 'done'
WHERE q.id = %s AND q.state = 'waiting'
FOR UPDATE OF q, k SKIP LOCKED
"""
AGAIN = "UPDATE quarantined_row SET state = 'quarantined', attempts = 0 WHERE id = %s AND state = 'waiting'"
# What the chunk says of the row, and what the batch counts, as if it had been worked on with the others.
FINISH_ROW = """
UPDATE quarantined_row SET state = 'done', clue_row = '', identifier_rows = '' WHERE id = %(id)s
"""
FINISH_CHUNK = """
UPDATE batch_chunk SET outcomes = (
    SELECT coalesce(jsonb_agg(o ORDER BY (o ->> 0)::int), '[]') FROM (
        SELECT o FROM jsonb_array_elements(outcomes) o WHERE (o ->> 0)::int <> %(row)s
        UNION ALL SELECT o FROM jsonb_array_elements(%(outcomes)s::jsonb) o) rows)
WHERE id = %(chunk)s
"""
FINISH_BATCH = """
UPDATE batch SET quarantined = quarantined - 1, accepted = accepted + %(accepted)s,
    duplicates = duplicates + %(duplicates)s, refused = refused + %(refused)s
WHERE id = %(batch)s RETURNING state
"""
# The batch was released, as a rule, and its institution reads it: what this row matched waits for the tick of that match
# (`release`). What a former one matched, and was told of, counts with the rest from here on.
FINISH_MATCHED = """
UPDATE batch SET matched = matched + CASE WHEN matched_later_at <= statement_timestamp() THEN matched_later ELSE 0 END,
    matched_later = %(matched)s + CASE WHEN matched_later_at <= statement_timestamp() THEN 0 ELSE matched_later END,
    matched_later_at = NULL
WHERE id = %(batch)s AND %(matched)s > 0
"""
GIVE_BACK = "UPDATE quarantined_row SET attempts = attempts - 1 WHERE id = %s AND attempts = %s AND state = 'waiting'"


def set_aside(chunk: Chunk) -> list[Outcome]:
    """Keep these rows for a later try, in the caller's transaction; tell the institution. Return their outcomes."""
    outcomes: list[Outcome] = []
    identifiers: dict[int, str] = defaultdict(str)
    for row, line in numbered(chunk.identifier_rows):
        identifiers[row] += line
    for row, line in numbered(chunk.clue_rows):
        QuarantinedRow.objects.create(
            batch_id=chunk.batch, chunk_id=chunk.id, institution_id=chunk.institution, row=row, clue_row=line,
            identifier_rows=identifiers[row], quarantined_at=Now(),
        )  # fmt: skip
        outcomes.append((row, line.split("\t", 2)[1], "quarantined", CODE))
    _tell(chunk, events.BATCH_QUARANTINED, "batch.quarantine", rows=len(outcomes))
    return outcomes


def retry_pending(*, limit: int) -> int:
    """Try up to `limit` rows again whose time has come; return how many came through."""
    done = 0
    for _ in range(limit):
        with connection.cursor() as cursor:
            cursor.execute(CLAIM)
            claimed = cursor.fetchone()
        if claimed is None:
            break
        number, attempts = claimed
        if attempts > DEATHS:
            with connection.cursor() as cursor:
                cursor.execute(AGAIN, [number])
            log.error("a row tried again ended %d workers and is set aside again", DEATHS)
        elif mindful(
            lambda: with_retry(lambda: _retry_once(number), what="a row tried again"),  # noqa: B023 - called at once
            give_back=GIVE_BACK, attempt=[number, attempts],
        ):  # fmt: skip
            done += 1
    return done


def _retry_once(number: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(sql.TEMPORARY)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(LOCK, [number])
        found = cursor.fetchone()
        if found is None:
            return False
        chunk, row = Chunk(*found[:-1]), found[-1]
        outcomes, matched = take(cursor, chunk)
        said: dict[str, Any] = {
            "id": number, "row": row, "chunk": chunk.id, "batch": chunk.batch, "matched": matched,
            "outcomes": orjson.dumps(outcomes).decode(), **counts(1, outcomes),
        }  # fmt: skip
        for statement in (FINISH_ROW, FINISH_CHUNK, FINISH_MATCHED, FINISH_BATCH):
            cursor.execute(statement, said)
        (state,) = cursor.fetchone()
        _tell(chunk, events.BATCH_DONE if state == Batch.DONE else None, "batch.process", row=row)
    return True


def _tell(chunk: Chunk, kind: str | None, verb: str, **detail: int) -> None:
    subject = reference.encode("B", chunk.batch)
    audit.record(verb, actor=JOB, subject_ref=subject, institution_id=chunk.institution, detail=detail)
    if kind is None:
        return
    Event.objects.bulk_create(
        [
            Event(
                institution_id=chunk.institution, kind=kind, subject_kind="B", subject_id=chunk.batch, created_at=Now()
            )
        ],
        ignore_conflicts=True,
    )
