"""Own numbers and domains in the portal: listed, proposed by the page's script, taken off after a question."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from clues.models import NoiseEntry
from clues.noise.decide import approve
from clues.noise.propose import propose_own
from members.queries import person_of
from tests.clues.alliance import token
from tests.clues.scene import Scene
from tests.factories import acting_as, make_user

LIST = "/portal/noise"


@pytest.fixture(autouse=True)
def no_broker(monkeypatch: Any) -> None:
    from clues import tasks

    monkeypatch.setattr(tasks, "ring", lambda: None)


def propose(scene: Scene, *values: object) -> list[str]:
    request = {"list": "own-domain", "entries": [token(value) for value in values or ("our site",)]}
    return [each.entry for each in propose_own(request=request, by=person_of(scene.cast.alice), now=timezone.now())]


def test_list_and_filters(scene: Scene, portal: Any) -> None:
    first, second = propose(scene, 1, 2)
    with acting_as("aif_desk"):
        approve(entry_id=NoiseEntry.objects.order_by("id")[0].pk, by=scene.cast.pavel, now=timezone.now())
    browser = portal(scene.cast.alice)
    page = browser.get(LIST)
    assert {row.entry: row.state for row in page.context["page"].rows} == {first: "in-force", second: "proposed"}
    assert f'data-client-ref="{first}"' in page.content.decode()
    assert [row.entry for row in browser.get(LIST, {"state": "proposed"}).context["page"].rows] == [second]
    assert browser.get(LIST, {"list": "own-number"}).context["page"].rows == []
    assert {each["code"] for each in page.context["question"]["lists"]} == {"own-number", "own-domain"}
    for wrong in ({"list": "hotline"}, {"state": "asleep"}, {"cursor": "x"}):
        assert browser.get(LIST, wrong).status_code == 404


def test_taken_off_after_a_question(scene: Scene, portal: Any, audited: Any) -> None:
    (entry,) = propose(scene)
    browser = portal(scene.cast.alice)
    assert "Keep it" in browser.get(f"{LIST}/{entry}/remove").content.decode()
    assert NoiseEntry.objects.get().state == "proposed"
    answer = browser.post(f"{LIST}/{entry}/remove", follow=True)
    assert "off the list" in answer.content.decode() and NoiseEntry.objects.get().state == "removed"
    assert audited("noise.remove") == [scene.cast.alice.ref]
    assert "stands on no list" in browser.post(f"{LIST}/{entry}/remove", follow=True).content.decode()


def test_strangers_roles_methods(scene: Scene, portal: Any) -> None:
    (entry,) = propose(scene)
    bea = portal(scene.cast.bea)
    assert bea.get(LIST).context["page"].rows == []
    assert bea.get(f"{LIST}/{entry}/remove").status_code == bea.post(f"{LIST}/{entry}/remove").status_code == 404
    auditor = portal(make_user("auditor", institution=scene.cast.aster))
    page = auditor.get(LIST)
    assert page.status_code == 200 and "question" not in page.context and f"{entry}/remove" not in page.content.decode()
    assert auditor.post(f"{LIST}/{entry}/remove").status_code == 403
    assert NoiseEntry.objects.get().state == "proposed"
    assert portal(scene.cast.alice).post(LIST).status_code == 405
    assert portal(scene.cast.alice).get(f"{LIST}/Q-1/remove").status_code == 404
    assert portal(scene.cast.olga).get(LIST).status_code == 404
