"""The picture of a ring: own clues, own identifiers, what of them is shared; nothing of the others, and no token."""

from __future__ import annotations

import dataclasses
import uuid
from typing import Any

import pytest
from django.utils import timezone

from clues.matching.queries import list_newest
from clues.models import BatchChunk, MatchParty, Sighting
from clues.rings.graph import Graph, get_graph
from clues.rings.party import get_party_ring, list_newest_rings, list_rings_of
from clues.rings.queries import RingNotFound
from members.models import User
from members.queries import Person, person_of
from tests.clues.alliance import caller, clue, submit, token
from tests.clues.scene import Scene, make_scene, work
from tests.factories import acting_as


@pytest.fixture
def scene(db: None, settings: Any) -> Scene:
    settings.AIF_DISCLOSURE_TICK = 0.01
    return make_scene()


def person(user: User) -> Person:
    return person_of(User.objects.select_related("institution").get(pk=user.pk))


def drawn(scene: Scene, user: User, **options: Any) -> Graph:
    viewer = person(user)
    return get_graph(ring=get_party_ring(ring=scene.ring, viewer=viewer), viewer=viewer, **options)


def test_own_clues_and_what_is_shared(scene: Scene) -> None:
    graph = drawn(scene, scene.cast.alice)
    assert [each.client_ref for each in graph.clues] == ["aster-1"]
    shared, alone = graph.identifiers
    assert (shared.type, shared.shared, shared.match, shared.weight) == ("resident-id", True, scene.match, 2)
    assert (alone.type, alone.shared, alone.match) == ("cn-mobile", False, None)
    assert {(link.clue, link.identifier) for link in graph.links} == {("c1", "i1"), ("c1", "i2")}
    assert graph.clues_left_out == 0


def test_nothing_of_the_others_and_no_token(scene: Scene) -> None:
    text = repr(dataclasses.asdict(drawn(scene, scene.cast.alice)))
    assert "birch-1" not in text and "qq" not in text
    with acting_as("aif_match"):
        tokens = list(Sighting.objects.values_list("token", flat=True))
    assert tokens
    for each in tokens:
        assert str(each) not in text and uuid.UUID(str(each)).hex not in text


def test_strangers_have_no_ring(scene: Scene) -> None:
    with pytest.raises(RingNotFound):
        drawn(scene, scene.cast.cy)
    viewer = person(scene.cast.cy)
    assert list_newest_rings(viewer=viewer) == []


@pytest.mark.parametrize("hidden", ["party", "chunk"])
def test_not_before_the_tick(scene: Scene, hidden: str) -> None:
    later = timezone.now() + timezone.timedelta(minutes=1)
    viewer = person(scene.cast.alice)
    ring, match = get_party_ring(ring=scene.ring, viewer=viewer), list_newest(viewer=viewer)[0].id
    with acting_as("aif_match"):
        if hidden == "party":
            MatchParty.objects.filter(institution=scene.cast.birch).update(released_at=later)
        else:
            BatchChunk.objects.filter(institution=scene.cast.birch).update(released_at=later)
    assert not any(each.shared for each in get_graph(ring=ring, viewer=viewer).identifiers)
    assert list_rings_of(match=match, viewer=viewer) == [] == list_newest_rings(viewer=viewer)


def test_the_rings_of_a_match(scene: Scene) -> None:
    viewer = person(scene.cast.alice)
    match = list_newest(viewer=viewer)[0].id
    assert [each.ring for each in list_rings_of(match=match, viewer=viewer)] == [scene.ring]
    assert list_rings_of(match=match, viewer=person(scene.cast.cy)) == []


def test_no_more_nodes_than_asked_for(scene: Scene) -> None:
    meeting = token("one person", kind="resident-id")
    submit(caller(scene.cast.aster), [clue(meeting, token(number, kind="qq")) for number in range(20)])
    work()
    whole = drawn(scene, scene.cast.alice)
    assert (len(whole.clues), len(whole.identifiers), whole.clues_left_out) == (21, 22, 0)
    part = drawn(scene, scene.cast.alice, most=10)
    assert len(part.clues) + len(part.identifiers) == 10
    assert part.identifiers[0].shared and part.clues_left_out == 21 - len(part.clues)
    keys = {each.key for each in part.clues} | {each.key for each in part.identifiers}
    assert {end for link in part.links for end in (link.clue, link.identifier)} <= keys


def test_newest_first(scene: Scene) -> None:
    meeting = token("another person", kind="resident-id")
    for institution in (scene.cast.aster, scene.cast.birch):
        submit(caller(institution), [clue(meeting, token(institution.pk, kind="qq"))])
    work()
    viewer = person(scene.cast.alice)
    newest, oldest = list_newest_rings(viewer=viewer)
    assert oldest.ring == scene.ring
    assert list_newest_rings(viewer=viewer, before=newest.id) == [oldest]
    assert list_newest_rings(viewer=viewer, limit=1) == [newest]
