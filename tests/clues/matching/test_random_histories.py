"""Random histories of five institutions, two of them one group: whatever happens, the database says what the model
says. All runs through the code of web and worker, in their roles, on a real PostgreSQL; the tick falls at any moment.
Histories share a database; each has identifiers of its own."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import dataclass
from typing import Any

import hypothesis
import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from aif_share.vocabulary import noise_lists
from clues.blinding import epochs
from clues.matching import changes, oracle, release
from clues.matching.run import match_pending
from clues.models import Clue, ClueChange
from clues.submissions import clues as own_clues
from clues.submissions import edits
from clues.submissions.rows import stored_key
from tests.clues.alliance import clue, join, open_epoch, submit, token
from tests.clues.matching import model
from tests.factories import acting_as

VALUES = 2  # few, so that they meet
STEPS = 14
histories, compared = itertools.count(), itertools.count()

values = st.integers(0, VALUES - 1)
members = st.integers(0, 4)  # five: fewer see no bands
roles = st.sampled_from(["actor", "actor", "agent", "victim"])
contents = st.fixed_dictionaries(
    {
        "category": st.sampled_from(["telecom-fraud", "malware"]),
        "grade": st.sampled_from(["A", "B2", "C"]),
        "identifiers": st.dictionaries(values, roles, min_size=1, max_size=2),
    }
)
place = st.integers(0, 10**6)


@dataclass(frozen=True)
class World:
    """The callers, in the order of their numbers in the model."""

    callers: list[Any]
    block_list: str


@pytest.fixture
def world(fresh_database: Any, as_role: Any, settings: Any) -> World:
    settings.AIF_DISCLOSURE_TICK = 0.01
    with as_role("aif_desk"):
        open_epoch()
        compass = [join("North", group="Compass"), join("South", group="Compass")]
        callers = [join("Aster"), join("Birch"), *compass, join("Dune")]
    return World(callers, next(row.code for row in noise_lists.ROWS if row.mode == "block"))


class Histories(RuleBasedStateMachine):
    """One history; `pending` are edits by web that the matcher has not applied yet."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world
        self.prefix = f"h{next(histories)}-"
        self.model = model.Model(groups={n: caller.group_id for n, caller in enumerate(world.callers)})
        peppers = epochs.get_epochs()
        self.tokens = [token(f"{self.prefix}{n}") for n in range(VALUES)]
        self.stored = {stored_key(t["token"], peppers["domain", 1]): n for n, t in enumerate(self.tokens)}
        self.pending = False

    @initialize(reports=st.tuples(contents, contents, contents))
    def begin(self, reports: tuple[dict[str, Any], ...]) -> None:
        """Three report and are told: most of what can happen needs that."""
        for member, report in enumerate(reports):
            self.submit(member, [report], False)
        self.tick()

    @rule(member=members, reports=st.lists(contents, min_size=1, max_size=2), tick=st.booleans())
    def submit(self, member: int, reports: list[dict[str, Any]], tick: bool) -> None:
        self.apply()
        if tick:
            self.tick()
        bodies = [self._body(content) for content in reports]
        received = submit(self.world.callers[member], bodies)
        for body, content in zip(bodies, reports, strict=True):
            ref = body["client_ref"]
            self.model.clues[ref] = model.Clue(member, body, **content, received_at=received.received_at)
        self._match()
        self.model.step()
        self.compare()

    @precondition(lambda self: self.model.clues)
    @rule(which=place, changed=st.booleans())
    def repeat(self, which: int, changed: bool) -> None:
        """The same content again, or other content under a reference that is taken: no effect."""
        self.apply()
        found = self._pick(which)
        body = found.body | ({"channel": "email"} if changed else {})
        received = submit(self.world.callers[found.member], [body])
        self._match()
        with acting_as("aif_match"), connection.cursor() as cursor:
            cursor.execute("SELECT duplicates, refused FROM batch WHERE id = %s", [received.id])
            assert cursor.fetchone() == ((0, 1) if changed else (1, 0))
        self.compare()

    @precondition(lambda self: self._any("active"))
    @rule(which=place, content=contents, whole=st.booleans())
    def correct(self, which: int, content: dict[str, Any], whole: bool) -> None:
        found = self._pick(which, "active")
        named = {name: content[name] for name in ("category", "grade")}
        if whole:
            found.identifiers = content["identifiers"]
            named["identifiers"] = self._identifiers(found.identifiers)
        found.category, found.grade = content["category"], content["grade"]
        found.body = found.body | named
        self._edit(found, edits.correct, changes=named)

    @precondition(lambda self: self._any("active"))
    @rule(which=place, role=roles)
    def correct_a_role(self, which: int, role: str) -> None:
        found = self._pick(which, "active")
        first = next(iter(found.identifiers))
        found.identifiers = {**found.identifiers, first: role}
        found.body = found.body | {"identifiers": self._identifiers(found.identifiers)}
        self._edit(found, edits.correct, changes={"roles": [{"identifier": 0, "role": role}]})

    @precondition(lambda self: self._any("active"))
    @rule(which=place)
    def withdraw(self, which: int) -> None:
        found = self._pick(which, "active")
        self._edit(found, edits.withdraw, reason="mistake")
        found.state = "withdrawn"

    @precondition(lambda self: self._any("active"))
    @rule(which=place)
    def dispute(self, which: int) -> None:
        self._change(self._pick(which, "active"), "disputed", ClueChange.DISPUTED)

    @precondition(lambda self: self._any("disputed"))
    @rule(which=place)
    def reinstate(self, which: int) -> None:
        self._change(self._pick(which, "disputed"), "active", ClueChange.REINSTATED)

    @precondition(lambda self: self._any("active"))
    @rule(which=st.sets(place, min_size=1, max_size=2))
    def expire(self, which: set[int]) -> None:
        self.apply()
        found = [self._pick(each, "active") for each in sorted(which)]
        with acting_as("aif_match"):
            for each in found:
                Clue.objects.filter(client_ref=each.body["client_ref"]).update(expires_at=timezone.now())
                each.state = "expired"
            assert changes.expire(limit=100, now=timezone.now())
        self.model.step()
        self.compare()

    @rule(value=values)
    def toggle_noise(self, value: int) -> None:
        self.apply()
        stored = list(self.stored)[value]
        with acting_as("aif_owner"), connection.cursor() as cursor:
            if value in self.model.blocked:
                self.model.blocked.discard(value)
                cursor.execute(
                    "UPDATE noise_entry SET state = 'removed', applied_at = NULL WHERE token = %s AND state = 'in-force'",
                    [stored],
                )
            else:
                self.model.blocked.add(value)
                cursor.execute(
                    """INSERT INTO noise_entry (list, mode, type, epoch, token, state, proposed_by_ref, proposed_at)
                    VALUES (%s, 'block', 'domain', 1, %s, 'in-force', 'tests', now())""",
                    [self.world.block_list, stored],
                )
        with acting_as("aif_match"):
            assert changes.apply_noise(limit=10, now=timezone.now())
        self.model.step()
        self.compare()

    @rule()
    def apply(self) -> None:
        if self.pending:
            with acting_as("aif_match"):
                assert changes.apply_changes(limit=100, now=timezone.now())
                assert not changes.apply_changes(limit=100, now=timezone.now())
            self.pending = False
            self.model.step()
            self.compare()

    @rule()
    def tick(self) -> None:
        with acting_as("aif_match"):
            release.release_pending()
        self.model.release()
        if not self.pending:
            self.compare()

    def teardown(self) -> None:
        self.apply()

    def compare(self) -> None:
        """Hub, matches, parties and events equal the model's; the oracle finds nothing, either."""
        next(compared)
        keys, number = list(self.stored), {each.institution_id: n for n, each in enumerate(self.world.callers)}
        columns = "token, groups, sightings, first_seen_at, last_seen_at"
        with acting_as("aif_match"), connection.cursor() as cursor:
            cursor.execute(f"SELECT {columns} FROM identifier WHERE token = ANY(%s::uuid[])", [keys])
            hub = {self.stored[t.hex]: (frozenset(g), *rest) for t, g, *rest in cursor.fetchall()}
            cursor.execute(
                """SELECT m.token, p.institution_id, p.categories, p.best_grade, p.first_seen_at,
                    p.released_at IS NOT NULL, m.released_at IS NOT NULL
                FROM match m LEFT JOIN match_party p ON p.match_id = m.id WHERE m.token = ANY(%s::uuid[])""",
                [keys],
            )
            rows = cursor.fetchall()
            cursor.execute(
                """SELECT e.institution_id, e.kind, m.token FROM event e JOIN match m ON m.id = e.subject_id
                WHERE e.subject_kind = 'M' AND m.token = ANY(%s::uuid[])""",
                [keys],
            )
            events = Counter((number[who], kind, self.stored[t.hex]) for who, kind, t in cursor.fetchall())
            assert oracle.compare().clean
        assert hub == self.model.hub()
        parties: dict[int, dict[int, model.Said]] = {}
        told = set()
        for t, who, categories, grade, first_seen, known, shown in rows:
            value = self.stored[t.hex]
            assert who is not None or not shown, "an undone match is shown to nobody"
            if who is None:
                continue
            parties.setdefault(value, {})[number[who]] = (frozenset(categories), grade)
            mine = [c.received_at for c in self.model.counting(value) if c.member == number[who]]
            assert first_seen == min(mine)
            told |= {(value, number[who])} if known else set()
        assert parties == self.model.parties
        assert told == self.model.told
        assert events == +self.model.events

    def _any(self, state: str) -> bool:
        return any(clue.state == state for clue in self.model.clues.values())

    def _pick(self, which: int, state: str | None = None) -> model.Clue:
        found = [clue for clue in self.model.clues.values() if state in (None, clue.state)]
        return found[which % len(found)]

    def _body(self, content: dict[str, Any]) -> dict[str, Any]:
        ref = f"{self.prefix}{len(self.model.clues)}-{next(histories)}"
        identifiers = self._identifiers(content["identifiers"])
        return clue(*identifiers, client_ref=ref, category=content["category"], grade=content["grade"])

    def _identifiers(self, identifiers: dict[int, str]) -> list[dict[str, Any]]:
        return [self.tokens[value] | {"role": role} for value, role in identifiers.items()]

    def _match(self) -> None:
        """Match as a worker does, but let the tick fall only where the history says."""
        with acting_as("aif_match"), pytest.MonkeyPatch.context() as patch:
            patch.setattr(release, "release_pending", lambda: False)
            assert match_pending(limit=10) == 1

    def _edit(self, found: model.Clue, edit: Any, **what: Any) -> None:
        by = self.world.callers[found.member]
        (row,) = own_clues.list_clues(viewer=by, client_ref=found.body["client_ref"])
        after = edit(clue=row.clue, version=row.version, by=by, now=timezone.now(), **what)
        self.pending = self.pending or after.version > row.version

    def _change(self, found: model.Clue, state: str, kind: str) -> None:
        """As a dispute suspends a clue and a decision reinstates it."""
        found.state = state
        with acting_as("aif_match"):
            row = Clue.objects.get(client_ref=found.body["client_ref"])
            row.state, row.version = state, row.version + 1
            row.save(update_fields=["state", "version"])
            ClueChange.objects.create(
                clue=row, institution_id=row.institution_id, kind=kind, version=row.version, actor_ref="tests",
                created_at=timezone.now(),
            )  # fmt: skip
        self.pending = True


def test_random_histories_equal_the_model(world: World, scale: Any) -> None:
    """Red when a lock, a difference or a role is forgotten: test_broken_histories.py."""
    run_state_machine_as_test(
        lambda: Histories(world),
        settings=hypothesis.settings(
            max_examples=scale(15, full=300),
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(hypothesis.HealthCheck),
        ),
    )
    print(f"history_steps={next(compared)}")
