"""The inbox's buttons: all selected matches or none; strangers, roles, versions, and what is written."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from clues.models import MatchRead, MatchReadUntil, MatchWork
from members.models import AuditEvent
from tests.clues.alliance import caller, clue, submit, token
from tests.clues.scene import Scene, work
from tests.factories import acting_as, make_user

ADDRESS = "/portal/matches/work"


def events() -> int:
    with acting_as("aif_audit"):
        return AuditEvent.objects.filter(verb__startswith="match.").exclude(verb="match.release").count()


@pytest.fixture
def two(scene: Scene) -> list[str]:
    """References of two matches of Aster and Birch."""
    for institution in (scene.cast.aster, scene.cast.birch):
        submit(caller(institution), [clue(token(1))])
    work()
    from clues.matching.queries import list_newest
    from members.queries import person_of

    return [each.match for each in list_newest(viewer=person_of(scene.cast.alice))]


def test_acknowledge_all_selected(scene: Scene, two: list[str], portal: Any) -> None:
    data = {"action": "acknowledge", "match": [f"{ref}:0" for ref in two]}
    answer = portal(scene.cast.alice).post(f"{ADDRESS}?state=unread", data)
    assert answer.status_code == 302 and answer["Location"] == "/portal/matches?state=unread"
    assert MatchWork.objects.filter(acknowledged_by=scene.cast.alice, version=1).count() == 2
    assert events() == 2
    text = portal(scene.cast.alice).get("/portal/matches?state=acknowledged").content.decode()
    assert all(ref in text for ref in two) and "Taken up" not in text and "It stays under" in text


def test_assign_and_reopen(scene: Scene, two: list[str], portal: Any) -> None:
    browser = portal(scene.cast.amir)
    browser.post(ADDRESS, {"action": "assign", "assignee": scene.cast.alice.ref, "match": f"{two[0]}:0"})
    assert MatchWork.objects.get().assignee == scene.cast.alice
    browser.post(ADDRESS, {"action": "acknowledge", "match": f"{two[0]}:1"})
    browser.post(ADDRESS, {"action": "reopen", "match": f"{two[0]}:2"})
    row = MatchWork.objects.get()
    assert (row.assignee, row.acknowledged_at, row.version) == (scene.cast.alice, None, 3) and events() == 3


def test_one_that_changed_meanwhile_stops_all(scene: Scene, two: list[str], portal: Any) -> None:
    browser = portal(scene.cast.alice)
    browser.post(ADDRESS, {"action": "acknowledge", "match": f"{two[0]}:0"})
    page = browser.post(ADDRESS, {"action": "acknowledge", "match": [f"{two[0]}:0", f"{two[1]}:0"]}, follow=True)
    assert "Somebody has changed this meanwhile" in page.content.decode()
    assert MatchWork.objects.count() == 1 and events() == 1


@pytest.mark.parametrize(
    "data",
    [
        {"action": "acknowledge"},
        {"action": "nonsense", "match": "M-x:0"},
        {"match": "M-x:0"},
        {"action": "assign", "assignee": "U-nobody", "match": "{match}:0"},
        {"action": "acknowledge", "match": "{match}"},
        {"action": "acknowledge", "match": "{match}:-1"},
        {"action": "acknowledge", "match": "{match}:９"},
    ],
)
def test_what_is_not_understood_changes_nothing(scene: Scene, portal: Any, data: dict[str, str]) -> None:
    filled = {name: value.replace("{match}", scene.match) for name, value in data.items()}
    answer = portal(scene.cast.alice).post(ADDRESS, filled, follow=True)
    assert answer.status_code == 200 and "notice--error" in answer.content.decode()
    assert not MatchWork.objects.exists() and events() == 0


@pytest.mark.parametrize("match", ["M-nonsense", "M-AAAAAAAAAAAAAAAAAAAAAAAAAA"])
def test_what_is_not_there_is_404(scene: Scene, portal: Any, match: str) -> None:
    data = {"action": "acknowledge", "match": [f"{match}:0", f"{scene.match}:0"]}
    assert portal(scene.cast.alice).post(ADDRESS, data).status_code == 404
    assert not MatchWork.objects.exists()


def test_strangers_roles_and_method(scene: Scene, portal: Any) -> None:
    data = {"action": "acknowledge", "match": f"{scene.match}:0"}
    assert portal(scene.cast.cy).post(ADDRESS, data).status_code == 404
    for role in ("auditor", "submitter"):
        assert portal(make_user(role, institution=scene.cast.aster)).post(ADDRESS, data).status_code == 403
    assert portal(scene.cast.olga).post(ADDRESS, data).status_code == 404
    assert portal(scene.cast.alice).get(ADDRESS).status_code == 405
    assert not MatchWork.objects.exists() and events() == 0


def test_as_a_fragment(scene: Scene, portal: Any) -> None:
    data = {"action": "acknowledge", "match": f"{scene.match}:0"}
    answer = portal(scene.cast.alice).post(f"{ADDRESS}?state=open", data, HTTP_HX_REQUEST="true")
    text = answer.content.decode()
    assert answer.status_code == 200 and text.lstrip().startswith('<section id="inbox"')
    assert scene.match not in text and "It stays under" in text  # it left the list of what is to do


def test_mark_the_selected_as_read(scene: Scene, two: list[str], portal: Any) -> None:
    portal(scene.cast.alice).post(ADDRESS, {"action": "read", "match": f"{two[0]}:0"})
    assert MatchRead.objects.get().user == scene.cast.alice
    assert portal(scene.cast.alice).get("/portal/matches").context["unread"] == 1
    assert portal(scene.cast.amir).get("/portal/matches").context["unread"] == 2


def test_mark_everything_as_read(scene: Scene, two: list[str], portal: Any) -> None:
    browser = portal(scene.cast.alice)
    answer = browser.post("/portal/matches/read?state=all", {"until": timezone.now().isoformat()})
    assert answer["Location"] == "/portal/matches?state=all"
    assert browser.get("/portal/matches").context["unread"] == 0
    assert browser.get("/portal/matches/read").status_code == 405
    browser.post("/portal/matches/read", {"until": "nonsense"})
    assert MatchReadUntil.objects.get().until <= timezone.now()
    cy = make_user("submitter", institution=scene.cast.aster)
    assert portal(cy).post("/portal/matches/read").status_code == 403


def test_what_came_after_the_page_stays_unread(scene: Scene, portal: Any) -> None:
    portal(scene.cast.alice).post(
        "/portal/matches/read", {"until": (timezone.now() - timedelta(minutes=1)).isoformat()}
    )
    assert portal(scene.cast.alice).get("/portal/matches").context["unread"] == 1
