"""What happened to a match, as its party knows it: its own doings and what it was told."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from clues.disputes.opening import open_dispute
from clues.feedback.giving import give
from clues.matching import work
from clues.matching.history import list_moments, list_own_clues
from clues.matching.queries import get_match
from clues.models import Event
from members.models import User
from members.queries import Person, person_of
from tests.clues.scene import Scene, make_case, make_scene
from tests.factories import acting_as


@pytest.fixture
def scene(db: None, settings: Any) -> Scene:
    settings.AIF_DISCLOSURE_TICK = 0.01
    return make_scene()


def person(user: User) -> Person:
    return person_of(User.objects.select_related("institution").get(pk=user.pk))


def kinds(scene: Scene, user: User) -> list[str]:
    viewer = person(user)
    return [each.kind for each in list_moments(match=get_match(match=scene.match, viewer=viewer).id, viewer=viewer)]


def test_own_doings_in_their_order(scene: Scene) -> None:
    alice, now = person(scene.cast.alice), timezone.now
    assert kinds(scene, scene.cast.alice) == ["match.released", "clue.submitted"]
    work.assign(matches={scene.match: 0}, assignee=alice.audit_ref, by=alice, now=now())
    give(match=scene.match, request={"verdict": "confirm"}, by=alice, now=now())
    work.acknowledge(matches={scene.match: 1}, by=alice, now=now())
    open_dispute(request={"match": scene.match, "reason": "wrong-person"}, by=alice, now=now())
    case = make_case(scene, at="approved")
    assert kinds(scene, scene.cast.alice)[:5] == [
        "case.opened",
        "dispute.opened",
        "match.acknowledged",
        "feedback.given",
        "match.assigned",
    ]
    viewer = person(scene.cast.alice)
    moments = list_moments(match=get_match(match=scene.match, viewer=viewer).id, viewer=viewer)
    assert moments[0].ref == case.ref and moments[3].detail == "confirm" and moments[-1].detail == "aster-1"


def test_nothing_of_the_others(scene: Scene) -> None:
    alice, now = person(scene.cast.alice), timezone.now()
    give(match=scene.match, request={"verdict": "false-positive"}, by=alice, now=now)
    work.acknowledge(matches={scene.match: 0}, by=alice, now=now)
    open_dispute(request={"match": scene.match, "reason": "wrong-person"}, by=alice, now=now)
    assert kinds(scene, scene.cast.bea) == ["match.released", "clue.submitted"]


def test_events_wait_for_their_tick(scene: Scene) -> None:
    with acting_as("aif_match"):
        Event.objects.filter(kind="match.released").update(released_at=timezone.now() + timezone.timedelta(minutes=1))
    assert kinds(scene, scene.cast.alice) == ["clue.submitted"]


def test_own_clues(scene: Scene) -> None:
    alice = person(scene.cast.alice)
    match = get_match(match=scene.match, viewer=alice).id
    (own,) = list_own_clues(match=match, viewer=alice)
    assert (own.client_ref, own.position, own.counted, own.state) == ("aster-1", 0, True, "active")
    assert [each.client_ref for each in list_own_clues(match=match, viewer=person(scene.cast.bea))] == ["birch-1"]
    assert list_own_clues(match=match, viewer=person(scene.cast.cy)) == []
