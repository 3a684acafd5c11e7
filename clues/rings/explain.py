"""A ring explained to the desk: why each link exists and counts or not, how it grew, where, who might lead, and its score.

Every list here has an end, so that a ring of thousands of identifiers has a page too. Identifiers go without their
tokens: `C-…/n` names one as the n-th of a clue.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django.conf import settings
from django.db import connection

from aif_share.identifiers import types
from aif_share.vocabulary import roles
from clues.matching.queries import get_alliance
from clues.matching.score import Term
from clues.models import Ring
from clues.rings.score import score
from clues.rings.stages import stages_of
from members.models import reference
from members.permissions import Actor, Permission, check

MOST_LINKS, MOST_WEEKS, MOST_LEADS, MOST_REGIONS = 50, 26, 5, 10
SCORING: Final = [row.code for row in roles.ROWS if row.scoring]
GRADE_WEIGHTS: Final = {"A": 4, "B1": 3, "B2": 2, "C": 1}
# What of the strongest institution's share: its clues by grade, the shared identifiers it reported, the amount.
LEAD_POINTS: Final = {"clues": 40, "links": 40, "amount": 20}
LEAD_STEP: Final = 5

_MEMBERS = """
members AS MATERIALIZED (
    SELECT DISTINCT c.id, c.institution_id, i.group_id, c.grade, c.amount_cny, c.region, c.received_at
    FROM ring_edge e JOIN clue c ON c.id = e.clue_id AND c.state = 'active'
    JOIN institution i ON i.id = c.institution_id AND i.state = 'live'
    WHERE e.component = %(component)s
)
"""
# Whatever two of its clues have in common, also what never joins anybody.
LINKS = f"""
WITH {_MEMBERS}, common AS (
    SELECT s.type, s.epoch, s.token, count(DISTINCT m.id) AS clues, array_agg(DISTINCT m.institution_id) AS institutions,
        min(m.id) AS clue, (array_agg(s.position ORDER BY m.id))[1] AS position,
        count(DISTINCT m.id) FILTER (WHERE s.role = ANY(%(scoring)s)) AS scoring
    FROM members m JOIN sighting s ON s.clue_id = m.id
    GROUP BY s.type, s.epoch, s.token HAVING count(DISTINCT m.id) > 1
), shown AS (
    SELECT c.*, w.link FROM common c
    JOIN unnest(%(types)s::text[], %(links)s::smallint[]) AS w (type, link) ON w.type = c.type
    ORDER BY w.link DESC, c.clues DESC, c.clue LIMIT %(most)s
)
SELECT s.type, s.link, s.clues, s.institutions, s.clue, s.position, s.scoring,
    EXISTS (SELECT 1 FROM noise_entry n WHERE n.type = s.type AND n.epoch = s.epoch AND n.token = s.token
        AND n.state = 'in-force' AND n.mode = 'block'),
    EXISTS (SELECT 1 FROM ring_cut k WHERE k.type = s.type AND k.epoch = s.epoch AND k.token = s.token
        AND k.lifted_at IS NULL)
FROM shown s ORDER BY s.link DESC, s.clues DESC, s.clue
"""  # noqa: S608 - put together from literals
WEEKS = f"""
WITH {_MEMBERS}
SELECT date_trunc('week', received_at AT TIME ZONE %(zone)s)::date AS week, count(*), count(DISTINCT institution_id)
FROM members GROUP BY week ORDER BY week DESC LIMIT %(most)s
"""  # noqa: S608
REGIONS = f"""
WITH {_MEMBERS}
SELECT region, count(*) FROM members WHERE region IS NOT NULL AND region <> ''
GROUP BY region ORDER BY count(*) DESC, region LIMIT %(most)s
"""  # noqa: S608
ROLES = f"""
WITH {_MEMBERS}
SELECT s.role, count(DISTINCT m.id) FROM members m JOIN sighting s ON s.clue_id = m.id AND s.counted GROUP BY s.role
"""  # noqa: S608
LEADS = f"""
WITH {_MEMBERS}, shared AS MATERIALIZED (
    SELECT e.type, e.epoch, e.token, array_agg(DISTINCT m.institution_id) AS institutions
    FROM ring_edge e JOIN members m ON m.id = e.clue_id WHERE e.component = %(component)s
    GROUP BY e.type, e.epoch, e.token HAVING count(DISTINCT m.group_id) > 1
), links AS (
    SELECT u.institution_id, count(*) AS links FROM shared, unnest(shared.institutions) AS u (institution_id) GROUP BY 1
)
SELECT m.institution_id, count(*), sum(w.points), min(m.grade), coalesce(sum(m.amount_cny), 0), coalesce(max(l.links), 0)
FROM members m JOIN unnest(%(grades)s::text[], %(weights)s::int[]) AS w (grade, points) ON w.grade = m.grade
LEFT JOIN links l ON l.institution_id = m.institution_id GROUP BY m.institution_id
"""  # noqa: S608
SHARED_TYPES = f"""
WITH {_MEMBERS}
SELECT type FROM (
    SELECT e.type::text FROM ring_edge e JOIN members m ON m.id = e.clue_id WHERE e.component = %(component)s
    GROUP BY e.type, e.epoch, e.token HAVING count(DISTINCT m.group_id) > 1
) t GROUP BY type ORDER BY type
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Link:
    """An identifier that clues of the ring have in common, and `why` it joins them or not (a code of WHY).

    `identifier` names it as the n-th of a clue (`C-…/n`), never by its token; `institutions` are row numbers.
    """

    identifier: str
    type: str
    why: str
    clues: int
    institutions: tuple[int, ...]

    @property
    def counts(self) -> bool:
        """Whether it joins clues."""
        return self.why in ("very-strong", "strong")


