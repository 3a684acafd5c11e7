"""The job that counts outcomes for everybody: the counters over all cases, and how far the clues of a category came.

Members read these sums, rounded and only of enough institutions (`contribution.LEAST_INSTITUTIONS`); the desk reads them
as they are. A clue reaches a stage once for all: matched, its institution told, something done, its case handed over, an
authority having answered.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection, transaction

from aif_share.vocabulary import categories, funnel_stages, outcome_counters, tracks
from clues.matching import facts
from clues.models import FunnelFigure, Job, OutcomeFigure
from clues.reports.contribution import LEAST_INSTITUTIONS, round_sum
from clues.reports.counters import DONE, RUN, STANDING
from clues.reports.counting import CODES, OVER, Counted, Figure, as_members_see
from clues.reports.figures import LEAST_SECONDS, SHARE, ZONE
from members.permissions import Permission, check

JOB: Final = "outcomes"
# What is asked of an authority, or waits for it: no outcome yet.
ASKED: Final = [
    f"{track.code}/{code}"
    for track, codes in (
        (tracks.POLICE_CRIMINAL, ("in-preparation", "submitted", "reconsideration", "supervision")),
        (tracks.PLATFORM_TELECOM, ("requested", "confirmed")),
        (tracks.CIVIL, ("mediation", "suit")),
    )
    for code in codes
]
_EACH: Final = ", ".join(
    f"('{code}', t{turn}::numeric, n{turn}::int, %(as_of)s::timestamptz)" for turn, code in enumerate(CODES)
)
COUNTERS: Final = f"""
WITH standing AS ({STANDING}), run AS ({RUN}), done AS ({DONE}),
{OVER}
INSERT INTO outcome_figure (counter, value, institutions, as_of)
SELECT each.* FROM total, behind, LATERAL (VALUES {_EACH}) AS each
ON CONFLICT (counter) DO UPDATE SET value = EXCLUDED.value, institutions = EXCLUDED.institutions, as_of = EXCLUDED.as_of
"""  # noqa: S608 - put together from literals
CLEAR: Final = "DELETE FROM funnel_figure"
FUNNEL: Final = f"""
WITH standing AS ({STANDING}), known AS (
    SELECT k.match_id, k.ring_id,
        (SELECT min(s.at) FROM case_step s WHERE s.case_id = k.id AND s.to_state = 'reported') AS reported_at,
        (SELECT min((e.date + 1)::timestamp AT TIME ZONE %(zone)s) FROM standing e
            WHERE e.case_id = k.id AND e.track || '/' || e.state <> ALL (%(asked)s)) AS outcome_at
    FROM case_file k
), met AS (
    SELECT s.clue_id, min(least(m.created_at, p.known_since)) AS matched_at,
        min({facts.sql_told_at("p")}) FILTER (WHERE p.released_at <= %(as_of)s) AS warned_at
    FROM match m JOIN sighting s ON s.type = m.type AND s.epoch = m.epoch AND s.token = m.token AND s.counted
    JOIN match_party p ON p.match_id = m.id AND p.institution_id = s.institution_id
    GROUP BY s.clue_id
), handed AS (
    SELECT clue_id, min(reported_at) AS reported_at, min(outcome_at) AS outcome_at FROM (
        SELECT s.clue_id, k.reported_at, k.outcome_at FROM known k JOIN match m ON m.id = k.match_id
        JOIN sighting s ON s.type = m.type AND s.epoch = m.epoch AND s.token = m.token AND s.counted
        UNION ALL
        SELECT e.clue_id, k.reported_at, k.outcome_at FROM known k JOIN ring r ON r.id = k.ring_id
        JOIN ring_edge e ON e.component = r.component
    ) each GROUP BY clue_id
), disposed AS (
    SELECT clue_id, min(done_at) AS disposed_at FROM (
        SELECT d.clue_id, d.done_at FROM ({DONE}) d WHERE d.clue_id IS NOT NULL
        UNION ALL
        SELECT s.clue_id, d.done_at FROM ({DONE}) d JOIN match m ON m.id = d.match_id AND d.clue_id IS NULL
        JOIN sighting s ON s.type = m.type AND s.epoch = m.epoch AND s.token = m.token AND s.counted
            AND s.institution_id = d.institution_id
    ) each GROUP BY clue_id
), way AS (
    SELECT c.category, c.institution_id, c.received_at, met.matched_at, met.warned_at, disposed.disposed_at,
        handed.reported_at, handed.outcome_at
    FROM met FULL JOIN handed USING (clue_id) FULL JOIN disposed USING (clue_id) JOIN clue c ON c.id = clue_id
)
INSERT INTO funnel_figure (category, stage, clues, from_previous, median_seconds, institutions, as_of)
SELECT category, 'clue', count(*), count(*), NULL, count(DISTINCT institution_id), %(as_of)s::timestamptz FROM clue GROUP BY category
UNION ALL
SELECT category, each.stage, count(*), count(*) FILTER (WHERE each.before IS NOT NULL),
    percentile_cont(0.5) WITHIN GROUP (ORDER BY greatest(extract(epoch FROM each.at - received_at), 0))::bigint,
    count(DISTINCT institution_id), %(as_of)s::timestamptz
