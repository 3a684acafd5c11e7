"""The alliance's part: set what a platform did, one content at a time or by a file with the answers to a sheet."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from aif_share.vocabulary import takedown_refusals
from clues.models import Content, ContentAnswers, ContentSheet, ContentStep
from members import audit
from members.models import User
from members.permissions import Permission, check

from .reporting import tell
from .workflow import BY_SOURCE_AND_ACTION

MOST_BYTES: Final = 1024 * 1024
MOST_ROWS: Final = 2_000
MOST_FAULTS: Final = 500
COLUMNS: Final = ("no", "answer", "reason")
# What platforms write, in either language; the codes are those of the sheet's own notes.
ANSWERS: Final = {
    "removed": "remove", "已下架": "remove", "已删除": "remove",
    "rejected": "reject", "不予处理": "reject", "未下架": "reject",
    "re-appeared": "reappear", "再次出现": "reappear",
}  # fmt: skip


class ContentNotFound(Refusal):
    """No such content, or none that this institution reported."""

    def __init__(self) -> None:
        super().__init__("not-found", gettext_noop("No such content."))


class StepNotOpen(Refusal):
    """The table has no such row from where the content stands."""

    def __init__(self) -> None:
        super().__init__("transition-refused", gettext_noop("This step is not open as the content stands."))


@transaction.atomic
def act(*, content: int, action: str, by: User, now: datetime, reason: str = "") -> Content:
    """Take one step of the table for the content of this row number; return it as it stands then. Raise Refusal.

    `reason` is a code of the list takedown-refusals, needed to reject.
    """
    check(by, Permission.CONTENT_WORK)
    row = Content.objects.select_for_update(no_key=True).filter(pk=content).first()
    if row is None:
        raise ContentNotFound
    return perform(row, action, by=by, now=now, reason=reason)


def perform(row: Content, action: str, *, by: User, now: datetime, reason: str = "") -> Content:
    """Take one step for a row that the caller has locked. Raise Refusal, with nothing written."""
    step = BY_SOURCE_AND_ACTION.get((row.state, action))
    if step is None:
        raise StepNotOpen
    if step.reason_required != bool(reason) or (reason and reason not in takedown_refusals.BY_CODE):
        raise Refusal(
            "field-invalid", gettext_noop("A reason goes with turning it down: a code of the list."), field="reason"
        )
    before, row.state, row.reason = row.state, step.target, reason
    if step.stamp is not None:
        setattr(row, step.stamp, now)
    if step.count is not None:
        setattr(row, step.count, getattr(row, step.count) + 1)
    row.changed_at, row.version = now, row.version + 1
    row.save(update_fields=["state", "reason", "changed_at", "version", *filter(None, (step.stamp, step.count))])
    ContentStep.objects.create(
        content=row, action=action, from_state=before, to_state=row.state, reason=reason, by_ref=by.audit_ref, at=now
    )
    if step.tells is not None:
        tell(row, step.tells, now)
    audit.record(
        f"content.{action}", actor=by, subject_ref=row.ref, detail={"from": before, "to": row.state, "reason": reason}
    )
    return row


@transaction.atomic
def import_answers(*, sheet: int, file: bytes, by: User, now: datetime) -> ContentAnswers:
    """Take a platform's answers to a sheet, a CSV with `no`, `answer` and `reason`; return what became of the file.

    `no` is the row's number on the sheet, `answer` a key of ANSWERS, `reason` a code of takedown-refusals with a rejection.
    A row that is not right is refused alone and stands in `faults` as [row, code]; a file that cannot be read is refused
    whole. An answer that says what is so already changes nothing and is no fault.
    """
    check(by, Permission.CONTENT_WORK)
    found = ContentSheet.objects.filter(pk=sheet).first()
    if found is None:
        raise Refusal("not-found", gettext_noop("No such sheet."))
    # Locked in the order in which reports lock them (reporting.py), whatever the order of the file.
    ordered = Content.objects.select_for_update(no_key=True).filter(pk__in=found.contents).order_by("type", "canonical")
    contents = {content.pk: content for content in ordered}
    taken, faults = 0, []
    for number, row in _rows(file):
        try:
            _answer(found, contents, row, by=by, now=now)
            taken += 1
        except Refusal as refusal:
            faults.append([number, refusal.code])
    made = ContentAnswers.objects.create(
        sheet=found, by=by, at=now, sha256=hashlib.sha256(file).hexdigest(), taken=taken, faults=faults[:MOST_FAULTS]
    )
    audit.record(
        "content.answers.import", actor=by, subject_ref=str(found), detail={"taken": taken, "refused": len(faults)}
    )
    return made


def _answer(sheet: ContentSheet, contents: dict[int, Content], row: dict[str, str], *, by: User, now: datetime) -> None:
    text = row["no"].strip().lstrip("'")
    place = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0
    if not 1 <= place <= len(sheet.contents):
        raise Refusal("not-found", gettext_noop("The sheet has no such row."))
    action = ANSWERS.get(row["answer"].strip().lower())
    if action is None:
        raise Refusal("field-invalid", gettext_noop("The answer is removed, rejected or re-appeared."), field="answer")
    content = contents[sheet.contents[place - 1]]
    said = {"remove": Content.REMOVED, "reject": Content.REJECTED, "reappear": Content.REAPPEARED}[action]
    if content.state != said:
        perform(content, action, by=by, now=now, reason=row["reason"].strip() if action == "reject" else "")


def _rows(file: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield (row number from 1, the columns) of a CSV in UTF-8 or GB 18030, as spreadsheets save it."""
    if len(file) > MOST_BYTES:
        raise Refusal("too-large", gettext_noop("The file is larger than one mebibyte."), limit=MOST_BYTES)
    try:
        text = file.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = file.decode("gb18030")
        except UnicodeDecodeError:
            raise Refusal("charset", gettext_noop("The file is neither UTF-8 nor GB 18030.")) from None
    if "\0" in text:
        raise Refusal("malformed", gettext_noop("The file is no CSV."))
    try:
        rows = list(csv.reader(io.StringIO(text)))
    except csv.Error:
        raise Refusal("malformed", gettext_noop("The file is no CSV.")) from None
    heads = [head.strip().lower() for head in rows[0]] if rows else []
    if not {"no", "answer"} <= set(heads):
        raise Refusal("malformed", gettext_noop("The first row names the columns: no, answer and reason."))
    places = {name: heads.index(name) for name in COLUMNS if name in heads}
    filled = [row for row in rows[1:] if any(cell.strip() for cell in row)]
    if len(filled) > MOST_ROWS:
        raise Refusal("too-large", gettext_noop("The file has too many rows."), limit=MOST_ROWS)
    for number, row in enumerate(rows[1:], start=1):
        if any(cell.strip() for cell in row):
            yield number, {name: row[places[name]] if places.get(name, len(row)) < len(row) else "" for name in COLUMNS}
