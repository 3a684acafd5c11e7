"""Running a case at the desk: buttons are what the person may do, a press is one call of the domain."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from clues.admin import case_tasks
from clues.cases.marks import CHINA
from clues.cases.workflow import STATES
from clues.models import Case, CaseStep
from members.models import AuditEvent
from tests.clues.scene import Scene, make_case, promote
from tests.clues.scene_parts import approve_parts, release_package


def address(case: Case, name: str, *, version: int | None) -> str:
    """Where the button of an operation leads."""
    place = reverse("admin:clues_case_do", args=[case.pk, name])
    return place if version is None else f"{place}?version={version}"


def refusals() -> list[tuple[str, str]]:
    """What the trail says of refused steps: (action, code)."""
    events = AuditEvent.objects.filter(verb="case.refuse").order_by("id")
    return [(event.detail["action"], event.detail["code"]) for event in events]


def buttons(browser: Any, case: Case) -> list[str]:
    """Return the addresses of the buttons on the case's page that move it."""
    page = browser.get(reverse("admin:clues_case_change", args=[case.pk]))
    beside = tuple(f"/do/{operation.name}/" for operation in case_tasks.OPERATIONS)
    urls = [button["url"] for button in page.context["operations"]]
    return [url for url in urls if not url.partition("?")[0].endswith(beside)]


def test_buttons_are_what_one_may_do(scene: Scene, desk: Any) -> None:
    case = make_case(scene, at="evidence-ready, proposed")
    assert buttons(desk(scene.cast.olga), case) == []
    assert buttons(desk(scene.cast.pavel), case) == [
        address(case, f"evidence-ready-{name}", version=6) for name in ("approve", "return", "dismiss")
    ]


def test_a_whole_case(scene: Scene, desk: Any) -> None:
    case = make_case(scene)
    today = timezone.now().astimezone(CHINA).date().isoformat()
    journey: list[tuple[str, str, dict[str, str], str]] = [
        ("olga", "candidate-triage", {}, "triage"),
        ("olga", "triage-assign-lead", {"lead": scene.cast.birch.ref}, "lead-claimed"),
        ("olga", "lead-claimed-join-up", {}, "joint"),
        ("olga", "joint-ready", {"note": "three independent reports"}, "evidence-ready"),
        ("olga", "evidence-ready-propose", {}, "evidence-ready"),
        ("pavel", "evidence-ready-approve", {}, "approved"),
        ("olga", "approved-ask-report", {"receiver": "public-security"}, "approved"),
        ("pavel", "approved-report", {"reported_on": today}, "reported"),
        ("pavel", "reported-close", {"reason": "concluded", "note": "accepted by the police"}, "closed"),
        ("olga", "closed-ask-reopen", {"note": "a second witness"}, "closed"),
        ("pavel", "closed-reopen", {"note": "the witness is heard"}, "reported"),
    ]
    for version, (who, name, answers, state) in enumerate(journey, start=1):
        browser = desk(getattr(scene.cast, who))
        if name == "joint-ready":
            approve_parts(case)
        if name == "approved-report":
            assert browser.post(address(case, name, version=version), answers).status_code == 422, (
                "no package is released"
            )
            case.refresh_from_db()
            release_package(case, scene.cast.olga)
        place = address(case, name, version=version)
        form = browser.get(place)
        assert form.status_code == 200
        assert set(form.context["form"].fields) == {*answers, "note"}
        answer = browser.post(place, answers)
        assert answer.status_code == 302 and answer["Location"].endswith(f"/{case.pk}/change/"), name
        case.refresh_from_db()
        assert (case.state, case.version) == (state, version + 1)
    assert [step.action for step in CaseStep.objects.order_by("id")] == [
        "open", *(name.removeprefix(f"{name_of}-") for name, name_of in (
            (each[1], next(state for state in STATES if each[1].startswith(f"{state}-"))) for each in journey
        ))
    ]  # fmt: skip
    page = desk(scene.cast.pavel).get(reverse("admin:clues_case_change", args=[case.pk])).content.decode()
    for shown in ("Birch Finance", "公安机关", today, "the witness is heard"):
        assert shown in page


