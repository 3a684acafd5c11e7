"""The job that keeps the figures: it goes over everything there is, so that no page has to.

Whatever it writes is of one moment, `as_of`; readers add what came later (clues/reports/contribution.py). It reckons the
days since the day before its last run anew, so that a commit that came late is counted at the next run, and of earlier
days what rows that were set aside have added; and it costs no more than a fiftieth of the worker's time, whatever there is
to count.
"""

from __future__ import annotations

import time
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from clues.matching import facts
from clues.models import Job

JOB = "figures"
ZONE: Final = "Asia/Shanghai"
LEAST_SECONDS = 60
SHARE = 50

LAST_RUN = "SELECT min(as_of) FROM institution_figure"
CLEAR_DAYS = "DELETE FROM daily_figure WHERE day >= %(day)s"
DAYS = f"""
INSERT INTO daily_figure (institution_id, day, batches, accepted, duplicates, refused, matches)
SELECT institution_id, day, sum(batches), sum(accepted), sum(duplicates), sum(refused), sum(matches)
FROM (
    SELECT i.id AS institution_id, b.*, 0 AS matches FROM institution i CROSS JOIN LATERAL (
        SELECT (done_at AT TIME ZONE %(zone)s)::date AS day, count(*) AS batches, sum(accepted) AS accepted,
            sum(duplicates) AS duplicates, sum(refused) AS refused
        FROM batch WHERE institution_id = i.id AND done_at >= %(start)s AND done_at <= %(as_of)s GROUP BY 1
    ) b
    UNION ALL
    SELECT i.id, m.day, 0, 0, 0, 0, m.matches FROM institution i CROSS JOIN LATERAL (
        SELECT ({facts.sql_told_at("p")} AT TIME ZONE %(zone)s)::date AS day, count(*) AS matches
        FROM match_party p WHERE institution_id = i.id AND released_at >= %(start)s AND released_at <= %(as_of)s
            AND {facts.sql_told_at("p")} >= %(start)s AND {facts.sql_is_first("p")} GROUP BY 1
    ) m
) found GROUP BY institution_id, day
"""  # noqa: S608 - put together from literals
# A row set aside that came through belongs to the day of its batch, which may be long past. Only those sums are made anew:
# the matches of a day stay as they were told on it. Its attempt is noted before the work, so the same margin holds.
EARLIER_DAYS = """
UPDATE daily_figure f SET accepted = found.accepted, duplicates = found.duplicates, refused = found.refused
FROM (
    SELECT moved.institution_id, moved.day, sum(b.accepted) AS accepted, sum(b.duplicates) AS duplicates,
        sum(b.refused) AS refused
    FROM (
        SELECT DISTINCT b.institution_id, (b.done_at AT TIME ZONE %(zone)s)::date AS day
        FROM quarantined_row q JOIN batch b ON b.id = q.batch_id
        WHERE q.state = 'done' AND q.claimed_at >= %(start)s AND b.done_at < %(start)s
    ) moved
    JOIN batch b ON b.institution_id = moved.institution_id AND b.done_at >= moved.day::timestamp AT TIME ZONE %(zone)s
        AND b.done_at < (moved.day + 1)::timestamp AT TIME ZONE %(zone)s
    GROUP BY 1, 2
) found WHERE f.institution_id = found.institution_id AND f.day = found.day
RETURNING f.day
"""
CLEAR_CATEGORIES = "DELETE FROM category_figure"
CATEGORIES = """
INSERT INTO category_figure (institution_id, category, clues)
SELECT institution_id, category, count(*) FROM clue WHERE state = 'active' GROUP BY institution_id, category
"""
# A group is what counts as one source: what two institutions of one group report is no match, and unique to both.
INSTITUTIONS = f"""
INSERT INTO institution_figure AS f (institution_id, as_of, matched, "unique", reviewed, acknowledged)
SELECT i.id, %(as_of)s, coalesce(m.matches, 0), coalesce(u.identifiers, 0), r.institution_id IS NOT NULL,
    w.institution_id IS NOT NULL
FROM institution i
LEFT JOIN (SELECT institution_id, count(*) AS matches FROM match_party p
        WHERE released_at <= %(as_of)s AND {facts.sql_is_first("p")} GROUP BY 1) m
    ON m.institution_id = i.id
LEFT JOIN (SELECT groups[1] AS group_id, count(*) AS identifiers FROM identifier i
        WHERE cardinality(groups) = 1 AND {facts.sql_is_unique("i")} GROUP BY 1) u
    ON u.group_id = i.group_id
LEFT JOIN (SELECT DISTINCT institution_id FROM clue_review) r ON r.institution_id = i.id
LEFT JOIN (SELECT DISTINCT institution_id FROM match_work WHERE acknowledged_at IS NOT NULL) w ON w.institution_id = i.id
ON CONFLICT (institution_id) DO UPDATE SET as_of = EXCLUDED.as_of, matched = EXCLUDED.matched, "unique" = EXCLUDED."unique",
    reviewed = EXCLUDED.reviewed, acknowledged = EXCLUDED.acknowledged
"""  # noqa: S608
WEEKS = """
INSERT INTO alliance_week (monday, clues, clue_institutions, matches, match_institutions)
SELECT date_trunc('week', day)::date, sum(accepted), count(DISTINCT institution_id) FILTER (WHERE accepted > 0),
    sum(matches), count(DISTINCT institution_id) FILTER (WHERE matches > 0)
FROM daily_figure WHERE day >= %(monday)s GROUP BY 1
ON CONFLICT (monday) DO UPDATE SET clues = EXCLUDED.clues, clue_institutions = EXCLUDED.clue_institutions,
    matches = EXCLUDED.matches, match_institutions = EXCLUDED.match_institutions
"""


@transaction.atomic
def reckon(*, now: datetime) -> dict[str, Any]:
    """Reckon all figures as of `now`; return what the desk sees of it. In the matcher's role."""
    began = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute(LAST_RUN)
        (last,) = cursor.fetchone()
        start = datetime(2000, 1, 1, tzinfo=ZoneInfo(ZONE)) if last is None else _midnight(last) - timedelta(days=1)
        day = start.date()
        names: dict[str, Any] = {"as_of": now, "start": start, "day": day, "zone": ZONE}
        cursor.execute(EARLIER_DAYS, names)
        first = min((day, *(earlier for (earlier,) in cursor.fetchall())))
        names["monday"] = first - timedelta(days=first.weekday())
        for statement in (CLEAR_DAYS, DAYS, CLEAR_CATEGORIES, CATEGORIES, INSTITUTIONS, WEEKS):
            cursor.execute(statement, names)
    return {"as_of": now.isoformat(), "since": day.isoformat(), "seconds": round(time.monotonic() - began, 3)}


def seconds_between_runs() -> int:
    """Return how long to leave it, by how long the last run took."""
    last = Job.objects.filter(pk=JOB).values_list("result", flat=True).first() or {}
    return max(LEAST_SECONDS, round(float(last.get("seconds", 0)) * SHARE))


def day_of(moment: datetime) -> date:
    """Return the day of Shanghai that a moment falls in."""
    return moment.astimezone(ZoneInfo(ZONE)).date()


def _midnight(moment: datetime) -> datetime:
    return moment.astimezone(ZoneInfo(ZONE)).replace(hour=0, minute=0, second=0, microsecond=0)
