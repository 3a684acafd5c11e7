"""Reads of statements: the members' edition of every bulletin, and the own ones; of another institution not even that there is one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from clues.models import Statement
from members import audit
from members.models import User, reference
from members.permissions import Permission, Viewer, check
from members.queries import Member

from .paper import Shown, show

FORMS: Final = {"pdf": "application/pdf", "csv": "text/csv; charset=utf-8"}
_FILES: Final = ("pdf", "csv")


@dataclass(frozen=True, slots=True)
class StatementView:
    """A statement; `last` is the last day of its period. `sections` are as it was made."""

    id: int
    statement: str
    kind: str
    edition: str
    since: date
    last: date
    version: int
    as_of: datetime
    pdf_sha256: str
    csv_sha256: str
    figures: Sequence[Any]

    @property
    def sections(self) -> list[Shown]:
        """Return the figures with their terms."""
        return show(self.figures)


class StatementNotFound(Refusal):
    """No such statement, or not for this institution."""

    def __init__(self) -> None:
        super().__init__("not-found", gettext_noop("No such statement."))


def list_statements(*, viewer: Viewer, before: int | None = None, limit: int = 50) -> list[StatementView]:
    """Return the newest first, below row number `before`."""
    check(viewer, Permission.CASE_VIEW)
    rows = _of(viewer).order_by("-id")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return [_view(row) for row in rows.defer(*_FILES)[:limit]]


def get_statement(*, statement: str, viewer: Viewer) -> StatementView:
    """Return one statement. Raise StatementNotFound, for strangers too."""
    check(viewer, Permission.CASE_VIEW)
    return _view(_get(_of(viewer).defer(*_FILES), reference.decode("ST", statement) or 0))


def take_file(*, statement: str, form: str, by: Member) -> tuple[str, bytes]:
    """Give a file of a statement, a key of FORMS; return its name and bytes. Raise StatementNotFound, for strangers too."""
    check(by, Permission.CASE_VIEW)
    return _take(_of(by), reference.decode("ST", statement) or 0, form, by=by)


def take_file_at_desk(*, statement: int, form: str, by: User) -> tuple[str, bytes]:
    """Give a file of any statement, by row number, for the desk; the institution whose own it is has it in its trail."""
    check(by, Permission.DESK_VIEW)
    return _take(Statement.objects.all(), statement, form, by=by)


@transaction.atomic
def _take(rows: QuerySet[Statement], number: int, form: str, *, by: Any) -> tuple[str, bytes]:
    if form not in FORMS:
        raise StatementNotFound
    row = _get(rows, number)
    institution = by.institution_id if row.institution_id is None else row.institution_id
    audit.record("statement.take", actor=by, subject_ref=row.ref, institution_id=institution, detail={"form": form})
    return f"aif-{row.kind}-{row.since:%Y%m}-v{row.version}-{row.edition}.{form}", bytes(getattr(row, form))


def _of(viewer: Viewer) -> QuerySet[Statement]:
    return Statement.objects.filter(Q(edition=Statement.MEMBERS) | Q(institution_id=viewer.institution_id))


def _get(rows: QuerySet[Statement], number: int) -> Statement:
    row = rows.filter(pk=number).first()
    if row is None:
        raise StatementNotFound
    return row


def _view(row: Statement) -> StatementView:
    return StatementView(
        id=row.pk,
        statement=row.ref,
        kind=row.kind,
        edition=row.edition,
        since=row.since,
        last=row.until - timedelta(days=1),
        version=row.version,
        as_of=row.as_of,
        pdf_sha256=row.pdf_sha256,
        csv_sha256=row.csv_sha256,
        figures=row.figures,
    )
