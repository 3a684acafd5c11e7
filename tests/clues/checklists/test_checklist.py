"""The checklist: what each part shows, read by the others with the part; what is missing, and who could supply it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils.translation import override

from clues.cases import naming, parts
from clues.checklists import asking, charges, queries, showing
from clues.checklists.queries import Checklist, ElementView
from clues.models import Case, CaseElement, CasePart, DataKey, EvidenceItem, GuidanceRow, StoredObject
from tests.clues.joint import Joint, approve, now, own, postpone, refused, version_of, who
from tests.clues.scene import wait_for_tick
from tests.factories import acting_as


@pytest.fixture
def checked(joint: Joint) -> Joint:
    """The case is checked against extortion, and everybody knows."""
    charges.add(case=joint.case, charge="extortion", by=who(joint.alice), now=now())
    wait_for_tick()
    return joint


def said(*elements: str) -> dict[str, Any]:
    return {"elements": [{"element": code, "facts": True} for code in elements]}


def show(joint: Joint, by: Any, *elements: str, **changes: Any) -> Any:
    request = {"case": joint.case, "charge": "extortion", "request": said(*elements), "version": version_of(by)}
    return showing.show(**request | changes, by=who(by), now=now())


def seen(joint: Joint, by: Any) -> Checklist:
    return queries.get_checklist(case=joint.case, viewer=by if by.institution_id is None else who(by))


def states(joint: Joint, by: Any) -> dict[str, str]:
    (charge,) = seen(joint, by).charges
    return {each.element.code: each.state for each in charge.elements}


def element(joint: Joint, by: Any, code: str) -> ElementView:
    found = queries.find_element(joint.case, charge="extortion", element=code, viewer=who(by))
    assert found is not None
    return found[1]


def test_a_draft_is_its_own_partys_and_counts_once_it_is_approved(checked: Joint, audited: Any) -> None:
    assert set(states(checked, checked.bea).values()) == {"missing"} and not seen(checked, checked.bea).is_complete
    show(checked, checked.alice, "threat", "records")
    assert states(checked, checked.alice)["threat"] == "drafted" and states(checked, checked.bea)["threat"] == "missing"
    approve(checked, checked.alice, checked.amir)
    postpone("case_part")
    assert states(checked, checked.bea)["threat"] == "missing", "never before the tick"
    own("UPDATE case_part SET released_at = now() - interval '1 second'")
    for by in (checked.alice, checked.bea):
        assert {code for code, state in states(checked, by).items() if state == "shown"} == {"threat", "records"}
    with acting_as("aif_desk"):
        assert states(checked, checked.olga)["threat"] == "shown"
        assert seen(checked, checked.olga).missing == 3 and seen(checked, checked.olga).elements == 5
    (support,) = element(checked, checked.bea, "threat").supports
    assert support.party.name is None and not support.party.is_own and "Aster" not in repr(seen(checked, checked.bea))
    assert audited("case.element.show") == [checked.alice.ref]


def test_saying_so_takes_the_approval_back_and_saying_the_same_again_does_not(checked: Joint) -> None:
    show(checked, checked.alice, "threat")
    approve(checked, checked.alice, checked.amir)
    assert show(checked, checked.alice, "threat") is None
    assert CasePart.objects.get().state == "approved"
    row = show(checked, checked.alice)
    assert row.state == "draft" and row.released_at is None
    assert states(checked, checked.bea)["threat"] == states(checked, checked.alice)["threat"] == "missing"


def test_every_element_of_every_charge_makes_it_complete(checked: Joint) -> None:
    every = [each.code for each in seen(checked, checked.alice).charges[0].charge.elements]
    show(checked, checked.alice, *every[:2])
    show(checked, checked.bea, *every[1:])
    approve(checked, checked.alice, checked.amir)
    assert not seen(checked, checked.alice).is_complete
    approve(checked, checked.bea, checked.bert)
    assert seen(checked, checked.alice).is_complete
    assert [each.party.is_own for each in element(checked, checked.alice, every[1]).supports].count(True) == 1
    charges.add(case=checked.case, charge="fraud", by=who(checked.alice), now=now())
    assert not seen(checked, checked.alice).is_complete


def test_who_could_supply_it_names_no_pseudonym(checked: Joint) -> None:
    """Aster is a bank, Birch a consumer-finance company: only who is named is said to be of a sector."""
    (supplier,) = element(checked, checked.alice, "threat").suppliers
    assert supplier.is_own and "bank" in element(checked, checked.alice, "threat").element.sectors
    with acting_as("aif_desk"):
        found = queries.find_element(checked.case, charge="extortion", element="threat", viewer=checked.olga)
    assert found is not None
    assert {each.name for each in found[1].suppliers} == {"Aster Bank", "Birch Finance"}
    for one, other, person in (
        (checked.aster, checked.birch, checked.amir),
        (checked.birch, checked.aster, checked.bert),
    ):
        naming.offer(
            case=checked.case, party=checked.code(other), contact=f"Desk of {one.name}", by=who(person), now=now()
        )
    wait_for_tick()
    assert {each.name for each in element(checked, checked.alice, "threat").suppliers} == {
        "Aster Bank",
        "Birch Finance",
    }


def test_what_is_asked_for_is_said_in_the_language_of_the_page(checked: Joint) -> None:
    found = queries.find_element(checked.case, charge="extortion", element="threat", viewer=who(checked.alice))
    assert found is not None
    with override("zh-hans"):
        assert "敲诈勒索罪" in asking.words_for(found[0], found[1].element)
    with override("en"):
        assert asking.words_for(found[0], found[1].element).startswith("Extortion:")
    assert queries.find_element(checked.case, charge="fraud", element="threat", viewer=who(checked.alice)) is None


def test_what_is_refused_writes_nothing(checked: Joint) -> None:
    def no(code: str, by: Any = checked.alice, **changes: Any) -> None:
        refused(code, show, joint=checked, by=by, **changes)

    no("not-found", checked.cy)
    no("not-found", charge="fraud")
    no("permission-missing", checked.amir)
    no("version-changed", version=7, request=said("threat"))
    no("unknown-field", request={"elements": [], "more": 1})
    no("unknown-field", request={"elements": [{"element": "threat", "facts": True, "note": "x"}]})
    for rows in (None, {}, "threat", ["threat"], [{"facts": True}], [{"element": "duty", "facts": True}],
                 [{"element": "threat", "facts": 1}], [{"element": "threat"}, {"element": "threat"}], [{}] * 51):  # fmt: skip
        no("field-invalid", request={"elements": rows})
    assert not CaseElement.objects.exists()


def test_a_case_keeps_a_charge_that_the_list_has_no_more(checked: Joint) -> None:
    own("UPDATE guidance_version SET state = 'superseded' WHERE list = 'charges'")
    assert GuidanceRow.objects.filter(version__state="in-force", code="extortion").count() == 0
    assert states(checked, checked.alice)["threat"] == "missing"


def test_the_database_keeps_what_was_approved(checked: Joint) -> None:
    show(checked, checked.alice, "threat")
    approve(checked, checked.alice, checked.amir)
    part = CasePart.objects.get()
    with pytest.raises(IntegrityError, match="case_element_approved_as_written"), transaction.atomic():
        CaseElement.objects.create(part=part, charge="extortion", element="records")
    with pytest.raises(IntegrityError, match="case_element_approved_as_written"), transaction.atomic():
        CaseElement.objects.all().delete()
    assert parts.change(case=checked.case, by=who(checked.alice), now=now()).state == "draft"


def hold(joint: Joint, by: Any, **changes: Any) -> EvidenceItem:
    """Return a piece of evidence that somebody's institution holds in the case, as the vault would have made it."""
    with transaction.atomic():
        parts.change(case=joint.case, by=who(by), now=now())
    with acting_as("aif_owner"):
        key = DataKey.objects.create(id=uuid4(), purpose="evidence", kid="k1", wrapped=b"w", created_at=now())
        stored = StoredObject.objects.create(
            id=uuid4(), key=key, kind="evidence", bound_to=joint.case, size=1, frames=1, sha256="0" * 64, sm3="0" * 64,
            state="complete", created_at=now(),
        )  # fmt: skip
        fields = {
            "case": Case.objects.get(), "institution_id": by.institution_id, "kind": "documentary", "object": stored,
            "media_type": "application/pdf", "size": 1, "sha256": "0" * 64, "sm3": "0" * 64, "collected_at": now(),
            "time_source": "system", "sealed_details": b"", "actor_ref": by.audit_ref, "added_at": now(),
        }  # fmt: skip
        return EvidenceItem.objects.create(**fields | changes)


