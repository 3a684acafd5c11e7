"""One screening: checks, then one SQL function that looks up, writes the ledger and charges last."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg2
from django.db import DatabaseError, connection

from aif_share.wire.limits import MAX_SCREEN_TOKENS
from clues import quotas
from clues.fishing.standing import ScreeningSuspended
from clues.matching.score import Term, score
from clues.matching.visibility import Alliance
from clues.submissions.tokens import read_tokens
from members.queries import Member

from .lawful_use import gate
from .lawful_use.gate import LawfulUse
from .question import read_header

QUOTA_STATE, SUSPENDED_STATE = "AIF29", "AIF30"
LOOK_UP = "SELECT * FROM aif_screen(%s, %s, %s, %s, %s, %s, %s, %s::text[], %s::int[], %s::uuid[])"


@dataclass(frozen=True)
class Result:
    """The answer for one token; what is None or empty is not known or may not be told."""

    index: int
    hit: bool
    band: str | None
    categories: Sequence[str]
    best_grade: str | None
    score: int | None
    terms: Sequence[Term]


@dataclass(frozen=True)
class Answer:
    """The results in the order asked, the moment they speak of, and the matrix that allowed them."""

    results: list[Result]
    as_of: datetime
    lawful_use: LawfulUse


def screen(*, request: Mapping[str, Any], by: Member) -> Answer:
    """Answer which tokens other institutions reported at grade B2 or better, as the matrix allows. Raise Refusal.

    A refused screening charges nothing and leaves no ledger row.
    """
    purpose, case_ref, basis = read_header(request, by=by)
    kinds, numbers, stored = read_tokens(request.get("tokens"), most=MAX_SCREEN_TOKENS)
    parameters: list[Any] = [
        by.institution_id, by.group_id, by.audit_ref, purpose, case_ref, basis, by.screen_quota,
        kinds, numbers, stored,
    ]  # fmt: skip
    try:
        with connection.cursor() as cursor:
            cursor.execute(LOOK_UP, parameters)
            rows = cursor.fetchall()
    except DatabaseError as error:
        cause = error.__cause__
        if isinstance(cause, psycopg2.Error) and cause.pgcode == QUOTA_STATE:
            raise quotas.QuotaExhausted(quotas.SCREEN, by.screen_quota) from None
        if isinstance(cause, psycopg2.Error) and cause.pgcode == SUSPENDED_STATE:
            raise ScreeningSuspended from None
        raise
    return read_answer(rows, kinds, purpose)


def read_answer(rows: Sequence[Any], kinds: Sequence[str], purpose: str) -> Answer:
    """Row 0 of the function carries the clock, the alliance and the matrix; the others are hits."""
    _, _, _, _, as_of, _, _, live, *matrix = rows[0]
    _number, lawful_use = gate.judge(purpose, tuple(matrix))
    alliance = Alliance(live=[(0, "")] * live)
    results = [Result(i, False, None, (), None, None, ()) for i in range(len(kinds))]
    for index, groups, found, best_grade, last_seen_at, quality, disputed, *_ in rows[1:]:
        band = alliance.band(groups)
        points, terms = score(
            kind=kinds[index], band=band, best_grade=best_grade, quality=quality, last_seen_at=last_seen_at,
            disputes=disputed, now=as_of,
        )  # fmt: skip
        results[index] = Result(index, True, band, found, best_grade, points, terms)
    return Answer(results=results, as_of=as_of, lawful_use=lawful_use)
