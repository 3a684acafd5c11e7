"""Tasks of a case and names of its parties in the portal: what each side is shown and may do."""

from __future__ import annotations

from typing import Any

import pytest

from clues.models import CaseNaming, CaseTask
from tests.clues.joint import Joint, make_joint, own, stands
from tests.clues.scene import Scene, wait_for_tick
from tests.factories import make_user


@pytest.fixture
def joint(scene: Scene) -> Joint:
    return make_joint(scene)


def page_of(joint: Joint, end: str = "") -> str:
    return f"/portal/cases/{joint.case}{end}"


def give(joint: Joint, portal: Any, **changes: str) -> Any:
    """Let Alice at the lead send the form; the tick passes."""
    request = {"party": joint.code(joint.birch), "kind": "confirm-amounts", "note": "", "due_on": ""} | changes
    answer = portal(joint.alice).post(page_of(joint, "/tasks/new"), request)
    wait_for_tick()
    return answer


def test_given_and_answered(joint: Joint, portal: Any, audited: Any) -> None:
    assert page_of(joint, "/tasks/new") in portal(joint.alice).get(page_of(joint)).content.decode()
    form = portal(joint.alice).get(page_of(joint, "/tasks/new"))
    assert "Birch" not in form.content.decode() and len(form.context["kinds"]) == 7
    answer = give(joint, portal, note="Up to October.")
    task = CaseTask.objects.get()
    assert answer["Location"] == page_of(joint, f"/tasks/{task}")
    browser = portal(joint.bea)
    assert ("case-tasks", task.due_at) in [(need.name, need.due_at) for need in browser.get("/").context["needs"]]
    text = browser.get("/portal/cases/work").content.decode()
    assert page_of(joint, f"/tasks/{task}") in text and "Aster" not in text
    assert page_of(joint, f"/tasks/{task}") in browser.get(page_of(joint)).content.decode()
    assert page_of(joint, "/tasks/new") not in browser.get(page_of(joint)).content.decode()
    text = browser.get(answer["Location"]).content.decode()
    assert "Up to October." in text and "Aster" not in text and 'value="done"' in text
    sent = {"version": "1", "action": "done", "note": "Three transfers."}
    assert browser.post(answer["Location"], sent).status_code == 302
    wait_for_tick()
    assert "Three transfers." in portal(joint.alice).get(answer["Location"]).content.decode()
    assert audited("case.task.done") == [joint.bea.ref]


def test_what_is_wrong_is_said(joint: Joint, portal: Any) -> None:
    before = stands()
    for wrong in (
        {"kind": ""},
        {"party": "member-z"},
        {"note": "ask 13800138000"},
        {"due_on": "2020-01-01"},
        {"kind": "other"},
    ):
        answer = give(joint, portal, **wrong)
        assert answer.status_code == 422 and 'role="alert"' in answer.content.decode()
    assert stands() == before
    address = give(joint, portal)["Location"]
    browser, before = portal(joint.bea), stands()
    for sent in ({"version": "1", "action": "declined"}, {"version": "7", "action": "done"}, {"action": "done"}):
        assert browser.post(address, sent).status_code == 422
    assert browser.post(address, {"version": "1", "action": "shrug"}).status_code == 404
    assert stands() == before


def test_who_gets_in(joint: Joint, portal: Any) -> None:
    address = give(joint, portal)["Location"]
    new = page_of(joint, "/tasks/new")
    auditor = make_user("auditor", institution=joint.birch)
    for person, status in ((joint.cy, 404), (joint.bea, 404), (auditor, 403), (joint.bert, 403), (joint.olga, 404)):
        assert portal(person).get(new).status_code == status
    for person, status in ((joint.cy, 404), (auditor, 200), (joint.alice, 200), (joint.olga, 404)):
        assert portal(person).get(address).status_code == status
    sent = {"version": "1", "action": "done", "note": ""}
    for person, status in ((joint.cy, 404), (auditor, 403), (joint.bert, 403), (joint.alice, 404)):
        assert portal(person).post(address, sent).status_code == status
    assert CaseTask.objects.get().state == "open"


