"""The rules of retention, one row each: what goes, how many days after, by which statement.

A statement deletes at most `%(limit)s` rows that ended before `%(before)s` and returns how many it deleted; it is run
again until it finds none. A clue takes everything along that speaks of it alone; matches, cases and disputes stay, for
they are other people's history, and know it by number only. Periods are the alliance's to decide with counsel.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of rows: they are kept `days` days after they ended."""

    name: str
    days: int
    statement: str


def _ended(table: str, condition: str) -> str:
    """Delete rows of a table by their id."""
    return f"""
    WITH gone AS (
        DELETE FROM {table} WHERE id IN (
            SELECT id FROM {table} WHERE {condition} ORDER BY id LIMIT %(limit)s)
        RETURNING 1
    ) SELECT count(*) FROM gone
    """  # noqa: S608 - both are literals of this file


# Sightings of an ended clue do not count any more (matching/recount.py saw to that before `applied_at` was set), so
# neither hub nor match depends on them.
CLUES = """
WITH ended AS MATERIALIZED (
    SELECT c.id FROM clue c WHERE c.ended_at < %(before)s
        AND NOT EXISTS (SELECT 1 FROM clue_change w WHERE w.clue_id = c.id AND w.applied_at IS NULL)
        AND NOT EXISTS (SELECT 1 FROM sighting s WHERE s.clue_id = c.id AND s.counted)
        AND NOT EXISTS (SELECT 1 FROM disputed_clue d WHERE d.clue_id = c.id AND d.state IN ('open', 'maintained'))
    ORDER BY c.id LIMIT %(limit)s
), sightings AS (
    DELETE FROM sighting s USING ended WHERE s.clue_id = ended.id
), apart AS (
    DELETE FROM ring_cut_edge e USING ended WHERE e.clue_id = ended.id
), edges AS (
    DELETE FROM ring_edge e USING ended WHERE e.clue_id = ended.id
), reviews AS (
    DELETE FROM clue_review v USING ended WHERE v.clue_id = ended.id
), changes AS (
    DELETE FROM clue_change w USING ended WHERE w.clue_id = ended.id
), gone AS (
    DELETE FROM clue c USING ended WHERE c.id = ended.id RETURNING 1
) SELECT count(*) FROM gone
"""
WATCHES = """
WITH ended AS MATERIALIZED (
    SELECT id FROM watch WHERE coalesce(canceled_at, expires_at) < %(before)s ORDER BY id LIMIT %(limit)s
), hits AS (
    DELETE FROM watch_hit h USING ended WHERE h.watch_id = ended.id
), gone AS (
    DELETE FROM watch w USING ended WHERE w.id = ended.id RETURNING 1
) SELECT count(*) FROM gone
"""
# The key is free again; the batch and its counts stay. A control character cannot be part of a key.
BATCH_KEYS = """
WITH freed AS (
    UPDATE batch SET idempotency_key = E'\\x1f' || id WHERE id IN (
        SELECT id FROM batch WHERE received_at < %(before)s AND idempotency_key NOT LIKE E'\\x1f%%'
        ORDER BY id LIMIT %(limit)s)
    RETURNING 1
) SELECT count(*) FROM freed
"""
# Who asks again sweeps behind itself (screening/repeat.py); this takes the last answers of those who do not.
SCREENING_ANSWERS = """
WITH gone AS (
    DELETE FROM screening_answer WHERE (institution_id, idempotency_key) IN (
        SELECT institution_id, idempotency_key FROM screening_answer WHERE asked_at < %(before)s LIMIT %(limit)s)
    RETURNING 1
) SELECT count(*) FROM gone
"""
# A thread goes as a whole, once no round of it waits for anybody: what asks for nothing has ended when it was sent, an alert
# when it was taken up.
REQUESTS = """
WITH ended AS MATERIALIZED (
    SELECT r.id FROM member_request r WHERE r.thread_id IS NULL AND r.sent_at < %(before)s AND NOT EXISTS (
        SELECT 1 FROM (SELECT r.id UNION ALL SELECT m.id FROM member_request m WHERE m.thread_id = r.id) AS round (id)
        JOIN member_request m ON m.id = round.id JOIN request_party p ON p.request_id = m.id
        WHERE coalesce(p.over_at, CASE WHEN p.due_at IS NULL THEN coalesce(p.taken_up_at, m.sent_at) END, 'infinity')
            >= %(before)s)
    ORDER BY r.id LIMIT %(limit)s
), rounds AS MATERIALIZED (
    SELECT id FROM ended UNION ALL SELECT m.id FROM member_request m JOIN ended e ON m.thread_id = e.id
), identifiers AS (
    DELETE FROM request_identifier i USING rounds WHERE i.request_id = rounds.id
), steps AS (
    DELETE FROM request_step s USING rounds WHERE s.request_id = rounds.id
), parties AS (
    DELETE FROM request_party p USING rounds WHERE p.request_id = rounds.id
), gone AS (
    DELETE FROM member_request r USING rounds WHERE r.id = rounds.id RETURNING 1
) SELECT count(*) FROM gone
"""
CAMPAIGNS = """
WITH ended AS MATERIALIZED (
    SELECT id FROM campaign WHERE over_at < %(before)s ORDER BY id LIMIT %(limit)s
), units AS (
    DELETE FROM campaign_unit u USING ended WHERE u.campaign_id = ended.id
), targets AS (
    DELETE FROM campaign_target t USING ended WHERE t.campaign_id = ended.id
), bonds AS (
    DELETE FROM campaign_case b USING ended WHERE b.campaign_id = ended.id
), gone AS (
    DELETE FROM campaign c USING ended WHERE c.id = ended.id RETURNING 1
) SELECT count(*) FROM gone
"""
# A case that rests needs no raw value any more; what was released went out with its package. With the key the value is gone.
PART_IDENTIFIERS = """
WITH ended AS MATERIALIZED (
    SELECT i.id, i.key_id FROM part_identifier i JOIN case_part p ON p.id = i.part_id JOIN case_file f ON f.id = p.case_id
    WHERE f.state IN ('closed', 'dismissed', 'merged') AND f.changed_at < %(before)s ORDER BY i.id LIMIT %(limit)s
), keys AS (
    UPDATE data_key k SET wrapped = '', destroyed_at = clock_timestamp() FROM ended
    WHERE k.id = ended.key_id AND k.destroyed_at IS NULL
), gone AS (
    DELETE FROM part_identifier i USING ended WHERE i.id = ended.id RETURNING 1
) SELECT count(*) FROM gone
"""
# What an upload became stays; what came to nothing goes with its object and key, which were destroyed when it ended.
UPLOADS = """
WITH ended AS MATERIALIZED (
    SELECT id, object_id, item_id FROM evidence_upload WHERE state <> 'open' AND changed_at < %(before)s
    ORDER BY changed_at LIMIT %(limit)s
), objects AS (
    DELETE FROM stored_object o USING ended WHERE o.id = ended.object_id AND ended.item_id IS NULL RETURNING o.key_id
), keys AS (
    DELETE FROM data_key k USING objects WHERE k.id = objects.key_id
), gone AS (
    DELETE FROM evidence_upload u USING ended WHERE u.id = ended.id RETURNING 1
) SELECT count(*) FROM gone
"""
# What was rejected, taken off, or has run out; with what receivers said of it.
FEED_ENTRIES = """
WITH ended AS MATERIALIZED (
    SELECT id FROM feed_entry
    WHERE coalesce(withdrawn_at, until, CASE WHEN state = 'rejected' THEN decided_at END) < %(before)s
    ORDER BY id LIMIT %(limit)s
), said AS (
    DELETE FROM feed_acknowledgment a USING ended WHERE a.entry_id = ended.id
), gone AS (
    DELETE FROM feed_entry e USING ended WHERE e.id = ended.id RETURNING 1
) SELECT count(*) FROM gone
"""
# A package goes with its key; that it went, to whom and with which digest stays.
PACKAGES = """
WITH ended AS MATERIALIZED (
    SELECT p.id, o.id AS object, o.key_id AS key FROM package p JOIN stored_object o ON o.id = p.object_id
    WHERE p.state IN ('built', 'released') AND coalesce(p.released_at, p.built_at) < %(before)s
    ORDER BY p.id LIMIT %(limit)s
), keys AS (
    UPDATE data_key k SET wrapped = '', destroyed_at = clock_timestamp() FROM ended
    WHERE k.id = ended.key AND k.destroyed_at IS NULL
), objects AS (
    UPDATE stored_object o SET state = 'destroyed' FROM ended WHERE o.id = ended.object AND o.state <> 'destroyed'
), gone AS (
    UPDATE package p SET state = 'destroyed' FROM ended WHERE p.id = ended.id RETURNING 1
) SELECT count(*) FROM gone
"""
# What was opened on a demand has served when it is decided; that it was opened, with which digest, and the decision stay.
DEMAND_FILES = """
WITH ended AS MATERIALIZED (
    SELECT o.id AS object, o.key_id AS key FROM evidence_demand d JOIN stored_object o ON o.id = d.object_id
    WHERE d.decided_at < %(before)s AND o.state = 'complete' ORDER BY d.id LIMIT %(limit)s
), keys AS (
    UPDATE data_key k SET wrapped = '', destroyed_at = clock_timestamp() FROM ended
    WHERE k.id = ended.key AND k.destroyed_at IS NULL
), gone AS (
    UPDATE stored_object o SET state = 'destroyed' FROM ended WHERE o.id = ended.object RETURNING 1
) SELECT count(*) FROM gone
"""
FISHING_TALLIES = """
WITH gone AS (DELETE FROM fishing_tally WHERE updated_at < %(before)s RETURNING 1)
SELECT count(*) FROM gone
"""
QUOTA_DAYS = """
WITH gone AS (DELETE FROM quota_use WHERE day < (%(before)s::timestamptz AT TIME ZONE 'UTC')::date RETURNING 1)
SELECT count(*) FROM gone
"""