FROM way CROSS JOIN LATERAL (VALUES ('match', matched_at, received_at), ('warned', warned_at, matched_at),
    ('disposed', disposed_at, warned_at), ('reported', reported_at, disposed_at), ('outcome', outcome_at, reported_at)
) AS each (stage, at, before)
WHERE each.at IS NOT NULL
GROUP BY category, each.stage
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of a funnel. `share` is of the category's clues, `step` of those at the stage before; both in percent."""

    stage: str
    clues: int | None
    share: int | None
    step: int | None
    median_seconds: int | None


@dataclass(frozen=True, slots=True)
class Funnel:
    """How far the clues of a category came."""

    category: str
    stages: tuple[Stage, ...]


@transaction.atomic
def reckon(*, now: datetime) -> dict[str, Any]:
    """Count everything as of `now`; return what the desk sees of the run. In the matcher's role."""
    began = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute(COUNTERS, {"as_of": now})
        cursor.execute(CLEAR)
        cursor.execute(FUNNEL, {"as_of": now, "zone": ZONE, "asked": ASKED})
    return {"as_of": now.isoformat(), "seconds": round(time.monotonic() - began, 3)}


def seconds_between_runs() -> int:
    """Return how long to leave it, by how long the last run took."""
    last = Job.objects.filter(pk=JOB).values_list("result", flat=True).first() or {}
    return max(LEAST_SECONDS, round(float(last.get("seconds", 0)) * SHARE))


def list_figures() -> list[Figure]:
    """Return the counters of the alliance as members see them, in the vocabulary's order; none before the first run."""
    found = {row.counter: row for row in OutcomeFigure.objects.all()}
    return [
        as_members_see(Counted(row.code, found[row.code].value, found[row.code].institutions))
        for row in outcome_counters.ROWS
        if row.code in found
    ]


def get_as_of() -> datetime | None:
    """Return of which moment the figures are, None before the first run."""
    return OutcomeFigure.objects.values_list("as_of", flat=True).first()


def list_funnels() -> list[Funnel]:
    """Return the funnels as members see them: stages of too few institutions are None."""
    return _funnels(is_rounded=True)


def list_exact_funnels(*, by: object) -> list[Funnel]:
    """Return the funnels as they are, for the desk."""
    check(by, Permission.DESK_VIEW)
    return _funnels(is_rounded=False)


def _funnels(*, is_rounded: bool) -> list[Funnel]:
    found = {(row.category, row.stage): row for row in FunnelFigure.objects.all()}
    return [
        Funnel(row.code, tuple(_stages(row.code, found, is_rounded=is_rounded)))
        for row in categories.ROWS
        if (row.code, "clue") in found
    ]


def _stages(category: str, found: dict[tuple[str, str], FunnelFigure], *, is_rounded: bool) -> list[Stage]:
    stages: list[Stage] = []
    all_clues, before = found[category, "clue"].clues, 0
    for stage in funnel_stages.ROWS:
        row = found.get((category, stage.code))
        if is_rounded and (row is None or row.institutions < LEAST_INSTITUTIONS):
            stages.append(Stage(stage.code, None, None, None, None))  # nobody at all reads as too few do
        elif row is None:
            stages.append(Stage(stage.code, 0, 0, None, None))
        else:
            clues = round_sum(row.clues) if is_rounded else row.clues
            step = _percent(row.from_previous, before) if stages and before else None
            stages.append(Stage(stage.code, clues, _percent(row.clues, all_clues), step, row.median_seconds))
        before = 0 if row is None else row.clues
    return stages


def _percent(part: int, whole: int) -> int | None:
    return round(100 * part / whole) if whole else None