def test_assigned_taken_back_and_late(joint: Joint, portal: Any) -> None:
    address = give(joint, portal)["Location"]
    browser = portal(joint.bea)
    browser.post(address, {"version": "1", "action": "assign", "assignee": joint.bea.ref})
    assert "bea" in browser.get("/portal/cases/work").content.decode()
    own("UPDATE case_task SET due_at = now() - interval '1 minute'")
    for where in ("/portal/cases/work", page_of(joint), address):
        assert "Overdue" in browser.get(where).content.decode()
    lead = portal(joint.alice)
    assert "bea" not in lead.get(address).content.decode()
    assert lead.post(address, {"version": "2", "action": "cancel", "reason": ""}).status_code == 422
    assert lead.post(address, {"version": "2", "action": "cancel", "reason": "Settled."}).status_code == 302
    wait_for_tick()
    text = portal(joint.bea).get(address).content.decode()
    assert "Settled." in text and 'value="done"' not in text
    assert "Nothing is asked of us" in portal(joint.bea).get("/portal/cases/work").content.decode()


def test_names_after_both_agreed(joint: Joint, portal: Any) -> None:
    ours, theirs = (page_of(joint, f"/names/{joint.code(other)}") for other in (joint.birch, joint.aster))
    browser = portal(joint.amir)
    assert ours in browser.get(page_of(joint)).content.decode()
    sent = {"action": "offer", "contact": "Aster fraud desk, 95533"}
    assert browser.post(ours, {"action": "offer", "contact": "13800138000"}).status_code == 422
    assert browser.post(ours, sent).status_code == 302
    wait_for_tick()
    browser = portal(joint.bert)
    assert "case-names" in [need.name for need in browser.get("/").context["needs"]]
    assert theirs in browser.get("/portal/cases/work").content.decode()
    text = browser.get(theirs).content.decode()
    assert "Aster" not in text and "95533" not in text and "This cannot be undone" in text
    assert browser.post(theirs, {"action": "offer", "contact": "Birch desk"}).status_code == 302
    wait_for_tick()
    for person, address, name in ((joint.bert, theirs, "Aster Bank"), (joint.amir, ours, "Birch Finance")):
        assert name in portal(person).get(address).content.decode()
        assert name in portal(person).get(page_of(joint)).content.decode()
    assert portal(joint.amir).post(ours, {"action": "withdraw"}).status_code == 422


def test_consent_is_the_approvers(joint: Joint, portal: Any) -> None:
    address = page_of(joint, f"/names/{joint.code(joint.birch)}")
    auditor = make_user("auditor", institution=joint.aster)
    stranger = make_user("approver", institution=joint.cedar)
    before = stands()
    for person, status in ((joint.alice, 403), (auditor, 403), (stranger, 404)):
        page = portal(person).get(address)
        assert page.status_code == (200 if status == 403 else 404) and 'name="contact"' not in page.content.decode()
        assert portal(person).post(address, {"action": "offer", "contact": "Desk"}).status_code == status
    assert portal(joint.amir).get(page_of(joint, f"/names/{joint.code(joint.aster)}")).status_code == 404, "ourselves"
    assert stands() == before
    portal(joint.amir).post(address, {"action": "offer", "contact": "Desk"})
    assert portal(joint.amir).post(address, {"action": "withdraw"}).status_code == 302
    assert CaseNaming.objects.get().first_at is None and CaseNaming.objects.get().second_at is None


def test_before_anybody_leads_parties_know_nothing_of_each_other(scene: Scene, portal: Any) -> None:
    joint = make_joint(scene, at="triage")
    text = portal(joint.bea).get(page_of(joint)).content.decode()
    assert "once an institution leads" in text and "Member A" not in text and "Member B" not in text
