"""Reads of requests by their sender and their receivers: each side sees its own, and of the other what it was told.

What somebody else did shows from its tick on, so where a request stands is read from the steps that can be seen. Over a
match or a case nobody is named, and the sender learns of a receiver by its answer alone: who does nothing is not counted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from aif_share.vocabulary.request_kinds import INSTITUTION
from clues.cases.naming import PartyView, parties_by_number
from clues.matching.queries import Mine
from clues.models import MemberRequest, RequestIdentifier, RequestParty, RequestStep
from members.models import reference
from members.permissions import Viewer

from . import workflow
from .addressing import find_seen
from .clocks import due_at
from .shown import Complaint, IdentifierView, Partner, RequestView, StepView
from .workflow import Side

OWN = """
SELECT i.request_id, i.position, c.client_ref, s.position FROM request_identifier i
JOIN sighting s ON s.type = i.type AND s.epoch = i.epoch AND s.token = i.token AND s.institution_id = %s AND s.counted
JOIN clue c ON c.id = s.clue_id WHERE i.request_id = ANY(%s) ORDER BY i.position, c.id, s.position
"""
MOST_COUNTED = 1_000
# Where the sender of a request with several receivers says it stands: the first of these that one of them stands at.
_FURTHEST = (
    RequestParty.ANSWERED, RequestParty.ESCALATED, RequestParty.TAKEN_UP, RequestParty.SENT, RequestParty.CLOSED,
    RequestParty.DECLINED, RequestParty.WITHDRAWN,
)  # fmt: skip


def list_sent(
    *, viewer: Viewer, open_only: bool = False, before: int | None = None, limit: int = 100
) -> list[RequestView]:
    """Return what the institution sent, newest first, below row number `before`."""
    rows = MemberRequest.objects.filter(sender_id=viewer.institution_id)
    if open_only:
        rows = rows.filter(parties__state__in=workflow.OPEN).distinct()
    return _views(_page(rows, before, limit), viewer)


def list_received(
    *, viewer: Viewer, open_only: bool = False, before: int | None = None, limit: int = 100
) -> list[RequestView]:
    """Return what the institution received, newest first, below row number `before`."""
    return _views(_page(_received(viewer, open_only), before, limit), viewer)


def list_of_case(*, case: int, viewer: Viewer, limit: int = 50) -> list[RequestView]:
    """Return what the institution sent or received within a case, by row number, newest first."""
    return _views(list(_seen(viewer).filter(case_id=case).order_by("-pk")[:limit]), viewer)


def get_request(*, request: str, viewer: Viewer) -> RequestView:
    """Return one of them with what it is about. Raise RequestNotFound, for strangers too."""
    found = find_seen(request, viewer=viewer)
    (view,) = _views([found], viewer, identifiers=True)
    return view


def list_thread(*, request: str, viewer: Viewer) -> list[RequestView]:
    """Return every round of a request's thread that the viewer sent or received, oldest first."""
    found = find_seen(request, viewer=viewer)
    root = found.thread_id or found.pk
    rounds = _seen(viewer).filter(Q(pk=root) | Q(thread_id=root)).order_by("pk")
    return _views(list(rounds), viewer, identifiers=True)


def count_to_answer(*, viewer: Viewer) -> int:
    """Return how many received requests wait for this institution, counting to MOST_COUNTED."""
    return _received(viewer, True).order_by()[:MOST_COUNTED].count()


def _page(rows: QuerySet[MemberRequest], before: int | None, limit: int) -> list[MemberRequest]:
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return list(rows.order_by("-pk")[:limit])


def _received(viewer: Viewer, open_only: bool) -> QuerySet[MemberRequest]:
    mine = RequestParty.objects.filter(institution_id=viewer.institution_id)
    if open_only:
        mine = mine.filter(state__in=workflow.OPEN)
    return MemberRequest.objects.filter(pk__in=mine.values("request_id"), released_at__lte=Now())


