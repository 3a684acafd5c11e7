"""Reads of screening: what one may ask at present, and the institution's own ledger of what was asked. Never a token."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from aif_share.identifiers import types
from aif_share.vocabulary import purposes
from clues.models import Screening
from members.models import User, reference
from members.permissions import Viewer

from .lawful_use.gate import LawfulUse, describe

# One look at the key for each pair of purpose and type; reading the cells themselves is twenty thousand rows.
ALLOWED = """
SELECT m.id, m.title, p.purpose, array_agg(t.type ORDER BY t.place) FILTER (WHERE t.type IS NOT NULL)
FROM lawful_use_matrix m
CROSS JOIN unnest(%(purposes)s::text[]) WITH ORDINALITY AS p (purpose, place)
LEFT JOIN LATERAL (
    SELECT q.type, q.place FROM unnest(%(types)s::text[]) WITH ORDINALITY AS q (type, place)
    WHERE EXISTS (SELECT 1 FROM lawful_use_cell l WHERE l.matrix_id = m.id AND l.purpose = p.purpose AND l.type = q.type)
) t ON true
WHERE m.state = 'in-force'
GROUP BY m.id, m.title, p.purpose, p.place ORDER BY p.place
"""


@dataclass(frozen=True, slots=True)
class AllowedPurpose:
    """A purpose, what it demands, and the identifier types for which the matrix in force allows it at all."""

    purpose: str
    types: tuple[str, ...]
    lawful_use: LawfulUse


@dataclass(frozen=True, slots=True)
class ScreeningView:
    """One screening as its own institution sees it: who, why and how much. `by` is a key's id or a person's U-…."""

    id: int
    purpose: str
    case_ref: str
    basis: str
    tokens: int
    hits: int
    matrix: str | None
    screened_at: datetime
    by: str
    name: str


def list_allowed() -> list[AllowedPurpose]:
    """Return every purpose in the order of the vocabulary; without a matrix in force there is none."""
    names = {"purposes": [row.code for row in purposes.ROWS], "types": list(types())}
    with connection.cursor() as cursor:
        cursor.execute(ALLOWED, names)
        rows = cursor.fetchall()
    return [
        AllowedPurpose(purpose, tuple(kinds or ()), describe(purpose, matrix, title))
        for matrix, title, purpose, kinds in rows
    ]


def list_screenings(
    *, viewer: Viewer, purpose: str | None = None, before: int | None = None, limit: int = 100
) -> list[ScreeningView]:
    """Return the institution's screenings, newest first, below row number `before`, for one purpose or for all."""
    found = Screening.objects.filter(institution_id=viewer.institution_id)
    if purpose is not None:
        found = found.filter(purpose=purpose)
    if before is not None:
        found = found.filter(pk__lt=before)
    rows = list(found.order_by("-id")[:limit])
    names = _names_of({row.key_id for row in rows}, viewer)
    return [
        ScreeningView(
            id=row.pk,
            purpose=row.purpose,
            case_ref=row.case_ref,
            basis=row.basis,
            tokens=row.tokens,
            hits=row.hits,
            matrix=None if row.matrix_id is None else f"LM-{row.matrix_id}",
            screened_at=row.screened_at,
            by=row.key_id,
            name=names.get(row.key_id, ""),
        )
        for row in rows
    ]


def _names_of(refs: Iterable[str], viewer: Viewer) -> Mapping[str, str]:
    """Return the names of people of the institution by reference; a key has none."""
    numbers = {ref: number for ref in refs if (number := reference.decode("U", ref)) is not None}
    if not numbers:
        return {}
    people = User.objects.filter(pk__in=numbers.values(), institution_id=viewer.institution_id)
    known = {user.pk: user.full_name or user.username for user in people.only("full_name", "username")}
    return {ref: known[number] for ref, number in numbers.items() if number in known}
