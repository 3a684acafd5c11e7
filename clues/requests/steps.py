"""Take up, answer, decline, withdraw, close: lock, find the row of the table, write, tell, all or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from aif_share.vocabulary import request_answers, request_declines, request_kinds
from clues.matching.release import next_tick
from clues.models import MemberRequest, RequestParty, RequestStep
from clues.notes import checked_text
from clues.submissions.rows import BASIS, names_of
from members import audit
from members.models import reference
from members.permissions import Actor, Permission, check
from members.queries import Member

from . import telling, workflow
from .workflow import Side

MAX_TEXT: Final = 2_000
FIELDS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        workflow.TAKE_UP: frozenset(),
        workflow.ANSWER: frozenset({"answer", "text", "basis"}),
        workflow.DECLINE: frozenset({"reason", "text"}),
        workflow.WITHDRAW: frozenset(),
        workflow.CLOSE: frozenset(),
    }
)
NO_WORDS: Final = ("", "", "")
Words = tuple[str, str, str]
"""Code, legal basis and text of a step."""


class RequestNotFound(Refusal):
    """No such request, or none that this institution sent or received."""

    def __init__(self) -> None:
        super().__init__("not-found", gettext_noop("No such request."))


class StepNotOpen(Refusal):
    """The table has no such row from where the request stands, or one of its preconditions does not hold."""

    def __init__(self, why: str) -> None:
        super().__init__("transition-refused", why)


@transaction.atomic
def act(*, request: str, action: str, body: Mapping[str, Any], by: Member, now: datetime) -> MemberRequest:
    """Do `action` (a key of FIELDS) on `RQ-…` as its sender or as one of its receivers; return it.

    An answer has a code of `request-answers`, and text or the code of a legal basis where its row asks for them; declining has a
    code of `request-declines`. Raise Refusal: `not-found` for strangers, `transition-refused`, `field-invalid`, `unknown-field`, `raw-identifier`, `permission-missing`; nothing is
    written then. A sender acts on every receiver of whom the table allows it.
    """
    side, found, parties = _locked(request, by)
    if not any(row.action == action and row.side == side for row in workflow.TRANSITIONS):
        raise StepNotOpen(gettext_noop("This step is the other side's."))
    check(by, Permission.REQUEST_ANSWER if side is Side.RECEIVER else Permission.REQUEST_SEND)
    words = _words(action, body, kind=found.kind)
    moves = [(party, *workflow.find(action, side=side, request=found, party=party)) for party in parties]
    open_to = [(party, row) for party, row, _why in moves if row is not None]
    if not open_to:
        raise StepNotOpen(next(why for _party, _row, why in moves))
    for party, row in open_to:
        move(found, party, row, actor=by, institution_id=by.institution_id, now=now, words=words)
    telling.tell(found, action, [party for party, _row in open_to], now=now)
    return found


def move(
    request: MemberRequest,
    party: RequestParty,
    row: workflow.Transition,
    *,
    actor: Actor,
    institution_id: int | None,
    now: datetime,
    words: Words = NO_WORDS,
) -> None:
    """Write one row of the table for a locked party: its state, the step with its words, the audit event."""
    changed: dict[str, Any] = {"state": row.target}
    if row.action == workflow.TAKE_UP:
        changed["taken_up_at"] = now
        if request_kinds.BY_CODE[request.kind].due == request_kinds.TAKE_UP:
            changed["due_at"] = None
    if row.action == workflow.ESCALATE:
        changed["escalated_at"] = Now()
    if row.target not in workflow.OPEN and party.state in workflow.OPEN:
        changed["over_at"] = now
    RequestParty.objects.filter(pk=party.pk).update(**changed)
    code, basis, text = words
    RequestStep.objects.create(
        request=request,
        party=party,
        action=row.action,
        to_state=row.target,
        institution_id=institution_id,
        actor_ref=actor.audit_ref,
        at=now,
        released_at=next_tick(),
        code=code,
        basis=basis,
        text=text,
    )
    # The words stay with the step: the audit trail holds codes only.
    audit.record(
        row.verb,
        actor=actor,
        subject_ref=request.ref,
        institution_id=institution_id,
        detail={"kind": request.kind, "from": party.state, "to": row.target} | ({"code": code} if code else {}),
    )


def _locked(request: str, by: Member) -> tuple[Side, MemberRequest, list[RequestParty]]:
    """Return the caller's side of a request that it may know, with the parties it acts on, locked in order."""
    number = reference.decode("RQ", request) or 0
    rows = RequestParty.objects.select_for_update(no_key=True, of=("self",)).filter(request_id=number).order_by("pk")
    found = MemberRequest.objects.filter(pk=number).first()
    if found is None:
        raise RequestNotFound
    if found.sender_id == by.institution_id:
        return Side.SENDER, found, list(rows)
    mine = list(rows.filter(institution_id=by.institution_id, request__released_at__lte=Now()))
    if not mine:
        raise RequestNotFound
    return Side.RECEIVER, found, mine


def _words(action: str, body: Mapping[str, Any], *, kind: str) -> Words:
    unknown = body.keys() - FIELDS[action]
    if unknown:
        raise Refusal("unknown-field", gettext_noop("The body has fields that do not exist."), fields=names_of(unknown))
    if action == workflow.ANSWER:
        return _answer(body, kind)
    if action == workflow.DECLINE:
        return _decline(body)
    return NO_WORDS


def _answer(body: Mapping[str, Any], kind: str) -> Words:
    code = body.get("answer")
    row = request_answers.BY_CODE.get(code) if isinstance(code, str) else None
    if row is None or kind not in row.kinds:
        raise Refusal(
            "field-invalid", gettext_noop("Take an answer that goes with this kind of request."), field="answer"
        )
    return (
        row.code,
        _basis(body.get("basis"), required=row.needs_basis),
        _text(body.get("text"), required=row.needs_text),
    )


def _decline(body: Mapping[str, Any]) -> Words:
    code = body.get("reason")
    row = request_declines.BY_CODE.get(code) if isinstance(code, str) else None
    if row is None:
        raise Refusal("field-invalid", gettext_noop("Take a code of the list in the vocabulary."), field="reason")
    return row.code, "", _text(body.get("text"), required=row.needs_text)


def _basis(value: Any, *, required: bool) -> str:
    if value is None or value == "":
        if required:
            raise Refusal("field-missing", gettext_noop("Name the legal basis, as a code."), field="basis")
        return ""
    if not isinstance(value, str) or BASIS.fullmatch(value) is None:
        raise Refusal("basis-invalid", gettext_noop("`basis` takes 1 to 64 of a-z, 0-9 and -."), field="basis")
    return value


def _text(value: Any, *, required: bool) -> str:
    return checked_text(value, required=required, most=MAX_TEXT)
