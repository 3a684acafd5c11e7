"""The lawful-use matrix at the desk: what is in force, what is proposed and would change, and two people to decide."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from clues.admin.columns import ColumnsAdmin, code_filter, listed, shown, table
from clues.models import LawfulUseCell, LawfulUseMatrix
from clues.screening.lawful_use import signing
from clues.screening.lawful_use.cells import Block, Cell, blocks, count_by_class
from clues.screening.lawful_use.rules import GRADES, MAX_TEXT, PERSONAL, TYPE_CLASSES
from members.admin.base import Operation, ReasonForm
from members.admin.site import site
from members.models import User
from members.permissions import Permission
from members.templatetags.members import label

MOST_BLOCKS = 200


STATES = {
    LawfulUseMatrix.PROPOSED: _("proposed"),
    LawfulUseMatrix.IN_FORCE: _("in force"),
    LawfulUseMatrix.SUPERSEDED: _("superseded"),
    LawfulUseMatrix.REJECTED: _("rejected"),
}


def _rules_in_force() -> str:
    present = signing.get_in_force()
    return "" if present is None else present.rules


class ProposeForm(forms.Form):
    """A title and the rules, beginning with those in force."""

    title = forms.CharField(
        label=_("Title"), max_length=signing.MAX_TITLE, help_text=_("Every answer names it. Say what it allows.")
    )
    rules = forms.CharField(
        label=_("Rules"),
        max_length=MAX_TEXT,
        strip=False,
        initial=_rules_in_force,
        widget=forms.Textarea(attrs={"rows": 24, "cols": 120, "spellcheck": "false"}),
        help_text=_(
            "One rule a line: verdict (allowed, refused, unresolved), purpose, category, grade, type; * means any; "
            "the type may be personal or non-personal; the legal ground stands after two hyphens. The last rule that "
            "matches decides; what no rule allows is refused. Lines that begin with # are comments."
        ),
    )


def _propose(_row: None, *, by: User, now: datetime, title: str, rules: str) -> LawfulUseMatrix:
    return signing.propose(title=title, rules=rules, by=by, now=now)


def _sign(row: LawfulUseMatrix, *, by: User, now: datetime) -> None:
    signing.sign(matrix_id=row.pk, by=by, now=now)


def _reject(row: LawfulUseMatrix, *, by: User, now: datetime, reason: str) -> None:
    signing.reject(matrix_id=row.pk, reason=reason, by=by, now=now)


def _is_proposed(row: LawfulUseMatrix) -> bool:
    return str(row.state) == LawfulUseMatrix.PROPOSED


@admin.display(description=_("matrix"), ordering="pk")
def number(row: LawfulUseMatrix) -> str:
    """What answers call it."""
    return f"LM-{row.pk}"


@admin.display(description=_("cells allowed"))
def cells(row: LawfulUseMatrix) -> int:
    """How many cells it allows."""
    return LawfulUseCell.objects.filter(matrix_id=row.pk).count()


def _share(allowed: int, all_cells: int) -> Any:
    if allowed == 0:
        return _("none")
    if allowed == all_cells:
        return _("all")
    return _("%(allowed)d of %(all)d") % {"allowed": allowed, "all": all_cells}


@admin.display(description=_("what it allows"))
def summary(row: LawfulUseMatrix) -> str:
    """Purpose by class of types and grade: all, none, or how many of the cells that the purpose leaves open."""
    by_purpose: dict[str, list[Any]] = {}
    for purpose, _name, _grade, allowed, all_cells in count_by_class(signing.cells_of(row)):
        by_purpose.setdefault(purpose, []).append(_share(allowed, all_cells))
    classes = {name: _("personal") if name == PERSONAL else _("not personal") for name in TYPE_CLASSES}
    heads = [_("purpose"), *(f"{classes[name]} · {grade}" for name in TYPE_CLASSES for grade in GRADES)]
    return table(heads, ([label(purpose, "purposes"), *shares] for purpose, shares in by_purpose.items()))


def _listed(codes: Iterable[str], vocabulary: str) -> str:
    return listed(label(code, vocabulary) for code in codes)


def _block(sign: str, block: Block) -> tuple[Any, ...]:
    return (
        sign,
        block.cells,
        _listed(block.purposes, "purposes"),
        ", ".join(block.types),
        _listed(block.categories, "categories"),
        ", ".join(block.grades),
    )


@admin.display(description=_("what signing it would change"), empty_value="—")
def difference(row: LawfulUseMatrix) -> str | None:
    """Cells added to and removed from the matrix in force, in as few lines as there are; none once it is decided."""
    if not _is_proposed(row):
        return None
    change = signing.compare(row)
    counts = _("%(added)d cells more, %(removed)d cells fewer than now") % {
        "added": len(change.added),
        "removed": len(change.removed),
    }
    rows = [*_rows("+", change.added), *_rows("-", change.removed)]
    heads = ("±", _("cells"), _("purposes"), _("identifier types"), _("categories"), _("grades"))
    more = format_html("<p>{}</p>", _("Further lines are not shown.")) if len(rows) > MOST_BLOCKS else ""
    return format_html("<p>{}</p>{}{}", counts, table(heads, rows[:MOST_BLOCKS]) if rows else "", more)


def _rows(sign: str, changed: frozenset[Cell]) -> list[tuple[Any, ...]]:
    return [_block(sign, block) for block in blocks(changed)]


@admin.display(description=_("rules"))
def rules(row: LawfulUseMatrix) -> str:
    """The text as it was proposed, with numbered lines."""
    lines = format_html_join("\n", "{} {}", ((f"{n:>4}", line) for n, line in enumerate(row.rules.splitlines(), 1)))
    return format_html("<pre>{}</pre>", lines)


@admin.register(LawfulUseMatrix, site=site)
class LawfulUseMatrixAdmin(ColumnsAdmin):
    """Newest first; one at most is in force."""

    list_display: Any = (
        number,
        shown("title", _("title")),
        shown("state", _("state"), labels=STATES),
        cells,
        shown("shipped", _("came with the product")),
        shown("proposed_by", _("proposed by")),
        shown("proposed_at", _("proposed at")),
        shown("signed_by", _("decided by")),
        shown("signed_at", _("decided at")),
    )
    list_filter = (code_filter("state", _("state"), labels=STATES),)
    list_select_related = ("proposed_by", "signed_by")
    ordering = ("-id",)
    columns = (*list_display, summary, difference, rules)
    operations = (
        Operation(
            "propose", _("Propose a matrix"), _propose, Permission.LAWFUL_USE_PROPOSE,
            _("Proposed. A second person has to sign it."), form=ProposeForm, on_list=True,
        ),
        Operation(
            "sign", _("Sign and put in force"), _sign, Permission.LAWFUL_USE_SIGN,
            _("The matrix is in force."), open_for=_is_proposed,
        ),
        Operation(
            "reject", _("Reject"), _reject, Permission.LAWFUL_USE_SIGN,
            _("The proposal is rejected."), form=ReasonForm, open_for=_is_proposed, hurts=True,
        ),
    )  # fmt: skip

    def _buttons(self, request: HttpRequest, row: Any) -> list[dict[str, Any]]:
        """Offer the proposer nothing to decide."""
        own = row is not None and row.proposed_by_id == request.user.pk
        return [] if own else super()._buttons(request, row)
