"""What the own part shows of a charge, element by element: said by its writers, approved with the part, read with it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from clues.cases import joint, parts
from clues.cases.queries import get_case
from clues.guidance.queries import find_charges
from clues.guidance.rows import Charge
from clues.models import CaseElement, CasePart, EvidenceItem
from clues.submissions.rows import names_of
from members import audit
from members.models import reference
from members.queries import Member

from .charges import ChargeNotFound
from .queries import charges_of

MOST: Final = 50
FIELDS: Final = frozenset({"element", "facts", "evidence"})
Shown = tuple[str, int | None]
"""An element, and the item of evidence that shows it; None: the facts do."""


def show(
    *, case: str, charge: str, request: Mapping[str, Any], version: int, by: Member, now: datetime
) -> CasePart | None:
    """Say which elements of a charge the own part shows; what is not named it shows no longer. The part is a draft then.

    `request` has `elements`, a list of `{"element": code, "facts": true, "evidence": ["EV-…"]}`, evidence of the own part.
    `version` is that of the part as it was read.
    Return None if that is what stands already; an approval then stays. Raise CaseNotFound, ChargeNotFound,
    `parts.PartChanged`, Refusal `unknown-field`, `field-invalid`, `transition-refused`.
    """
    joint.check_work(by)
    found = get_case(case=case, viewer=by)
    if charge not in {row.charge for row in charges_of(found.id, viewer=by)}:
        raise ChargeNotFound
    wanted = _read(request, find_charges({charge})[charge], found.id, by)
    with transaction.atomic():
        before = _stored(found.id, charge, by)
        if wanted == before and CasePart.objects.filter(
            case_id=found.id, institution_id=by.institution_id, version=version
        ).exists():  # fmt: skip
            return None
        row = parts.change(case=case, by=by, now=now, version=version)
        CaseElement.objects.filter(part=row, charge=charge).delete()
        CaseElement.objects.bulk_create(
            CaseElement(part=row, charge=charge, element=element, evidence_id=item)
            for element, item in sorted(wanted, key=lambda each: (each[0], each[1] or 0))
        )
        audit.record(
            "case.element.show", actor=by, subject_ref=case, institution_id=by.institution_id,
            detail={"version": row.version, "charge": charge, "elements": sorted({element for element, _item in wanted})},
        )  # fmt: skip
    return row


def _stored(case: int, charge: str, by: Member) -> set[Shown]:
    rows = CaseElement.objects.filter(part__case_id=case, part__institution_id=by.institution_id, charge=charge)
    return set(rows.values_list("element", "evidence_id"))


def _read(request: Mapping[str, Any], charge: Charge, case: int, by: Member) -> set[Shown]:
    _refuse_unknown(request, frozenset({"elements"}))
    rows = request.get("elements")
    if not isinstance(rows, list) or len(rows) > MOST or not all(isinstance(row, Mapping) for row in rows):
        raise Refusal(
            "field-invalid", gettext_noop("`elements` is a list with an object for each element."), field="elements"
        )
    known = {element.code for element in charge.elements}
    seen: set[str] = set()
    found: set[Shown] = set()
    for row in rows:
        _refuse_unknown(row, FIELDS)
        code = row.get("element")
        if not isinstance(code, str) or code not in known:
            raise Refusal("field-invalid", gettext_noop("The charge has no such element."), field="elements")
        if code in seen or not isinstance(row.get("facts", False), bool):
            raise Refusal(
                "field-invalid", gettext_noop("Each element stands once, and `facts` is true or false."),
                field="elements",
            )  # fmt: skip
        seen.add(code)
        if row.get("facts", False):
            found.add((code, None))
        found |= {(code, item) for item in _evidence(row.get("evidence", []), case, by)}
    return found


def _evidence(refs: Any, case: int, by: Member) -> list[int]:
    """Return items of the own part by number; of another party's, or another case's, nothing is said but that it is none."""
    if not isinstance(refs, list) or len(refs) > MOST or not all(isinstance(ref, str) for ref in refs):
        raise Refusal("field-invalid", gettext_noop("`evidence` is a list of references EV-…"), field="evidence")
    numbers = {reference.decode("EV", ref) or 0 for ref in refs}
    items = EvidenceItem.objects.filter(
        pk__in=numbers, case_id=case, institution_id=by.institution_id, state=EvidenceItem.STORED
    )
    found = list(items.values_list("pk", flat=True))
    if len(found) != len(numbers):
        raise Refusal(
            "field-invalid", gettext_noop("A piece of evidence is not yours, not of this case, or destroyed."),
            field="evidence",
        )  # fmt: skip
    return found


def _refuse_unknown(body: Mapping[str, Any], known: frozenset[str]) -> None:
    unknown = body.keys() - known
    if unknown:
        raise Refusal("unknown-field", gettext_noop("The body has fields that do not exist."), fields=names_of(unknown))
