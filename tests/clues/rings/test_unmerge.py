"""Undo with reason: a wrong merger taken back restores both rings exactly, and no later turn of the builder makes it again."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from aif_share.errors import Refusal
from clues.matching.release import release_pending
from clues.models import Clue, Event, Ring, RingCut, RingCutEdge
from clues.rings import cuts
from clues.submissions import edits
from clues.submissions.clues import get_clue
from members.models import AuditEvent, reference
from tests.clues.alliance import clue, join, open_epoch, submit, token
from tests.clues.rings.parts import clues_of, decide, merger_of, seen, work
from tests.factories import acting_as, make_institution, make_user


class World:
    """Three institutions, and two rings of two clues each around one resident ID each."""

    def __init__(self) -> None:
        with acting_as("aif_desk"):
            open_epoch()
            self.members = [join(f"Institution {n}") for n in range(3)]
        self.olga = make_user("alliance-operator")
        self.one, self.other = token("one", kind="resident-id"), token("other", kind="resident-id")
        for name, person in (("a", self.one), ("b", self.other)):
            self.send(0, f"{name}-1", person, token(name, kind="bank-card"))
            self.send(1, f"{name}-2", person)
        work()
        self.first, self.second = sorted(clues_of(seen()), key=lambda ring: clues_of(seen())[ring])

    def send(self, member: int, ref: str, *identifiers: dict[str, Any], **fields: Any) -> None:
        submit(self.members[member], [clue(*identifiers, client_ref=ref, **fields)])

    def number(self, ref: str) -> int:
        with acting_as("aif_match"):
            return Clue.objects.get(client_ref=ref).pk

    def c(self, ref: str) -> str:
        return reference.encode("C", self.number(ref))

    def decide(self, kind: str, **names: Any) -> RingCut:
        made: RingCut = decide(kind, self.olga, **names)
        return made


@pytest.fixture
def world(fresh_database: str, settings: Any) -> World:
    settings.AIF_DISCLOSURE_TICK = 0.01
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return World()


def merged_into(world: World) -> tuple[str, str]:
    """Return the ring that went on and the one that went up in it."""
    (ring,) = seen()
    return ring, world.second if ring == world.first else world.first


def test_a_bridge_is_taken_out_again_and_both_rings_are_as_they_were(world: World) -> None:
    before = seen()
    world.send(2, "bridge", world.one, world.other)
    work()
    ring, other = merged_into(world)
    assert seen()[ring][0] == ["a-1", "a-2", "b-1", "b-2", "bridge"]
    cut = world.decide("unmerge", ring=ring, merger=merger_of(ring, other))
    assert len(seen()) == 1, "the desk asks; the builder does it"
    work()
    assert seen() == before
    with acting_as("aif_desk"):
        cut.refresh_from_db()
    assert cut.applied_at is not None and cut.parted == 3
    # Later reports of either person join their own ring, and the two stay two.
    world.send(2, "a-3", world.one)
    world.send(2, "b-3", world.other)
    work()
    assert sorted(clues_of(seen()).values()) == [["a-1", "a-2", "a-3"], ["b-1", "b-2", "b-3"]]
    assert seen().keys() == before.keys()


def test_a_correction_that_merged_is_undone(world: World) -> None:
    """An old clue that was corrected stays in its ring; the identifier it named stays with those who name it more often."""
    before = clues_of(seen())
    with acting_as("aif_web"):
        by = world.members[0]
        row = get_clue(clue=world.c("a-1"), viewer=by)
        edits.correct(
            clue=world.c("a-1"),
            version=row.version,
            changes={"identifiers": [world.one, token("a", kind="bank-card"), world.other]},
            by=by,
            now=timezone.now(),
        )
    work()
    ring, other = merged_into(world)
    world.decide("unmerge", ring=ring, merger=merger_of(ring, other))
    work()
    assert clues_of(seen()) == before
    world.send(2, "b-3", world.other)
    work()
    assert sorted(clues_of(seen()).values()) == [["a-1", "a-2"], ["b-1", "b-2", "b-3"]]


def test_what_came_later_goes_where_it_belongs(world: World) -> None:
    world.send(2, "bridge", world.one, world.other)
    work()
    ring, other = merged_into(world)
    world.send(2, "a-3", world.one, token("late", kind="qq"))
    world.send(2, "b-3", world.other)
    world.send(2, "second-bridge", world.other, world.one)
    work()
    world.decide("unmerge", ring=ring, merger=merger_of(ring, other))
    work()
    assert clues_of(seen()) == {
        world.first: ["a-1", "a-2", "a-3"],
        world.second: ["b-1", "b-2", "b-3"],
    }


def test_it_survives_withdrawals_and_relinking(world: World) -> None:
    """A clue that changes has its component grown anew: the merger, the names and the cut outlive that."""
    before = clues_of(seen())
    world.send(2, "bridge", world.one, world.other)
    world.send(2, "a-3", world.one)
    work()
    ring, other = merged_into(world)
    withdraw(world, 2, "a-3")
    assert merged_into(world) == (ring, other)
    world.decide("unmerge", ring=ring, merger=merger_of(ring, other))
    work()
    assert clues_of(seen()) == before
    with acting_as("aif_match"), connection.cursor() as cursor:
        cursor.execute("INSERT INTO ring_relink (clue_id) SELECT id FROM clue")
    work()
    assert clues_of(seen()) == before


def withdraw(world: World, member: int, ref: str) -> None:
    with acting_as("aif_web"):
        by = world.members[member]
        row = get_clue(clue=world.c(ref), viewer=by)
        edits.withdraw(clue=row.clue, version=row.version, reason="mistake", by=by, now=timezone.now())
    work()


def test_withdrawing_the_bridge_brings_the_other_ring_back_under_its_name(world: World) -> None:
    before = seen()
    world.send(2, "bridge", world.one, world.other)
    work()
    assert len(seen()) == 1
    withdraw(world, 2, "bridge")
    assert seen() == before


def test_lifting_merges_again_and_unmerging_again_parts_again(world: World) -> None:
    world.send(2, "bridge", world.one, world.other)
    work()
    ring, other = merged_into(world)
    cut = world.decide("unmerge", ring=ring, merger=merger_of(ring, other))
    work()
    parted = clues_of(seen())
    assert len(parted) == 2
    world.decide("lift", cut=cut.pk)
    work()
    (again,) = clues_of(seen()).values()
    assert again == ["a-1", "a-2", "b-1", "b-2", "bridge"]
    ring, other = merged_into(world)
    world.decide("unmerge", ring=ring, merger=merger_of(ring, other))
    work()
    assert clues_of(seen()) == parted


def test_clues_set_apart_stay_apart(world: World) -> None:
    """By clue: the bridge, which leaves two rings; it stays alone however often its component is grown anew."""
    before = seen()
    world.send(2, "bridge", world.one, world.other)
    work()
    (ring,) = seen()
    cut = world.decide("part_clues", ring=ring, clues=[world.c("bridge")])
    work()
    assert seen() == before
    with acting_as("aif_match"), connection.cursor() as cursor:
        cursor.execute("INSERT INTO ring_relink (clue_id) SELECT id FROM clue")
    work()
    assert seen() == before
    world.decide("lift", cut=cut.pk)
    work()
    assert len(seen()) == 1


def test_the_first_clue_set_apart_does_not_take_the_name_along(world: World) -> None:
    for ref in ("a-3", "a-4"):
        world.send(2, ref, world.one, token(ref, kind="qq"))
    work()
    world.decide("part_clues", ring=world.first, clues=[world.c("a-1")])
    work()
    assert clues_of(seen())[world.first] == ["a-2", "a-3", "a-4"]


def test_an_identifier_set_apart_joins_nobody(world: World) -> None:
    world.send(2, "a-3", world.one, token("b", kind="bank-card"))
    work()
    (ring,) = seen()
    world.decide("part_identifier", ring=ring, identifier=f"{world.c('a-3')}/1")
    work()
    world.send(2, "c-1", token("b", kind="bank-card"), token("x", kind="qq"))
    work()
    assert clues_of(seen()) == {world.first: ["a-1", "a-2", "a-3"], world.second: ["b-1", "b-2"]}


def test_the_parties_are_told_and_the_trail_says_who(world: World) -> None:
    world.send(2, "bridge", world.one, world.other)
    work()
    with acting_as("aif_match"):
        release_pending()
        with connection.cursor() as cursor:
            for table in ("match", "match_party", "batch_chunk", "event"):
                cursor.execute(f"UPDATE {table} SET released_at = now() WHERE released_at > now()")
    ring, other = merged_into(world)
    cut = world.decide("unmerge", ring=ring, merger=merger_of(ring, other))
    work()
    with acting_as("aif_match"):
        told = Event.objects.filter(kind="ring.changed")
        assert {each.institution_id for each in told} == {each.institution_id for each in world.members}
        assert {(each.subject_kind, each.subject_id) for each in told} == {("R", reference.decode("R", ring))}
    world.decide("lift", cut=cut.pk)
    with acting_as("aif_audit"):
        verbs = AuditEvent.objects.filter(subject_ref=ring).order_by("id").values_list("verb", "actor_ref")
        assert list(verbs) == [("ring.unmerge", world.olga.ref), ("ring.rejoin", world.olga.ref)]


def test_what_is_refused(world: World) -> None:
    world.send(2, "bridge", world.one, world.other)
    work()
    ring, other = merged_into(world)
    merger = merger_of(ring, other)
    alice = make_user("analyst", institution=make_institution())
    everything = [world.c(ref) for ref in ("a-1", "a-2", "b-1", "b-2", "bridge")]
    wrong: list[tuple[str, str, dict[str, Any]]] = [
        ("unmerge", "not-found", {"ring": ring, "merger": 10**9}),
        ("unmerge", "not-found", {"ring": other, "merger": merger}),
        ("unmerge", "field-invalid", {"ring": ring, "merger": merger, "reason": ""}),
        ("unmerge", "raw-identifier", {"ring": ring, "merger": merger, "reason": "call 13800138000"}),
        ("unmerge", "permission-missing", {"ring": ring, "merger": merger, "by": alice}),
        ("part_clues", "field-invalid", {"ring": ring, "clues": []}),
        ("part_clues", "field-invalid", {"ring": ring, "clues": ["C-1"]}),
        ("part_clues", "field-invalid", {"ring": ring, "clues": everything}),
        ("part_identifier", "field-invalid", {"ring": ring, "identifier": f"{world.c('a-1')}/7"}),
        ("part_identifier", "field-invalid", {"ring": ring, "identifier": "13800138000"}),
        ("lift", "not-found", {"cut": 10**9}),
    ]
    with acting_as("aif_desk"):
        for kind, code, names in wrong:
            with pytest.raises(Refusal) as refused:
                getattr(cuts, kind)(**{"by": world.olga, "now": timezone.now(), "reason": "because"} | names)
            assert refused.value.code == code, (kind, names)
        assert not RingCut.objects.exists()
    world.decide("unmerge", ring=ring, merger=merger)
    with pytest.raises(cuts.AlreadyUnderWay):
        world.decide("unmerge", ring=ring, merger=merger)


def test_the_database_wants_reasons_too(world: World) -> None:
    with acting_as("aif_desk"):
        ring = Ring.objects.first()
        fields = {"ring": ring, "kind": "clues", "clues": [1], "decided_by": world.olga, "decided_at": timezone.now()}
        for extra in ({"reason": ""}, {"reason": "x", "kind": "unmerge"}, {"reason": "x", "lifted_at": timezone.now()}):
            with pytest.raises(IntegrityError), transaction.atomic():
                RingCut.objects.create(**fields | extra)
        with pytest.raises(Exception, match="permission denied"), transaction.atomic():
            RingCutEdge.objects.create(clue_id=1, type="qq", epoch=1, token="0" * 32, cut_id=1, side=1)
