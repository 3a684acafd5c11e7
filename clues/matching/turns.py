"""Periodic jobs claim their turn in PostgreSQL: two schedulers do no harm."""

from datetime import datetime
from typing import Any

import orjson
from django.db import connection

# A run that is still to come was claimed by a clock that was wrong: without the last line the job would wait for it.
CLAIM = """
INSERT INTO job AS j (name, ran_at, result) VALUES (%(name)s, %(now)s, '{}')
ON CONFLICT (name) DO UPDATE SET ran_at = EXCLUDED.ran_at
    WHERE j.ran_at <= EXCLUDED.ran_at - make_interval(secs => %(every)s * 0.9)
        OR j.ran_at > EXCLUDED.ran_at + interval '1 minute'
"""


def claim(*, name: str, every_seconds: int, now: datetime) -> bool:
    """Claim the next run of a job; False when somebody ran it within its period."""
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, {"name": name, "now": now, "every": every_seconds})
        return bool(cursor.rowcount == 1)


def record(*, name: str, result: dict[str, Any]) -> None:
    """Keep what the run found, for the desk."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE job SET result = %s WHERE name = %s", [orjson.dumps(result).decode(), name])


def last(name: str) -> dict[str, Any]:
    """Return what the last run that recorded anything found; nothing for a job that never ran."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT result::text FROM job WHERE name = %s", [name])
        row = cursor.fetchone()
    return {} if row is None else dict(orjson.loads(row[0]))
