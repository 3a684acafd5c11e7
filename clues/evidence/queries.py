"""Reads of evidence: an institution sees its own as it is, of the others what they approved, the desk sees what there is.

Of another party's evidence kind, size and digests show with its approved part, from the tick on; what it is called and the
content only if that party shares it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from clues.cases.naming import PartyView, parties_by_number
from clues.cases.queries import get_case
from clues.evidence import announcing, custody
from clues.evidence.announcing import Details
from clues.models import CasePart, CaseParty, CustodyEntry, EvidenceItem
from clues.vault.failures import HolderUnavailable, IntegrityFailed, KekMissing
from members.models import Institution, User, reference
from members.permissions import Permission, Viewer, can, check


class EvidenceNotFound(Refusal):
    """There is no such evidence, or it is not the viewer's to see."""

    def __init__(self) -> None:
        super().__init__("not-found", gettext_noop("No such evidence."))


@dataclass(frozen=True, slots=True)
class EvidenceView:
    """A piece of evidence as somebody sees it.

    `party` is the code of a party that is not named, `name` what it is called where that may be seen; the desk sees names.
    `details` is None where they may not be seen, or cannot be: then `is_unreadable`. `added_by` is a person `U-…`, None for
    a key, and for others. `legal_hold`, `keep_until` and `version` are the holder's, and the desk's: others see none, and version 1.
    """

    evidence: str
    case: str
    party: str
    name: str | None
    is_own: bool
    kind: str
    media_type: str
    size: int
    sha256: str
    sm3: str
    collected_at: datetime
    time_source: str
    details: Details | None
    is_unreadable: bool
    shared_with_parties: bool
    legal_hold: bool
    keep_until: date | None
    state: str
    version: int
    added_by: str | None
    added_at: datetime
    destroyed_at: datetime | None
    may_open: bool


@dataclass(frozen=True, slots=True)
class CustodyView:
    """One entry of a chain. `party` as in EvidenceView, `desk` for the alliance; `by` is who acted, of one's own and at the desk.

    Whoever holds the evidence reads every note, others read their own.
    """

    seq: int
    action: str
    at: datetime
    party: str
    name: str | None
    is_own: bool
    by: str | None
    note: str
    digest: str


@dataclass(frozen=True, slots=True)
class Chain:
    """The custody of a piece of evidence, oldest first; `holds`: every digest is the one it has to be."""

    evidence: EvidenceView
    entries: list[CustodyView]
    holds: bool


DESK = "desk"


def list_evidence(*, case: str, viewer: Viewer) -> list[EvidenceView]:
    """Return the evidence of a case that the viewer may know of, oldest first. Raise CaseNotFound, for strangers too."""
    found = get_case(case=case, viewer=viewer)
    parties = parties_by_number(found.id, viewer=viewer)
    rows = visible(viewer).filter(case_id=found.id).order_by("id")
    return [_view(row, parties.get(row.institution_id), viewer) for row in rows]


def get_evidence(*, evidence: str, viewer: Viewer) -> EvidenceView:
    """Return one piece of evidence. Raise EvidenceNotFound, for strangers too."""
    row = find(evidence, viewer=viewer)
    return _view(row, parties_by_number(row.case_id, viewer=viewer).get(row.institution_id), viewer)


def get_custody(*, evidence: str, viewer: Viewer) -> Chain:
    """Return who had a piece of evidence in hand: of one's own, or of one that is shared. Raise EvidenceNotFound."""
    row = find(evidence, viewer=viewer)
    if not is_readable(row, viewer):
        raise EvidenceNotFound
    parties = parties_by_number(row.case_id, viewer=viewer)
    entries = list(row.custody.order_by("seq"))
    is_holder = row.institution_id == viewer.institution_id
    shown = [_entry(each, parties.get(each.institution_id or 0), viewer, told=is_holder) for each in entries]
    return Chain(_view(row, parties.get(row.institution_id), viewer), shown, custody.holds(row, entries))


def list_at_desk(*, case: int, by: User) -> list[EvidenceView]:
    """Return all evidence of a case, by row number. Raise PermissionMissing."""
    check_desk(by)
    rows = _all().filter(case_id=case).order_by("id")
    return [_desk_view(row, by) for row in rows]


def get_at_desk(*, evidence: str, by: User) -> Chain:
    """Return a piece of evidence with its chain, for the desk. Raise EvidenceNotFound, PermissionMissing."""
    check_desk(by)
    row = find_at_desk(evidence)
    entries = list(row.custody.order_by("seq"))
    names = dict(Institution.objects.filter(pk__in={each.institution_id for each in entries}).values_list("pk", "name"))
    shown = [
        CustodyView(each.seq, each.action, each.at, DESK if each.institution_id is None else "",
                    names.get(each.institution_id or 0), False, each.actor_ref, each.note, each.digest)
        for each in entries
    ]  # fmt: skip
    return Chain(_desk_view(row, by), shown, custody.holds(row, entries))


