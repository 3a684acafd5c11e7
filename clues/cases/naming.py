"""Who knows whom in a case: parties are pseudonyms to each other until both sides of a pair agree to be named.

A consent names a contact desk; the second one of a pair discloses both names and contacts, at one tick. Before that the
first one can be taken back. Two people of the alliance can name all parties at once (`unmask`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection, transaction
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from aif_share.identifiers import find_raw
from clues import events
from clues.cases import joint
from clues.cases.pseudonyms import code_of
from clues.cases.queries import get_case
from clues.cases.transition import CaseNotFound
from clues.cases.workflow import RESTING
from clues.matching.release import next_tick
from clues.models import Case, CaseNaming, CaseParty, CaseUnmasking
from clues.notes import checked_note
from members import audit
from members.models import User, reference
from members.permissions import Permission, Viewer, check
from members.queries import Person

MAX_CONTACT: Final = 200
# A desk is reached by its landline, service number or mailbox; these are a person's.
_NOT_A_CONTACT: Final = frozenset({"cn-mobile", "resident-id", "bank-card"})
_PARTS: Final = re.compile(r"[,;/，；、]")
_SIDES: Final = ("first", "second")


@dataclass(frozen=True, slots=True)
class PartyView:
    """A party of a case as another one, or itself, sees it: by `party` (`member-a`), and by name once it is named.

    `offered` : the viewer consented and waits; `asked`: the other side consented and waits.
    """

    party: str
    number: int
    is_own: bool
    is_lead: bool
    name: str | None
    contact: str | None
    named_at: datetime | None
    offered: bool
    asked: bool


# Of each party that the viewer may know of, and before the case has a lead that is itself alone: its name and contact if the pair is named, by consent or by the alliance.
PARTIES: Final = """
SELECT p.institution_id, p.pseudonym, p.institution_id = %(institution)s, coalesce(p.institution_id = c.lead_id, false),
    CASE WHEN named.at <= clock_timestamp() OR p.institution_id = %(institution)s THEN i.name END,
    CASE WHEN named.at <= clock_timestamp() THEN theirs.contact END,
    CASE WHEN named.at <= clock_timestamp() THEN named.at END,
    ours.at IS NOT NULL, coalesce(theirs.at <= clock_timestamp(), false)
FROM case_party own JOIN case_file c ON c.id = own.case_id
JOIN case_party p ON p.case_id = own.case_id AND p.released_at <= clock_timestamp()
    AND (p.institution_id = own.institution_id OR c.lead_id IS NOT NULL)
JOIN institution i ON i.id = p.institution_id
LEFT JOIN case_naming n ON n.case_id = p.case_id
    AND n.first_id = least(p.institution_id, own.institution_id)
    AND n.second_id = greatest(p.institution_id, own.institution_id)
CROSS JOIN LATERAL (SELECT n.first_at AS at WHERE n.first_id = own.institution_id
    UNION ALL SELECT n.second_at WHERE n.first_id IS DISTINCT FROM own.institution_id) ours
CROSS JOIN LATERAL (SELECT n.second_at AS at, n.second_contact AS contact WHERE n.first_id = own.institution_id
    UNION ALL SELECT n.first_at, n.first_contact WHERE n.first_id IS DISTINCT FROM own.institution_id) theirs
CROSS JOIN LATERAL (SELECT least(n.named_at, (
    SELECT min(u.released_at) FROM case_unmasking u WHERE u.case_id = p.case_id AND p.institution_id <> own.institution_id
        AND u.at >= p.released_at AND u.at >= own.released_at)) AS at) named
