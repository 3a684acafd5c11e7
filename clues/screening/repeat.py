"""A screening that may be repeated: the same key within ten minutes gives the first answer and charges nothing."""

import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson
import psycopg2
from django.conf import settings
from django.db import connection, transaction

from aif_share.errors import Refusal
from aif_share.wire.limits import IDEMPOTENCY_MINUTES
from clues.matching.score import Term
from clues.submissions.receive import IDEMPOTENCY_KEY
from members.queries import Member

from .lawful_use.gate import LawfulUse
from .screen import Answer, Result, screen

# Waits for a first request still under way. A key whose time is over is free again.
CLAIM = """
INSERT INTO screening_answer AS a (institution_id, idempotency_key, fingerprint, asked_at)
VALUES (%(institution)s, %(key)s, %(fingerprint)s, clock_timestamp())
ON CONFLICT (institution_id, idempotency_key)
DO UPDATE SET fingerprint = EXCLUDED.fingerprint, answer = NULL, asked_at = EXCLUDED.asked_at
    WHERE a.asked_at < clock_timestamp() - make_interval(mins => %(minutes)s)
RETURNING true
"""
READ = """
SELECT fingerprint, answer FROM screening_answer WHERE institution_id = %(institution)s AND idempotency_key = %(key)s
"""
KEEP = """
UPDATE screening_answer SET answer = %(answer)s WHERE institution_id = %(institution)s AND idempotency_key = %(key)s
"""
# Each asker sweeps behind itself, so there is no job for it.
SWEEP = """
DELETE FROM screening_answer WHERE (institution_id, idempotency_key) IN (
    SELECT institution_id, idempotency_key FROM screening_answer
    WHERE institution_id = %(institution)s AND asked_at < clock_timestamp() - make_interval(mins => %(minutes)s)
    LIMIT 100 FOR UPDATE SKIP LOCKED)
"""


def screen_once(*, request: Mapping[str, Any], idempotency_key: str, by: Member) -> tuple[Answer, bool]:
    """Return the answer, and whether it is the one of an earlier request with this key.

    Raise Refusal as `screen`, or `idempotency-key-invalid` or `idempotency-conflict` (same key, other question).
    A refused screening leaves its key free.
    """
    if IDEMPOTENCY_KEY.fullmatch(idempotency_key) is None:
        raise Refusal("idempotency-key-invalid", "A key has 1 to 255 printable ASCII characters.")
    # Keyed: a question may hold a raw identifier that is about to be refused.
    try:
        question = orjson.dumps(request, option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError:  # nested deeper than it can be written again; no screening is
        raise Refusal("malformed", "The body is nested too deeply.") from None
    fingerprint = hmac.digest(settings.AIF_REFERENCE_KEY.encode(), question, "sha256")
    names: dict[str, Any] = {
        "institution": by.institution_id,
        "key": idempotency_key,
        "fingerprint": psycopg2.Binary(fingerprint),
        "minutes": IDEMPOTENCY_MINUTES,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(CLAIM, names)
        if cursor.fetchone() is None:
            cursor.execute(READ, names)
            known, kept = cursor.fetchone()
            if not hmac.compare_digest(bytes(known), fingerprint):
                raise Refusal(
                    "idempotency-conflict", "This Idempotency-Key was used with another body. Use a fresh key."
                )
            return _read(bytes(kept)), True
        answer = screen(request=request, by=by)
        cursor.execute(KEEP, names | {"answer": psycopg2.Binary(orjson.dumps(answer))})
        cursor.execute(SWEEP, names)
    return answer, False


def _read(kept: bytes) -> Answer:
    document = orjson.loads(kept)
    results = [Result(**row | {"terms": [Term(**term) for term in row["terms"]]}) for row in document["results"]]
    return Answer(
        results=results,
        as_of=datetime.fromisoformat(document["as_of"]),
        lawful_use=LawfulUse(**document["lawful_use"]),
    )