def by_evidence(element: str, *items: Any) -> dict[str, Any]:
    return {"elements": [{"element": element, "evidence": [getattr(item, "ref", item) for item in items]}]}


def test_an_element_is_shown_by_evidence_until_that_is_destroyed(checked: Joint) -> None:
    letter, call = hold(checked, checked.alice), hold(checked, checked.alice)
    show(checked, checked.alice, request=by_evidence("records", letter, call))
    assert (
        states(checked, checked.alice)["records"] == "drafted" and states(checked, checked.bea)["records"] == "missing"
    )
    approve(checked, checked.alice, checked.amir)
    (support,) = element(checked, checked.bea, "records").supports
    assert [each.evidence for each in support.evidence] == [letter.ref, call.ref] and not support.facts
    own("UPDATE evidence_item SET state = 'destroyed', destroyed_at = now() WHERE id = %s", letter.pk)
    assert states(checked, checked.bea)["records"] == "shown", "one is left"
    own("UPDATE evidence_item SET state = 'destroyed', destroyed_at = now() WHERE state = 'stored'")
    assert states(checked, checked.bea)["records"] == "missing"


def test_nobody_shows_anything_by_what_another_one_holds(checked: Joint) -> None:
    theirs, gone = hold(checked, checked.bea), hold(checked, checked.alice)
    own("UPDATE evidence_item SET state = 'destroyed', destroyed_at = now() WHERE id = %s", gone.pk)
    for wrong in (theirs, gone, "EV-NOWHERE", "C-NOWHERE"):
        refused("field-invalid", show, joint=checked, by=checked.alice, request=by_evidence("records", wrong))
    for shape in ("EV-1", [1], {}, None):
        request = {"elements": [{"element": "records", "evidence": shape}]}
        refused("field-invalid", show, joint=checked, by=checked.alice, request=request)
    row = show(checked, checked.alice, "threat")
    with pytest.raises(IntegrityError, match="case_element_by_own_evidence"), transaction.atomic():
        CaseElement.objects.create(part=row, charge="extortion", element="records", evidence=theirs)