WHERE own.case_id = %(case)s AND own.institution_id = %(institution)s AND own.released_at <= clock_timestamp()
ORDER BY p.pseudonym
"""
# Who waits for whom: offers to the institution that it may know of and has not answered.
ASKED: Final = """
SELECT n.case_id, p.pseudonym, theirs.at
FROM case_party own
JOIN case_naming n ON n.case_id = own.case_id AND own.institution_id IN (n.first_id, n.second_id) AND n.named_at IS NULL
JOIN case_file c ON c.id = n.case_id AND NOT c.state = ANY(%(resting)s)
CROSS JOIN LATERAL (SELECT n.second_id AS id, n.second_at AS at, n.first_at AS own WHERE n.first_id = own.institution_id
    UNION ALL SELECT n.first_id, n.first_at, n.second_at WHERE n.second_id = own.institution_id) theirs
JOIN case_party p ON p.case_id = n.case_id AND p.institution_id = theirs.id
WHERE own.institution_id = %(institution)s AND own.released_at <= clock_timestamp()
    AND theirs.at <= clock_timestamp() AND theirs.own IS NULL
ORDER BY theirs.at LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """An offer to be named that waits for this institution: in which case, by which party, since when."""

    case: str
    party: str
    number: int
    at: datetime


def list_parties(*, case: str, viewer: Viewer) -> list[PartyView]:
    """Return the parties of a case, in the order of their pseudonyms. Raise CaseNotFound, for strangers too."""
    return list(parties_by_number(get_case(case=case, viewer=viewer).id, viewer=viewer).values())


def parties_by_number(case: int, *, viewer: Viewer) -> dict[int, PartyView]:
    """Return the parties that the viewer may know of, by the number of their institution: nothing to a stranger."""
    with connection.cursor() as cursor:
        cursor.execute(PARTIES, {"case": case, "institution": viewer.institution_id})
        return {number: PartyView(code_of(pseudonym), pseudonym, *rest) for number, pseudonym, *rest in cursor}


def find_party(case: int, party: object, *, viewer: Viewer) -> int:
    """Return the institution, by number, that the viewer knows as `party`. Raise Refusal `not-found`."""
    for number, seen in parties_by_number(case, viewer=viewer).items():
        if seen.party == party:
            return number
    raise Refusal("not-found", gettext_noop("The case has no such party."))


def list_asked(*, viewer: Viewer, limit: int = 50) -> list[Asked]:
    """Return the offers that wait for the institution's answer, the oldest first."""
    names: dict[str, Any] = {"institution": viewer.institution_id, "resting": sorted(RESTING), "limit": limit}
    with connection.cursor() as cursor:
        cursor.execute(ASKED, names)
        return [Asked(reference.encode("CASE", case), code_of(number), number, at) for case, number, at in cursor]


@transaction.atomic
def offer(*, case: str, party: str, contact: str, by: Person, now: datetime) -> PartyView:
    """Consent to be named to `party` (`member-b`), with the own contact desk; the second consent names both.

    Raise Refusal: `not-found`, `field-invalid`, `raw-identifier`, `transition-refused`.
    """
    check(by, Permission.CASE_DECIDE)
    contact = _checked_contact(contact)
    row, own, other = _pair(case, party, by)
    if row.named_at is not None or getattr(row, f"{own}_at") is not None:
        raise Refusal("transition-refused", gettext_noop("You have agreed already."))
    at = next_tick()
    fields = {f"{own}_at": at, f"{own}_by_id": by.user_id, f"{own}_contact": contact}
    is_agreed = getattr(row, f"{other}_at") is not None
    if is_agreed:
        fields["named_at"] = at
    _store(row, fields)
    partner = getattr(row, f"{other}_id")
    _record("case.naming.offer", case, by, party=party)
    told = [(partner, events.PARTY_NAMED), (by.institution_id, events.PARTY_NAMED)]
    joint.tell(row.case_id, told if is_agreed else [(partner, events.NAMING_OFFERED)], now=now)
    return parties_by_number(row.case_id, viewer=by)[partner]


