"""The figures of an institution's own statement: what it gave and received, what only it had, how fast, and who met its clues.

Others stand in it by sector and by role, never by name. Sectors are those that the matches themselves told of. People of
other institutions who looked at a match are counted by role, rounded, and only where enough institutions stand behind it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from django.db import connection

from clues.matching import facts
from clues.matching.queries import get_alliance
from clues.reports.contribution import LEAST_INSTITUTIONS, round_sum
from members.models import Institution

from .paper import Section
from .periods import Period, begin_of

_IN: Final = ">= %(since)s AND {0} < %(until)s"


def _within(column: str) -> str:
    return f"{column} {_IN.format(column)}"


GIVEN: Final = f"""
SELECT count(*), coalesce(sum(accepted), 0), coalesce(sum(duplicates), 0), coalesce(sum(refused), 0),
    (SELECT count(*) FROM content_report WHERE institution_id = %(institution)s AND {_within("reported_at")}),
    (SELECT count(*) FROM disposition WHERE institution_id = %(institution)s AND state <> 'lifted' AND {_within("done_at")}),
    (SELECT count(*) FROM request_party WHERE institution_id = %(institution)s AND state IN ('answered', 'closed')
        AND {_within("over_at")})
FROM batch WHERE institution_id = %(institution)s AND {_within("done_at")}
"""  # noqa: S608 - put together from literals
GIVEN_LINES: Final = ("batches", "clues", "duplicates", "rows-refused", "content", "dispositions", "requests-answered")
CATEGORIES: Final = f"""
SELECT category, count(*) FROM clue WHERE institution_id = %(institution)s AND {_within("received_at")}
GROUP BY category ORDER BY count(*) DESC, category
"""  # noqa: S608
RECEIVED: Final = f"""
SELECT (SELECT count(*) FROM match_party p WHERE institution_id = %(institution)s AND released_at >= %(since)s
        AND {_within(facts.sql_told_at("p"))} AND {facts.sql_is_first("p")}),
    coalesce(sum(tokens), 0), coalesce(sum(hits), 0),
    (SELECT count(*) FROM watch_hit h JOIN watch w ON w.id = h.watch_id WHERE w.institution_id = %(institution)s
        AND {_within("h.released_at")}),
    (SELECT count(*) FROM request_party p JOIN member_request r ON r.id = p.request_id
        WHERE r.sender_id = %(institution)s AND p.state IN ('answered', 'closed') AND {_within("p.over_at")})
FROM screening WHERE institution_id = %(institution)s AND {_within("screened_at")}
"""  # noqa: S608
RECEIVED_LINES: Final = ("matches", "screened", "screening-hits", "watch-hits", "answers")
# A group is what counts as one source, so what its institutions report is unique to all of them.
OWN_SIGHTING: Final = "s.institution_id = %(institution)s"
UNIQUE: Final = f"""
SELECT count(*), count(*) FILTER (WHERE i.groups = ARRAY[%(group)s::bigint] AND {facts.sql_is_unique("i")}) FROM identifier i
WHERE {_within("i.first_seen_at")} AND %(group)s::bigint = ANY(i.groups) AND {facts.sql_is_oldest("i", of=OWN_SIGHTING)} AND EXISTS (
    SELECT 1 FROM sighting s WHERE s.type = i.type AND s.epoch = i.epoch AND s.token = i.token
        AND s.institution_id = %(institution)s AND s.counted)
"""  # noqa: S608
_MEDIAN: Final = "percentile_cont(0.5) WITHIN GROUP (ORDER BY greatest(extract(epoch FROM {0} - {1}), 0))::bigint"
SPEED: Final = f"""
SELECT (SELECT {_MEDIAN.format("v.decided_at", "c.received_at")} FROM clue_review v JOIN clue c ON c.id = v.clue_id
        WHERE v.institution_id = %(institution)s AND {_within("v.decided_at")}),
    (SELECT {_MEDIAN.format("w.acknowledged_at", facts.sql_told_at("p"))} FROM match_work w
        JOIN match_party p ON p.match_id = w.match_id AND p.institution_id = w.institution_id
        WHERE w.institution_id = %(institution)s AND w.acknowledged_at >= {facts.sql_told_at("p")} AND {_within("w.acknowledged_at")}),
    (SELECT {_MEDIAN.format("p.over_at", "r.released_at")} FROM request_party p JOIN member_request r ON r.id = p.request_id
        WHERE p.institution_id = %(institution)s AND p.state IN ('answered', 'closed') AND {_within("p.over_at")})
