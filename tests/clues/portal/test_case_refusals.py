"""What is refused around a case in the portal changes nothing, and stands in the trail with who, what and why."""

from __future__ import annotations

from typing import Any

from clues.cases import naming, tasks
from clues.models import ProcedureEntry
from tests.clues.joint import count_refusals, last_refusal, make_joint, now, stands, who, write
from tests.clues.procedures.recording import fields
from tests.clues.scene import Scene, make_case, wait_for_tick

# Who, where (behind the case's address), what is sent, the action and the code of the trail.
JOINT: tuple[tuple[str, str, dict[str, str], str, str], ...] = (
    ("bea", "tasks/new", {"party": "member-a", "kind": "draft-facts"}, "task-give", "not-the-lead"),
    ("amir", "tasks/new", {"party": "member-a", "kind": "draft-facts"}, "task-give", "permission-missing"),
    ("cy", "tasks/new", {"party": "member-a", "kind": "draft-facts"}, "task-give", "not-found"),
    ("bea", "tasks/{task}", {"action": "done", "version": "7"}, "task-answer", "version-changed"),
    ("bert", "tasks/{task}", {"action": "done", "version": "1"}, "task-answer", "permission-missing"),
    ("alice", "tasks/{task}", {"action": "declined", "version": "1", "note": "x"}, "task-answer", "not-found"),
    ("bea", "tasks/{task}", {"action": "cancel", "version": "1", "reason": "x"}, "task-cancel", "not-found"),
    ("alice", "tasks/{task}", {"action": "assign", "version": "1"}, "task-assign", "not-found"),
    ("alice", "part", {"facts": "x", "version": "9"}, "part-edit", "version-changed"),
    ("amir", "part", {"facts": "x", "version": "2"}, "part-edit", "permission-missing"),
    ("cy", "part", {"facts": "x", "version": "1"}, "part-edit", "not-found"),
    ("amir", "part/decide", {"decision": "approve", "version": "2"}, "part-approve", "transition-refused"),
    ("alice", "part/decide", {"decision": "approve", "version": "2"}, "part-approve", "permission-missing"),
    ("amir", "part/decide", {"decision": "return", "version": "2", "reason": "x"}, "part-return", "transition-refused"),
    ("alice", "names/{birch}", {"action": "offer", "contact": "Desk"}, "name-offer", "permission-missing"),
    ("amir", "names/{birch}", {"action": "withdraw"}, "name-withdraw", "transition-refused"),
    ("bert", "names/{aster}", {"action": "offer", "contact": "Desk"}, "name-offer", "transition-refused"),
    ("amir", "names/member-z", {"action": "offer", "contact": "Desk"}, "name-offer", "not-found"),
)
SLIPS: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("alice", "tasks/new", {"party": "", "kind": "draft-facts"}),
    ("bea", "tasks/{task}", {"action": "declined", "version": "1", "note": ""}),
    ("alice", "part", {"facts": "x", "version": "2", "victims": "-1"}),
    ("amir", "names/{birch}", {"action": "offer", "contact": ""}),
)


def test_of_tasks_parts_and_names(scene: Scene, portal: Any) -> None:
    joint = make_joint(scene)
    aster, birch = joint.code(joint.aster), joint.code(joint.birch)
    asked = {"party": birch, "kind": "confirm-amounts"}
    task = tasks.give(case=joint.case, request=asked, by=who(joint.alice), now=now())
    write(joint.case, joint.alice)
    naming.offer(case=joint.case, party=aster, contact="Desk", by=who(joint.bert), now=now())
    wait_for_tick()
    before = stands()
    for number, (name, end, sent, action, code) in enumerate(JOINT, start=1):
        address = f"/portal/cases/{joint.case}/{end.format(task=task, aster=aster, birch=birch)}"
        assert portal(getattr(joint, name)).post(address, sent).status_code in (403, 404, 409, 422)
        assert (count_refusals(), last_refusal()) == (
            number, (getattr(joint, name).ref, joint.case, action, code)
        ), (name, end)  # fmt: skip
        assert stands() == before, (name, end)
    for name, end, sent in SLIPS:
        address = f"/portal/cases/{joint.case}/{end.format(task=task, birch=birch)}"
        assert portal(getattr(joint, name)).post(address, sent).status_code == 422
    assert (stands(), count_refusals()) == (before, len(JOINT)), "a slip of the pen is no attempt"


def test_of_entries(scene: Scene, portal: Any) -> None:
    case = make_case(scene, at="reported")
    cast, criminal = scene.cast, "police-criminal"
    once = {"once": "0123456789abcdef"}
    entry = {name: value for name, value in fields(criminal, "accepted").items() if name not in ("track", "state")}
    address = f"/portal/cases/{case.ref}/entries/new?track={criminal}&state="
    rows: tuple[tuple[Any, str, dict[str, Any], str], ...] = (
        (cast.bea, "submitted", entry, "not-the-lead"),
        (cast.cy, "submitted", entry, "not-found"),
        (cast.amir, "submitted", entry, "permission-missing"),
        (cast.alice, "accepted", entry, "transition-refused"),
        (cast.alice, "accepted", entry | {"document_no": ""}, "field-missing"),
    )
    for number, (person, state, sent, code) in enumerate(rows, start=1):
        answer = portal(person).post(address + state, sent | once)
        assert answer.status_code == (422 if person == cast.alice else 404)
        assert (count_refusals(), last_refusal()) == (number, (person.ref, case.ref, "entry-record", code))
    assert portal(cast.alice).post(address + "accepted", entry | once | {"authority": ""}).status_code == 422
    assert count_refusals() == len(rows) and not ProcedureEntry.objects.exists()
