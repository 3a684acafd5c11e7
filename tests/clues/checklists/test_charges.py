"""Which charges a case is checked against: its lead or the desk says so, while parts are written; the list ships with sectors."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from clues.checklists import charges, queries
from clues.guidance.queries import list_charges
from clues.models import Case, CaseCharge
from tests.clues.joint import Joint, approve, now, postpone, refused, who
from tests.clues.scene import step, wait_for_tick
from tests.factories import acting_as


def codes(joint: Joint, by: Any) -> list[str]:
    viewer = by if by.institution_id is None else who(by)
    return [each.charge.code for each in queries.get_checklist(case=joint.case, viewer=viewer).charges]


def test_the_list_has_the_charges_of_the_issue_each_element_with_who_can_supply_it() -> None:
    named = {
        "extortion", "fraud", "illegal-business", "personal-information", "forged-seals", "picking-quarrels",
        "false-advertising", "insurance-fraud", "false-litigation",
    }  # fmt: skip
    listed = list_charges()
    assert named <= {each.code for each in listed}
    assert [(each.code, part.code) for each in listed for part in each.elements if not part.sectors] == []
    assert all(len(each.elements) >= 4 and each.to_confirm for each in listed)


def test_the_lead_and_the_desk_add_and_drop(joint: Joint, audited: Any) -> None:
    charges.add(case=joint.case, charge="extortion", by=who(joint.alice), now=now())
    with acting_as("aif_desk"):
        charges.add(case=joint.case, charge="fraud", by=joint.olga, now=now())
    wait_for_tick()
    assert codes(joint, joint.alice) == codes(joint, joint.bea) == ["extortion", "fraud"]
    seen = queries.get_checklist(case=joint.case, viewer=who(joint.bea))
    assert [each.added for each in seen.charges] == ["other", "desk"] and seen.is_open
    assert audited("case.charge.add") == [joint.alice.ref, joint.olga.ref]
    charges.drop(case=joint.case, charge="fraud", by=who(joint.alice), now=now())
    assert codes(joint, joint.bea) == ["extortion"] and audited("case.charge.drop") == [joint.alice.ref]
    charges.add(case=joint.case, charge="fraud", by=who(joint.alice), now=now())
    assert CaseCharge.objects.filter(charge="fraud").count() == 2, "that it was dropped once stays on record"


def test_the_others_know_of_it_at_the_tick(joint: Joint) -> None:
    charges.add(case=joint.case, charge="extortion", by=who(joint.alice), now=now())
    postpone("case_charge")
    assert codes(joint, joint.alice) == ["extortion"] and codes(joint, joint.bea) == []


def test_what_is_refused_writes_nothing(joint: Joint) -> None:
    lead, other, stranger = who(joint.alice), who(joint.bea), who(joint.cy)
    request = {"case": joint.case, "charge": "fraud", "now": now()}
    refused("not-the-lead", charges.add, by=other, **request)
    refused("not-found", charges.add, by=stranger, **request)
    refused("permission-missing", charges.add, by=who(joint.amir), **request)
    for unknown in ("murder", "", None, ["fraud"], {}):
        refused("field-invalid", charges.add, by=lead, **request | {"charge": unknown})
    refused("not-found", charges.drop, by=lead, **request)
    charges.add(by=lead, **request)
    refused("conflict", charges.add, by=lead, **request)
    refused("not-the-lead", charges.drop, by=other, **request)
    with acting_as("aif_desk"):
        refused("permission-missing", charges.add, by=joint.pavel, **request)
        refused("not-found", charges.add, by=joint.olga, **request | {"case": "CASE-NOWHERE"})
    assert CaseCharge.objects.count() == 1


def test_where_the_parts_stand_the_charges_do(joint: Joint) -> None:
    approve(joint, joint.alice, joint.amir)
    approve(joint, joint.bea, joint.bert)
    with acting_as("aif_desk"):
        case = Case.objects.get()
    step(case, "ready", joint.alice)
    refused("transition-refused", charges.add, case=joint.case, charge="fraud", by=who(joint.alice), now=now())


def test_the_database_refuses_the_same_charge_twice(joint: Joint) -> None:
    row = charges.add(case=joint.case, charge="fraud", by=who(joint.alice), now=now())
    with pytest.raises(IntegrityError, match="case_charge_once"), transaction.atomic():
        CaseCharge.objects.create(
            case_id=row.case_id, charge="fraud", added_at=now(), released_at=now() + timedelta(seconds=1)
        )