@pytest.mark.parametrize("version", [None, 2, 99])
def test_a_page_of_another_version_is_refused(scene: Scene, desk: Any, version: int | None) -> None:
    case = make_case(scene, at="evidence-ready, proposed")
    answer = desk(scene.cast.pavel).post(address(case, "evidence-ready-approve", version=version), {"note": ""})
    assert answer.status_code == 422
    case.refresh_from_db()
    assert (case.state, case.version) == ("evidence-ready", 6)
    assert refusals() == [("approve", "version-changed")]


def test_forged_steps_are_refused_and_recorded(scene: Scene, desk: Any) -> None:
    case = make_case(scene, at="evidence-ready, proposed")
    steps = CaseStep.objects.count()
    olga = desk(scene.cast.olga)
    assert olga.post(address(case, "evidence-ready-approve", version=6), {"note": ""}).status_code == 403
    assert olga.post(address(case, "no-such-step", version=6), {"note": ""}).status_code == 404
    receiver = {"receiver": "court", "note": ""}
    assert olga.post(address(case, "approved-ask-report", version=6), receiver).status_code == 422
    assert refusals() == [("approve", "permission-missing"), ("ask-report", "version-changed")]
    alice = desk(scene.cast.alice)
    assert alice.post(address(case, "evidence-ready-approve", version=6), {"note": ""}).status_code == 302
    case.refresh_from_db()
    assert (case.state, CaseStep.objects.count()) == ("evidence-ready", steps)


def test_the_proposer_cannot_approve_even_as_approver(scene: Scene, desk: Any) -> None:
    from members.models import User

    case = make_case(scene, at="evidence-ready, proposed")
    User.objects.filter(pk=scene.cast.olga.pk).update(role="alliance-approver")
    scene.cast.olga.refresh_from_db()
    browser = desk(scene.cast.olga)
    place = address(case, "evidence-ready-approve", version=6)
    assert place not in buttons(browser, case)
    assert browser.post(place, {"note": ""}).status_code == 422
    assert refusals() == [("approve", "four-eyes")]
    case.refresh_from_db()
    assert case.state == "evidence-ready"


def test_only_live_parties_are_offered_as_lead(scene: Scene, desk: Any) -> None:
    case = make_case(scene, at="joint")
    form = desk(scene.cast.olga).get(address(case, "joint-assign-lead", version=4)).context["form"]
    assert [value for value, _name in form.fields["lead"].choices] == ["", scene.cast.birch.ref]


def test_what_the_desk_looks_for(scene: Scene, desk: Any) -> None:
    case = make_case(scene, at="approved, report asked")
    browser, place = desk(scene.cast.olga), reverse("admin:clues_case_changelist")

    def found(**asked: str) -> int:
        return len(browser.get(place, asked).context["cl"].result_list)

    assert [found(decision=each) for each in ("approval", "report", "reopening")] == [0, 1, 0]
    assert [found(state=each) for each in ("approved", "joint")] == [1, 0]
    assert [found(deadline=each) for each in ("overdue", "soon", "open")] == [0, 0, 1]
    for late, overdue, soon in ((-1, 1, 0), (1, 0, 1)):
        Case.objects.filter(pk=case.pk).update(due_at=timezone.now() + timedelta(hours=late))
        assert (found(deadline="overdue"), found(deadline="soon")) == (overdue, soon)
        assert ("，已逾期" in browser.get(place).content.decode()) == bool(overdue)


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
    offered = [button["url"].split("/")[-2] for button in page.context["operations"]]
    assert "open-case" not in offered  # one at a time
    browser.post(place, {"note": ""})
    assert Case.objects.count() == 1
