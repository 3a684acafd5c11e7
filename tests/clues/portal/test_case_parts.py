"""The own part of a case in the portal: written, handed over, approved by somebody else, overtaken by another tab."""

from __future__ import annotations

from typing import Any

import pytest

from clues.models import CasePart
from tests.clues.joint import FACTS, Joint, approve, make_joint, own, stands, write
from tests.clues.scene import Scene
from tests.factories import make_user


@pytest.fixture
def joint(scene: Scene) -> Joint:
    return make_joint(scene)


@pytest.fixture(autouse=True)
def no_broker(monkeypatch: Any) -> None:
    from clues import tasks

    monkeypatch.setattr(tasks, "ring", lambda: None)


def address(joint: Joint, end: str = "") -> str:
    return f"/portal/cases/{joint.case}/part{end}"


def fields(**changes: Any) -> dict[str, Any]:
    return {"version": 1, "action": "save", "facts": FACTS, "amount_lost": "12.50", "clues": ["aster-1"]} | changes


def test_from_a_draft_to_an_approval(joint: Joint, portal: Any, audited: Any) -> None:
    browser = portal(joint.alice)
    page = browser.get(address(joint))
    assert 'value="aster-1"' in page.content.decode() and "birch-1" not in page.content.decode()
    answer = browser.post(address(joint), fields())
    assert (answer.status_code, answer["Location"]) == (302, address(joint))
    answer = browser.post(address(joint), fields(version=2, action="ready"), follow=True)
    assert "waits for an approver" in answer.content.decode() and CasePart.objects.get().state == "ready"
    assert 'name="decision"' not in answer.content.decode(), "an analyst does not approve"
    browser = portal(joint.amir)
    assert address(joint) in browser.get("/portal/cases/work").content.decode()
    assert "case-parts" in [need.name for need in browser.get("/").context["needs"]]
    text = browser.get(address(joint)).content.decode()
    assert FACTS in text and 'name="decision"' in text and 'name="facts"' not in text
    answer = browser.post(address(joint, "/decide"), {"version": CasePart.objects.get().version, "decision": "approve"})
    assert answer.status_code == 302 and CasePart.objects.get().state == "approved"
    assert audited("case.part.approve") == [joint.amir.ref]


def test_what_the_others_read(joint: Joint, portal: Any) -> None:
    approve(joint, joint.alice, joint.amir)
    write(joint.case, joint.bea, facts="Our secret draft.")
    text = portal(joint.bea).get(f"/portal/cases/{joint.case}").content.decode()
    assert FACTS in text and "¥1,200.50" in text and "Our secret draft." in text
    for hidden in ("Aster", "aster-1", "alice", "amir"):
        assert hidden not in text
    text = portal(joint.alice).get(f"/portal/cases/{joint.case}").content.decode()
    assert "Our secret draft." not in text and "not approved yet" in text and "Birch" not in text


def test_returned_with_a_reason(joint: Joint, portal: Any) -> None:
    portal(joint.alice).post(address(joint), fields(action="ready"))
    browser, version = portal(joint.amir), CasePart.objects.get().version
    for reason in ("", "call 13800138000"):
        answer = browser.post(address(joint, "/decide"), {"version": version, "decision": "return", "reason": reason})
        assert answer.status_code == 422 and 'role="alert"' in answer.content.decode()
        assert "13800138000" not in answer.content.decode() or reason in answer.context["reason"]
    browser.post(address(joint, "/decide"), {"version": version, "decision": "return", "reason": "Amounts differ."})
    assert "Amounts differ." in portal(joint.alice).get(address(joint)).content.decode()


def test_two_tabs(joint: Joint, portal: Any) -> None:
    """What was sent comes again beside what stands, with the version to decide by."""
    browser = portal(joint.alice)
    browser.post(address(joint), fields(facts="First tab."))
    answer = browser.post(address(joint), fields(facts="Second tab."))
    text = answer.content.decode()
    assert answer.status_code == 409 and "Changed meanwhile" in text
    assert "First tab." in text and "Second tab." in text and 'name="version" value="2"' in text
    assert CasePart.objects.get().facts == "First tab."
    assert browser.post(address(joint), fields(facts="Second tab.", version=2)).status_code == 302


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"facts": "x" * 4001}, "facts"), ({"facts": "Tel. 138 0013 8000"}, "facts"), ({"amount_lost": "-5"}, "amount_lost"),
     ({"victims": "many"}, "victims"), ({"clues": ["birch-1"]}, "clues")],
    ids=["huge", "raw", "negative", "no number", "not ours"],
)  # fmt: skip
def test_what_is_wrong_stays_in_the_form(joint: Joint, portal: Any, wrong: dict[str, Any], field: str) -> None:
    browser, before = portal(joint.alice), stands()
    answer = browser.post(address(joint), fields(**wrong))
    assert answer.status_code == 422 and answer.context["wrong"] == field and 'role="alert"' in answer.content.decode()
    assert stands() == before


def test_who_gets_in(joint: Joint, portal: Any) -> None:
    auditor, submitter = (make_user(role, institution=joint.aster) for role in ("auditor", "submitter"))
    assert portal(joint.cy).get(address(joint)).status_code == 404
    assert portal(joint.olga).get(address(joint)).status_code == 404
    assert portal(submitter).get(address(joint)).status_code == 403
    page = portal(auditor).get(address(joint))
    assert page.status_code == 200 and 'name="facts"' not in page.content.decode()
    for person in (auditor, joint.amir):
        assert portal(person).post(address(joint), fields()).status_code == 403
    portal(joint.alice).post(address(joint), fields(action="ready"))
    version = CasePart.objects.get().version
    stranger = make_user("approver", institution=joint.cedar)
    # What Bert decides on is the part of Birch, which nobody has written.
    for person, status in ((joint.alice, 403), (auditor, 403), (stranger, 404), (joint.bert, 409)):
        answer = portal(person).post(address(joint, "/decide"), {"version": version, "decision": "approve"})
        assert answer.status_code == status
    assert portal(joint.amir).get(address(joint, "/decide")).status_code == 405
    own("UPDATE user_account SET role = 'approver' WHERE id = %s", joint.alice.pk)
    page = portal(joint.alice).get(address(joint)).content.decode()
    assert "Somebody else has to approve it" in page and 'name="decision"' not in page
    answer = portal(joint.alice).post(address(joint, "/decide"), {"version": version, "decision": "approve"})
    assert answer.status_code == 422 and CasePart.objects.get(institution=joint.aster).state == "ready"