@transaction.atomic
def withdraw(*, case: str, party: str, by: Person) -> PartyView:
    """Take the own consent back while the other side has not agreed. Raise Refusal `not-found`, `transition-refused`."""
    check(by, Permission.CASE_DECIDE)
    row, own, other = _pair(case, party, by)
    if row.named_at is not None or getattr(row, f"{own}_at") is None:
        raise Refusal("transition-refused", gettext_noop("There is nothing that could be withdrawn."))
    _store(row, {f"{own}_at": None, f"{own}_by_id": None, f"{own}_contact": ""})
    _record("case.naming.withdraw", case, by, party=party)
    return parties_by_number(row.case_id, viewer=by)[getattr(row, f"{other}_id")]


@transaction.atomic
def unmask(*, case: str, by: User, proposed_by: User, reason: str, now: datetime) -> CaseUnmasking:
    """Name all parties that the case has now to each other, at the next tick. `proposed_by` is another person than `by`.

    Raise CaseNotFound, NoteRefused, Refusal `four-eyes` or PermissionMissing; `transition-refused` for a case that rests,
    or has no lead: its parties do not know of each other.
    """
    check(by, Permission.DESK_VIEW)
    check(by, Permission.CASE_DECIDE)
    reason = checked_note(reason, required=True)
    if by.pk == proposed_by.pk:
        raise Refusal("four-eyes", gettext_noop("You proposed this; a second person has to decide."))
    number = find_led(case)
    done = CaseUnmasking.objects.create(
        case_id=number, reason=reason, proposed_by=proposed_by, decided_by=by, at=now, released_at=next_tick()
    )
    audit.record("case.unmask", actor=by, subject_ref=case, detail={"proposed_by": proposed_by.ref})
    parties = CaseParty.objects.filter(case_id=number, released_at__lte=now).order_by("institution_id")
    told = [(institution, events.PARTY_NAMED) for institution in parties.values_list("institution_id", flat=True)]
    joint.tell(number, told, now=now)
    return done


def find_led(case: str) -> int:
    """Return a case that is alive and led, by number, and keep it there. Raise CaseNotFound, `transition-refused`."""
    number = reference.decode("CASE", case) or 0
    if not Case.objects.filter(pk=number).exists():
        raise CaseNotFound
    if joint.hold(number, joint.ALIVE).lead_id is None:
        raise Refusal(
            "transition-refused", gettext_noop("Nobody leads the case; its parties do not know of each other.")
        )
    return number


def _pair(case: str, party: str, by: Person) -> tuple[CaseNaming, str, str]:
    """Lock the row of a pair, made if there is none; return it with the caller's side and the other one."""
    found = get_case(case=case, viewer=by)
    number = find_party(found.id, party, viewer=by)
    if number == by.institution_id:
        raise Refusal("field-invalid", gettext_noop("This is your own institution."), field="party")
    joint.hold(found.id, joint.ALIVE)
    first, second = sorted((number, by.institution_id))
    CaseNaming.objects.bulk_create(
        [CaseNaming(case_id=found.id, first_id=first, second_id=second)], ignore_conflicts=True
    )
    row = CaseNaming.objects.select_for_update().get(case_id=found.id, first_id=first, second_id=second)
    return row, *(_SIDES if first == by.institution_id else _SIDES[::-1])


def _store(row: CaseNaming, fields: dict[str, Any]) -> None:
    for name, value in fields.items():
        setattr(row, name, value)
    row.save(update_fields=[name.removesuffix("_id") for name in fields])


def _record(verb: str, case: str, by: Person, *, party: str) -> None:
    audit.record(verb, actor=by, subject_ref=case, institution_id=by.institution_id, detail={"party": party})


def _checked_contact(contact: str) -> str:
    contact = " ".join(contact.split())
    if not contact or len(contact) > MAX_CONTACT or not contact.isprintable():
        raise Refusal(
            "field-invalid", gettext_noop("Name the desk that the other side may call, in 1 to 200 characters."),
            field="contact",
        )  # fmt: skip
    if any(find_raw(part) in _NOT_A_CONTACT for part in _PARTS.split(contact)):
        raise Refusal(
            "raw-identifier", gettext_noop("A desk has a landline, a service number or a mailbox, no mobile phone."),
            field="contact",
        )  # fmt: skip
    return contact
