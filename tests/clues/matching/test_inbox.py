"""The inbox by what there is to do and by what the matches are; no filter tells more than the rows do."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from clues.matching import inbox, work
from clues.matching.inbox import Filters, list_inbox
from clues.matching.queries import list_newest
from clues.matching.rescore import rescore_pending
from clues.models import MatchParty
from members.models import User
from members.queries import Person, person_of
from tests.clues.alliance import caller, clue, submit, token
from tests.clues.scene import Scene, make_scene
from tests.clues.scene import work as run_worker
from tests.factories import acting_as, make_institution


@pytest.fixture
def scene(db: None, settings: Any) -> Scene:
    settings.AIF_DISCLOSURE_TICK = 0.01
    return make_scene()


def person(user: User) -> Person:
    return person_of(User.objects.select_related("institution").get(pk=user.pk))


def found(viewer: Person, **filters: Any) -> list[str]:
    return [row.match.match for row in list_inbox(viewer=viewer, filters=Filters(**filters)).rows]


def meet(scene: Scene, *values: int, others: int = 1, **fields: Any) -> None:
    institutions = [scene.cast.aster, scene.cast.birch, *(make_institution() for _ in range(others - 1))]
    for institution in institutions:
        submit(caller(institution), [clue(token(value), **fields) for value in values])
    run_worker()


def test_states(scene: Scene) -> None:
    meet(scene, 1, 2, 3)
    alice, now = person(scene.cast.alice), timezone.now()
    everything = found(alice, state="all")
    assert len(everything) == 4 and found(alice) == found(alice, state="unread") == everything
    first, second, third, fourth = everything
    work.acknowledge(matches={first: 0}, by=alice, now=now)
    work.assign(matches={second: 0, first: 1}, assignee=alice.audit_ref, by=alice, now=now)
    work.assign(matches={third: 0}, assignee=scene.cast.amir.ref, by=alice, now=now)
    work.mark_read(matches=[fourth], viewer=alice, now=now)
    assert found(alice) == [second, third, fourth]
    assert found(alice, state="acknowledged") == [first]
    assert found(alice, state="mine") == [second]
    assert found(alice, state="unassigned") == [fourth]
    assert found(alice, state="unread") == [first, second, third]
    assert inbox.count_unread(viewer=alice) == 3
    assert found(person(scene.cast.amir), state="mine") == [third]
    assert len(found(person(scene.cast.bea))) == 4  # Birch's own work is untouched
    work.mark_all_read(until=timezone.now(), viewer=alice)
    assert found(alice, state="unread") == [] and inbox.count_unread(viewer=alice) == 0


def test_what_the_matches_are(scene: Scene) -> None:
    meet(scene, 1, category="illegal-gambling")
    with acting_as("aif_match"):
        rescore_pending()
    alice = person(scene.cast.alice)
    gambling, telecom = list_newest(viewer=alice)
    assert found(alice, type="domain") == found(alice, category="illegal-gambling") == [gambling.match]
    assert found(alice, type="resident-id") == found(alice, category="telecom-fraud") == [telecom.match]
    assert found(alice, type="domain", category="telecom-fraud") == []
    scores = sorted([gambling.score or 0, telecom.score or 0])
    assert scores[0] < scores[1]
    assert len(found(alice, least_score=scores[0])) == 2 and len(found(alice, least_score=scores[1])) == 1
    assert found(alice, least_score=scores[1] + 1) == []
    now = timezone.now()
    assert len(found(alice, since=now - timedelta(hours=1), until=now + timedelta(hours=1))) == 2
    assert found(alice, since=now) == [] == found(alice, until=now - timedelta(hours=1))


def test_bands_are_no_filter_where_they_are_not_shown(scene: Scene) -> None:
    alice = person(scene.cast.alice)
    for band in ("1", "2-4", "5+"):
        assert found(alice, band=band) == [scene.match]
    make_institution()
    make_institution()
    meet(scene, 1, others=3)
    newest = list_newest(viewer=alice)[0]
    assert newest.band == "2-4"
    assert found(alice, band="1") == [scene.match]
    assert found(alice, band="2-4") == [newest.match]
    assert found(alice, band="5+") == []


def test_nothing_before_the_tick_in_any_state(scene: Scene) -> None:
    alice = person(scene.cast.alice)
    work.acknowledge(matches={scene.match: 0}, by=alice, now=timezone.now())
    with acting_as("aif_match"):
        MatchParty.objects.update(released_at=timezone.now() + timedelta(minutes=1))
    for state in inbox.STATES:
        assert found(alice, state=state) == []
    assert inbox.count_unread(viewer=alice) == 0


def test_nor_what_only_the_others_have_not_been_shown(scene: Scene) -> None:
    with acting_as("aif_match"):
        MatchParty.objects.filter(institution=scene.cast.birch).update(released_at=None)
    alice = person(scene.cast.alice)
    for state in inbox.STATES:
        assert found(alice, state=state) == []


@pytest.mark.parametrize("whose", ["own", "others"])
def test_what_is_not_shown_takes_no_place_on_a_page(scene: Scene, whose: str) -> None:
    meet(scene, 1, 2, 3)
    hidden = MatchParty.objects.filter(match__type="domain")
    with acting_as("aif_match"):
        if whose == "own":
            hidden.filter(institution=scene.cast.aster).update(released_at=timezone.now() + timedelta(minutes=1))
        else:
            hidden.filter(institution=scene.cast.birch).update(released_at=None)
    page = list_inbox(viewer=person(scene.cast.alice), filters=Filters(), limit=1)
    assert [row.match.match for row in page.rows] == [scene.match]


@pytest.mark.parametrize(("look", "scan"), [(3, 100), (100, 3)])
def test_a_look_that_ends_early_says_where(scene: Scene, monkeypatch: pytest.MonkeyPatch, look: int, scan: int) -> None:
    meet(scene, *range(6))
    monkeypatch.setattr(inbox, "LOOK", look)
    monkeypatch.setattr(inbox, "SCAN", scan)
    alice = person(scene.cast.alice)
    rare = Filters(type="resident-id")  # the oldest of seven
    looks, before = 0, None
    while True:
        page = list_inbox(viewer=alice, filters=rare, before=before, limit=5)
        looks += 1
        if page.rows or page.searched_to is None:
            break
        before = page.searched_to
    assert [row.match.match for row in page.rows] == [scene.match] and looks == 3


def test_what_is_assigned_to_me_is_looked_for_among_all(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    meet(scene, *range(6))
    monkeypatch.setattr(inbox, "LOOK", 3)
    alice = person(scene.cast.alice)
    work.assign(matches={scene.match: 0}, assignee=alice.audit_ref, by=alice, now=timezone.now())
    page = list_inbox(viewer=alice, filters=Filters(state="mine"))
    assert [row.match.match for row in page.rows] == [scene.match] and page.searched_to is None


def test_pages_hold_all_and_each_once(scene: Scene) -> None:
    meet(scene, *range(30))
    alice = person(scene.cast.alice)
    seen: list[str] = []
    before = None
    while True:
        rows = list_inbox(viewer=alice, filters=Filters(), before=before, limit=7).rows
        if not rows:
            break
        seen += [row.match.match for row in rows]
        before = (rows[-1].match.released_at, rows[-1].match.id)
    assert len(seen) == len(set(seen)) == 31


def test_news_since_the_last_look(scene: Scene) -> None:
    alice = person(scene.cast.alice)
    make_institution()
    make_institution()
    work.mark_read(matches=[scene.match], viewer=alice, now=timezone.now())
    assert list_inbox(viewer=alice, filters=Filters()).rows[0].work.news is None
    for institution in (make_institution(), scene.cast.cedar):
        submit(caller(institution), [clue(token("one person", kind="resident-id"))])
    run_worker()
    row = list_inbox(viewer=alice, filters=Filters()).rows[0]
    assert row.work.news == "match.grew" and not row.work.unread
    work.mark_read(matches=[scene.match], viewer=alice, now=timezone.now())
    assert list_inbox(viewer=alice, filters=Filters()).rows[0].work.news is None
