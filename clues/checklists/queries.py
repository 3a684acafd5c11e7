"""The checklist of a case, as a party or the desk may see it: which element of which charge is shown, by whom, and what is missing.

A party sees its own part as it is, of the others what they approved. The desk sees what is approved.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.db.models import Q
from django.db.models.functions import Now

from clues.cases import joint
from clues.cases.naming import parties_by_number
from clues.cases.pseudonyms import code_of
from clues.cases.queries import DESK, OURS, THEIRS, get_case
from clues.cases.transition import CaseNotFound
from clues.guidance.queries import find_charges
from clues.guidance.rows import Charge, Element
from clues.models import Case, CaseCharge, CaseElement, CasePart, CaseParty, EvidenceItem
from members.models import Institution, User, reference
from members.permissions import Permission, Viewer, check

SHOWN, DRAFTED, MISSING = "shown", "drafted", "missing"
_Key = tuple[str, str, int]
STATES: Final = (SHOWN, DRAFTED, MISSING)


@dataclass(frozen=True, slots=True)
class PartyName:
    """A party as the viewer knows it: `name` is None while the two are not named to each other."""

    party: str
    number: int
    is_own: bool
    name: str | None


@dataclass(frozen=True, slots=True)
class EvidenceName:
    """An item of evidence, `EV-…`, and its kind (a code of evidence-kinds)."""

    evidence: str
    kind: str


@dataclass(frozen=True, slots=True)
class Support:
    """One party says that its part shows an element: by its `facts`, by items of evidence, or both. `is_approved`: the
    others read it. Evidence that is destroyed shows nothing any more."""

    party: PartyName
    facts: bool
    evidence: tuple[EvidenceName, ...]
    is_approved: bool


@dataclass(frozen=True, slots=True)
class ElementView:
    """One element: `shown` by an approved part, `drafted` by the own part only, or `missing`.

    `suppliers` are those parties of the case, the viewer's own institution among them, whose sector can usually supply what
    shows it and whose sector the viewer may know.
    """

    element: Element
    state: str
    supports: tuple[Support, ...]
    suppliers: tuple[PartyName, ...]

    @property
    def to_ask(self) -> str:
        """Return the one other party of the case that could supply it, if there is just one."""
        others = [party.party for party in self.suppliers if not party.is_own]
        return others[0] if len(others) == 1 else ""


@dataclass(frozen=True, slots=True)
class ChargeView:
    """One charge that the case is checked against; `added` says by whom: `mine`, `other` or `desk`."""

    charge: Charge
    added: str
    elements: tuple[ElementView, ...]

    @property
    def open(self) -> tuple[ElementView, ...]:
        """Return the elements that no approved part shows yet."""
        return tuple(each for each in self.elements if each.state != SHOWN)


@dataclass(frozen=True, slots=True)
class Checklist:
    """All charges of a case. `is_open`: charges can be chosen, and parts are written."""

    case: str
    is_open: bool
    charges: tuple[ChargeView, ...]

    @property
    def missing(self) -> int:
        """Return how many elements no approved part shows yet, over all charges."""
        return sum(len(each.open) for each in self.charges)

    @property
    def elements(self) -> int:
        """Return how many elements the charges have."""
        return sum(len(each.elements) for each in self.charges)

    @property
    def own(self) -> list[tuple[Charge, Element, Support]]:
        """Return what the viewer's own part shows, in the order of the list."""
        return [
            (charge.charge, row.element, support)
            for charge in self.charges
            for row in charge.elements
            for support in row.supports
            if support.party.is_own
        ]

    @property
    def is_complete(self) -> bool:
        """Whether there is a charge, and every element of every one is shown."""
        return bool(self.charges) and self.missing == 0


def get_checklist(*, case: str, viewer: Viewer | User) -> Checklist:
    """Return what a case is checked against; `viewer` is a party, or a person of the desk. Raise CaseNotFound."""
    number, state = _find_case(case, viewer)
    return _read(case, number, state, None if isinstance(viewer, User) else viewer)


def read_for_desk(case: Case) -> Checklist:
    """Return the checklist of a case that somebody of the desk looks at already."""
    return _read(case.ref, case.pk, case.state, None)


def _read(case: str, number: int, state: str, viewer: Viewer | None) -> Checklist:
    parties, sectors = _parties(number, viewer)
    rows = charges_of(number, viewer=viewer)
    known = find_charges({row.charge for row in rows})
    shown = _supports(number, parties, viewer)
    found = [
        ChargeView(
            charge=known[row.charge],
            added=_added(row.institution_id, viewer),
            elements=tuple(
                _element(each, shown.get((row.charge, each.code), []), parties, sectors)
                for each in known[row.charge].elements
            ),
        )
        for row in rows
    ]
    return Checklist(case=case, is_open=state in joint.WRITTEN, charges=tuple(found))


