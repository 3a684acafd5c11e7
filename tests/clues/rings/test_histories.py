"""Show 4: the incremental engine agrees with a full rebuild by scipy on random histories, decisions of people included.

The rebuild here shares nothing with the engine: it reads what was reported and what was decided, and closes it with
`scipy.sparse.csgraph.connected_components`, round by round, until nothing changes.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np
import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from aif_share.errors import Refusal
from aif_share.identifiers import get_type
from clues.models import Clue, Ring, RingCut, RingEdge, RingMerge
from clues.submissions import edits
from clues.submissions.clues import get_clue
from members.models import reference
from tests.clues.alliance import clue, join, open_epoch, submit, token
from tests.clues.rings.parts import clues_of, decide, merger_of, seen, work
from tests.factories import acting_as, make_user

REPORTED = """
SELECT s.clue_id, s.type || '/' || s.token AS name, s.type FROM sighting s JOIN clue c ON c.id = s.clue_id
WHERE c.id > {since} AND c.state = 'active' AND s.role NOT IN ('victim', 'represented-consumer', 'recognized-representative')
"""
APART = """
SELECT a.clue_id, a.type || '/' || a.token, a.cut_id, a.side FROM ring_cut_edge a JOIN ring_cut k ON k.id = a.cut_id
WHERE k.applied_at IS NOT NULL AND k.lifted_at IS NULL
"""
NOBODY = """
SELECT type || '/' || token FROM ring_cut WHERE kind = 'identifier' AND applied_at IS NOT NULL AND lifted_at IS NULL
"""
ENGINE = "SELECT array_agg(DISTINCT clue_id) FROM ring_edge GROUP BY component HAVING count(DISTINCT clue_id) > 1"
STANDING = """
SELECT m.component, (SELECT array_agg(DISTINCT e.component) FROM ring_edge e WHERE e.clue_id = ANY(m.clues)),
    (SELECT count(DISTINCT e.clue_id) FROM ring_edge e WHERE e.component = m.component AND e.clue_id <> ALL(m.clues))
FROM ring_merge m WHERE m.undone_at IS NULL
"""
NAMED = """
SELECT e.component FROM ring_edge e JOIN clue c ON c.id = e.clue_id JOIN institution i ON i.id = c.institution_id
GROUP BY e.component HAVING count(DISTINCT e.clue_id) > 1 AND count(DISTINCT (e.type, e.epoch, e.token)) > 1
    AND count(DISTINCT i.group_id) > 1 ORDER BY 1
