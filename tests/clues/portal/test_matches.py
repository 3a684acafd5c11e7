"""The matches of the institution: its own clues and a band of the others, to parties only."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from clues.models import MatchParty
from tests.clues.alliance import caller, clue, submit, token
from tests.clues.scene import Scene, work
from tests.factories import acting_as, make_user


def test_list_and_page(scene: Scene, portal: Any) -> None:
    browser = portal(scene.cast.alice)
    text = browser.get("/portal/matches").content.decode()
    assert f'href="/portal/matches/{scene.match}"' in text
    assert "aster-1" in text and "birch-1" not in text
    assert "aif-share matches --map" in text
    page = browser.get(f"/portal/matches/{scene.match}").content.decode()
    assert "aster-1" in page and "birch-1" not in page
    assert "aif-share matches --map" in page
    assert "Birch" not in page


def test_a_stranger_finds_nothing(scene: Scene, portal: Any) -> None:
    browser = portal(scene.cast.cy)
    assert browser.get(f"/portal/matches/{scene.match}").status_code == 404
    text = browser.get("/portal/matches").content.decode()
    assert scene.match not in text
    assert "aif-share submit FILE" in text  # the empty page teaches


@pytest.mark.parametrize("ref", ["M-1", "x", "M-AAAAAAAAAAAAAAAAAAAAAAAAAA"])
def test_nonsense_is_404(scene: Scene, portal: Any, ref: str) -> None:
    assert portal(scene.cast.alice).get(f"/portal/matches/{ref}").status_code == 404


def test_role_and_method(scene: Scene, portal: Any) -> None:
    submitter = make_user("submitter", institution=scene.cast.aster)
    for address in ("/portal/matches", f"/portal/matches/{scene.match}"):
        assert portal(submitter).get(address).status_code == 403
        assert portal(scene.cast.alice).post(address).status_code == 405
        assert portal(scene.cast.olga).get(address).status_code == 404


def test_nothing_before_the_tick(scene: Scene, portal: Any) -> None:
    with acting_as("aif_match"):
        MatchParty.objects.update(released_at=timezone.now() + timezone.timedelta(minutes=1))
    browser = portal(scene.cast.alice)
    assert browser.get(f"/portal/matches/{scene.match}").status_code == 404
    assert scene.match not in browser.get("/portal/matches").content.decode()
    assert browser.get("/").context["matches_this_week"] == 0


def test_pages_follow_each_other(scene: Scene, portal: Any) -> None:
    for institution in (scene.cast.aster, scene.cast.birch):
        submit(caller(institution), [clue(token(number)) for number in range(30)])
    work()
    browser = portal(scene.cast.alice)
    seen: list[str] = []
    address: str | None = "/portal/matches"
    while address:
        page = browser.get(address).context["page"]
        seen += [row.match.match for row in page.rows]
        address = f"/portal/matches?cursor={page.next}" if page.next else None
    assert len(seen) == len(set(seen)) == 31
    assert browser.get("/portal/matches", {"cursor": "nonsense"}).status_code == 404
