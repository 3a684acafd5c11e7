"""The gate: a purpose and the types asked about pass if the matrix in force allows at least one cell of each pair.

Which categories and grades then answer is the business of whoever looks up: it joins the cells of the same matrix.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from aif_share.vocabulary import purposes

# The same function stands inside aif_screen, so that there is one rule and no moment between gate and look-up.
ASK = "SELECT matrix_id, title, refused FROM aif_lawful_use(%s, %s::text[])"


@dataclass(frozen=True, slots=True)
class LawfulUse:
    """What an answer rests on: the matrix in force, and what the purpose demands of whoever uses the answer."""

    matrix: str
    title: str
    human_review: bool
    never_sole_ground: bool

    def as_json(self) -> dict[str, Any]:
        """Return the member `lawful_use` of an answer."""
        return {name: getattr(self, name) for name in self.__slots__}  # asdict copies deeply, in every screening


class LawfulUseUnresolved(Refusal):
    """No cell of (purpose, type) is allowed: refused and unresolved read alike. `index` is the first such token."""

    def __init__(self, index: int) -> None:
        super().__init__(
            "lawful-use-unresolved",
            gettext_noop("The lawful-use matrix in force does not allow this purpose for this identifier type."),
            index=index,
        )


def check(*, purpose: str, types: Sequence[str]) -> tuple[int, LawfulUse]:
    """Return the number of the matrix in force and what it is called in answers. Raise LawfulUseUnresolved.

    `purpose` and `types` (one for each token, in the order asked) are known codes. One SQL statement, never cached.
    """
    with connection.cursor() as cursor:
        cursor.execute(ASK, [purpose, list(types)])
        row = cursor.fetchone()
    return judge(purpose, row)


def judge(purpose: str, row: tuple[Any, ...] | None) -> tuple[int, LawfulUse]:
    """Read a row (matrix id, title, first refused index or None) of `aif_lawful_use`; None: no matrix is in force."""
    matrix, title, refused = row or (None, None, 0)
    if refused is not None or matrix is None:
        raise LawfulUseUnresolved(int(refused or 0))
    return int(matrix), describe(purpose, int(matrix), title)


def describe(purpose: str, matrix: int, title: str) -> LawfulUse:
    """Return what an answer says of the matrix it rests on."""
    rules = purposes.BY_CODE[purpose]
    return LawfulUse(f"LM-{matrix}", title, rules.human_review, rules.never_sole_ground)