"""


def ask(statement: str) -> list[Any]:
    with acting_as("aif_owner"), connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())


def rebuild(since: int) -> set[frozenset[int]]:
    """Return the groups of two or more of the clues above a number, from nothing."""
    cuts: dict[tuple[int, str], set[tuple[int, int]]] = defaultdict(set)
    for clue_id, name, cut, side in ask(APART):
        cuts[clue_id, name].add((cut, side))
    alone = {name for (name,) in ask(NOBODY)}
    held: dict[int, dict[Any, int]] = defaultdict(dict)
    for clue_id, name, kind in ask(REPORTED.format(since=since)):
        if get_type(kind).link and name not in alone:
            held[clue_id][name, frozenset(cuts[clue_id, name])] = get_type(kind).link
    clues = sorted(held)
    holders: dict[Any, list[int]] = defaultdict(list)
    for place, each in enumerate(clues):
        for key in held[each]:
            holders[key].append(place)
    labels = np.arange(len(clues))
    while True:
        weights: dict[tuple[int, int], int] = defaultdict(int)
        for key, places in holders.items():
            groups = sorted({int(labels[place]) for place in places})
            for place, one in enumerate(groups):
                for other in groups[place + 1 :]:
                    weights[one, other] += held[clues[places[0]]][key]
        links = [pair for pair, weight in weights.items() if weight >= 2]
        if not links:
            break
        rows, columns = zip(*links, strict=True)
        size = len(clues)
        graph = coo_array((np.ones(len(links)), (rows, columns)), shape=(size, size))
        _, merged = connected_components(graph, directed=False)
        labels = merged[labels]
    found: dict[int, set[int]] = defaultdict(set)
    for each, label in zip(clues, labels, strict=True):
        found[int(label)].add(each)
    return {frozenset(group) for group in found.values() if len(group) > 1}


def engine() -> set[frozenset[int]]:
    return {frozenset(group) for (group,) in ask(ENGINE)}


def check(since: int) -> None:
    """The components, the rings people see and the mergers that stand are what a rebuild says."""
    newer = {group for group in engine() if max(group) > since}
    assert newer == rebuild(since)
    assert [c for (c,) in ask(NAMED)] == [
        c for (c,) in ask("SELECT component FROM ring WHERE state = 'open' ORDER BY 1")
    ]
    for component, there, others in ask(STANDING):
        assert there == [component] and others > 0
    assert ask("SELECT count(*) FROM ring WHERE state <> 'merged' AND component < 0 AND state = 'open'") == [(0,)]


# Few enough that clues meet: two people, two phones, two chat accounts, and a site that joins nobody.
names = st.sampled_from([(kind, n) for kind in ("resident-id", "cn-mobile", "qq") for n in (0, 1)] + [("domain", 0)])
steps = st.one_of(
    st.tuples(st.just("submit"), st.frozensets(names, min_size=1, max_size=3), st.integers(0, 2)),
    st.tuples(st.just("withdraw"), st.integers(0, 30)),
    st.tuples(st.just("correct"), st.integers(0, 30), st.frozensets(names, min_size=1, max_size=3)),
    st.tuples(st.just("unmerge"), st.integers(0, 30)),
    st.tuples(st.just("part_clues"), st.integers(0, 30), st.integers(1, 3)),
    st.tuples(st.just("part_identifier"), st.integers(0, 30)),
    st.tuples(st.just("lift"), st.integers(0, 30)),
)
submits = st.tuples(st.just("submit"), st.frozensets(names, min_size=1, max_size=3), st.integers(0, 2))
histories = st.tuples(st.lists(submits, min_size=5, max_size=9), st.lists(steps, min_size=2, max_size=10))


class World:
    """Three institutions and a person of the desk; every history has identifiers of its own."""

    def __init__(self) -> None:
        with acting_as("aif_desk"):
            open_epoch()
            self.members = [join(f"Institution {n}") for n in range(3)]
        self.olga = make_user("alliance-operator")
        self.example = 0
        self.since = 0

    def begin(self) -> None:
        self.example += 1
        self.sent: list[tuple[str, int]] = []
        ((self.since,),) = ask("SELECT coalesce(max(id), 0) FROM clue")

    def tokens(self, found: Any) -> list[dict[str, Any]]:
        return [token(f"{self.example}/{number}", kind=kind) for kind, number in sorted(found)]

    def do(self, step: tuple[Any, ...]) -> None:
        getattr(self, step[0])(*step[1:])

    def submit(self, found: Any, member: int) -> None:
        ref = f"h{self.example}-{len(self.sent)}"
        self.sent.append((ref, member))
        submit(self.members[member], [clue(*self.tokens(found), client_ref=ref)])

    def _own(self, which: int) -> tuple[str, int, Any] | None:
        ref, member = self.sent[which % len(self.sent)]
        with acting_as("aif_match"):
            row = Clue.objects.filter(client_ref=ref, state="active").values_list("pk", flat=True).first()
        if row is None:
            return None
        by = self.members[member]
        with acting_as("aif_web"):
            view = get_clue(clue=reference.encode("C", row), viewer=by)
        return view.clue, view.version, by

    def withdraw(self, which: int) -> None:
        found = self._own(which)
        if found is not None:
            with acting_as("aif_web"):
                edits.withdraw(clue=found[0], version=found[1], reason="mistake", by=found[2], now=timezone.now())

    def correct(self, which: int, names: Any) -> None:
        found = self._own(which)
        if found is not None:
            with acting_as("aif_web"):
                changes = {"identifiers": self.tokens(names)}
                edits.correct(clue=found[0], version=found[1], changes=changes, by=found[2], now=timezone.now())

    def _ring(self, which: int) -> Ring | None:
        with acting_as("aif_desk"):
            rings = list(Ring.objects.filter(state="open").order_by("id"))
            mine = [r for r in rings if RingEdge.objects.filter(component=r.component, clue_id__gt=self.since).exists()]
        return mine[which % len(mine)] if mine else None

    def unmerge(self, which: int) -> None:
        ring = self._ring(which)
        if ring is not None:
            with acting_as("aif_desk"):
                mergers = list(RingMerge.objects.filter(component=ring.component, undone_at=None).order_by("id"))
            if mergers:
                self._decide("unmerge", ring=str(ring), merger=mergers[which % len(mergers)].pk)

    def part_clues(self, which: int, many: int) -> None:
        ring = self._ring(which)
        if ring is not None:
            with acting_as("aif_desk"):
                edges = RingEdge.objects.filter(component=ring.component)
                numbers = sorted(set(edges.values_list("clue_id", flat=True)))
            chosen = {numbers[(which + n) % len(numbers)] for n in range(many)}
            self._decide("part_clues", ring=str(ring), clues=[reference.encode("C", n) for n in chosen])

    def part_identifier(self, which: int) -> None:
        ring = self._ring(which)
        if ring is not None:
            with acting_as("aif_desk"):
                numbers = sorted(
                    set(RingEdge.objects.filter(component=ring.component).values_list("clue_id", flat=True))
                )
            named = f"{reference.encode('C', numbers[which % len(numbers)])}/{which % 3}"
            self._decide("part_identifier", ring=str(ring), identifier=named)

    def lift(self, which: int) -> None:
        with acting_as("aif_desk"):
            standing = list(RingCut.objects.filter(lifted_at=None).order_by("-id").values_list("pk", flat=True)[:3])
        if standing:
            self._decide("lift", cut=standing[which % len(standing)])

    def _decide(self, kind: str, **names: Any) -> None:
        """What is not open at present is refused, and changes nothing."""
        try:
            decide(kind, self.olga, **names)
        except Refusal:
            return


@pytest.fixture
def world(fresh_database: str, settings: Any) -> World:
    settings.AIF_DISCLOSURE_TICK = 0.01
    return World()


def test_the_engine_agrees_with_a_full_rebuild(world: World, scale: Any) -> None:
    """Red when a turn of the builder joins over a decision, misses a merger, or leaves a name or a record behind."""
    decisions: dict[str, int] = defaultdict(int)

    @settings(max_examples=scale(12, full=300), suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(histories, st.sampled_from([1, 3, 1000]))
    def run(history: Any, limit: int) -> None:
        world.begin()
        for step in history[0]:
            world.do(step)
        work(limit=limit)
        check(world.since)
        for step in history[1]:
            world.do(step)
            work(limit=limit)
            check(world.since)
            decisions[step[0]] += 1

    run()
    kinds = {kind: count for (kind, count) in ask("SELECT kind, count(*) FROM ring_cut WHERE parted > 0 GROUP BY 1")}
    assert kinds.keys() == {"unmerge", "clues", "identifier"}, "the histories must hold what they are about"
    print(dict(decisions), kinds)


sizes = st.lists(st.integers(0, 2), min_size=2, max_size=5)


def test_undoing_the_latest_merger_restores_both_rings_exactly(world: World, scale: Any) -> None:
    """Two rings of any shape, joined by a clue of both or by a correction, and taken apart: as if nothing had been."""
    restored: dict[str, int] = defaultdict(int)

    @settings(max_examples=scale(4, full=100), suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(sizes, sizes, st.sampled_from(["bridge", "correction"]), st.integers(0, 30))
    def run(one: list[int], other: list[int], how: str, which: int) -> None:
        world.begin()
        for person, members in enumerate((one, other)):
            for number, member in enumerate(members):
                world.submit({("resident-id", person), ("qq", 100 * person + number % 3)}, (member + number) % 3)
        work()
        before = mine(world)
        if len(before) != 2:
            return  # one of the two is of a single institution: no ring that anybody saw
        if how == "bridge":
            world.submit({("resident-id", 0), ("resident-id", 1)}, 0)
        else:
            world.correct(which % len(one), {("resident-id", 0), ("qq", which % len(one) % 3), ("resident-id", 1)})
        work()
        (ring,) = mine(world)
        other_ring = next(each for each in before if each != ring)
        decide("unmerge", world.olga, ring=ring, merger=merger_of(ring, other_ring))
        work()
        assert clues_of(mine(world)) == clues_of(before)
        if how == "bridge":
            assert mine(world) == before, "identifiers and counts as well"
        check(world.since)
        restored[how] += 1

    run()
    assert restored.keys() == {"bridge", "correction"}


def mine(world: World) -> Any:
    prefix = f"h{world.example}-"
    return {ring: row for ring, row in seen().items() if row[0][0].startswith(prefix)}
