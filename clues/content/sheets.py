"""Report sheets: numbered, one a platform, kept as they were handed over. No cell is ever run by a spreadsheet."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, cast
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Max
from django.utils.timezone import localtime
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from aif_share.vocabulary import categories, platforms, takedown_refusals
from aif_share.wire.csv_cells import FORMULA, quoted_cell
from clues.models import Content, ContentReport, ContentSheet
from members import audit
from members.models import User
from members.operations import approvals
from members.permissions import Permission, check

from .answering import ANSWERS, perform
from .workflow import TO_REQUEST

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

MOST_ROWS: Final = 1_000
"""Links of one sheet: more than a thousand rows leave the house by a second person's word only."""
_ZONE: Final = ZoneInfo("Asia/Shanghai")
HEADS: Final = ("no", "链接 link", "平台内编号 canonical", "类别 category", "首次上报 first reported", "独立上报方 reporters",
                "取证摘要 SHA-256 of captures", "answer", "reason")  # fmt: skip
_NOTES: Final = (
    "answer: " + " / ".join(ANSWERS),
    "reason（rejected）: " + " / ".join(f"{row.code} {row.zh}" for row in takedown_refusals.ROWS),
)


@transaction.atomic
def make_sheet(*, platform: str, by: User, now: datetime, limit: int = MOST_ROWS) -> ContentSheet:
    """Make the next sheet of what a platform is to be asked for, oldest first, and mark it as requested. Raise Refusal.

    `limit` is at most MOST_ROWS. Whoever reported is counted by independent groups and not named.
    """
    check(by, Permission.CONTENT_WORK)
    if platform not in platforms.BY_CODE:
        raise Refusal("field-invalid", gettext_noop("Take a code of the list in the vocabulary."), field="platform")
    waiting = Content.objects.filter(platform=platform, state__in=TO_REQUEST).order_by("id")
    numbers = list(waiting.values_list("pk", flat=True)[: min(limit, MOST_ROWS)])
    # Locked in the order in which reports lock them (reporting.py); what somebody else asked for meanwhile is left out.
    locked = Content.objects.select_for_update(no_key=True).filter(pk__in=numbers, state__in=TO_REQUEST)
    contents = sorted(locked.order_by("type", "canonical"), key=lambda row: row.pk)
    if not contents:
        raise Refusal("empty", gettext_noop("Nothing waits for this platform."), field="platform")
    for content in contents:
        perform(content, "request", by=by, now=now)
    lines = _lines(contents)
    as_csv, as_xlsx = _csv(lines), _xlsx(lines)
    last = ContentSheet.objects.filter(platform=platform).aggregate(Max("no"))["no__max"] or 0
    sheet = ContentSheet.objects.create(
        platform=platform,
        no=last + 1,
        made_by=by,
        made_at=now,
        contents=[content.pk for content in contents],
        csv=as_csv,
        csv_sha256=hashlib.sha256(as_csv).hexdigest(),
        xlsx=as_xlsx,
        xlsx_sha256=hashlib.sha256(as_xlsx).hexdigest(),
    )
    audit.record(
        "content.sheet.make", actor=by, subject_ref=str(sheet), detail={"platform": platform, "links": len(contents)}
    )
    return sheet


@transaction.atomic
def take_file(*, sheet: int, form: str, by: User, now: datetime) -> tuple[str, bytes]:
    """Give a file of a sheet, `csv` or `xlsx`, out of the desk; return its name and what is in it. Raise Refusal."""
    check(by, Permission.CONTENT_WORK)
    row = ContentSheet.objects.filter(pk=sheet).first()
    if row is None or form not in ("csv", "xlsx"):
        raise Refusal("not-found", gettext_noop("No such sheet."))
    approvals.require_export(
        what="content-sheet", rows=len(row.contents), by=by, now=now, parameters={"sheet": str(row), "form": form}
    )
    return f"{row}.{form}", bytes(getattr(row, form))


def _lines(contents: Sequence[Content]) -> list[tuple[str, ...]]:
    reports = ContentReport.objects.filter(content__in=contents, institution__state="live").select_related(
        "institution"
    )
    groups: dict[int, set[int]] = {}
    captures: dict[int, set[str]] = {}
    for report in reports:
        groups.setdefault(report.content_id, set()).add(report.institution.group_id)
        if report.capture_sha256 is not None:
            captures.setdefault(report.content_id, set()).add(bytes(report.capture_sha256).hex())
    return [
        (
            str(place),
            content.link,
            content.canonical,
            f"{categories.BY_CODE[content.category].zh} {content.category}",
            localtime(content.first_reported_at, _ZONE).strftime("%Y-%m-%d %H:%M"),
            str(len(groups.get(content.pk, ()))),
            " ".join(sorted(captures.get(content.pk, ()))),
            "",
            "",
        )
        for place, content in enumerate(contents, start=1)
    ]


def _csv(lines: Sequence[tuple[str, ...]]) -> bytes:
    """Return the sheet for a program that opens CSV: with its byte order mark, every text in quotes."""
    out = "".join(",".join(quoted_cell(cell) for cell in line) + "\r\n" for line in (HEADS, *lines))
    return b"\xef\xbb\xbf" + out.encode()


def _xlsx(lines: Sequence[tuple[str, ...]]) -> bytes:
    from openpyxl import Workbook  # brings numpy: a fifth of a second in every process that makes no sheet
    from openpyxl.styles import Font

    book = Workbook()
    sheet = cast("Worksheet", book.active)
    sheet.title = "links"
    for place, line in enumerate((HEADS, *lines), start=1):
        for column, text in enumerate(line, start=1):
            _write(sheet.cell(row=place, column=column), text)
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for letter, width in zip("ABCDEFGHI", (6, 60, 44, 34, 18, 12, 40, 16, 20), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "A2"
    notes = book.create_sheet("notes")
    for place, text in enumerate(_NOTES, start=1):
        _write(notes.cell(row=place, column=1), text)
    notes.column_dimensions["A"].width = 100
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _write(cell: Any, text: str) -> None:
    """Write text as text: openpyxl takes what begins with `=` for a formula otherwise, and so would whoever re-types it."""
    cell.value = f"'{text}" if text and text[0] in FORMULA else text
    cell.data_type = "s"
