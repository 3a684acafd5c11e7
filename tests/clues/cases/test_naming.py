"""Who knows whom: pseudonyms that stay, names after both agreed and not before the tick, or by two people of the alliance."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from clues.cases import naming, unmasking
from clues.cases.pseudonyms import code_of
from clues.cases.transition import perform
from clues.models import CaseNaming, CaseParty, CaseUnmasking
from members.models import Approval
from tests.clues.joint import Joint, now, own, postpone, refused, told, who
from tests.clues.scene import wait_for_tick
from tests.factories import acting_as, make_institution, make_user

DESK = "Aster fraud desk, 010-6655 4433, fraud@aster.example"


def offer(joint: Joint, by: Any, party: Any, contact: str = DESK) -> naming.PartyView:
    return naming.offer(case=joint.case, party=joint.code(party), contact=contact, by=who(by), now=now())


def sees(joint: Joint, by: Any, party: Any) -> naming.PartyView:
    """Return a party as somebody of another one sees it."""
    parties = naming.list_parties(case=joint.case, viewer=who(by))
    (found,) = (each for each in parties if each.party == joint.code(party))
    return found


def test_parties_are_pseudonyms_that_stay(joint: Joint) -> None:
    for person, own_one in ((joint.alice, joint.aster), (joint.bea, joint.birch)):
        seen = naming.list_parties(case=joint.case, viewer=who(person))
        assert [party.party for party in seen] == ["member-a", "member-b"]
        assert [party.name for party in seen if not party.is_own] == [None]
        assert [party.party for party in seen if party.is_own] == [joint.code(own_one)]
        assert [party.party for party in seen if party.is_lead] == [joint.code(joint.aster)]
    refused("not-found", naming.list_parties, case=joint.case, viewer=who(joint.cy))
    with pytest.raises(IntegrityError), transaction.atomic(), acting_as("aif_owner"):
        CaseParty.objects.filter(institution=joint.aster).update(
            pseudonym=CaseParty.objects.get(institution=joint.birch).pseudonym
        )


def test_letters_go_on_behind_z() -> None:
    assert [code_of(number) for number in (0, 25, 26, 51, 52, 702)] == [
        "member-a", "member-z", "member-aa", "member-az", "member-ba", "member-aaa"
    ]  # fmt: skip


def test_names_come_after_both_agreed_at_one_tick(joint: Joint, audited: Any) -> None:
    offer(joint, joint.amir, joint.birch)
    assert sees(joint, joint.alice, joint.birch).offered
    wait_for_tick()
    asked = sees(joint, joint.bea, joint.aster)
    assert asked.asked and asked.name is None and asked.contact is None, "one side is not enough"
    assert told("case.naming-offered") == ["Birch Finance"]
    (waiting,) = naming.list_asked(viewer=who(joint.bert))
    assert (waiting.case, waiting.party) == (joint.case, joint.code(joint.aster))
    offer(joint, joint.bert, joint.aster, "Birch desk, 95500")
    tick = CaseNaming.objects.get().named_at
    postpone("case_naming", "named_at")
    for person, other in ((joint.alice, joint.birch), (joint.bea, joint.aster)):
        assert sees(joint, person, other).name is None, "never before the tick"
    own("UPDATE case_naming SET named_at = %s", tick)
    wait_for_tick()
    theirs, ours = sees(joint, joint.alice, joint.birch), sees(joint, joint.bea, joint.aster)
    assert (theirs.name, theirs.contact) == ("Birch Finance", "Birch desk, 95500")
    assert (ours.name, ours.contact) == ("Aster Bank", DESK)
    assert theirs.named_at == ours.named_at == tick
    assert told("case.party-named") == ["Aster Bank", "Birch Finance"]
    assert audited("case.naming.offer") == [joint.amir.ref, joint.bert.ref]
    assert naming.list_asked(viewer=who(joint.bert)) == []
    refused("transition-refused", offer, joint=joint, by=joint.amir, party=joint.birch)
    refused("transition-refused", naming.withdraw, case=joint.case, party=joint.code(joint.birch), by=who(joint.amir))


def test_an_offer_is_known_at_the_tick(joint: Joint) -> None:
    offer(joint, joint.amir, joint.birch)
    postpone("case_naming", "first_at")
    postpone("case_naming", "second_at")
    assert not sees(joint, joint.bea, joint.aster).asked and naming.list_asked(viewer=who(joint.bert)) == []


def test_an_offer_can_be_taken_back_before_the_other_agreed(joint: Joint, audited: Any) -> None:
    party = joint.code(joint.birch)
    refused("transition-refused", naming.withdraw, case=joint.case, party=party, by=who(joint.amir))
    offer(joint, joint.amir, joint.birch)
    refused("transition-refused", offer, joint=joint, by=joint.amir, party=joint.birch)
    naming.withdraw(case=joint.case, party=party, by=who(joint.amir))
    wait_for_tick()
    assert not sees(joint, joint.bea, joint.aster).asked and not sees(joint, joint.alice, joint.birch).offered
    offer(joint, joint.bert, joint.aster)
    wait_for_tick()
    assert sees(joint, joint.alice, joint.birch).name is None
    assert DESK not in repr(CaseNaming.objects.values().get()) or CaseNaming.objects.get().named_at is None
    assert audited("case.naming.withdraw") == [joint.amir.ref]


def test_who_and_what_is_refused(joint: Joint) -> None:
    for person, code in (
        (joint.alice, "permission-missing"), (make_user("auditor", institution=joint.aster), "permission-missing"),
        (make_user("approver", institution=joint.cedar), "not-found"),
    ):  # fmt: skip
        refused(code, offer, joint=joint, by=person, party=joint.birch)
    refused("field-invalid", offer, joint=joint, by=joint.amir, party=joint.aster)
    refused("not-found", naming.offer, case=joint.case, party="member-c", contact=DESK, by=who(joint.amir), now=now())
    for contact, code in (
        ("", "field-invalid"), ("x" * 201, "field-invalid"), ("a\x00b", "field-invalid"),
        ("Mr. Wang 138 0013 8000", "raw-identifier"), ("王经理13800138000", "raw-identifier"),
        ("11010519491231002X", "raw-identifier"),
    ):  # fmt: skip
        refusal = refused(code, offer, joint=joint, by=joint.amir, party=joint.birch, contact=contact)
        assert refusal.extra["field"] == "contact"
    own("UPDATE case_file SET state = 'dismissed', due_at = NULL, closed_reason = 'x'")
    refused("transition-refused", offer, joint=joint, by=joint.amir, party=joint.birch)


def test_the_database_wants_both_consents(joint: Joint) -> None:
    offer(joint, joint.amir, joint.birch)
    for changes in (
        {"named_at": now()}, {"first_at": None, "second_at": None}, {"first_contact": "", "second_contact": ""},
        {"first": joint.birch.pk, "second": joint.aster.pk},
    ):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic(), acting_as("aif_owner"):
            CaseNaming.objects.update(**changes)


def test_two_people_of_the_alliance_name_everybody(joint: Joint, audited: Any) -> None:
    asked: dict[str, Any] = {"case": joint.case, "reason": "One task force.", "now": now()}
    with acting_as("aif_desk"):
        refused("four-eyes", naming.unmask, **asked, by=joint.pavel, proposed_by=joint.pavel)
        refused("permission-missing", naming.unmask, **asked, by=joint.olga, proposed_by=joint.pavel)
        refused("field-invalid", naming.unmask, **asked | {"reason": ""}, by=joint.pavel, proposed_by=joint.olga)
        refused("not-found", naming.unmask, **asked | {"case": "CASE-1"}, by=joint.pavel, proposed_by=joint.olga)
        with pytest.raises(IntegrityError), transaction.atomic():
            CaseUnmasking.objects.create(
                case_id=CaseParty.objects.values_list("case_id", flat=True)[0], reason="x", proposed_by=joint.olga,
                decided_by=joint.olga, at=now(), released_at=now(),
            )  # fmt: skip
        naming.unmask(**asked | {"now": now()}, by=joint.pavel, proposed_by=joint.olga)
    tick = CaseUnmasking.objects.get().released_at
    postpone("case_unmasking")
    assert sees(joint, joint.alice, joint.birch).name is None
    own("UPDATE case_unmasking SET released_at = %s", tick)
    wait_for_tick()
    assert sees(joint, joint.alice, joint.birch).name == "Birch Finance"
    assert sees(joint, joint.bea, joint.aster).name == "Aster Bank"
    assert told("case.party-named") == ["Aster Bank", "Birch Finance"]
    assert audited("case.unmask") == [joint.pavel.ref]


def test_nobody_is_named_where_nobody_knows_of_the_others(joint: Joint) -> None:
    asked: dict[str, Any] = {"case": joint.case, "by": joint.pavel, "proposed_by": joint.olga, "reason": "x"}
    proposed: dict[str, Any] = {"case": joint.case, "by": joint.olga, "reason": "x"}
    own("UPDATE case_file SET lead_id = NULL, state = 'triage'")
    with acting_as("aif_desk"):
        refused("transition-refused", naming.unmask, **asked, now=now())
        refused("transition-refused", unmasking.propose, **proposed, now=now())
        perform(case=joint.case, action="dismiss", by=joint.pavel, now=now(), note="the same people as before")
        refused("transition-refused", naming.unmask, **asked, now=now())
        refused("transition-refused", unmasking.propose, **proposed, now=now())
        assert not Approval.objects.exists()


def test_who_comes_later_is_a_pseudonym_again(joint: Joint) -> None:
    with acting_as("aif_desk"):
        naming.unmask(case=joint.case, reason="x", by=joint.pavel, proposed_by=joint.olga, now=now())
    dove = make_institution("Dove Bank")
    with acting_as("aif_owner"):
        CaseParty.objects.create(
            case_id=CaseParty.objects.values_list("case_id", flat=True)[0],
            institution=dove,
            pseudonym=2,
            released_at=now(),
        )
    wait_for_tick()
    assert sees(joint, joint.alice, dove).name is None and sees(joint, joint.alice, joint.birch).name
    late = make_user("analyst", institution=dove)
    assert [party.name for party in naming.list_parties(case=joint.case, viewer=who(late)) if not party.is_own] == [
        None, None
    ]  # fmt: skip
