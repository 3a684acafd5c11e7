"""The score: one table, in Python and in SQL alike; bounded; and no finer than what is shown beside it."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from aif_share.identifiers import types
from clues.matching import score as scoring
from clues.matching.visibility import Alliance

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TERMS = ["independent-groups", "grade", "source-quality", "recency", "specificity", "disputes"]
AGES = [timedelta(hours=h) for h in (-5, 0, 1, 24 * 13, 24 * 61, 24 * 200, 24 * 800, 24 * 9_000)]


def points(**changes: Any) -> tuple[int, dict[str, int]]:
    question: dict[str, Any] = {
        "kind": "domain", "band": "1", "best_grade": "B2", "quality": scoring.UNKNOWN, "last_seen_at": NOW,
        "disputes": 0, "now": NOW,
    }  # fmt: skip
    total, terms = scoring.score(**question | changes)
    return total, {term.term: term.points for term in terms}


def every_question() -> Any:
    return itertools.product(types(), (None, "1", "2-4", "5+"), ("A", "B1", "B2", "C"), (0, 1, 2), AGES, (False, True))


def test_bounds_and_sums() -> None:
    """From every table's every row: the terms add up, and the sum stays within 0 and 100."""
    seen = set()
    for kind, band, grade, quality, age, disputed in every_question():
        total, terms = points(
            kind=kind, band=band, best_grade=grade, quality=quality, last_seen_at=NOW - age, disputes=disputed
        )
        assert total == sum(terms.values()) and 0 <= total <= 100
        assert [term for term in TERMS if term in terms] == list(terms) and 0 not in terms.values()
        seen.add(total)
    assert max(seen) == 100 and min(seen) == 10


def test_no_counts() -> None:
    """In a small alliance a hit by one group and by many score alike, and inside a band as well."""
    small, large = Alliance(live=[(n, "bank") for n in range(4)]), Alliance(live=[(n, "bank") for n in range(40)])
    assert len({points(band=small.band(n))[0] for n in (1, 2, 3)}) == 1
    assert points(band=None) == points(band="1")
    assert len({points(band=large.band(n))[0] for n in (2, 3, 4)}) == 1
    assert len({points(band=large.band(n))[0] for n in (5, 6, 30)}) == 1
    assert [points(band=large.band(n))[1]["independent-groups"] for n in (1, 2, 5)] == [12, 24, 35]
    assert points(disputes=1) == points(disputes=9)


def test_each_term_points_the_right_way() -> None:
    assert (
        points(best_grade="A")[0] > points(best_grade="B1")[0] > points(best_grade="B2")[0] > points(best_grade="C")[0]
    )
    assert [points(quality=step)[0] - points(quality=0)[0] for step in (0, 1, 2)] == [0, 5, 10]
    assert points(disputes=1)[0] == points()[0] - 10
    fresh, half, old = (points(last_seen_at=NOW - timedelta(days=d))[1].get("recency", 0) for d in (0, 60, 600))
    assert (fresh, half, old) == (20, 12, 0)  # a domain is worth half after 60 days; steps of four
    assert points(kind="resident-id", last_seen_at=NOW - timedelta(days=60))[1]["recency"] == 20


@pytest.mark.parametrize(
    ("confirmed", "refuted", "step"),
    [(0, 0, 1), (4, 0, 1), (0, 4, 1), (5, 0, 2), (0, 5, 0), (5, 5, 1), (30, 9, 2), (3, 6, 0), (4, 6, 1), (1, 40, 0)],
)
def test_quality_leaves_the_middle_only_on_evidence(db: None, confirmed: int, refuted: int, step: int) -> None:
    assert scoring.quality_step(confirmed=confirmed, refuted=refuted) == step
    expression = scoring.sql_quality_step(confirmed="c", refuted="r")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {expression} FROM (VALUES (%s, %s)) v (c, r)", [confirmed, refuted])
        assert cursor.fetchone() == (step,)


def test_sql_says_the_same(db: None) -> None:
    """The generated expression and the function agree on every row of every table."""
    alliance = Alliance(live=[(n, "bank") for n in range(5)])
    rows, expected = [], []
    for kind, groups, grade, quality, age, disputed in itertools.product(
        types(), (1, 2, 4, 5, 9), ("A", "B1", "B2", "C"), (0, 1, 2), AGES, (False, True)
    ):
        rows.append((kind, groups, grade, quality, NOW - age, disputed))
        _, terms = points(
            kind=kind, band=alliance.band(groups), best_grade=grade, quality=quality, last_seen_at=NOW - age,
            disputes=disputed,
        )  # fmt: skip
        expected.append(tuple(terms.get(name, 0) for name in TERMS))
    terms_sql = scoring.sql_terms(
        kind="kind", groups="groups", live="5", best_grade="grade", quality="quality", last_seen_at="seen",
        disputes="disputed", now="%s::timestamptz",
    )  # fmt: skip
    assert list(terms_sql) == TERMS
    with connection.cursor() as cursor:
        columns = [list(column) for column in zip(*rows, strict=True)]
        cursor.execute(
            f"SELECT {', '.join(terms_sql.values())} FROM unnest(%s::text[], %s::int[], %s::text[], %s::int[], "
            "%s::timestamptz[], %s::bool[]) WITH ORDINALITY AS q (kind, groups, grade, quality, seen, disputed, n) "
            "ORDER BY n",
            [NOW, *columns],
        )
        found = cursor.fetchall()
    assert found == expected
