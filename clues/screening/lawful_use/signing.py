"""Putting a matrix in force: one person of the desk proposes, another signs or rejects. There is no other way.

Not here: the matrix that came with the product, which a migration brings.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from aif_share.identifiers import looks_raw
from clues.models import LawfulUseCell, LawfulUseMatrix
from members import audit
from members.models import User
from members.permissions import Permission, check

from .cells import Cell, expand
from .rules import RulesInvalid, parse

MAX_TITLE = 100
# In one statement: a matrix that allows much has some 20,000 cells.
STORE = """
INSERT INTO lawful_use_cell (matrix_id, purpose, type, category, grade)
SELECT %(matrix)s, cell.* FROM unnest(%(purpose)s::text[], %(type)s::text[], %(category)s::text[], %(grade)s::text[]) cell
"""


@dataclass(frozen=True, slots=True)
class Difference:
    """What signing would change: cells that would be allowed from then on, and cells that would no longer be."""

    added: frozenset[Cell]
    removed: frozenset[Cell]


@transaction.atomic
def propose(*, title: str, rules: str, by: User, now: datetime) -> LawfulUseMatrix:
    """Store a matrix for a second person to decide; what it allows is fixed here. Raise Refusal, RulesInvalid."""
    check(by, Permission.LAWFUL_USE_PROPOSE)
    title = " ".join(title.split())
    if not title or len(title) > MAX_TITLE or not title.isprintable():
        raise Refusal(
            "field-invalid", gettext_noop("Give the matrix a title of 100 characters at most."), field="title"
        )
    if looks_raw(title):
        raise Refusal("raw-identifier", gettext_noop("The title looks like an identifier."), field="title")
    cells = expand(parse(rules))
    matrix = LawfulUseMatrix.objects.create(title=title, rules=rules, proposed_by=by, proposed_at=now)
    with connection.cursor() as cursor:
        cursor.execute(STORE, {"matrix": matrix.pk, **_columns(cells)})
    _record("lawful-use.propose", matrix, by, cells=len(cells))
    return matrix


@transaction.atomic
def sign(*, matrix_id: int, by: User, now: datetime) -> LawfulUseMatrix:
    """Put a proposed matrix in force and the present one out of force. Raise Refusal.

    A proposal made before the present matrix came into force is refused with `conflict`: its signer would be shown, and
    would undo, changes that its proposer never saw.
    """
    check(by, Permission.LAWFUL_USE_SIGN)
    _one_at_a_time()
    present = get_in_force()
    matrix = _lock_proposed(matrix_id, by)
    if present is not None and present.signed_at is not None and present.signed_at > matrix.proposed_at:
        raise Refusal(
            "conflict",
            gettext_noop("Another matrix came into force after this one was proposed. Propose it again."),
        )
    difference = compare(matrix)
    if present is not None:
        present.state = LawfulUseMatrix.SUPERSEDED
        present.save(update_fields=["state"])
    _decide(matrix, LawfulUseMatrix.IN_FORCE, by, now)
    _record(
        "lawful-use.sign", matrix, by, cells_added=len(difference.added), cells_removed=len(difference.removed),
        supersedes=None if present is None else present.pk,
    )  # fmt: skip
    return matrix


@transaction.atomic
def reject(*, matrix_id: int, reason: str, by: User, now: datetime) -> LawfulUseMatrix:
    """Turn a proposed matrix down; the reason goes into the audit trail. Raise Refusal."""
    check(by, Permission.LAWFUL_USE_SIGN)
    matrix = _lock_proposed(matrix_id, by)
    _decide(matrix, LawfulUseMatrix.REJECTED, by, now)
    _record("lawful-use.reject", matrix, by, reason=reason)
    return matrix


def compare(matrix: LawfulUseMatrix) -> Difference:
    """Return what the matrix would change if it took the place of the one in force."""
    own = cells_of(matrix)
    present = get_in_force()
    before = cells_of(present) if present is not None else set()
    return Difference(frozenset(own - before), frozenset(before - own))


def _columns(cells: set[Cell]) -> dict[str, list[str]]:
    rows = sorted(cells)
    return {name: [row[place] for row in rows] for place, name in enumerate(Cell._fields)}


def cells_of(matrix: LawfulUseMatrix) -> set[Cell]:
    """Return the cells that the matrix allows."""
    rows = LawfulUseCell.objects.filter(matrix_id=matrix.pk)
    return {Cell(*row) for row in rows.values_list("purpose", "type", "category", "grade")}


def get_in_force() -> LawfulUseMatrix | None:
    """Return the matrix in force; None when there is none, and then everything is refused."""
    return LawfulUseMatrix.objects.filter(state=LawfulUseMatrix.IN_FORCE).first()


def _one_at_a_time() -> None:
    # Locking the row in force would not do: who waited for it finds it superseded and its successor not at all.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('aif.lawful-use'))")


def _lock_proposed(matrix_id: int, by: User) -> LawfulUseMatrix:
    matrix = LawfulUseMatrix.objects.select_for_update().filter(pk=matrix_id).first()
    if matrix is None:
        raise Refusal("not-found", gettext_noop("There is no such matrix."))
    if matrix.state != LawfulUseMatrix.PROPOSED:
        raise Refusal("transition-refused", gettext_noop("The matrix is decided already."))
    if matrix.proposed_by_id == by.pk:
        raise Refusal("four-eyes", gettext_noop("Somebody else than the proposer has to decide."))
    return matrix


def _decide(matrix: LawfulUseMatrix, state: str, by: User, now: datetime) -> None:
    matrix.state, matrix.signed_by, matrix.signed_at = state, by, now
    matrix.save(update_fields=["state", "signed_by", "signed_at"])


def _record(verb: str, matrix: LawfulUseMatrix, by: User, **detail: object) -> None:
    audit.record(verb, actor=by, subject_ref=f"LM-{matrix.pk}", detail={"title": matrix.title} | detail)


__all__ = ["Difference", "RulesInvalid", "cells_of", "compare", "get_in_force", "propose", "reject", "sign"]