def charges_of(case: int, *, viewer: Viewer | None) -> list[CaseCharge]:
    """Return the charges of a case that the viewer may know of, of its own additions before the tick; None: the desk, of all."""
    rows = CaseCharge.objects.filter(case_id=case, dropped_at__isnull=True)
    if viewer is not None:
        rows = rows.filter(Q(released_at__lte=Now()) | Q(institution_id=viewer.institution_id))
    return list(rows.order_by("id"))


def find_element(case: str, *, charge: str, element: str, viewer: Viewer | User) -> tuple[Charge, ElementView] | None:
    """Return one element of a case's checklist, or None if it has no such element. Raise CaseNotFound."""
    for each in get_checklist(case=case, viewer=viewer).charges:
        if each.charge.code == charge:
            return next(((each.charge, found) for found in each.elements if found.element.code == element), None)
    return None


def _find_case(case: str, viewer: Viewer | User) -> tuple[int, str]:
    if not isinstance(viewer, User):
        found = get_case(case=case, viewer=viewer)
        return found.id, found.state
    check(viewer, Permission.DESK_VIEW)
    check(viewer, Permission.CASE_VIEW)
    row = Case.objects.filter(pk=reference.decode("CASE", case) or 0).values_list("id", "state").first()
    if row is None:
        raise CaseNotFound
    return row


def _parties(case: int, viewer: Viewer | None) -> tuple[dict[int, PartyName], dict[int, str]]:
    """Return the parties that the viewer knows of by institution, and the sectors of those it knows by name."""
    if viewer is None:
        rows = CaseParty.objects.filter(case_id=case).order_by("pseudonym").select_related("institution")
        parties = {
            row.institution_id: PartyName(code_of(row.pseudonym), row.pseudonym, False, row.institution.name)
            for row in rows
        }
    else:
        seen = parties_by_number(case, viewer=viewer)
        parties = {key: PartyName(row.party, row.number, row.is_own, row.name) for key, row in seen.items()}
    # Whose name one knows, of that one the sector is in the directory; of a pseudonym it would say who it is.
    named = [key for key, party in parties.items() if party.name is not None]
    at_work = Institution.objects.at_work().filter(pk__in=named)
    return parties, dict(at_work.values_list("pk", "sector"))


def _supports(case: int, parties: dict[int, PartyName], viewer: Viewer | None) -> dict[tuple[str, str], list[Support]]:
    read = Q(part__state=CasePart.APPROVED, part__released_at__lte=Now())
    visible = read if viewer is None else read | Q(part__institution_id=viewer.institution_id)
    rows = CaseElement.objects.filter(visible, part__case_id=case, part__institution_id__in=parties)
    rows = rows.exclude(evidence__state=EvidenceItem.DESTROYED)
    by_facts: set[_Key] = set()
    items: dict[_Key, list[EvidenceName]] = {}
    states: dict[_Key, bool] = {}
    columns = ("charge", "element", "part__institution_id", "part__state", "evidence_id", "evidence__kind")
    for charge, element, institution, state, item, kind in rows.order_by("id").values_list(*columns):
        key = (charge, element, institution)
        states[key] = state == CasePart.APPROVED
        if item is None:
            by_facts.add(key)
        else:
            items.setdefault(key, []).append(EvidenceName(reference.encode("EV", item), kind))
    found: dict[tuple[str, str], list[Support]] = {}
    for key, is_approved in states.items():
        support = Support(parties[key[2]], key in by_facts, tuple(items.get(key, ())), is_approved)
        found.setdefault(key[:2], []).append(support)
    return found


def _element(
    element: Element, supports: Iterable[Support], parties: dict[int, PartyName], sectors: dict[int, str]
) -> ElementView:
    ordered = tuple(sorted(supports, key=lambda each: each.party.number))
    state = SHOWN if any(each.is_approved for each in ordered) else DRAFTED if ordered else MISSING
    suppliers = tuple(party for key, party in parties.items() if sectors.get(key, "") in element.sectors)
    return ElementView(element=element, state=state, supports=ordered, suppliers=suppliers)


def _added(institution: int | None, viewer: Viewer | None) -> str:
    if institution is None:
        return DESK
    return OURS if viewer is not None and institution == viewer.institution_id else THEIRS
