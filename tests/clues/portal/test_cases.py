"""The cases that concern the institution: a list, a page each, the steps members take; nothing of people and desk notes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from clues.models import Case, CaseStep
from tests.clues.scene import Scene, make_case, open_other, step, wait_for_tick
from tests.clues.scene_parts import approve_parts
from tests.factories import acting_as, make_user


def test_list_and_page(scene: Scene, portal: Any) -> None:
    case = make_case(scene, at="closed")
    browser = portal(scene.cast.alice)
    assert f'href="/portal/cases/{case.ref}"' in browser.get("/portal/cases").content.decode()
    page = browser.get(f"/portal/cases/{case.ref}")
    text = page.content.decode()
    assert [milestone.state for milestone in page.context["milestones"]] == [
        "candidate", "triage", "lead-claimed", "joint", "evidence-ready", "approved", "reported", "closed"
    ]  # fmt: skip
    assert [milestone.by for milestone in page.context["milestones"]] == ["desk"] * 2 + ["mine"] * 3 + ["desk"] * 3
    for shown in ("Public security", "The proceedings are concluded", "outcome received"):
        assert shown in text
    for hidden in ("olga", "pavel", "Birch", "birch"):
        assert hidden not in text


def test_notes_of_the_desk_stay_there(scene: Scene, portal: Any) -> None:
    case = make_case(scene, at="evidence-ready")
    step(case, "propose", scene.cast.olga, "between ourselves")
    step(case, "approve", scene.cast.pavel, "between us two")
    assert "between" not in portal(scene.cast.alice).get(f"/portal/cases/{case.ref}").content.decode()


def test_a_stranger_finds_nothing(scene: Scene, portal: Any) -> None:
    case = make_case(scene, at="triage")
    browser = portal(scene.cast.cy)
    for address in (f"/portal/cases/{case.ref}", f"/portal/cases/{case.ref}/do/claim"):
        assert browser.get(address).status_code == 404
    assert browser.post(f"/portal/cases/{case.ref}/do/claim", {"version": "2"}).status_code == 404
    assert case.ref not in browser.get("/portal/cases").content.decode()
    assert "No case yet" in browser.get("/portal/cases").content.decode()


@pytest.mark.parametrize("ref", ["CASE-1", "x", "CASE-AAAAAAAAAAAAAAAAAAAAAAAAAA"])
def test_nonsense_is_404(scene: Scene, portal: Any, ref: str) -> None:
    assert portal(scene.cast.alice).get(f"/portal/cases/{ref}").status_code == 404


def test_role_and_method(scene: Scene, portal: Any) -> None:
    case = make_case(scene)
    submitter = make_user("submitter", institution=scene.cast.aster)
    for address in ("/portal/cases", f"/portal/cases/{case.ref}"):
        assert portal(submitter).get(address).status_code == 403
        assert portal(scene.cast.alice).post(address).status_code == 405
        assert portal(scene.cast.olga).get(address).status_code == 404
    assert portal(scene.cast.alice).get("/portal/cases?state=lost").status_code == 404
    assert portal(scene.cast.alice).get("/portal/cases?show=lost").status_code == 404


def test_an_analyst_takes_a_case_to_its_evidence(scene: Scene, portal: Any) -> None:
    case = make_case(scene, at="triage")
    browser = portal(scene.cast.alice)
    for action, state in (("claim", "lead-claimed"), ("join-up", "joint"), ("ready", "evidence-ready")):
        if action == "ready":
            approve_parts(case)
        page = browser.get(f"/portal/cases/{case.ref}")
        address = f"/portal/cases/{case.ref}/do/{action}"
        assert f'href="{address}"' in page.content.decode()
        asked = browser.get(address)
        assert asked.status_code == 200 and asked.context["why"] is None
        answer = browser.post(address, {"version": asked.context["case"].version, "note": ""})
        assert answer.status_code == 302 and answer["Location"] == f"/portal/cases/{case.ref}"
        with acting_as("aif_desk"):
            case.refresh_from_db()
        assert (case.state, case.lead_id) == (state, scene.cast.aster.pk)


def test_handing_back_needs_a_reason_that_is_kept(scene: Scene, portal: Any) -> None:
    case = make_case(scene, at="lead-claimed")
    browser, address = portal(scene.cast.alice), f"/portal/cases/{case.ref}/do/hand-back"
    for note in ("", "ask 13800138000"):
        answer = browser.post(address, {"version": case.version, "note": note})
        assert answer.status_code == 422 and 'role="alert"' in answer.content.decode()
    assert browser.post(address, {"version": case.version, "note": "no time"}).status_code == 302
    with acting_as("aif_desk"):
        case.refresh_from_db()
        assert (case.state, case.lead, CaseStep.objects.latest("id").note) == ("triage", None, "no time")


def test_what_is_not_open_says_why(scene: Scene, portal: Any) -> None:
    case = make_case(scene, at="joint")
    address = f"/portal/cases/{case.ref}/do/ready"
    for person, why in (
        (scene.cast.bea, "The institution that leads this case does this."),
        (scene.cast.amir, "Your role does not include this."),
    ):
        browser = portal(person)
        text = browser.get(f"/portal/cases/{case.ref}").content.decode()
        assert why in text and address not in text
        assert why in browser.get(address).content.decode()
    assert portal(scene.cast.alice).get(f"/portal/cases/{case.ref}/do/approve").status_code == 404
    assert portal(scene.cast.alice).get(f"/portal/cases/{case.ref}/do/claim").status_code == 302


def test_refusals_change_nothing_and_are_recorded(scene: Scene, portal: Any, audited: Any) -> None:
    case = make_case(scene, at="joint")
    address = f"/portal/cases/{case.ref}/do"
    assert portal(scene.cast.bea).post(f"{address}/ready", {"version": case.version}).status_code == 302  # not the lead
    assert portal(scene.cast.amir).post(f"{address}/ready", {"version": case.version}).status_code == 403
    assert portal(scene.cast.alice).post(f"{address}/claim", {"version": case.version}).status_code == 302
    for version in (case.version - 1, "", "x"):
        assert portal(scene.cast.alice).post(f"{address}/ready", {"version": version}).status_code == 302
    with acting_as("aif_desk"):
        before, _ = case.version, case.refresh_from_db()
        assert (case.state, case.version) == ("joint", before)
    cast = scene.cast
    assert audited("case.refuse") == [cast.bea.ref, cast.amir.ref] + [cast.alice.ref] * 4


def test_filters(scene: Scene, portal: Any) -> None:
    led, other = make_case(scene, at="joint"), open_other(scene)
    wait_for_tick()

    def found(person: Any, **asked: str) -> set[str]:
        return {row.case for row in portal(person).get("/portal/cases", asked).context["page"].rows}

    alice, bea = scene.cast.alice, scene.cast.bea
    assert found(alice) == found(bea) == {led.ref, other.ref}
    assert found(alice, show="led") == found(alice, show="ours") == {led.ref}
    assert found(bea, show="led") == found(bea, show="ours") == set()
    assert found(alice, state="candidate") == {other.ref}
    assert found(alice, show="overdue") == set()
    step(other, "triage", scene.cast.olga)
    assert found(alice, show="ours") == {led.ref, other.ref} and found(bea, show="ours") == {other.ref}
    assert found(alice, show="ours", state="triage") == {other.ref}
    with acting_as("aif_desk"):
        Case.objects.filter(pk=led.pk).update(due_at=timezone.now() - timedelta(hours=1))
    assert found(alice, show="overdue") == found(bea, show="overdue") == {led.ref}
    assert "Overdue" in portal(alice).get(f"/portal/cases/{led.ref}").content.decode()


def test_a_merged_case_leads_on(scene: Scene, portal: Any) -> None:
    case, other = make_case(scene, at="triage"), open_other(scene)
    step(case, "merge", scene.cast.pavel, "the same people", into=other.ref)
    wait_for_tick()
    text = portal(scene.cast.alice).get(f"/portal/cases/{case.ref}").content.decode()
    assert f'href="/portal/cases/{other.ref}"' in text and "the same people" not in text
