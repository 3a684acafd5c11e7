"""The verdict of an institution on a match; the last word counts."""

from __future__ import annotations

from typing import Any

import pytest

from clues.models import Feedback
from members.models import AuditEvent
from tests.clues.scene import Scene
from tests.factories import acting_as, make_user


def address(scene: Scene) -> str:
    return f"/portal/matches/{scene.match}/feedback"


@pytest.mark.parametrize("verdict", ["confirm", "false-positive", "acted", "no-action", "enriched"])
def test_each_verdict(scene: Scene, portal: Any, verdict: str) -> None:
    browser = portal(scene.cast.alice)
    answer = browser.post(address(scene), {"verdict": verdict, "reason": ""})
    assert answer["Location"] == f"/portal/matches/{scene.match}"
    row = Feedback.objects.get()
    assert (row.verdict, row.reason, row.institution) == (verdict, "", scene.cast.aster)
    page = browser.get(answer["Location"]).content.decode()
    assert "We said:" in page and f'value="{verdict}" aria-pressed="true"' in page.replace(' data-shortcut="y"', "")
    with acting_as("aif_audit"):
        assert AuditEvent.objects.get(verb="feedback.give").actor_ref == scene.cast.alice.ref


def test_the_last_word_counts(scene: Scene, portal: Any) -> None:
    browser = portal(scene.cast.alice)
    browser.post(address(scene), {"verdict": "confirm"})
    browser.post(address(scene), {"verdict": "false-positive", "reason": "recycled-number"})
    row = Feedback.objects.get()
    assert (row.verdict, row.reason) == ("false-positive", "recycled-number")


@pytest.mark.parametrize("data", [{}, {"verdict": "x"}, {"verdict": "confirm", "reason": "x"}])
def test_what_is_on_no_list_is_refused(scene: Scene, portal: Any, data: dict[str, str]) -> None:
    page = portal(scene.cast.alice).post(address(scene), data, follow=True)
    assert "notice--error" in page.content.decode() and not Feedback.objects.exists()


def test_as_a_fragment(scene: Scene, portal: Any) -> None:
    text = portal(scene.cast.alice).post(address(scene), {"verdict": "acted"}, HTTP_HX_REQUEST="true").content.decode()
    assert text.lstrip().startswith('<section id="feedback"') and "We said:" in text


def test_others_do_not_learn_of_it(scene: Scene, portal: Any) -> None:
    portal(scene.cast.alice).post(address(scene), {"verdict": "false-positive"})
    page = portal(scene.cast.bea).get(f"/portal/matches/{scene.match}").content.decode()
    assert "We said:" not in page and "We gave feedback" not in page


def test_strangers_roles_and_method(scene: Scene, portal: Any) -> None:
    data = {"verdict": "confirm"}
    assert portal(scene.cast.cy).post(address(scene), data).status_code == 404
    for role in ("auditor", "approver", "member-admin"):
        person = make_user(role, institution=scene.cast.aster)
        assert portal(person).post(address(scene), data).status_code == 403, role
    assert portal(scene.cast.alice).get(address(scene)).status_code == 405
    assert not Feedback.objects.exists()
