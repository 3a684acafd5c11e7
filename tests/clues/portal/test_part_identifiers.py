"""Raw values of the own part in the portal: sealed with a confirmation, shown on demand, refused in words."""

from __future__ import annotations

from typing import Any

import pytest

from clues.models import PartIdentifier
from tests.clues.joint import Joint, approve, last_refusal, make_joint, version_of
from tests.clues.scene import Scene

PHONE = "13800138000"


@pytest.fixture
def joint(scene: Scene) -> Joint:
    return make_joint(scene)


def address(joint: Joint) -> str:
    return f"/portal/cases/{joint.case}/part/identifiers"


def fields(joint: Joint, **changes: Any) -> dict[str, Any]:
    asked = {"action": "add", "type": "cn-mobile", "role": "organizer", "value": PHONE, "confirm": "yes"}
    return {**asked, "version": version_of(joint.alice), **changes}


def test_added_looked_at_removed(joint: Joint, portal: Any, audited: Any) -> None:
    browser = portal(joint.alice)
    assert address(joint) in browser.get(f"/portal/cases/{joint.case}/part").content.decode()
    answer = browser.post(address(joint), fields(joint))
    assert (answer.status_code, answer["Location"]) == (302, address(joint))
    text = browser.get(address(joint)).content.decode()
    assert PHONE not in text and "sealed" in text
    text = browser.post(address(joint), {"action": "open"}).content.decode()
    assert f"+86{PHONE}" in text and audited("case.part.identifiers.open") == [joint.alice.ref]
    approve(joint, joint.alice, joint.amir)
    text = portal(joint.amir).post(address(joint), {"action": "open"}).content.decode()
    assert f"+86{PHONE}" in text and 'value="add"' not in text, "an approver reads, and writes nothing"
    row = PartIdentifier.objects.get()
    browser = portal(joint.alice)
    answer = browser.post(address(joint), fields(joint, action="remove", identifier=row.ref), follow=True)
    assert "destroyed" in answer.content.decode() and not PartIdentifier.objects.exists()


def test_refused_in_words_and_without_the_value(joint: Joint, portal: Any) -> None:
    browser = portal(joint.alice)
    for change in ({"confirm": ""}, {"value": "1380013"}, {"type": "none"}, {"role": ""}):
        answer = browser.post(address(joint), fields(joint, **change))
        text = answer.content.decode()
        assert answer.status_code == 422 and 'role="alert"' in text and "1380013" not in text
    assert browser.post(address(joint), fields(joint, version=9)).status_code == 409
    assert browser.post(address(joint), {"action": "dance"}).status_code == 404
    assert not PartIdentifier.objects.exists()


def test_strangers_and_others(joint: Joint, portal: Any) -> None:
    portal(joint.alice).post(address(joint), fields(joint))
    assert PHONE not in portal(joint.bea).post(address(joint), {"action": "open"}).content.decode()
    stranger = portal(joint.cy)
    assert stranger.get(address(joint)).status_code == 404
    assert stranger.post(address(joint), {"action": "open"}).status_code == 404
    assert last_refusal() == (joint.cy.ref, joint.case, "identifier-open", "not-found")
    assert portal(joint.amir).post(address(joint), fields(joint)).status_code == 403
    assert last_refusal() == (joint.amir.ref, joint.case, "identifier-add", "permission-missing")