def _seen(viewer: Viewer) -> QuerySet[MemberRequest]:
    mine = RequestParty.objects.filter(institution_id=viewer.institution_id)
    return MemberRequest.objects.filter(
        Q(sender_id=viewer.institution_id) | Q(pk__in=mine.values("request_id"), released_at__lte=Now())
    )


def _views(rows: Sequence[MemberRequest], viewer: Viewer, *, identifiers: bool = False) -> list[RequestView]:
    numbers = [row.pk for row in rows]
    parties: dict[int, list[RequestParty]] = defaultdict(list)
    for party in RequestParty.objects.filter(request_id__in=numbers).select_related("institution").order_by("pk"):
        parties[party.request_id].append(party)
    steps: dict[int, list[RequestStep]] = defaultdict(list)
    seen = RequestStep.objects.filter(Q(released_at__lte=Now()) | Q(institution_id=viewer.institution_id))
    for step in seen.filter(request_id__in=numbers).order_by("pk"):
        steps[step.request_id].append(step)
    senders = {row.pk: row.sender for row in MemberRequest.objects.filter(pk__in=numbers).select_related("sender")}
    before = _seen(viewer).filter(pk__in=[row.previous_id for row in rows if row.previous_id])
    known = set(before.values_list("pk", flat=True))
    # Lists do without: a look into each case costs a query.
    cases = {row.case_id for row in rows if row.case_id is not None} if identifiers else set()
    about = _identifiers(numbers, viewer) if identifiers else {}
    called = {case: parties_by_number(case, viewer=viewer) for case in cases}
    return [
        _view(
            row, parties[row.pk], steps[row.pk], viewer, sender=senders[row.pk], known=known,
            called=called.get(row.case_id or 0, {}), identifiers=tuple(about.get(row.pk, ())),
        )
        for row in rows
    ]  # fmt: skip


def _view(
    row: MemberRequest,
    parties: list[RequestParty],
    steps: list[RequestStep],
    viewer: Viewer,
    *,
    sender: Any,
    known: set[int],
    called: Mapping[int, PartyView],
    identifiers: tuple[IdentifierView, ...],
) -> RequestView:
    side = Side.SENDER if row.sender_id == viewer.institution_id else Side.RECEIVER
    mine = (
        parties if side is Side.SENDER else [each for each in parties if each.institution_id == viewer.institution_id]
    )
    steps = [step for step in steps if step.party_id is None or step.party_id in {each.pk for each in mine}]
    mine = [_as_seen(row, each, steps) for each in mine]
    shown = {each.state for each in mine}
    escalated = [step.at for step in steps if step.action == workflow.ESCALATE]
    named = row.via == INSTITUTION
    state = next(state for state in _FURTHEST if state in shown)
    others = [row.sender_id] if side is Side.RECEIVER else [each.institution_id for each in mine]
    due = min((each.due_at for each in mine if each.due_at is not None), default=None)
    return RequestView(
        id=row.pk,
        request=row.ref,
        side=side.value,
        kind=row.kind,
        clock=row.clock,
        via=row.via,
        state=state,
        due_at=due,
        escalated_at=min(escalated, default=None),
        released_at=row.released_at,
        case=None if row.case_id is None else reference.encode("CASE", row.case_id),
        match=None if row.match_id is None else reference.encode("M", row.match_id),
        purpose=row.purpose,
        basis=row.basis,
        complaint=_complaint(row),
        partner=_partner(sender if side is Side.RECEIVER else mine[0].institution) if named else None,
        party=called.get(others[0]) if len(others) == 1 else None,
        previous=reference.encode("RQ", row.previous_id) if row.previous_id in known else None,
        is_running=due is not None and bool(shown & {RequestParty.SENT, RequestParty.TAKEN_UP}),
        actions=frozenset().union(*(workflow.actions_for(side=side, request=row, party=each) for each in mine)),
        steps=tuple(_steps(row, mine, steps, viewer, sender if named else None, named=named, called=called)),
        identifiers=identifiers,
    )