@dataclass(frozen=True, slots=True)
class Week:
    """How many clues came in the week from this Monday on, and of how many institutions."""

    week: date
    clues: int
    institutions: int


@dataclass(frozen=True, slots=True)
class Lead:
    """An institution that might lead, with what speaks for it; `points` in steps of LEAD_STEP, 100 at most."""

    institution: int
    clues: int
    best_grade: str
    links: int
    amount_cny: Decimal
    points: int


@dataclass(frozen=True, slots=True)
class Explained:
    """What the desk is told of a ring beside its clues. Weeks are newest first, leads strongest first."""

    links: tuple[Link, ...]
    weeks: tuple[Week, ...]
    regions: tuple[tuple[str, int], ...]
    stages: tuple[str, ...]
    leads: tuple[Lead, ...]
    score: int
    terms: tuple[Term, ...]


WHY: Final = ("very-strong", "strong", "weak", "noise-listed", "role", "set-apart")


def explain(*, ring: Ring, by: Actor, now: datetime) -> Explained:
    """Explain a ring to the desk. Raise PermissionMissing."""
    check(by, Permission.DESK_VIEW)
    kinds = types()
    names: dict[str, Any] = {
        "component": ring.component,
        "zone": settings.TIME_ZONE,
        "scoring": SCORING,
        "types": list(kinds),
        "links": [kind.link for kind in kinds.values()],
        "grades": list(GRADE_WEIGHTS),
        "weights": list(GRADE_WEIGHTS.values()),
    }
    points, terms = score(
        band=get_alliance().band(ring.groups),
        best_grade=ring.best_grade,
        types=[code for (code,) in _ask(SHARED_TYPES, names)],
        last_seen_month=f"{ring.last_seen_at:%Y-%m}",
        today=now.date(),
    )
    return Explained(
        links=tuple(_link(row) for row in _ask(LINKS, names | {"most": MOST_LINKS})),
        weeks=tuple(Week(*row) for row in _ask(WEEKS, names | {"most": MOST_WEEKS})),
        regions=tuple(_ask(REGIONS, names | {"most": MOST_REGIONS})),
        stages=tuple(stages_of(role for role, _ in _ask(ROLES, names))),
        leads=tuple(_rank(_ask(LEADS, names))),
        score=points,
        terms=tuple(terms),
    )


def _link(row: tuple[Any, ...]) -> Link:
    kind, weight, clues, institutions, clue, position, scoring, listed, cut = row
    reasons = (
        ("noise-listed", listed),
        ("role", scoring < 2),
        ("weak", weight == 0),
        ("set-apart", cut),
        ("very-strong", weight > 1),
    )
    return Link(
        identifier=f"{reference.encode('C', clue)}/{position}",
        type=kind,
        why=next((code for code, holds in reasons if holds), "strong"),
        clues=clues,
        institutions=tuple(institutions),
    )


def _rank(rows: Sequence[tuple[Any, ...]]) -> list[Lead]:
    """Order the institutions by what speaks for them, each measured by the strongest one."""
    most = [max((row[column] for row in rows), default=0) for column in (2, 5, 4)]
    found = []
    for institution, clues, weight, grade, amount, links in rows:
        shares = zip(LEAD_POINTS.values(), (weight, links, amount), most, strict=True)
        points = sum(points * float(value) / float(top) for points, value, top in shares if top)
        found.append(Lead(institution, clues, grade, links, amount, LEAD_STEP * round(points / LEAD_STEP)))
    return sorted(found, key=lambda lead: (-lead.points, -lead.links, -lead.clues, lead.institution))[:MOST_LEADS]


def _ask(statement: str, names: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, names)
        return list(cursor.fetchall())