def visible(viewer: Viewer) -> QuerySet[EvidenceItem]:
    """Return the evidence that the viewer may know of: its own, and what others approved and the tick released."""
    known = CaseParty.objects.filter(
        case=OuterRef("case"), institution_id=viewer.institution_id, released_at__lte=Now()
    )
    approved = CasePart.objects.filter(
        case=OuterRef("case"), institution=OuterRef("institution"), state=CasePart.APPROVED, released_at__lte=Now()
    )
    return _all().filter(Exists(known)).filter(Q(institution_id=viewer.institution_id) | Q(Exists(approved)))


def find(evidence: str, *, viewer: Viewer) -> EvidenceItem:
    """Return a piece of evidence that the viewer may know of, with its object and key. Raise EvidenceNotFound."""
    row = visible(viewer).filter(pk=reference.decode("EV", evidence) or 0).first()
    if row is None:
        raise EvidenceNotFound
    return row


def find_at_desk(evidence: str) -> EvidenceItem:
    """Return any piece of evidence, with its object and key. Raise EvidenceNotFound."""
    row = _all().filter(pk=reference.decode("EV", evidence) or 0).first()
    if row is None:
        raise EvidenceNotFound
    return row


def check_desk(by: User) -> None:
    """Raise PermissionMissing unless somebody sees cases at the desk."""
    check(by, Permission.DESK_VIEW)
    check(by, Permission.CASE_VIEW)


def is_readable(row: EvidenceItem, viewer: Viewer) -> bool:
    """Whether content, name and chain are the viewer's to see."""
    return row.institution_id == viewer.institution_id or row.shared_with_parties


def _all() -> QuerySet[EvidenceItem]:
    return EvidenceItem.objects.select_related("object__key", "institution")


def _details(row: EvidenceItem) -> tuple[Details | None, bool]:
    if row.state == EvidenceItem.DESTROYED:
        return None, False
    try:
        return announcing.unseal(bytes(row.sealed_details), row.object), False
    except (KekMissing, HolderUnavailable, IntegrityFailed):
        return None, True  # the list shows the rest; opening it says why


def _view(row: EvidenceItem, party: PartyView | None, viewer: Viewer) -> EvidenceView:
    own, readable = row.institution_id == viewer.institution_id, is_readable(row, viewer)
    return _make(
        row,
        party=party.party if party else "",
        name=party.name if party else None,
        own=own,
        full=own,
        details=_details(row) if readable else (None, False),
        may_open=readable and can(viewer, Permission.CASE_VIEW) and can(viewer, Permission.EVIDENCE_OPEN),
    )


def _desk_view(row: EvidenceItem, by: User) -> EvidenceView:
    may_open = can(by, Permission.EVIDENCE_OPEN)
    details = _details(row) if may_open else (None, False)
    return _make(row, party="", name=row.institution.name, own=False, full=True, details=details, may_open=may_open)


def _make(
    row: EvidenceItem,
    *,
    party: str,
    name: str | None,
    own: bool,
    full: bool,
    details: tuple[Details | None, bool],
    may_open: bool,
) -> EvidenceView:
    return EvidenceView(
        evidence=row.ref,
        case=reference.encode("CASE", row.case_id),
        party=party,
        name=name,
        is_own=own,
        kind=row.kind,
        media_type=row.media_type,
        size=row.size,
        sha256=row.sha256,
        sm3=row.sm3,
        collected_at=row.collected_at,
        time_source=row.time_source,
        details=details[0],
        is_unreadable=details[1],
        shared_with_parties=row.shared_with_parties,
        # Holds and days are the holder's, and change outside of what a part's approval tells.
        legal_hold=row.legal_hold and full,
        keep_until=row.keep_until if full else None,
        state=row.state,
        version=row.version if full else 1,
        added_by=reference.encode("U", row.added_by_id) if own and row.added_by_id is not None else None,
        added_at=row.added_at,
        destroyed_at=row.destroyed_at,
        may_open=may_open and row.state == EvidenceItem.STORED,
    )


def _entry(row: CustodyEntry, party: PartyView | None, viewer: Viewer, *, told: bool) -> CustodyView:
    own = row.institution_id == viewer.institution_id
    return CustodyView(
        seq=row.seq,
        action=row.action,
        at=row.at,
        party=DESK if row.institution_id is None else party.party if party else "",
        name=party.name if party else None,
        is_own=own,
        by=row.actor_ref if own else None,
        note=row.note if own or told else "",
        digest=row.digest,
    )
