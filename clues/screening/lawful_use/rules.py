"""The text of a matrix: one rule a line, the last that matches a cell decides it.

    # verdict   purpose         category       grade  type            -- ground
    unresolved  *               *              *      personal        -- awaits counsel
    allowed     *               *              *      non-personal    -- no personal information
    refused     onboarding      *              *      *               -- not before the next review

Not here: who may put a matrix in force (`signing`), and what a purpose forbids whatever the matrix says (`cells`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from django.utils.translation import gettext as _

from aif_share.errors import Refusal
from aif_share.identifiers import types
from aif_share.vocabulary import categories, grades, purposes

ALLOWED, REFUSED, UNRESOLVED = "allowed", "refused", "unresolved"
VERDICTS: Final = (ALLOWED, REFUSED, UNRESOLVED)
ANY, PERSONAL, NON_PERSONAL = "*", "personal", "non-personal"
GROUND: Final = " -- "
MAX_TEXT, MAX_RULES, MAX_GROUND = 50_000, 1_000, 300

PURPOSES: Final = tuple(row.code for row in purposes.ROWS)
CATEGORIES: Final = tuple(row.code for row in categories.ROWS)
# Grade C answers neither screenings nor watches, so it has no cells and no rule may name it.
GRADES: Final = tuple(row.code for row in grades.ROWS if row.code != "C")
TYPES: Final = tuple(types())
TYPE_CLASSES: Final[Mapping[str, tuple[str, ...]]] = {
    PERSONAL: tuple(code for code, kind in types().items() if kind.personal),
    NON_PERSONAL: tuple(code for code, kind in types().items() if not kind.personal),
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One line: its verdict on every cell of the product of these codes. `ground` is a reference, or empty."""

    line: int
    verdict: str
    purposes: Sequence[str]
    categories: Sequence[str]
    grades: Sequence[str]
    types: Sequence[str]
    ground: str


class RulesInvalid(Refusal):
    """A text that is no matrix; the detail names the first line that is wrong, and `line` its number from 1."""

    def __init__(self, detail: str, *, line: int | None = None) -> None:
        said = _("Line %(line)d: %(detail)s") % {"line": line, "detail": detail} if line else detail
        super().__init__("rules-invalid", said, field="rules", **({"line": line} if line else {}))
        self.line = line


def parse(text: str) -> list[Rule]:
    """Return the rules in the order written. Raise RulesInvalid."""
    if len(text) > MAX_TEXT:
        raise RulesInvalid(_("A matrix has %(most)d characters at most.") % {"most": MAX_TEXT})
    rules = [
        rule
        for number, line in enumerate(text.splitlines(), start=1)
        if (rule := _parse_line(number, line)) is not None
    ]
    if not rules:
        raise RulesInvalid(_("A matrix needs a rule; what no rule speaks of is unresolved."))
    if len(rules) > MAX_RULES:
        raise RulesInvalid(_("A matrix has %(most)d rules at most.") % {"most": MAX_RULES})
    return rules


def _parse_line(number: int, line: str) -> Rule | None:
    body, _mark, ground = line.partition(GROUND)
    if "#" in body:  # within the ground it is a character like any other
        body, ground = body.partition("#")[0], ""
    words = body.split()
    if not words:
        if ground.strip():
            raise RulesInvalid(_("A ground without its rule."), line=number)
        return None
    if len(words) != 5:
        raise RulesInvalid(_("A rule has five words: verdict, purpose, category, grade, type."), line=number)
    if len(ground.strip()) > MAX_GROUND or not ground.isprintable():
        raise RulesInvalid(_("The ground has %(most)d characters at most.") % {"most": MAX_GROUND}, line=number)
    verdict, purpose, category, grade, kind = words
    if verdict not in VERDICTS:
        raise RulesInvalid(_("The verdict is allowed, refused or unresolved."), line=number)
    if grade == "C":
        raise RulesInvalid(_("Grade C never answers; no rule can allow it."), line=number)
    return Rule(
        line=number,
        verdict=verdict,
        purposes=_codes(number, purpose, PURPOSES, _("No such purpose.")),
        categories=_codes(number, category, CATEGORIES, _("No such category.")),
        grades=_codes(number, grade, GRADES, _("No such grade.")),
        types=TYPE_CLASSES.get(kind) or _codes(number, kind, TYPES, _("No such identifier type or class of types.")),
        ground=ground.strip(),
    )


def _codes(number: int, word: str, known: Sequence[str], otherwise: str) -> Sequence[str]:
    if word == ANY:
        return known
    if word not in known:
        # The word is not repeated: what somebody pastes into a text field may be anything.
        raise RulesInvalid(otherwise, line=number)
    return (word,)


def first_lines(text: str, count: int) -> str:
    """Return the first lines that are rules, for a list that has no room for all."""
    return "\n".join(islice((line for line in text.splitlines() if line.partition("#")[0].strip()), count))
