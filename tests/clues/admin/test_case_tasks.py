"""Joint work at the desk: what a case's page shows of it, tasks given and taken back."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from clues.models import CaseTask
from tests.clues.joint import FACTS, Joint, approve, make_joint, own, write
from tests.clues.scene import Scene


@pytest.fixture
def joint(scene: Scene) -> Joint:
    return make_joint(scene)


def page(joint: Joint, browser: Any) -> str:
    from clues.models import Case

    return str(browser.get(reverse("admin:clues_case_change", args=[Case.objects.get().pk])).content.decode())


def test_what_the_desk_sees(joint: Joint, desk: Any) -> None:
    from tests.factories import acting_as

    with acting_as("aif_web"):
        approve(joint, joint.alice, joint.amir)
        write(joint.case, joint.bea, facts="A draft of Birch.")
    text = page(joint, desk(joint.pavel))
    assert FACTS in text and "1200.50" in text and "A draft of Birch." not in text
    assert "成员甲" in text and joint.code(joint.birch) not in text


def test_give_and_cancel(joint: Joint, desk: Any) -> None:
    from clues.models import Case

    browser = desk(joint.olga)
    place = reverse("admin:clues_case_do", args=[Case.objects.get().pk, "give-task"])
    assert place in page(joint, browser) and browser.get(place).status_code == 200
    wrong: dict[str, str] = {"party": joint.code(joint.birch), "kind": "other", "note": "", "due_on": ""}
    assert browser.post(place, wrong).status_code == 422
    assert browser.post(place, wrong | {"note": "ask 13800138000"}).status_code == 422
    assert browser.post(place, wrong | {"note": "x", "due_on": "2020-01-01"}).status_code == 422
    assert CaseTask.objects.count() == 0
    assert browser.post(place, wrong | {"note": "Call us."}).status_code == 302
    row = CaseTask.objects.get()
    assert (row.giver, row.given_by, row.institution) == (None, joint.olga, joint.birch)
    own("UPDATE case_task SET due_at = now() - interval '1 minute'")
    listed = browser.get(reverse("admin:clues_casetask_changelist"), {"state": "overdue"})
    assert [each.pk for each in listed.context["cl"].result_list] == [row.pk]
    assert len(browser.get(reverse("admin:clues_casetask_changelist"), {"q": str(row)}).context["cl"].result_list) == 1
    assert browser.get(reverse("admin:clues_casetask_change", args=[row.pk])).status_code == 200
    cancel = reverse("admin:clues_casetask_do", args=[row.pk, "cancel"])
    assert browser.post(cancel, {"reason": ""}).status_code == 422
    assert browser.post(cancel, {"reason": "Settled."}).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.ended_by) == ("canceled", joint.olga)


def test_whose_it_is_not(joint: Joint, desk: Any) -> None:
    from clues.models import Case

    place = reverse("admin:clues_case_do", args=[Case.objects.get().pk, "give-task"])
    asked = {"party": joint.code(joint.birch), "kind": "draft-facts"}
    assert place not in page(joint, desk(joint.pavel))
    assert desk(joint.pavel).post(place, asked).status_code == 403
    assert desk(joint.alice).post(place, asked).status_code == 302, "to the login"
    assert CaseTask.objects.count() == 0
