"""Running a case at the desk: buttons are what the person may do, a press is one call of the domain."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from clues.models import Case, CaseStep
from members.models import AuditEvent
from tests.clues.scene import Scene, make_case, promote


def address(case: Case, name: str, *, version: int | None) -> str:
    """Where the button of an operation leads."""
    place = reverse("admin:clues_case_do", args=[case.pk, name])
    return place if version is None else f"{place}?version={version}"


def buttons(browser: Any, case: Case) -> list[str]:
    """Return the addresses of the buttons on the case's page."""
    page = browser.get(reverse("admin:clues_case_change", args=[case.pk]))
    return [button["url"] for button in page.context["operations"]]


def test_buttons_are_what_one_may_do(scene: Scene, desk: Any) -> None:
    case = make_case(scene, at="triage, proposed")
    assert buttons(desk(scene.cast.olga), case) == []
    assert buttons(desk(scene.cast.pavel), case) == [
        address(case, name, version=3) for name in ("triage-approve", "triage-return", "triage-dismiss")
    ]


def test_a_whole_case(scene: Scene, desk: Any) -> None:
    case = make_case(scene)
    journey = [
        ("olga", "candidate-triage", "", "triage"),
        ("olga", "triage-propose", "three independent reports", "triage"),
        ("pavel", "triage-approve", "", "approved"),
        ("olga", "approved-report", "", "reported"),
        ("pavel", "reported-close", "accepted by the police", "closed"),
    ]
    for version, (who, name, note, state) in enumerate(journey, start=1):
        browser = desk(getattr(scene.cast, who))
        place = address(case, name, version=version)
        assert browser.get(place).status_code == 200
        answer = browser.post(place, {"note": note})
        assert answer.status_code == 302 and answer["Location"].endswith(f"/{case.pk}/change/")
        case.refresh_from_db()
        assert (case.state, case.version) == (state, version + 1)
    assert [step.action for step in CaseStep.objects.order_by("id")] == [
        "open", "triage", "propose", "approve", "report", "close"
    ]  # fmt: skip
    assert case.closed_reason == "accepted by the police"
    assert set(AuditEvent.objects.values_list("verb", flat=True)) >= {
        "case.open", "case.triage", "case.propose", "case.approve", "case.report", "case.close"
    }  # fmt: skip


@pytest.mark.parametrize("version", [None, 2, 99])
def test_a_page_of_another_version_is_refused(scene: Scene, desk: Any, version: int | None) -> None:
    case = make_case(scene, at="triage, proposed")
    answer = desk(scene.cast.pavel).post(address(case, "triage-approve", version=version), {"note": ""})
    assert answer.status_code == 422
    case.refresh_from_db()
    assert (case.state, case.version) == ("triage", 3)


def test_forged_steps_are_refused(scene: Scene, desk: Any) -> None:
    case = make_case(scene, at="triage, proposed")
    steps = CaseStep.objects.count()
    olga = desk(scene.cast.olga)
    assert olga.post(address(case, "triage-approve", version=3), {"note": ""}).status_code == 403
    assert olga.post(address(case, "no-such-step", version=3), {"note": ""}).status_code == 404
    assert olga.post(address(case, "approved-report", version=3), {"note": ""}).status_code == 302
    assert desk(scene.cast.alice).post(address(case, "triage-approve", version=3), {"note": ""}).status_code == 302
    case.refresh_from_db()
    assert (case.state, CaseStep.objects.count()) == ("triage", steps)


def test_the_proposer_cannot_approve_even_as_approver(scene: Scene, desk: Any) -> None:
    from members.models import User

    case = make_case(scene, at="triage, proposed")
    User.objects.filter(pk=scene.cast.olga.pk).update(role="alliance-approver")
    scene.cast.olga.refresh_from_db()
    browser = desk(scene.cast.olga)
    assert address(case, "triage-approve", version=3) not in buttons(browser, case)
    answer = browser.post(address(case, "triage-approve", version=3), {"note": ""})
    assert answer.status_code == 422
    case.refresh_from_db()
    assert case.state == "triage"


def test_a_reason_is_asked_for(scene: Scene, desk: Any) -> None:
    case = make_case(scene)
    browser = desk(scene.cast.olga)
    place = address(case, "candidate-dismiss", version=1)
    for note in ("", "call 13800138000"):
        answer = browser.post(place, {"note": note})
        assert answer.status_code == 422
    case.refresh_from_db()
    assert case.state == "candidate"


@pytest.mark.parametrize("origin", ["match", "ring"])
def test_open_a_case_from_its_origin(scene: Scene, desk: Any, origin: str) -> None:
    from clues.models import Match, Ring

    if origin == "ring":
        promote(scene)
    row = (Match if origin == "match" else Ring).objects.get()
    place = reverse(f"admin:clues_{origin}_do", args=[row.pk, "open-case"])
    browser = desk(scene.cast.olga)
    assert browser.get(place).status_code == 200
    assert browser.post(place, {"note": ""}).status_code == 302
    case = Case.objects.get()
    assert (case.state, case.opened_by) == ("candidate", scene.cast.olga)
    page = browser.get(reverse(f"admin:clues_{origin}_change", args=[row.pk]))
    assert case.ref in page.content.decode()
    assert page.context["operations"] == []  # one at a time
    browser.post(place, {"note": ""})
    assert Case.objects.count() == 1
