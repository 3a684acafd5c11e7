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
from clues.models import CaseElement, CasePart
from clues.submissions.rows import names_of
from members import audit
from members.queries import Member

from .charges import ChargeNotFound
from .queries import charges_of

MOST: Final = 50
FIELDS: Final = frozenset({"element", "facts"})


def show(
    *, case: str, charge: str, request: Mapping[str, Any], version: int, by: Member, now: datetime
) -> CasePart | None:
    """Say which elements of a charge the own part shows; what is not named it shows no longer. The part is a draft then.

    `request` has `elements`, a list of `{"element": code, "facts": true}`. `version` is that of the part as it was read.
    Return None if that is what stands already; an approval then stays. Raise CaseNotFound, ChargeNotFound,
    `parts.PartChanged`, Refusal `unknown-field`, `field-invalid`, `transition-refused`.
    """
    joint.check_work(by)
    found = get_case(case=case, viewer=by)
    if charge not in {row.charge for row in charges_of(found.id, viewer=by)}:
        raise ChargeNotFound
    wanted = _read(request, find_charges({charge})[charge])
    with transaction.atomic():
        before = _stored(found.id, charge, by)
        if wanted == before and CasePart.objects.filter(
            case_id=found.id, institution_id=by.institution_id, version=version
        ).exists():  # fmt: skip
            return None
        row = parts.change(case=case, by=by, now=now, version=version)
        CaseElement.objects.filter(part=row, charge=charge).delete()
        CaseElement.objects.bulk_create(
            CaseElement(part=row, charge=charge, element=element) for element in sorted(wanted)
        )
        audit.record(
            "case.element.show", actor=by, subject_ref=case, institution_id=by.institution_id,
            detail={"version": row.version, "charge": charge, "elements": sorted(wanted)},
        )  # fmt: skip
    return row


def _stored(case: int, charge: str, by: Member) -> set[str]:
    rows = CaseElement.objects.filter(part__case_id=case, part__institution_id=by.institution_id, charge=charge)
    return set(rows.values_list("element", flat=True))


def _read(request: Mapping[str, Any], charge: Charge) -> set[str]:
    _refuse_unknown(request, frozenset({"elements"}))
    rows = request.get("elements")
    if not isinstance(rows, list) or len(rows) > MOST or not all(isinstance(row, Mapping) for row in rows):
        raise Refusal(
            "field-invalid", gettext_noop("`elements` is a list with an object for each element."), field="elements"
        )
    known = {element.code for element in charge.elements}
    seen: set[str] = set()
    found: set[str] = set()
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
            found.add(code)
    return found


def _refuse_unknown(body: Mapping[str, Any], known: frozenset[str]) -> None:
    unknown = body.keys() - known
    if unknown:
        raise Refusal("unknown-field", gettext_noop("The body has fields that do not exist."), fields=names_of(unknown))