# A row set aside was acknowledged and is still to come in: it stays, and what it comes into.
CHUNK_OVER: Final = """state IN ('done', 'rejected') AND done_at < %(before)s
    AND NOT EXISTS (SELECT 1 FROM quarantined_row q WHERE q.chunk_id = batch_chunk.id AND q.state <> 'done')"""
RULES: Final = (
    Rule("clues", 90, CLUES),
    Rule("watches", 90, WATCHES),
    Rule("batch-keys", 30, BATCH_KEYS),
    Rule("batch-results", 365, _ended("batch_chunk", CHUNK_OVER)),
    Rule("demand-files", 90, DEMAND_FILES),
    Rule("evidence-demands", 3 * 366, _ended("evidence_demand", "decided_at < %(before)s")),
    Rule("held-batches", 3 * 366, _ended("batch_hold", "decided_at < %(before)s")),
    Rule("quarantined-rows", 365, _ended("quarantined_row", "state = 'done' AND quarantined_at < %(before)s")),
    Rule("kept-answers", 30, _ended("stored_answer", "created_at < %(before)s")),
    Rule("events", 365, _ended("event", "released_at < %(before)s")),
    Rule("notices-read", 366, _ended("notice_read", "read_at < %(before)s")),
    Rule("webhook-deliveries", 90, _ended("webhook_delivery", "state <> 'pending' AND created_at < %(before)s")),
    Rule("outbox", 30, _ended("outbox_message", "state = 'done' AND done_at < %(before)s")),
    # Personal Information Protection Law, article 56: records of processing are kept for three years at least.
    # What no audit event commits to yet stays until one does, and a second goes as a whole.
    Rule(
        "screenings",
        3 * 366,
        _ended("screening", "screened_at < date_trunc('second', %(before)s::timestamptz) AND event_id IS NOT NULL"),
    ),
    Rule("screening-suspensions", 3 * 366, _ended("screening_suspension", "coalesce(until, decided_at) < %(before)s")),
    Rule("fishing-tallies", 180, FISHING_TALLIES),
    Rule("honey-tokens", 366, _ended("honey_token", "withdrawn_at < %(before)s")),
    Rule("requests", 3 * 366, REQUESTS),
    Rule("campaigns", 5 * 366, CAMPAIGNS),
    Rule("packages", 5 * 366, PACKAGES),
    Rule("part-identifiers", 366, PART_IDENTIFIERS),
    Rule("feed-entries", 3 * 366, FEED_ENTRIES),
    Rule("statements", 10 * 366, _ended("statement", "as_of < %(before)s")),
    Rule("screening-answers", 1, SCREENING_ANSWERS),
    Rule("evidence-uploads", 30, UPLOADS),
    Rule("quota-days", 400, QUOTA_DAYS),
)
