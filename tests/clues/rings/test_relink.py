"""Rings when clues stop counting, and count again: what is left equals a closure over what counts."""

from typing import Any

from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clues.matching.changes import apply_changes
from tests.clues.alliance import clue, submit, token
from tests.clues.rings.test_build import Name, alliances, build, closure, components, examples, members

__all__ = ["members"]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    alliances, st.lists(st.tuples(st.integers(0, 8), st.booleans()), min_size=1, max_size=6), st.sampled_from([1, 2, 9])
)
def test_components_equal_the_closure_over_what_is_left(
    members: Any, as_role: Any, found: list[frozenset[Name]], turns: list[tuple[int, bool]], at_once: int
) -> None:
    """Clues stop counting and count again, some at a time; red when a component keeps what it should lose."""
    example = f"left-{next(examples)}-"
    clues = {f"{example}{n}": names for n, names in enumerate(found)}
    for place, (ref, mine) in enumerate(clues.items()):
        identifiers = [token(f"{example}{number}", kind=kind) for kind, number in sorted(mine)]
        submit(members[place % 3], [clue(*identifiers, client_ref=ref)])
    build(as_role)
    active = set(clues)
    for turn, (which, counts) in enumerate(turns):
        ref = f"{example}{which % len(clues)}"
        suspend(as_role, ref, again=counts)
        (active.add if counts else active.discard)(ref)
        if turn % at_once == 0 or turn == len(turns) - 1:
            build(as_role)
            assert components(as_role, example) == closure({r: names for r, names in clues.items() if r in active})
    check_rings(as_role)


def suspend(as_role: Any, ref: str, *, again: bool = False) -> None:
    """Let a clue stop counting, as a dispute does, or count again."""
    with as_role("aif_match"), connection.cursor() as cursor:
        cursor.execute(
            """WITH c AS (UPDATE clue SET state = %s, version = version + 1 WHERE client_ref = %s RETURNING *)
            INSERT INTO clue_change (clue_id, institution_id, kind, reason, version, before, actor_ref, created_at)
            SELECT id, institution_id, %s, '', version, '{}', 'tests', now() FROM c""",
            ["active" if again else "disputed", ref, "reinstated" if again else "disputed"],
        )
        while apply_changes(limit=10, now=timezone.now()):
            pass


def check_rings(as_role: Any) -> None:
    """Every open ring is a component that two groups or more hold now, and every merge recorded still stands."""
    with as_role("aif_match"), connection.cursor() as cursor:
        cursor.execute(
            """SELECT e.component, count(DISTINCT e.clue_id), count(DISTINCT c.institution_id)
            FROM ring_edge e JOIN clue c ON c.id = e.clue_id GROUP BY e.component
            HAVING count(DISTINCT e.clue_id) > 1 AND count(DISTINCT (e.type, e.token)) > 1
                AND count(DISTINCT c.institution_id) > 1 ORDER BY 1"""
        )
        due = cursor.fetchall()
        cursor.execute("SELECT component, clues, groups FROM ring WHERE state = 'open' ORDER BY 1")
        assert cursor.fetchall() == due
        cursor.execute(
            """SELECT count(*) FROM ring_merge m WHERE undone_at IS NULL AND (SELECT count(DISTINCT e.component)
                FROM ring_edge e WHERE e.clue_id = ANY(m.clues)) > 1"""
        )
        assert cursor.fetchone() == (0,)


def test_a_ring_keeps_its_name_without_its_first_clue(members: Any, as_role: Any) -> None:
    """And is dissolved when one group is left; it opens again under the same name."""
    person, card = token(1, kind="resident-id"), token(1, kind="bank-card")
    sent = [clue(person, card), clue(person, card), clue(person)]
    for member, each in zip(members, sent, strict=True):
        submit(member, [each])
        build(as_role)

    def state() -> list[tuple[str, int]]:
        with as_role("aif_match"), connection.cursor() as cursor:
            cursor.execute("SELECT state, clues FROM ring ORDER BY id")
            return list(cursor.fetchall())

    assert state() == [("open", 3)]
    for count, expected in ((0, ("open", 2)), (1, ("dissolved", 2))):
        suspend(as_role, sent[count]["client_ref"])
        build(as_role)
        assert state() == [expected]
    suspend(as_role, sent[1]["client_ref"], again=True)
    build(as_role)
    assert state() == [("open", 2)]
    check_rings(as_role)
