"""Rings: whatever the order of arrival, the components equal a naive closure over the clues."""

import itertools
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aif_share.identifiers import get_type
from clues.matching.run import match_pending
from clues.rings import build as build_module
from clues.rings.build import MERGE_WEIGHT, build_pending
from tests.clues.alliance import clue, join, open_epoch, submit, token

KINDS = ("resident-id", "cn-mobile", "qq", "domain")
Name = tuple[str, int]


def closure(clues: dict[str, frozenset[Name]]) -> set[frozenset[str]]:
    """Join groups of clues that share enough, until nothing changes. Slow and plain on purpose."""
    groups = [({ref}, set(names)) for ref, names in clues.items()]
    changed = True
    while changed:
        changed = False
        for one in groups:
            for other in groups:
                shared = one[1] & other[1]
                if one is not other and sum(get_type(kind).link for kind, _ in shared) >= MERGE_WEIGHT:
                    one[0].update(other[0])
                    one[1].update(other[1])
                    groups.remove(other)
                    changed = True
                    break
            if changed:
                break
    return {frozenset(refs) for refs, _ in groups if len(refs) > 1}


def components(as_role: Any, prefix: str = "") -> set[frozenset[str]]:
    """Return the components of two or more clues as the database holds them."""
    with as_role("aif_match"), connection.cursor() as cursor:
        cursor.execute(
            """SELECT array_agg(DISTINCT c.client_ref) FROM ring_edge e JOIN clue c ON c.id = e.clue_id
            WHERE c.client_ref LIKE %s GROUP BY e.component HAVING count(DISTINCT c.id) > 1""",
            [prefix + "%"],
        )
        return {frozenset(refs) for (refs,) in cursor.fetchall()}


def rings(as_role: Any) -> list[tuple[int, int, int]]:
    """Return clues, identifiers and groups of the rings people see."""
    with as_role("aif_match"), connection.cursor() as cursor:
        cursor.execute("SELECT clues, identifiers, groups FROM ring WHERE state = 'open' ORDER BY 1")
        return list(cursor.fetchall())


def match_and_build() -> None:
    match_pending(limit=1000)
    while build_pending(limit=3, now=timezone.now()):
        pass


names = st.tuples(st.sampled_from(KINDS), st.integers(0, 3))
alliances = st.lists(st.frozensets(names, min_size=1, max_size=3), min_size=1, max_size=9)


examples = itertools.count()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(alliances, st.integers(1, 4), st.sampled_from([1, 2, build_module.PART]))
def test_components_equal_the_naive_closure(
    members: Any, as_role: Any, monkeypatch: Any, found: list[frozenset[Name]], batches: int, part: int
) -> None:
    """Red when a merge is missed, when one happens over too little, or when order matters.

    The examples share a database; each has identifiers of its own.
    """
    monkeypatch.setattr(build_module, "PART", part)
    example = f"example-{next(examples)}-"
    clues = {f"{example}{n}": names for n, names in enumerate(found)}
    for turn in range(batches):
        for place, (ref, mine) in enumerate(clues.items()):
            if place % batches == turn:
                identifiers = [token(f"{example}{number}", kind=kind) for kind, number in sorted(mine)]
                submit(members[place % 3], [clue(*identifiers, client_ref=ref)])
        build(as_role)
    assert components(as_role, example) == closure(clues)


@pytest.fixture
def members(fresh_database: Any, as_role: Any) -> list[Any]:
    with as_role("aif_desk"):
        open_epoch()
        return [join(f"Institution {n}") for n in range(3)]


def build(as_role: Any) -> None:
    with as_role("aif_match"):
        match_and_build()


def test_one_very_strong_identifier_makes_a_ring(members: Any, as_role: Any) -> None:
    card, phone = token(1, kind="bank-card"), token(1, kind="cn-mobile")
    submit(members[0], [clue(card, phone)])
    submit(members[1], [clue(card)])
    build(as_role)
    assert rings(as_role) == [(2, 2, 2)]


def test_one_strong_identifier_does_not_merge(members: Any, as_role: Any) -> None:
    phone = token(1, kind="cn-mobile")
    submit(members[0], [clue(phone, token(1, kind="qq"))])
    submit(members[1], [clue(phone, token(2, kind="qq"))])
    build(as_role)
    assert rings(as_role) == []
    assert components(as_role) == set()


