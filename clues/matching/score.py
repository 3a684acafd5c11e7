"""The score of a match and of a screening hit: 0 to 100, the sum of terms that are shown with it.

The tables are the rule. What they take is as coarse as what a party is shown anyway: the band and never the number of
groups, three steps of source quality, recency in fifths. So points tell no more than the rest of the answer does.
Roles that never score and clues that do not count at present never come here. Not for judging people: see docs/adr/0015.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from aif_share.identifiers import get_type, types

from .visibility import BANDS, LIVE_FOR_BANDS

GROUP_POINTS: Final[Mapping[str | None, int]] = {"5+": 35, "2-4": 24, "1": 12, None: 12}
GRADE_POINTS: Final[Mapping[str, int]] = {"A": 27, "B1": 22, "B2": 16, "C": 6}
POOR, UNKNOWN, PROVEN = 0, 1, 2
QUALITY_POINTS: Final[Mapping[int, int]] = {POOR: 0, UNKNOWN: 5, PROVEN: 10}
RECENCY_STEP, RECENCY_STEPS = 4, 5
LINK_POINTS: Final[Mapping[int, int]] = {2: 8, 1: 5, 0: 2}
HALF_LIFE: Final[Mapping[int, timedelta]] = {
    2: timedelta(days=3 * 365),
    1: timedelta(days=180),
    0: timedelta(days=60),
}
DISPUTE_POINTS: Final = -10  # less than any hit has without it (12 + 6 + 2), so that no score is below zero
# Of the verdicts about an institution: this many before it leaves UNKNOWN, and then by the mean of Beta(c + 1, r + 1).
LEAST_VERDICTS: Final = 5
PROVEN_FROM, POOR_BELOW = 0.75, 0.4


@dataclass(frozen=True)
class Term:
    """One part of a score: its name and what it adds."""

    term: str
    points: int


def score(
    *,
    kind: str,
    band: str | None,
    best_grade: str,
    quality: int,
    last_seen_at: datetime,
    disputes: int | bool,
    now: datetime,
) -> tuple[int, list[Term]]:
    """Return the score and its terms, those of zero points left out; the terms add up to the score.

    `band` as the viewer is shown it, `quality` the best step (`source_quality.step`, UNKNOWN without a row) among the
    institutions that reported, `disputes` how many of the clues that would count are under dispute: any is as many.
    """
    link = get_type(kind).link
    age = max(now - last_seen_at, timedelta(0))
    terms = [
        Term("independent-groups", GROUP_POINTS[band]),
        Term("grade", GRADE_POINTS[best_grade]),
        Term("source-quality", QUALITY_POINTS[quality]),
        Term("recency", RECENCY_STEP * int(RECENCY_STEPS * 0.5 ** (age / HALF_LIFE[link]) + 0.5)),
        Term("specificity", LINK_POINTS[link]),
        Term("disputes", DISPUTE_POINTS if disputes else 0),
    ]
    terms = [term for term in terms if term.points]
    return sum(term.points for term in terms), terms


def mean_of(confirmed: Any, refuted: Any) -> Any:
    """Return the mean of Beta(confirmed + 1, refuted + 1), between 0 and 1: of two counts, or of two columns of the ORM."""
    return (confirmed + 1.0) / (confirmed + refuted + 2.0)


def quality_step(*, confirmed: int, refuted: int) -> int:
    """Return the step of an institution's quality from the verdicts of others."""
    if confirmed + refuted < LEAST_VERDICTS:
        return UNKNOWN
    mean = mean_of(confirmed, refuted)
    return PROVEN if mean >= PROVEN_FROM else POOR if mean < POOR_BELOW else UNKNOWN


def _cases(value: str, points: Mapping[str, int] | Mapping[int, int]) -> str:
    whens = " ".join(f"WHEN {_literal(key)} THEN {worth}" for key, worth in points.items())
    return f"CASE {value} {whens} END"


def _literal(key: str | int) -> str:
    return str(key) if isinstance(key, int) else f"'{key}'"


def sql_terms(
    *, kind: str, groups: str, live: str, best_grade: str, quality: str, last_seen_at: str, disputes: str, now: str
) -> dict[str, str]:
    """Return the same rule as SQL: term -> an integer expression over the given SQL expressions.

    `groups` counts the independent groups beside the viewer's own, `live` the live institutions; both are turned into
    the band here. `disputes` is boolean.
    """
    bands = " ".join(f"WHEN {groups} >= {least} THEN {GROUP_POINTS[name]}" for least, name in BANDS)
    links = {each.code: each.link for each in types().values()}
    half_lives = {code: int(HALF_LIFE[link].total_seconds()) for code, link in links.items()}
    age = f"greatest(0, extract(epoch FROM {now} - {last_seen_at}))::float8"
    return {
        "independent-groups": f"CASE WHEN {live} < {LIVE_FOR_BANDS} THEN {GROUP_POINTS[None]} {bands} ELSE 0 END",
        "grade": _cases(best_grade, GRADE_POINTS),
        "source-quality": _cases(quality, QUALITY_POINTS),
        "recency": f"{RECENCY_STEP} * floor({RECENCY_STEPS} * power(0.5, {age} / {_cases(kind, half_lives)}) + 0.5)::int",
        "specificity": _cases(kind, {code: LINK_POINTS[link] for code, link in links.items()}),
        "disputes": f"CASE WHEN {disputes} THEN {DISPUTE_POINTS} ELSE 0 END",
    }


def sql_quality_step(*, confirmed: str, refuted: str) -> str:
    """Return `quality_step` as an SQL expression."""
    mean = f"({confirmed} + 1)::float8 / ({confirmed} + {refuted} + 2)"
    return (
        f"CASE WHEN {confirmed} + {refuted} < {LEAST_VERDICTS} THEN {UNKNOWN} "
        f"WHEN {mean} >= {PROVEN_FROM} THEN {PROVEN} WHEN {mean} < {POOR_BELOW} THEN {POOR} ELSE {UNKNOWN} END"
    )
