"""Batches that overlap in time: every match is found, and every party is told.

Four sessions bring the same identifiers at once. All of them stop at a barrier between step 1 (clues and
sightings) and step 2 (the hub), so that each has stored its sightings and none has committed: the
moment in which "insert, then look for others" loses matches without an error. Then they go on
together and wait for each other's row locks.

Two broken forms of the code are tried as well, and must fail: a test that they pass shows nothing.
"""

import random
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, connections, transaction

from clues.matching import oracle, sql, steps
from tests.clues.alliance import clue, join, open_epoch, submit, token

SESSIONS = 4
SHARED = 12
WAITING = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND wait_event_type = 'Lock'
    AND wait_event IN ('transactionid', 'tuple')
"""

Step = Callable[[Any, steps.Chunk], Any]


def meet_and_tell_in_one(cursor: Any, chunk: steps.Chunk) -> None:
    """Broken on purpose: steps 2 and 3 in one statement, which keeps the snapshot from before the wait."""
    hub = sql.MEET.split("INSERT INTO met")[0].strip()
    cursor.execute(
        hub
        + """, met AS (SELECT type, epoch, token FROM hub WHERE groups > 1),
        made AS (
            INSERT INTO match AS m (type, epoch, token, created_at)
            SELECT type, epoch, token, clock_timestamp() FROM met ORDER BY type, epoch, token
            ON CONFLICT (type, epoch, token) DO UPDATE SET created_at = m.created_at
            RETURNING id, type, epoch, token)
        INSERT INTO match_party AS p (match_id, institution_id, group_id, categories, best_grade,
            first_seen_at, created_at)
        SELECT m.id, s.institution_id, i.group_id, array_agg(DISTINCT c.category), min(c.grade),
            min(c.received_at), clock_timestamp()
        FROM made m JOIN sighting s USING (type, epoch, token)
        JOIN institution i ON i.id = s.institution_id JOIN clue c ON c.id = s.clue_id
        GROUP BY m.id, s.institution_id, i.group_id
        ON CONFLICT (match_id, institution_id) DO NOTHING""",
        chunk.parameters,
    )


def insert_then_count(cursor: Any, chunk: steps.Chunk) -> None:
    """Broken on purpose: no hub; look for others among what is committed by now."""
    cursor.execute(
        """
        INSERT INTO met (type, epoch, token, groups)
        SELECT s.type, s.epoch, s.token, count(DISTINCT i.group_id)
        FROM (SELECT DISTINCT type, epoch, token FROM identifier_in) mine
        JOIN sighting s USING (type, epoch, token) JOIN institution i ON i.id = s.institution_id
        GROUP BY s.type, s.epoch, s.token HAVING count(DISTINCT i.group_id) > 1
        """
    )


def nothing(cursor: Any, chunk: steps.Chunk) -> None:
    """Leave a step out."""


class Round:
    """One round: the chunks of all sessions, processed with a barrier between steps 1 and 2."""

    def __init__(self, chunks: list[int], as_role: Any, *, meet: Step, tell: Step) -> None:
        self.chunks = chunks
        self.as_role = as_role
        self.meet, self.tell = meet, tell
        self.barrier = threading.Barrier(len(chunks))
        self.errors: list[BaseException] = []
        self.waited = False
        self._over = threading.Event()

    def play(self) -> None:
        """Run all sessions; `waited` tells whether one of them was seen waiting for a row lock."""
        sessions = [threading.Thread(target=self._session, args=[chunk]) for chunk in self.chunks]
        watch = threading.Thread(target=self._watch)
        for thread in (watch, *sessions):
            thread.start()
        for thread in sessions:
            thread.join(timeout=60)
        self._over.set()
        watch.join(timeout=60)
        if self.errors:
            raise self.errors[0]

    def _session(self, chunk_id: int) -> None:
        try:
            with self.as_role("aif_match"):
                with connection.cursor() as cursor:
                    cursor.execute(sql.TEMPORARY)
                self._process(chunk_id)
        except BaseException as error:
            self.errors.append(error)
            self.barrier.abort()
        finally:
            connections.close_all()

    def _process(self, chunk_id: int) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            chunk = steps.lock(cursor, chunk_id)
            assert chunk is not None
            steps.load(cursor, chunk)
            outcomes = steps.store(cursor, chunk)
            self.barrier.wait(timeout=30)
            self.meet(cursor, chunk)
            self.tell(cursor, chunk)
            # Long enough for the others to arrive at the lock and for the watcher to see them.
            cursor.execute("SELECT pg_sleep(0.01)")
            steps.finish(cursor, chunk, outcomes, 0)

    def _watch(self) -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("RESET ROLE")  # the states of other sessions are not for every role
            while not self._over.is_set() and not self.waited:
                with connection.cursor() as cursor:
                    cursor.execute(WAITING)
                    self.waited = cursor.fetchone()[0] > 0
        finally:
            connections.close_all()


def prepare(members: list[Any], number: int, seed: random.Random) -> list[int]:
    """Let every member submit the same identifiers in its own order; return the waiting chunks."""
    values = [f"round-{number}-{n}" for n in range(SHARED)]
    for member in members:
        seed.shuffle(values)
        submit(member, [clue(token(value)) for value in values])
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM batch_chunk WHERE state = 'received' ORDER BY id")
        return [row[0] for row in cursor.fetchall()]


def play(as_role: Any, rounds: int, *, meet: Step, tell: Step) -> tuple[oracle.Findings, int]:
    """Play the rounds; return what the oracle says and in how many of them a session waited."""
    with as_role("aif_desk"):
        open_epoch()
        members = [join(f"Institution {n}") for n in range(SESSIONS)]
    seed = random.Random(20261122)
    waited = 0
    for number in range(rounds):
        chunks = prepare(members, number, seed)
        this = Round(chunks, as_role, meet=meet, tell=tell)
        this.play()
        waited += this.waited
    with as_role("aif_match"):
        return oracle.compare(), waited


def count_parties() -> int:
    """Return how many parties all matches have."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM match_party")
        return int(cursor.fetchone()[0])


def test_no_match_and_no_party_is_lost(fresh_database: Any, as_role: Any, scale: Any) -> None:
    """Red when a step is folded, reordered or reads an old snapshot."""
    rounds = scale(40, full=200)
    findings, waited = play(as_role, rounds, meet=steps.meet, tell=steps.tell)
    assert findings.clean
    assert count_parties() == rounds * SHARED * SESSIONS
    assert waited >= rounds // 2, f"only {waited} of {rounds} rounds waited on a row lock"


@pytest.mark.parametrize(
    ("meet", "tell"),
    [(meet_and_tell_in_one, nothing), (insert_then_count, steps.tell)],
    ids=["steps 2 and 3 in one statement", "insert, then count"],
)
def test_broken_forms_lose_parties(fresh_database: Any, as_role: Any, meet: Step, tell: Step) -> None:
    """The test above would see it: both broken forms lose parties in the same rounds."""
    findings, _ = play(as_role, 10, meet=meet, tell=tell)
    assert findings.missing > 0


def test_the_oracle_repairs_what_is_missing(fresh_database: Any, as_role: Any) -> None:
    """What a broken form lost is found and added; a second look finds nothing."""
    findings, _ = play(as_role, 3, meet=insert_then_count, tell=steps.tell)
    assert findings.missing
    with as_role("aif_match"):
        assert oracle.check_and_repair().missing
        assert oracle.compare().clean
    assert count_parties() == 3 * SHARED * SESSIONS