def test_weak_identifiers_never_merge(members: Any, as_role: Any) -> None:
    domains = [token(n, kind="domain") for n in range(5)]
    submit(members[0], [clue(*domains)])
    submit(members[1], [clue(*domains)])
    build(as_role)
    assert components(as_role) == set()


def test_roles_that_never_score_do_not_merge(members: Any, as_role: Any) -> None:
    person = token(1, kind="resident-id")
    submit(members[0], [clue(person, token(1, kind="bank-card"))])
    submit(members[1], [clue(person | {"role": "victim"}, token(2, kind="bank-card"))])
    build(as_role)
    assert components(as_role) == set()


def test_one_institution_alone_makes_no_ring_to_see(members: Any, as_role: Any) -> None:
    """The component is there, for the day a second group comes; nobody is shown a ring yet."""
    person = token(1, kind="resident-id")
    for number in range(2):
        submit(members[0], [clue(person, token(number, kind="bank-card"))])
    build(as_role)
    assert len(components(as_role)) == 1
    assert rings(as_role) == []
    submit(members[1], [clue(person)])
    build(as_role)
    assert rings(as_role) == [(3, 3, 2)]


def test_two_rings_become_one_and_say_why(members: Any, as_role: Any) -> None:
    one, other = token("a", kind="resident-id"), token("b", kind="resident-id")
    for person in (one, other):
        submit(members[0], [clue(person, token(person["token"], kind="bank-card"))])
        submit(members[1], [clue(person)])
    build(as_role)
    assert rings(as_role) == [(2, 2, 2), (2, 2, 2)]
    submit(members[2], [clue(one, other)])
    build(as_role)
    assert rings(as_role) == [(5, 4, 3)]
    with as_role("aif_match"), connection.cursor() as cursor:
        cursor.execute("SELECT shared->0->>0, cardinality(clues) FROM ring_merge ORDER BY id")
        merges = cursor.fetchall()
    assert {kind for kind, _ in merges} == {"resident-id"}
    assert max(size for _, size in merges) == 2


@pytest.mark.parametrize("kinds", [["bank-card"], ["cn-mobile", "qq"], ["bank-card", "cn-mobile", "qq"]])
def test_what_many_clues_share_costs_no_square_of_them(members: Any, as_role: Any, kinds: list[str]) -> None:
    """Red when links are made in pairs of holders: a card in ten thousand clues would be fifty million of them."""
    clues, fetched = 600, 0
    submit(members[0], [clue(*[token(1, kind=kind) for kind in kinds]) for _ in range(clues)])
    submit(members[1], [clue(*[token(1, kind=kind) for kind in kinds], token(1, kind="resident-id"))])

    class Counting:
        def __init__(self, cursor: Any) -> None:
            self.cursor = cursor

        def __getattr__(self, name: str) -> Any:
            return getattr(self.cursor, name)

        def fetchall(self) -> Any:
            nonlocal fetched
            rows = self.cursor.fetchall()
            fetched += len(rows)
            return rows

    with as_role("aif_match"):
        match_pending(limit=10)
        plain = connection.create_cursor
        connection.create_cursor = lambda name=None: Counting(plain(name))  # type: ignore[method-assign]
        try:
            assert build_pending(limit=2 * clues, now=timezone.now()) == clues + 1
        finally:
            connection.create_cursor = plain  # type: ignore[method-assign]
    assert [len(each) for each in components(as_role)] == [clues + 1]
    assert rings(as_role)[0][0] == clues + 1
    assert fetched < 10 * clues


def test_only_one_builder_writes(members: Any, as_role: Any) -> None:
    """A second builder steps back while another session holds the writer's lock."""
    from django.db import transaction

    person = token(1, kind="resident-id")
    submit(members[0], [clue(person, token(1, kind="bank-card"))])
    with as_role("aif_match"):
        match_pending(limit=10)
        other = connection.copy()
        try:
            with other.cursor() as cursor:
                cursor.execute("BEGIN; SELECT pg_advisory_xact_lock(hashtext('aif.rings'))")
            assert build_pending(limit=10, now=timezone.now()) == 0
            with other.cursor() as cursor:
                cursor.execute("ROLLBACK")
        finally:
            other.close()
        assert not transaction.get_connection().in_atomic_block
        assert build_pending(limit=10, now=timezone.now()) == 1
