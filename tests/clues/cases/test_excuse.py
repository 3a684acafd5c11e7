"""A party that does not answer holds nobody up: the desk goes on without its part, with a reason, and everybody reads so."""

from __future__ import annotations

from typing import Any

from clues.cases import part_queries, queries
from clues.cases.transition import perform
from clues.models import Case, CasePart, CasePartExcuse
from members.models import AuditEvent
from tests.clues.joint import Joint, approve, now, refused, told, who
from tests.clues.scene import wait_for_tick
from tests.factories import acting_as

WHY = "No answer since the second of the month."


def take(joint: Joint, action: str, by: Any, note: str = "", **given: str) -> Case:
    """Take a step, in the role of the process in which somebody acts."""
    with acting_as("aif_desk" if by.is_alliance else "aif_web"):
        actor = by if by.is_alliance else who(by)
        return perform(case=joint.case, action=action, by=actor, now=now(), note=note, **given)


def test_the_case_goes_on_without_the_part(joint: Joint) -> None:
    approve(joint, joint.alice, joint.amir)
    birch = joint.code(joint.birch)
    refused("transition-refused", take, joint=joint, action="ready", by=joint.alice)
    refused("permission-missing", take, joint=joint, action="excuse", by=joint.alice, note=WHY, party=birch)
    refused("permission-missing", take, joint=joint, action="excuse", by=joint.pavel, note=WHY, party=birch)
    refused("field-invalid", take, joint=joint, action="excuse", by=joint.olga, party=birch)
    for wrong in ("member-z", joint.code(joint.aster)):
        refused("field-invalid", take, joint=joint, action="excuse", by=joint.olga, note=WHY, party=wrong)
    assert take(joint, "excuse", joint.olga, WHY, party=birch).state == "joint"
    refused("transition-refused", take, joint=joint, action="excuse", by=joint.olga, note=WHY, party=birch)
    assert "Aster Bank" in told("case.moved") and "Birch Finance" in told("case.moved")
    for person in (joint.alice, joint.bea):
        last = queries.list_milestones(case=joint.case, viewer=who(person))[-1]
        assert (last.action, last.by, last.told) == ("excuse", "desk", WHY)
    (theirs,) = part_queries.list_shared_parts(case=joint.case, viewer=who(joint.alice))
    assert theirs.excused and theirs.content is None
    assert part_queries.get_own_part(case=joint.case, viewer=who(joint.bea)).excused
    assert not part_queries.get_own_part(case=joint.case, viewer=who(joint.alice)).excused
    with acting_as("aif_desk"):
        event = AuditEvent.objects.get(verb="case.excuse")
    assert (event.actor_ref, event.detail["party"]) == (joint.olga.ref, birch) and WHY not in str(event.detail)
    take(joint, "ready", joint.alice)
    take(joint, "propose", joint.olga)
    assert take(joint, "approve", joint.pavel).state == "approved"


def test_who_is_excused_can_still_write(joint: Joint) -> None:
    approve(joint, joint.alice, joint.amir)
    take(joint, "excuse", joint.olga, WHY, party=joint.code(joint.birch))
    approve(joint, joint.bea, joint.bert)
    (theirs,) = part_queries.list_shared_parts(case=joint.case, viewer=who(joint.alice))
    assert theirs.content is not None
    assert CasePart.objects.filter(state="approved").count() == 2 and CasePartExcuse.objects.count() == 1


def test_whoever_did_so_last_does_not_approve(joint: Joint) -> None:
    approve(joint, joint.alice, joint.amir)
    case = take(joint, "excuse", joint.olga, WHY, party=joint.code(joint.birch))
    with acting_as("aif_desk"):
        assert Case.objects.get(pk=case.pk).edited_by_id == joint.olga.pk
    wait_for_tick()
