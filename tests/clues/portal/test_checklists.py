"""The checklist of a case in the portal: the lead chooses charges, each party says what its part shows, and asks for the rest."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest

from clues.models import CaseCharge, CaseElement, CasePart, CaseTask, MemberRequest
from tests.clues.joint import Joint, approve, count_refusals, last_refusal, make_joint, own, stands
from tests.clues.scene import Scene, wait_for_tick


@pytest.fixture
def joint(scene: Scene) -> Joint:
    return make_joint(scene)


@pytest.fixture(autouse=True)
def no_broker(monkeypatch: Any) -> None:
    from clues import tasks

    monkeypatch.setattr(tasks, "ring", lambda: None)


def address(joint: Joint) -> str:
    return f"/portal/cases/{joint.case}/checklist"


def text_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())))


def test_the_lead_chooses_and_each_party_says_what_it_shows(joint: Joint, portal: Any) -> None:
    browser = portal(joint.alice)
    assert "No charge is chosen yet" in text_of(browser.get(address(joint)))
    browser.post(address(joint), {"action": "add", "charge": "extortion"})
    said = {"action": "show", "charge": "extortion", "version": 1, "facts:threat": "on", "facts:records": "on"}
    answer = browser.post(address(joint), said, follow=True)
    assert "Stored with our part" in text_of(answer) and "3 of 5 elements" not in text_of(answer)
    assert set(CaseElement.objects.values_list("element", flat=True)) == {"threat", "records"}
    page = browser.get(address(joint)).content.decode()
    assert page.count(" checked") == 2 and 'name="facts:threat" checked' in page
    wait_for_tick()
    other = text_of(portal(joint.bea).get(address(joint)))
    assert "5 of 5 elements not shown yet" in other and "Add the charge" not in other and "Aster" not in other
    approve(joint, joint.alice, joint.amir)
    other = text_of(portal(joint.bea).get(address(joint)))
    assert "3 of 5 elements not shown yet" in other and "Member A: facts" in other.replace("Member B", "Member A")
    for page in (f"/portal/cases/{joint.case}", f"/portal/cases/{joint.case}/part"):
        assert portal(joint.bea).get(page).status_code == 200
    assert "3 of 5 elements not shown yet" in text_of(portal(joint.bea).get(f"/portal/cases/{joint.case}"))
    assert "3 of 5 elements not shown yet" in text_of(portal(joint.alice).get(f"/portal/cases/{joint.case}/do/ready"))
    drop = portal(joint.alice).post(address(joint), {"action": "drop", "charge": "extortion"}, follow=True)
    assert "No charge yet" in text_of(drop)


def test_the_second_person_reads_what_the_part_shows(joint: Joint, portal: Any) -> None:
    browser = portal(joint.alice)
    browser.post(address(joint), {"action": "add", "charge": "fraud"})
    browser.post(address(joint), {"action": "show", "charge": "fraud", "version": 1, "facts:deception": "on"})
    page = text_of(portal(joint.amir).get(f"/portal/cases/{joint.case}/part"))
    assert "They made facts up or hid the truth" in page


def test_tasks_and_requests_begin_with_what_is_missing(joint: Joint, portal: Any) -> None:
    browser = portal(joint.alice)
    browser.post(address(joint), {"action": "add", "charge": "fraud"})
    page = browser.get(address(joint)).content.decode()
    for link, field in (("tasks/new", "note"), ("requests/new", "text")):
        found = re.search(rf'href="([^"]*{link}[^"]*element=fraud:deception[^"]*)"', page)
        assert found is not None, link
        form = browser.get(unescape(found[1])).content.decode()
        words = re.search(rf'<textarea id="{field}"[^>]*>([^<]+)</textarea>', form)
        assert words is not None and "They made facts up or hid the truth" in unescape(words[1])
    made = {"party": joint.code(joint.birch), "kind": "provide-evidence", "note": unescape(words[1])}
    assert browser.post(f"/portal/cases/{joint.case}/tasks/new", made).status_code == 302
    assert "They made facts up" in CaseTask.objects.get().note
    sent = {
        "kind": "request",
        "case": joint.case,
        "purpose": "investigation",
        "text": unescape(words[1]),
        "once": "x" * 20,
    }
    assert browser.post("/portal/requests/new", sent).status_code == 302 and MemberRequest.objects.count() == 1
    form = browser.get(f"/portal/cases/{joint.case}/tasks/new?element=fraud:nothing").content.decode()
    assert re.search(r'<textarea id="note"[^>]*></textarea>', form), "what the case does not have is not echoed"
    other = portal(joint.bea).get(address(joint))
    assert "tasks/new" not in other.content.decode(), "the lead gives tasks"


@pytest.mark.parametrize(
    ("name", "sent", "action", "code", "status"),
    [
        ("bea", {"action": "add", "charge": "fraud"}, "charge-add", "not-the-lead", 422),
        ("amir", {"action": "add", "charge": "fraud"}, "charge-add", "permission-missing", 403),
        ("cy", {"action": "add", "charge": "fraud"}, "charge-add", "not-found", 404),
        ("alice", {"action": "drop", "charge": "fraud"}, "charge-drop", "not-found", 404),
        ("alice", {"action": "show", "charge": "extortion", "version": 9, "facts:threat": "on"}, "element-show", "version-changed", 409),
        ("cy", {"action": "show", "charge": "extortion", "version": 1}, "element-show", "not-found", 404),
    ],
)  # fmt: skip
def test_what_is_refused_stands_in_the_trail(
    joint: Joint, portal: Any, name: str, sent: dict[str, Any], action: str, code: str, status: int
) -> None:
    portal(joint.alice).post(address(joint), {"action": "add", "charge": "extortion"})
    before = stands()
    person = getattr(joint, name)
    assert portal(person).post(address(joint), sent).status_code == status
    assert (count_refusals(), last_refusal()) == (1, (person.ref, joint.case, action, code))
    assert stands() == before and CaseCharge.objects.count() == 1 and not CaseElement.objects.exists()


def test_a_slip_is_answered_on_the_page(joint: Joint, portal: Any) -> None:
    for _turn in range(2):
        answer = portal(joint.alice).post(address(joint), {"action": "add", "charge": "extortion"})
    assert answer.status_code == 422 and "against this charge already" in text_of(answer)
    assert (CaseCharge.objects.count(), count_refusals()) == (1, 0)


def test_a_stranger_and_a_wrong_method(joint: Joint, portal: Any) -> None:
    missing = portal(joint.cy).get("/portal/cases/CASE-NOWHERE/checklist")
    found = portal(joint.cy).get(address(joint))
    assert (found.status_code, missing.status_code) == (404, 404)
    assert portal(joint.alice).put(address(joint)).status_code == 405
    assert portal(joint.alice).post(address(joint), {"action": "burn"}).status_code == 404


def test_where_the_parts_stand_nothing_is_offered(joint: Joint, portal: Any) -> None:
    portal(joint.alice).post(address(joint), {"action": "add", "charge": "extortion"})
    own("UPDATE case_file SET state = 'evidence-ready'")
    page = portal(joint.alice).get(address(joint)).content.decode()
    assert "<button" not in page[page.index("<main") : page.index("</main")]
    assert CasePart.objects.count() == 0
