"""The buttons of one match: assign, acknowledge, take up again, at the version that the page showed."""

from __future__ import annotations

from typing import Any

from clues.models import MatchWork
from members.models import AuditEvent
from tests.clues.scene import Scene
from tests.factories import acting_as, make_user


def address(scene: Scene) -> str:
    return f"/portal/matches/{scene.match}/work"


def test_acknowledge_and_take_up_again(scene: Scene, portal: Any) -> None:
    browser = portal(scene.cast.alice)
    answer = browser.post(address(scene), {"action": "acknowledge", "version": "0"})
    assert answer["Location"] == f"/portal/matches/{scene.match}"
    assert MatchWork.objects.get().acknowledged_by == scene.cast.alice
    assert 'value="reopen"' in browser.get(answer["Location"]).content.decode()
    browser.post(address(scene), {"action": "reopen", "version": "1"})
    assert MatchWork.objects.get().acknowledged_by is None
    with acting_as("aif_audit"):
        verbs = list(AuditEvent.objects.filter(subject_ref=scene.match).order_by("id").values_list("verb", "actor_ref"))
    assert verbs[-2:] == [("match.acknowledge", scene.cast.alice.ref), ("match.reopen", scene.cast.alice.ref)]


def test_assign(scene: Scene, portal: Any) -> None:
    browser = portal(scene.cast.alice)
    browser.post(address(scene), {"action": "assign", "assignee": scene.cast.amir.ref, "version": "0"})
    page = browser.get(f"/portal/matches/{scene.match}").content.decode()
    assert "<strong>amir</strong>" in page
    foreign = browser.post(
        address(scene), {"action": "assign", "assignee": scene.cast.bea.ref, "version": "1"}, follow=True
    )
    assert "Nobody of your institution" in foreign.content.decode()
    assert MatchWork.objects.get().assignee == scene.cast.amir


def test_the_second_tab_is_told(scene: Scene, portal: Any) -> None:
    browser = portal(scene.cast.alice)
    browser.post(address(scene), {"action": "acknowledge", "version": "0"})
    for version in ("0", "", "x"):
        page = browser.post(address(scene), {"action": "reopen", "version": version}, follow=True)
        assert "Somebody has changed this meanwhile" in page.content.decode()
    assert MatchWork.objects.get().version == 1


def test_as_a_fragment(scene: Scene, portal: Any) -> None:
    answer = portal(scene.cast.alice).post(
        address(scene), {"action": "acknowledge", "version": "0"}, HTTP_HX_REQUEST="true"
    )
    text = answer.content.decode()
    assert text.lstrip().startswith('<section id="work"') and 'name="version" value="1"' in text


def test_strangers_roles_and_method(scene: Scene, portal: Any) -> None:
    data = {"action": "acknowledge", "version": "0"}
    assert portal(scene.cast.cy).post(address(scene), data).status_code == 404
    assert portal(make_user("auditor", institution=scene.cast.aster)).post(address(scene), data).status_code == 403
    assert portal(scene.cast.alice).get(address(scene)).status_code == 405
    assert not MatchWork.objects.exists()
