"""Which package answers a request, and what it holds of whom, as lawful disclosures are counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models.functions import Now
from django.utils.translation import gettext_noop

from clues.models import CasePart, Clue, EvidenceItem, OfficialParty, OfficialRequest, Package, PartIdentifier
from members.models import reference

from .registering import StepNotOpen

FACTS, CLUES, IDENTIFIERS, EVIDENCE = "case-facts", "clue-records", "identifiers", "evidence-items"
"""What a package holds, as codes of `official-items`."""


@dataclass(frozen=True, slots=True)
class Held:
    """What a package holds of one institution: a code of `official-items`, and how many."""

    institution_id: int
    item: str
    number: int


def find_answer(request: OfficialRequest, package: str) -> tuple[Package, list[Held]]:
    """Return the package `PK-…` and what it holds, if it may answer the request. Raise StepNotOpen, with `items` if too much."""
    found = Package.objects.filter(
        pk=reference.decode("PK", package) or 0, case_id=request.case_id or 0, state=Package.RELEASED,
        released_at__lte=Now(),
    ).first()  # fmt: skip
    if found is None:
        raise StepNotOpen(gettext_noop("No such package of the request's case was released."))
    if (found.receiver, found.unit) != (request.authority_kind, request.unit):
        raise StepNotOpen(gettext_noop("The package was released for another authority or unit."))
    held = _held(found)
    may = request.parties.exclude(state=OfficialParty.DECLINED).values_list("institution_id", flat=True)
    if not {each.institution_id for each in held} <= set(may):
        raise StepNotOpen(gettext_noop("The package holds something of a member that declined, or was not asked."))
    more = sorted({each.item for each in held} - set(request.items))
    if more:
        raise StepNotOpen(gettext_noop("The package holds more than was asked for."), items=more)
    return found, held


def _held(package: Package) -> list[Held]:
    """Count by institution what the package was made of; what was approved has not changed since, or it was not released."""
    made_of = package.sources
    parts = CasePart.objects.filter(
        case_id=package.case_id, institution_id__in=[int(each) for each in made_of["parts"]]
    )
    values = PartIdentifier.objects.filter(part__in=parts)
    rows: tuple[tuple[str, Iterable[int]], ...] = (
        (FACTS, parts.values_list("institution_id", flat=True)),
        (CLUES, Clue.objects.filter(pk__in=made_of["clues"]).values_list("institution_id", flat=True)),
        (IDENTIFIERS, values.values_list("part__institution_id", flat=True)),
        (EVIDENCE, EvidenceItem.objects.filter(pk__in=made_of["evidence"]).values_list("institution_id", flat=True)),
    )
    return [Held(number, item, count) for item, owners in rows for number, count in sorted(Counter(owners).items())]
