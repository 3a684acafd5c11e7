"""Who gets a request: the others of a case, of a match, or one institution by name (docs/adr/0036 says what each reveals)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models.functions import Now
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from aif_share.vocabulary import request_kinds
from aif_share.vocabulary.request_kinds import CASE, INSTITUTION, MATCH, RequestKind
from clues.cases import naming
from clues.cases.workflow import RESTING
from clues.matching.queries import get_match
from clues.models import Case, CaseParty, MatchParty, MemberRequest, RequestParty
from members.models import Institution, reference
from members.permissions import Viewer
from members.queries import Member

from .steps import RequestNotFound

WAYS = {"case": CASE, "match": MATCH, "to": INSTITUTION}


@dataclass(frozen=True, slots=True)
class Address:
    """How a request goes, and to which institutions by row number."""

    via: str
    receivers: tuple[int, ...]
    case_id: int | None = None
    match_id: int | None = None
    previous: MemberRequest | None = None


@dataclass(frozen=True, slots=True)
class Addressee:
    """A live institution in the directory, and the kinds that may go to it by name."""

    institution: str
    name: str
    sector: str
    kinds: tuple[str, ...] = ()


class NobodyThere(Refusal):
    """Nobody is there, or nobody any more, who could get it."""

    def __init__(self) -> None:
        super().__init__("transition-refused", gettext_noop("Nobody else is there now who could receive it."))


def list_addressees(*, viewer: Member, kind: str | None = None) -> list[Addressee]:
    """Return the live institutions that the viewer may address by name, by name; with `kind`, by one of that kind."""
    rows = Institution.objects.at_work().exclude(pk=viewer.institution_id)
    wanted = [row for row in request_kinds.ROWS if INSTITUTION in row.via and kind in (None, row.code)]
    found = []
    for number, name, sector in rows.order_by("name").values_list("pk", "name", "sector"):
        kinds = tuple(row.code for row in wanted if row.may_go(viewer.sector, sector))
        if kinds:
            found.append(Addressee(reference.encode("I", number), name, sector, kinds))
    return found


def resolve(body: Mapping[str, Any], *, kind: RequestKind, by: Member) -> Address:
    """Return whom a request of a kind goes to. Raise Refusal.

    `body` has one of `case` (with `party`, `member-b`, to one party alone), `match` and `to`, or none of them and
    `previous`, which then goes to the other side of that request: asked again by its sender, asked back by its receiver.
    """
    named = [name for name in WAYS if body.get(name) not in (None, "")]
    previous = _previous(body.get("previous"), by)
    party = body.get("party") or None
    if party is not None and named != ["case"]:
        raise Refusal("field-invalid", gettext_noop("`party` goes with `case`."), field="party")
    if len(named) > 1 or (not named and previous is None):
        raise Refusal("field-missing", gettext_noop("Give one of `case`, `match` and `to`, or `previous`."), field="to")
    if not named and previous is not None:
        address = _other_side(previous, by, kind)
    else:
        value = body[named[0]]
        if not isinstance(value, str):
            raise Refusal("field-invalid", gettext_noop("This is a reference."), field=named[0])
        address = _RESOLVERS[WAYS[named[0]]](value, kind, by)
        if party is not None:
            address = _one_of(address, party, by)
    if address.via not in kind.via:
        raise Refusal("field-invalid", gettext_noop("This kind of request is not addressed in this way."), field="kind")
    if not address.receivers:
        raise NobodyThere
    if address.via == INSTITUTION:
        _check_route(address.receivers, kind, by)
    return Address(address.via, address.receivers, address.case_id, address.match_id, previous)


def find_seen(request: str, *, viewer: Viewer) -> MemberRequest:
    """Return a request that the viewer sent, or received and may see. Raise RequestNotFound."""
    found = MemberRequest.objects.filter(pk=reference.decode("RQ", request) or 0).first()
    if found is None:
        raise RequestNotFound
    if found.sender_id != viewer.institution_id:
        received = RequestParty.objects.filter(request=found, institution_id=viewer.institution_id)
        if not received.filter(request__released_at__lte=Now()).exists():
            raise RequestNotFound
    return found


def _previous(value: Any, by: Member) -> MemberRequest | None:
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise Refusal("field-invalid", gettext_noop("This is a reference."), field="previous")
    return find_seen(value, viewer=by)


def _other_side(previous: MemberRequest, by: Member, kind: RequestKind) -> Address:
    """Return the address of a further round: those of the other side who still have the match or the case in common."""
    receivers = {previous.sender_id}
    if previous.sender_id == by.institution_id:
        receivers = set(previous.parties.values_list("institution_id", flat=True))
    if previous.via == INSTITUTION:
        return Address(INSTITUTION, _live(receivers))
    number, prefix = (previous.case_id, "CASE") if previous.via == CASE else (previous.match_id, "M")
    try:
        now = _RESOLVERS[previous.via](reference.encode(prefix, number or 0), kind, by)
    except Refusal as refusal:
        if refusal.code != "not-found":
            raise
        raise NobodyThere from None
    left = tuple(each for each in now.receivers if each in receivers)
    return Address(previous.via, left, previous.case_id, previous.match_id)


def _check_route(receivers: tuple[int, ...], kind: RequestKind, by: Member) -> None:
    sectors = Institution.objects.filter(pk__in=receivers).values_list("sector", flat=True)
    if not all(kind.may_go(by.sector, sector) for sector in sectors):
        raise Refusal(
            "field-invalid", gettext_noop("This kind of request does not go from your sector to that one."), field="to"
        )


def _of_case(value: str, kind: RequestKind, by: Member) -> Address:
    number = reference.decode("CASE", value) or 0
    parties = CaseParty.objects.filter(case_id=number, released_at__lte=Now())
    if not parties.filter(institution_id=by.institution_id).exists():
        raise Refusal("not-found", gettext_noop("No such case."))
    if Case.objects.filter(pk=number, state__in=RESTING).exists():
        raise Refusal("transition-refused", gettext_noop("The case is over; nothing more is asked within it."))
    others = parties.exclude(institution_id=by.institution_id).values_list("institution_id", flat=True)
    return Address(CASE, _live(others), case_id=number)


def _one_of(address: Address, party: Any, by: Member) -> Address:
    """Return the address of one party of the case, whom the sender knows by its pseudonym."""
    number = naming.find_party(address.case_id or 0, party, viewer=by)
    if number == by.institution_id:
        raise Refusal("field-invalid", gettext_noop("This is your own institution."), field="party")
    return Address(CASE, tuple(each for each in address.receivers if each == number), case_id=address.case_id)


def _of_match(value: str, kind: RequestKind, by: Member) -> Address:
    number = get_match(match=value, viewer=by).id
    others = MatchParty.objects.filter(match_id=number, released_at__lte=Now()).exclude(group_id=by.group_id)
    return Address(MATCH, _live(others.values_list("institution_id", flat=True)), match_id=number)


def _by_name(value: str, kind: RequestKind, by: Member) -> Address:
    number = reference.decode("I", value) or 0
    if number == by.institution_id or not _live([number]):
        raise Refusal("field-invalid", gettext_noop("Take an institution of the directory."), field="to")
    return Address(INSTITUTION, (number,))


def _live(institutions: Any) -> tuple[int, ...]:
    live = Institution.objects.at_work().filter(pk__in=list(institutions))
    return tuple(live.order_by("pk").values_list("pk", flat=True))


_RESOLVERS = {CASE: _of_case, MATCH: _of_match, INSTITUTION: _by_name}
