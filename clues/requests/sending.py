"""Send a request: read it, find who gets it, store it with its clock. All or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from aif_share.vocabulary import categories, complaint_handlings, consumer_contacted, purposes, request_kinds
from aif_share.vocabulary.request_kinds import RequestKind
from clues.days import read_day
from clues.matching.release import next_tick
from clues.models import Clue, MemberRequest, RequestIdentifier, RequestParty, RequestStep, Sighting
from clues.notes import checked_text
from clues.screening.lawful_use import gate
from clues.submissions.rows import BASIS, names_of
from clues.submissions.tokens import read_tokens
from members import audit
from members.models import reference
from members.permissions import Permission, check
from members.queries import Member

from . import addressing, telling, workflow
from .clocks import due_at
from .references import checked_reference
from .steps import MAX_TEXT

MOST_IDENTIFIERS: Final = 20
FIELDS: Final = frozenset(
    {
        "kind",
        "clock",
        "case",
        "party",
        "match",
        "to",
        "previous",
        "purpose",
        "basis",
        "text",
        "identifiers",
        "clues",
        "complaint",
    }
)
COMPLAINT_FIELDS: Final = frozenset({"category", "reference", "received_on", "consumer_contacted", "handling"})
REFERRAL: Final = "complaint-referral"
Identifier = tuple[str, int, str]


def send(*, request: Mapping[str, Any], by: Member, now: datetime) -> MemberRequest:
    """Send a request; return it. Raise Refusal; then nothing is stored.

    `request` has `kind`, `text`, one of `case`, `match`, `to` and `previous` (clues/requests/addressing.py); `clock` where
    the kind has one; `purpose` where the kind has none of its own and something is asked or identifiers are named;
    `identifiers` (tokens) or `clues` (own ones, `C-…`), which pass the lawful-use gate; `complaint` for a referral.
    """
    check(by, Permission.REQUEST_SEND)
    _refuse_unknown(request, FIELDS)
    kind = request_kinds.BY_CODE[_code(request.get("kind"), request_kinds.BY_CODE, "kind")]
    clock = _clock(request.get("clock"), kind)
    basis = _basis(request.get("basis"), by)
    text = checked_text(request.get("text"), required=True, most=MAX_TEXT)
    complaint = _complaint(request.get("complaint"), kind, now)
    with transaction.atomic():
        identifiers = _identifiers(request, by)
        purpose = _purpose(request.get("purpose"), kind, needed=bool(identifiers))
        if identifiers:
            gate.check(purpose=purpose, types=[each[0] for each in identifiers])
        address = addressing.resolve(request, kind=kind, by=by)
        released = next_tick()
        made = MemberRequest.objects.create(
            kind=kind.code,
            clock=clock,
            via=address.via,
            sender_id=by.institution_id,
            actor_ref=by.audit_ref,
            case_id=address.case_id,
            match_id=address.match_id,
            previous=address.previous,
            thread_id=None if address.previous is None else address.previous.thread_id or address.previous.pk,
            purpose=purpose,
            basis=basis,
            sent_at=now,
            released_at=released,
            **complaint,
        )
        parties = RequestParty.objects.bulk_create(
            RequestParty(request=made, institution_id=number, due_at=due_at(clock, start=released))
            for number in address.receivers
        )
        RequestIdentifier.objects.bulk_create(
            RequestIdentifier(request=made, position=place, type=kind_, epoch=epoch, token=token)
            for place, (kind_, epoch, token) in enumerate(identifiers)
        )
        RequestStep.objects.create(
            request=made, action=workflow.SEND, to_state=RequestParty.SENT, institution_id=by.institution_id,
            actor_ref=by.audit_ref, at=now, released_at=released, text=text,
        )  # fmt: skip
        audit.record(
            "request.send",
            actor=by,
            subject_ref=made.ref,
            institution_id=by.institution_id,
            detail={"kind": kind.code, "via": address.via, "clock": clock, "identifiers": len(identifiers)},
        )
        telling.tell(made, workflow.SEND, parties, now=now)
    return made


def _refuse_unknown(body: Mapping[str, Any], known: frozenset[str]) -> None:
    unknown = body.keys() - known
    if unknown:
        raise Refusal("unknown-field", gettext_noop("The body has fields that do not exist."), fields=names_of(unknown))


def _code(value: Any, known: Mapping[str, Any], field: str) -> str:
    if not isinstance(value, str) or value not in known:
        raise Refusal("field-invalid", gettext_noop("Take a code of the list in the vocabulary."), field=field)
    return value


def _clock(value: Any, kind: RequestKind) -> str:
    if value is None or value == "":
        return kind.clocks[0] if kind.clocks else ""
    if not isinstance(value, str) or value not in kind.clocks:
        raise Refusal("field-invalid", gettext_noop("This kind of request has no such clock."), field="clock")
    return value


def _basis(value: Any, by: Member) -> str:
    if value is None or value == "":
        return by.default_basis
    if not isinstance(value, str) or BASIS.fullmatch(value) is None:
        raise Refusal("basis-invalid", gettext_noop("`basis` takes 1 to 64 of a-z, 0-9 and -."), field="basis")
    return value


def _purpose(value: Any, kind: RequestKind, *, needed: bool) -> str:
    if value is None or value == "":
        if kind.purpose:
            return kind.purpose
        if needed or kind.due == request_kinds.ANSWER:
            raise Refusal(
                "purpose-unknown", gettext_noop("Take a code of the list in the vocabulary."), field="purpose"
            )
        return ""
    if not isinstance(value, str) or value not in purposes.BY_CODE or kind.purpose not in ("", value):
        raise Refusal("purpose-unknown", gettext_noop("Take a code of the list in the vocabulary."), field="purpose")
    return value


def _identifiers(body: Mapping[str, Any], by: Member) -> list[Identifier]:
    tokens, clues = body.get("identifiers"), body.get("clues")
    found: list[Identifier] = []
    if tokens not in (None, []):
        found += zip(*read_tokens(tokens, most=MOST_IDENTIFIERS, name="identifiers"), strict=True)
    if clues not in (None, []):
        found += _of_clues(clues, by)
    found = list(dict.fromkeys(found))
    if len(found) > MOST_IDENTIFIERS:
        raise Refusal("too-large", gettext_noop("Send fewer tokens: `limit` is the most."), limit=MOST_IDENTIFIERS)
    return found


def _of_clues(clues: Any, by: Member) -> list[Identifier]:
    """Return the identifiers of own clues, which need not be tokenized again."""
    if not isinstance(clues, list) or len(clues) > MOST_IDENTIFIERS or not all(isinstance(each, str) for each in clues):
        raise Refusal("field-invalid", gettext_noop("`clues` is a list of references C-…"), field="clues")
    numbers = {reference.decode("C", each) or 0 for each in clues}
    known = Clue.objects.filter(pk__in=numbers, institution_id=by.institution_id).values_list("pk", flat=True)
    if set(known) != numbers:
        raise Refusal("not-found", gettext_noop("No such clue."))
    rows = Sighting.objects.filter(clue_id__in=numbers, institution_id=by.institution_id)
    found = rows.order_by("clue_id", "position").values_list("type", "epoch", "token")
    return [(kind, epoch, token.hex) for kind, epoch, token in found]


def _complaint(value: Any, kind: RequestKind, now: datetime) -> dict[str, Any]:
    if kind.code != REFERRAL:
        if value is not None:
            raise Refusal(
                "field-invalid", gettext_noop("`complaint` goes with a complaint referral."), field="complaint"
            )
        return {}
    if not isinstance(value, Mapping):
        raise Refusal(
            "field-missing", gettext_noop("A complaint referral says what the complaint is."), field="complaint"
        )
    _refuse_unknown(value, COMPLAINT_FIELDS)
    contacted = value.get("consumer_contacted")
    if contacted not in (None, ""):
        contacted = _code(contacted, consumer_contacted.BY_CODE, "consumer_contacted")
    return {
        "category": _code(value.get("category"), categories.BY_CODE, "category"),
        "complaint_ref": checked_reference(value.get("reference"), field="reference"),
        "complaint_received_on": _day(value.get("received_on"), now),
        "consumer_contacted": contacted or "",
        "handling": _code(value.get("handling"), complaint_handlings.BY_CODE, "handling"),
    }


def _day(value: Any, now: datetime) -> date:
    try:
        day = read_day(value)
    except ValueError:
        day = None
    if day is None or day > timezone.localdate(now) or day.year < 2000:
        raise Refusal(
            "field-invalid", gettext_noop("`received_on` is a day, YYYY-MM-DD, not in the future."), field="received_on"
        )
    return day
