"""Reads of the parts of a case: one's own as it is, of the others no more than what they approved."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import Error, transaction
from django.db.models import F
from django.db.models.functions import Now

from clues.cases import joint, part_clues
from clues.cases.naming import PartyView, parties_by_number
from clues.cases.queries import CaseView, get_case
from clues.models import CasePart, CasePartExcuse
from members import audit
from members.audit.tally import Tally
from members.models import User, reference
from members.permissions import Job, Viewer

looks = Tally()


@dataclass(frozen=True, slots=True)
class Content:
    """What a part says. Amounts are yuan; None is unknown. `clues` counts what the party contributes."""

    facts: str = ""
    amount_claimed: Decimal | None = None
    amount_lost: Decimal | None = None
    amount_prevented: Decimal | None = None
    victims: int | None = None
    persons: int | None = None
    from_date: date | None = None
    until_date: date | None = None
    clues: int = 0


@dataclass(frozen=True, slots=True)
class OwnPart:
    """The viewer's own part, empty at version 1 as long as nobody has written on it.

    `author`, `editor` and `approver` are people of the institution (`U-…`), None for nobody or one of its keys.
    `is_open`: the case stands where parts are written. `excused`: the case goes on without it, written or not.
    """

    case: CaseView
    state: str
    version: int
    content: Content
    clues: list[part_clues.OwnClue]
    author: str | None
    editor: str | None
    edited_at: datetime | None
    approver: str | None
    approved_at: datetime | None
    return_reason: str
    is_open: bool
    excused: bool


@dataclass(frozen=True, slots=True)
class SharedPart:
    """The part of another party: None for its content until it is approved and told; `excused` as in OwnPart."""

    party: PartyView
    content: Content | None
    approved_at: datetime | None
    excused: bool


@dataclass(frozen=True, slots=True)
class WaitingPart:
    """An own part that waits for the approval of a second person."""

    case: str
    edited_at: datetime | None
    is_own: bool  # the viewer wrote it, so somebody else has to look


_CONTENT = [name for name in Content.__slots__ if name != "clues"]


def get_own_part(*, case: str, viewer: Viewer) -> OwnPart:
    """Return the viewer's own part of a case. Raise CaseNotFound, for strangers too."""
    found = get_case(case=case, viewer=viewer)
    row = CasePart.objects.filter(case_id=found.id, institution_id=viewer.institution_id).first() or CasePart()
    return OwnPart(
        case=found,
        state=row.state,
        version=row.version,
        content=_content(row),
        clues=part_clues.list_chosen(row.clue_ids, viewer=viewer),
        author=_person(row.author_id),
        editor=_person(row.editor_id),
        edited_at=row.edited_at,
        approver=_person(row.approved_by_id),
        approved_at=row.approved_at,
        return_reason=row.return_reason,
        is_open=found.state in joint.WRITTEN,
        excused=viewer.institution_id in _excused(found.id),
    )


def list_shared_parts(*, case: str, viewer: Viewer) -> list[SharedPart]:
    """Return one row for each other party, with what it approved. Raise CaseNotFound, for strangers too.

    Each party whose part is shown has that in its own trail, or nothing is shown; of one reader's looks at one case the
    first, tenth, hundredth … of a minute.
    """
    found = get_case(case=case, viewer=viewer)
    parties = parties_by_number(found.id, viewer=viewer)
    approved = CasePart.objects.filter(case_id=found.id, state=CasePart.APPROVED, released_at__lte=Now())
    rows = {row.institution_id: row for row in approved.filter(institution_id__in=parties)}
    excused = _excused(found.id)
    holders = sorted(rows.keys() - {viewer.institution_id})
    if holders and (number := looks.count(str(viewer.institution_id), found.case, at=time.time())):
        try:
            _tell_holders(found.id, holders, parties[viewer.institution_id].party, number)
        except Error:
            looks.forget(str(viewer.institution_id), found.case)
            raise
    return [
        SharedPart(party, _content(rows[number]), rows[number].released_at, number in excused)
        if number in rows
        else SharedPart(party, None, None, number in excused)
        for number, party in parties.items()
        if not party.is_own
    ]


@transaction.atomic
def _tell_holders(case: int, holders: list[int], reader: str, count: int) -> None:
    """Put the look into the trail of each institution whose part is shown. Parties do not know each other's people."""
    subject = reference.encode("CASE", case)
    concerned = [(number, subject) for number in holders]
    audit.record_each("case.part.look", actor=Job("parts"), concerned=concerned, detail={"by": reader, "count": count})


def list_waiting_parts(*, viewer: Viewer, user: int, limit: int = 50) -> list[WaitingPart]:
    """Return the institution's parts that wait for an approver, the oldest first; `user` is who looks."""
    rows = CasePart.objects.filter(
        institution_id=viewer.institution_id, state=CasePart.READY, case__state__in=joint.WRITTEN
    )
    return [
        WaitingPart(reference.encode("CASE", case), edited_at, user in (author, editor))
        for case, edited_at, author, editor in rows.order_by(F("edited_at")).values_list(
            "case_id", "edited_at", "author_id", "editor_id"
        )[:limit]
    ]


def name_people(refs: list[str | None], *, viewer: Viewer) -> dict[str, str]:
    """Return what people of the viewer's institution are called, by reference; nobody else's people."""
    numbers = {reference.decode("U", ref): ref for ref in refs if ref is not None}
    people = User.objects.filter(institution_id=viewer.institution_id, pk__in=[number for number in numbers if number])
    return {numbers[person.pk]: person.full_name or person.username for person in people}


def _excused(case: int) -> set[int]:
    return set(CasePartExcuse.objects.filter(case_id=case).values_list("institution_id", flat=True))


def _content(row: CasePart) -> Content:
    return Content(**{name: getattr(row, name) for name in _CONTENT}, clues=len(row.clue_ids))


def _person(number: int | None) -> str | None:
    return None if number is None else reference.encode("U", number)
