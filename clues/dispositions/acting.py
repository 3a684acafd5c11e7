"""Move a disposition along one row of its table, and answer that its ground has fallen."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from aif_share.vocabulary import dispositions, keep_reasons
from clues.matching.queries import list_some
from clues.models import Disposition, DispositionStep, LiftNotice
from clues.notes import checked_note
from members import audit
from members.models import reference
from members.permissions import Permission, check
from members.queries import Member

from . import fields, grounds
from .workflow import BY_SOURCE_AND_ACTION, Transition, actions_for

FIELDS: Final = frozenset({"action", "note", "done_at", "review_date", *fields.EFFECTS})
WEAKENED: Final = "weakened"
ANSWER_FIELDS: Final = frozenset({"answer", "reason", "note"})
_WRITTEN: Final = (
    "state", "done_at", "seconds_to_disposal", "review_date", "review_told_at", "reappearances", "changed_at", "version",
    *fields.EFFECTS,
)  # fmt: skip


class DispositionNotFound(Refusal):
    """No such disposition, or another institution's."""

    def __init__(self) -> None:
        super().__init__("not-found", gettext_noop("No such disposition."))


class StepNotOpen(Refusal):
    """The table has no such row from where the disposition stands."""

    def __init__(self) -> None:
        super().__init__("transition-refused", gettext_noop("This step is not open as the disposition stands."))


class NothingToAnswer(Refusal):
    """Its ground stands, or the answer was given."""

    def __init__(self) -> None:
        super().__init__(
            "transition-refused", gettext_noop("There is nothing to answer: its ground stands, or you have answered.")
        )


@transaction.atomic
def act(*, disposition: str, request: Mapping[str, Any], version: int, by: Member, now: datetime) -> Disposition:
    """Perform `action` on the caller's disposition `DI-…`, of `version`; return it as it stands then. Raise Refusal.

    With `note` (a reason, needed to lift), `done_at` (to do), `review_date` (to do or confirm) and effects. Lifting answers
    a lift notice that is open.
    """
    check(by, Permission.CLUE_SUBMIT)
    fields.check_names(request, FIELDS)
    action = request.get("action")
    row = _locked(disposition, by)
    if row.version != version:
        raise Refusal("version-changed", gettext_noop("Read it again, and change what is there now."))
    step = BY_SOURCE_AND_ACTION.get((row.state, action)) if isinstance(action, str) else None
    if step is None or step not in actions_for(row.state, row.kind):
        raise StepNotOpen
    return _perform(row, step, request, by=by, now=now)


@transaction.atomic
def answer(*, disposition: str, request: Mapping[str, Any], by: Member, now: datetime) -> Disposition:
    """Answer the open lift notice of the caller's disposition: `{"answer", "reason", "note"}`. Raise Refusal.

    `lifted` lifts it. `kept` keeps it on grounds of the institution's own, a code of the list keep-reasons.
    """
    check(by, Permission.CLUE_SUBMIT)
    fields.check_names(request, ANSWER_FIELDS)
    choice = fields.read_code(request, "answer", (LiftNotice.LIFTED, LiftNotice.KEPT))
    row = _locked(disposition, by)
    notice = _open_notice(row)
    if notice is None:
        raise NothingToAnswer
    if choice == LiftNotice.LIFTED:
        if request.get("reason"):
            raise Refusal("field-invalid", gettext_noop("A reason goes with keeping it."), field="reason")
        given = {"note": request.get("note") or notice.cause}
        return _perform(row, BY_SOURCE_AND_ACTION[row.state, "lift"], given, by=by, now=now)
    reason = fields.read_code(request, "reason", keep_reasons.BY_CODE)
    note = checked_note(_text(request), required=False)
    if notice.cause == WEAKENED and row.match_id is not None:
        _rest_on_what_is_shown(row, by)
    _answer(notice, LiftNotice.KEPT, by=by, now=now, reason=reason, note=note)
    _step(row, "keep", row.state, note=note, by=by, now=now, detail={"reason": reason, "cause": notice.cause})
    return row


def _perform(
    row: Disposition, step: Transition, request: Mapping[str, Any], *, by: Member, now: datetime
) -> Disposition:
    note = checked_note(_text(request), required=step.ends)
    kind = dispositions.BY_CODE[row.kind]
    effects = fields.read_effects(request)
    # Read whether this step takes them or not: what is wrong is said, and not passed over.
    done_at = fields.read_done_at(request.get("done_at"), now=now)
    review_date = fields.read_review_date(request.get("review_date"), days=kind.review_days, now=now)
    if step.action == "effects" and not effects:
        raise Refusal("field-missing", gettext_noop("Give at least one figure."), field=fields.EFFECTS[0])
    before, row.state = row.state, step.target
    for name, value in effects.items():
        setattr(row, name, value)
    if step.does and row.done_at is None:  # what re-appeared and is done again was done first when it was
        fields.put_done(row, done_at)
    if step.does or step.action == "confirm":
        row.review_date = review_date
        row.review_told_at = None
    if step.target == Disposition.REAPPEARED:
        row.reappearances += 1
    row.version, row.changed_at = row.version + 1, now
    row.save(update_fields=_WRITTEN)
    if step.ends:
        notice = _open_notice(row)
        if notice is not None:
            _answer(notice, LiftNotice.LIFTED, by=by, now=now, note=note)
    _step(row, step.action, before, note=note, by=by, now=now, detail={"from": before, "to": row.state})
    return row


def _rest_on_what_is_shown(row: Disposition, by: Member) -> None:
    """What was found to suffice is the ground from now on: only what is less than it is told again."""
    for match in list_some(matches=[row.match_id or 0], viewer=by):
        for name, value in grounds.shown_of(match).items():
            setattr(row, name, value)
        row.save(update_fields=["match_band", "match_grade"])


def _locked(disposition: str, by: Member) -> Disposition:
    own = Disposition.objects.select_for_update(no_key=True).filter(institution_id=by.institution_id)
    row = own.filter(pk=reference.decode("DI", disposition) or 0).first()
    if row is None:
        raise DispositionNotFound
    return row


def _open_notice(row: Disposition) -> LiftNotice | None:
    return LiftNotice.objects.filter(disposition=row, answered_at__isnull=True, ended_at__isnull=True).first()


def _answer(notice: LiftNotice, choice: str, *, by: Member, now: datetime, reason: str = "", note: str = "") -> None:
    LiftNotice.objects.filter(pk=notice.pk).update(
        answer=choice, reason=reason, note=note, answered_at=now, answered_by_ref=by.audit_ref
    )


def _step(
    row: Disposition, action: str, before: str, *, note: str, by: Member, now: datetime, detail: Mapping[str, Any]
) -> None:
    DispositionStep.objects.create(
        disposition=row, action=action, from_state=before, to_state=row.state, note=note, by_ref=by.audit_ref, at=now
    )
    audit.record(
        f"disposition.{action}",
        actor=by,
        subject_ref=row.ref,
        institution_id=row.institution_id,
        detail={"kind": row.kind, "version": row.version, **detail},
    )


def _text(request: Mapping[str, Any]) -> str:
    value = request.get("note")
    if value is not None and not isinstance(value, str):
        raise Refusal("field-invalid", gettext_noop("A note is text."), field="note")
    return value or ""