def _as_seen(row: MemberRequest, party: RequestParty, steps: Sequence[RequestStep]) -> RequestParty:
    """Return where the request stands at a receiver as far as its steps can be seen: what can be done tells no more."""
    told = [step for step in steps if step.party_id == party.pk]
    taken = next((step.at for step in told if step.action == workflow.TAKE_UP), None)
    late = next((step.at for step in told if step.action == workflow.ESCALATE), None)
    due = party.due_at
    if due is None and taken is None:  # an alert that was taken up has no clock any more: from the tick on
        due = due_at(row.clock, start=row.released_at)
    seen = RequestParty(
        pk=party.pk, request=row, state=told[-1].to_state if told else RequestParty.SENT, due_at=due, taken_up_at=taken,
        escalated_at=late,
    )  # fmt: skip
    seen.institution = party.institution
    return seen


def _steps(
    row: MemberRequest,
    parties: list[RequestParty],
    steps: Iterable[RequestStep],
    viewer: Viewer,
    sender: Any,
    *,
    named: bool,
    called: Mapping[int, PartyView],
) -> Iterable[StepView]:
    """Show the steps; what the clock does to several unnamed receivers, and what the sender does to them, is one step."""
    names = {each.institution_id: each.institution for each in parties} | ({row.sender_id: sender} if named else {})
    others: dict[int, int] = {}
    told: set[tuple[str, datetime | None]] = set()
    for step in steps:
        side = _side_of(step, row)
        if side is not Side.RECEIVER:
            once = (step.action, None if side in (Side.CLOCK, Side.ALLIANCE) else step.at)
            if not named and once in told:
                continue
            told.add(once)
        is_own = step.institution_id == viewer.institution_id
        other, party = None, None if is_own else called.get(step.institution_id or 0)
        if side is Side.RECEIVER and not named and not is_own and party is None and step.party_id is not None:
            other = others.setdefault(step.party_id, len(others) + 1)
        shown = named and step.institution_id is not None
        yield StepView(
            at=step.at if is_own else step.released_at,
            action=step.action,
            side=side.value,
            is_own=is_own,
            partner=_partner(names[step.institution_id]) if shown and step.institution_id in names else None,
            party=party,
            other=other,
            code=step.code,
            basis=step.basis,
            text="" if side is Side.ALLIANCE else step.text,
        )


def _side_of(step: RequestStep, row: MemberRequest) -> Side:
    if step.institution_id is None:
        return Side.CLOCK if step.action == workflow.ESCALATE else Side.ALLIANCE
    return Side.SENDER if step.institution_id == row.sender_id else Side.RECEIVER


def _partner(institution: Any) -> Partner:
    return Partner(reference.encode("I", institution.pk), institution.name)


def _complaint(row: MemberRequest) -> Complaint | None:
    if not row.complaint_ref or row.complaint_received_on is None:
        return None
    return Complaint(
        category=row.category,
        reference=row.complaint_ref,
        received_on=row.complaint_received_on,
        consumer_contacted=row.consumer_contacted or None,
        handling=row.handling,
    )


def _identifiers(requests: Sequence[int], viewer: Viewer) -> dict[int, list[IdentifierView]]:
    mine: dict[tuple[int, int], list[Mine]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(OWN, [viewer.institution_id, list(requests)])
        for number, place, client_ref, position in cursor.fetchall():
            mine[number, place].append(Mine(client_ref=client_ref, identifier=position))
    rows = RequestIdentifier.objects.filter(request_id__in=requests).order_by("request_id", "position")
    found: dict[int, list[IdentifierView]] = defaultdict(list)
    for number, place, kind in rows.values_list("request_id", "position", "type"):
        found[number].append(IdentifierView(kind, mine[number, place]))
    return found
