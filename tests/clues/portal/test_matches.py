"""The match inbox: the institution's own clues and a band of the others, to parties only; filters and pages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from clues.matching import inbox
from clues.models import MatchParty
from tests.clues.alliance import caller, clue, submit, token
from tests.clues.scene import Scene, work
from tests.factories import acting_as, make_user


def refs(page: Any) -> list[str]:
    return [row.match.match for row in page.context["page"].rows]


def test_the_list(scene: Scene, portal: Any) -> None:
    text = portal(scene.cast.alice).get("/portal/matches").content.decode()
    assert f'href="/portal/matches/{scene.match}"' in text
    assert 'data-client-ref="aster-1" data-position="0"' in text
    assert "birch-1" not in text and "Birch" not in text
    assert "aif-share matches --map" in text and "Unread" in text


def test_a_stranger_finds_nothing_and_is_taught(scene: Scene, portal: Any) -> None:
    browser = portal(scene.cast.cy)
    for state in inbox.STATES:
        text = browser.get("/portal/matches", {"state": state}).content.decode()
        assert scene.match not in text
        assert "aif-share submit FILE" in text  # the empty page teaches


def test_role_and_method(scene: Scene, portal: Any) -> None:
    submitter = make_user("submitter", institution=scene.cast.aster)
    assert portal(submitter).get("/portal/matches").status_code == 403
    assert portal(scene.cast.alice).post("/portal/matches").status_code == 405
    assert portal(scene.cast.olga).get("/portal/matches").status_code == 404


def test_an_auditor_sees_and_has_no_buttons(scene: Scene, portal: Any) -> None:
    page = portal(make_user("auditor", institution=scene.cast.aster)).get("/portal/matches")
    assert refs(page) == [scene.match]
    assert 'name="action"' not in page.content.decode()


def test_nothing_before_the_tick(scene: Scene, portal: Any) -> None:
    with acting_as("aif_match"):
        MatchParty.objects.update(released_at=timezone.now() + timedelta(minutes=1))
    browser = portal(scene.cast.alice)
    for state in inbox.STATES:
        page = browser.get("/portal/matches", {"state": state})
        assert scene.match not in page.content.decode() and page.context["unread"] == 0
    assert browser.get("/").context["matches_this_week"] == 0


def test_filters(scene: Scene, portal: Any) -> None:
    browser = portal(scene.cast.alice)
    today = timezone.localdate()
    for query, there in (
        ({"type": "resident-id"}, True),
        ({"type": "domain"}, False),
        ({"category": "telecom-fraud", "since": str(today), "until": str(today)}, True),
        ({"until": str(today - timedelta(days=1))}, False),
        ({"score": "80"}, False),
        ({"state": "acknowledged"}, False),
        ({"state": "mine"}, False),
        ({"state": "unassigned"}, True),
    ):
        page = browser.get("/portal/matches", query)
        assert (refs(page) == [scene.match]) is there, query
    assert "Clear the filter" in browser.get("/portal/matches", {"type": "domain"}).content.decode()


@pytest.mark.parametrize(
    "query", [{"state": "x"}, {"type": "x"}, {"category": "x"}, {"band": "9"}, {"score": "12"}, {"since": "2026-99-99"},
              {"until": "yesterday"}, {"since": "0001-01-01"}, {"cursor": "nonsense"}]
)  # fmt: skip
def test_nonsense_is_404(scene: Scene, portal: Any, query: dict[str, str]) -> None:
    assert portal(scene.cast.alice).get("/portal/matches", query).status_code == 404


def test_a_small_alliance_offers_no_bands(scene: Scene, portal: Any) -> None:
    page = portal(scene.cast.alice).get("/portal/matches", {"band": "5+"})
    assert 'name="band"' not in page.content.decode()
    assert refs(page) == [scene.match]


def test_pages_follow_each_other_within_a_filter(scene: Scene, portal: Any) -> None:
    for institution in (scene.cast.aster, scene.cast.birch):
        submit(caller(institution), [clue(token(number)) for number in range(30)])
    work()
    browser = portal(scene.cast.alice)
    seen: list[str] = []
    query: dict[str, str] | None = {"type": "domain", "state": "all"}
    while query:
        page = browser.get("/portal/matches", query)
        seen += refs(page)
        cursor = page.context["page"].next
        assert cursor is None or "type=domain" in page.content.decode()
        query = {"type": "domain", "state": "all", "cursor": cursor} if cursor else None
    assert len(seen) == len(set(seen)) == 30


def test_a_look_that_ended_early_goes_on(scene: Scene, portal: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for institution in (scene.cast.aster, scene.cast.birch):
        submit(caller(institution), [clue(token(number)) for number in range(5)])
    work()
    monkeypatch.setattr(inbox, "SCAN", 3)
    browser = portal(scene.cast.alice)
    page = browser.get("/portal/matches", {"type": "resident-id"})
    assert refs(page) == [] and "Look further back" in page.content.decode()
    cursor, _at = page.context["further"]
    assert refs(browser.get("/portal/matches", {"type": "resident-id", "cursor": cursor})) == [scene.match]


def test_a_fragment_is_the_list_alone(scene: Scene, portal: Any) -> None:
    text = portal(scene.cast.alice).get("/portal/matches", HTTP_HX_REQUEST="true").content.decode()
    assert text.lstrip().startswith('<section id="inbox"') and "<html" not in text