"""  # noqa: S608
SPEED_LINES: Final = ("review-time", "acknowledgment-time", "answer-time")
# The matches that the institution was told of, as they are at present: with others who count and whom the tick has shown.
MET: Final = f"""
WITH met AS MATERIALIZED (
    SELECT p.match_id, {facts.sql_fact("p")} AS fact FROM match_party p
    WHERE p.institution_id = %(institution)s AND p.released_at >= %(since)s AND {_within(facts.sql_fact_told_at("p"))}
), other AS (
    SELECT o.match_id, met.fact, i.id, i.sector::text FROM met JOIN match_party o USING (match_id)
    JOIN institution i ON i.id = o.institution_id AND i.state = 'live'
    WHERE o.group_id <> %(group)s AND o.released_at <= %(as_of)s
)
"""  # noqa: S608
SECTORS: Final = f"{MET} SELECT sector, count(DISTINCT fact) FROM other GROUP BY sector ORDER BY 2 DESC, 1"  # noqa: S608
ROLES: Final = f"""{MET}
SELECT u.role::text, count(DISTINCT other.fact), count(DISTINCT other.id) FROM other
JOIN user_account u ON u.institution_id = other.id JOIN match_read m ON m.user_id = u.id AND m.match_id = other.match_id
WHERE {_within("m.read_at")} GROUP BY u.role ORDER BY 2 DESC, 1
"""  # noqa: S608


def sections(period: Period, institution: Institution, *, as_of: datetime) -> list[Section]:
    """Return the figures of a quarter of one institution."""
    names: dict[str, Any] = {
        "institution": institution.pk,
        "group": institution.group_id,
        "since": begin_of(period.since),
        "until": begin_of(period.until),
        "as_of": as_of,
    }

    def ask(statement: str) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(statement, names)
            return list(cursor.fetchall())

    (own,) = ask(UNIQUE)
    return [
        _lines("given", GIVEN_LINES, ask(GIVEN)[0]),
        Section("given-by-category", "categories", ("period",), _rows(ask(CATEGORIES))),
        _lines("received", RECEIVED_LINES, ask(RECEIVED)[0]),
        _lines("unique", ("first-reported", "only-ours", "only-ours-share"), (*own, _percent(own[1], own[0]))),
        _lines("speed", SPEED_LINES, ask(SPEED)[0]),
        Section("met-by-sector", "sectors", ("period",), _rows(_sectors(ask, institution))),
        Section("met-by-role", "person-roles", ("period",), _rows(_roles(ask(ROLES)))),
    ]


def _sectors(ask: Callable[[str], list[tuple[Any, ...]]], institution: Institution) -> list[tuple[Any, ...]]:
    found = ask(SECTORS)
    told = get_alliance().sectors([sector for sector, _count in found], viewer=institution.pk)
    return [row for row in found if row[0] in told]


def _roles(found: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return [
        (role, "<10" if matches < 10 else round_sum(matches))
        for role, matches, behind in found
        if behind >= LEAST_INSTITUTIONS
    ]


def _lines(section: str, codes: tuple[str, ...], values: tuple[Any, ...]) -> Section:
    return Section(section, "statement-lines", ("period",), _rows(list(zip(codes, values, strict=True))))


def _rows(found: list[tuple[Any, ...]]) -> tuple[tuple[str, tuple[str | None, ...]], ...]:
    return tuple((code, (None if value is None else str(value),)) for code, value in found)


def _percent(part: int, whole: int) -> int | None:
    return round(100 * part / whole) if whole else None
