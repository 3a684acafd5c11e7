"""The rings of the institution: a list, and a page whose picture and table say the same and nothing of others."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.utils import timezone

from clues.models import MatchParty, Sighting
from tests.clues.scene import Scene
from tests.factories import acting_as, make_user


def picture(page: Any) -> dict[str, Any]:
    found = re.search(r'<script id="picture" type="application/json">(.*?)</script>', page.content.decode())
    assert found
    drawn: dict[str, Any] = json.loads(found[1])
    return drawn


def test_the_list(scene: Scene, portal: Any) -> None:
    text = portal(scene.cast.alice).get("/portal/rings").content.decode()
    assert f"/portal/rings/{scene.ring}" in text and "Birch" not in text


def test_the_page_draws_what_its_table_says(scene: Scene, portal: Any) -> None:
    page = portal(scene.cast.alice).get(f"/portal/rings/{scene.ring}")
    drawn = picture(page)
    assert [(node["id"], node["kind"]) for node in drawn["nodes"]] == [
        ("c1", "clue"),
        ("i1", "shared"),
        ("i2", "own"),
        ("others", "others"),
    ]
    assert {(link["source"], link["target"]) for link in drawn["links"]} == {
        ("c1", "i1"),
        ("c1", "i2"),
        ("i1", "others"),
    }
    assert all(link["why"] for link in drawn["links"])
    assert drawn["nodes"][1]["url"] == f"/portal/matches/{scene.match}"
    text = page.content.decode()
    end = text.index('<script id="picture"')
    table = text[text.rindex("<tbody>", 0, end) : end]
    assert table.count("<tr>") == 2 and "Others reported it, too" in table and "Ours alone so far" in table
    assert 'data-client-ref="aster-1" data-position="0"' in table


def test_nothing_of_the_others(scene: Scene, portal: Any) -> None:
    text = portal(scene.cast.alice).get(f"/portal/rings/{scene.ring}").content.decode()
    assert "birch-1" not in text and "Birch" not in text
    assert not re.search(r"\bQQ\b", text), (
        "a type that only the other one reported"
    )  # a reference may hold these letters
    with acting_as("aif_match"):
        tokens = [str(each) for each in Sighting.objects.values_list("token", flat=True)]
    assert tokens and not any(each in text or each.replace("-", "") in text for each in tokens)


def test_a_stranger_finds_nothing_and_is_taught(scene: Scene, portal: Any) -> None:
    browser = portal(scene.cast.cy)
    assert browser.get(f"/portal/rings/{scene.ring}").status_code == 404
    assert "A ring appears here when" in browser.get("/portal/rings").content.decode()


def test_nothing_before_the_tick(scene: Scene, portal: Any) -> None:
    with acting_as("aif_match"):
        MatchParty.objects.update(released_at=timezone.now() + timezone.timedelta(minutes=1))
    browser = portal(scene.cast.alice)
    assert browser.get(f"/portal/rings/{scene.ring}").status_code == 404
    assert scene.ring not in browser.get("/portal/rings").content.decode()


@pytest.mark.parametrize("ref", ["R-1", "x", "R-AAAAAAAAAAAAAAAAAAAAAAAAAA"])
def test_nonsense_is_404(scene: Scene, portal: Any, ref: str) -> None:
    assert portal(scene.cast.alice).get(f"/portal/rings/{ref}").status_code == 404
    assert portal(scene.cast.alice).get("/portal/rings", {"cursor": "nonsense"}).status_code == 404


def test_role_and_method(scene: Scene, portal: Any) -> None:
    submitter = make_user("submitter", institution=scene.cast.aster)
    for address in ("/portal/rings", f"/portal/rings/{scene.ring}"):
        assert portal(submitter).get(address).status_code == 403
        assert portal(scene.cast.alice).post(address).status_code == 405
        assert portal(scene.cast.olga).get(address).status_code == 404


def test_the_page_says_why_it_scores_and_how_own_clues_came(scene: Scene, portal: Any) -> None:
    page = portal(scene.cast.alice).get(f"/portal/rings/{scene.ring}", headers={"accept-language": "en"})
    points = [term.points for term in page.context["terms"]]
    assert sum(points) == page.context["ring"].score > 0
    text = page.content.decode()
    for words in ("Strongest shared identifier", "How our clues came", "Why this score"):
        assert words in text
    assert [week.clues for week in page.context["weeks"]] == [1], "our own clue, not Birch's"
