"""A suspension, and its end, reaches the others' matches and feeds by the next turn of a worker, and is no alarm."""

import logging
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.db.models import F
from django.utils import timezone

from clues import tasks
from clues.events import feed
from clues.matching import oracle, quarantine, queries, release, run, standing, steps
from clues.matching.run import match_pending
from clues.models import BatchChunk, QuarantinedRow
from members.operations import institutions
from tests.clues.alliance import clue, join, open_epoch, submit, token
from tests.clues.scene import wait_for_tick
from tests.factories import make_user


@pytest.fixture
def members(fresh_database: Any, as_role: Any, settings: Any) -> list[Any]:
    settings.AIF_DISCLOSURE_TICK = 0.05
    with as_role("aif_desk"):
        open_epoch()
        return [join(f"Institution {n}") for n in range(6)]


def match(as_role: Any) -> None:
    with as_role("aif_match"):
        match_pending(limit=100)
    wait_for_tick()


def turn(as_role: Any) -> None:
    """What a worker does until nothing waits."""
    with as_role("aif_match"):
        while tasks.CHANGES.do():
            pass
        assert oracle.compare().clean
    wait_for_tick()


def suspend(member: Any, as_role: Any) -> None:
    with as_role("aif_desk"):
        by = make_user("alliance-operator")
        institutions.suspend(institution_id=member.institution_id, reason="tests", by=by, now=timezone.now())


def reinstate(member: Any, as_role: Any) -> None:
    with as_role("aif_desk"):
        by = make_user("alliance-approver")
        institutions.reinstate(institution_id=member.institution_id, reason="tests", by=by, now=timezone.now())


def heard(member: Any) -> list[str]:
    return [row.kind for row in feed.read_feed(viewer=member, limit=100).rows if row.kind.startswith("match.")]


def test_others_hear_of_the_end_and_of_the_return(members: Any, as_role: Any, caplog: Any) -> None:
    """Red without the step in tasks.STEPS."""
    for member in members[:2]:
        submit(member, [clue(token(1)), clue(token(2))])
    submit(members[2], [clue(token(2))])
    match(as_role)
    before = len(heard(members[0]))
    with caplog.at_level(logging.ERROR):
        suspend(members[1], as_role)
        turn(as_role)
        assert sorted(heard(members[0])[before:]) == ["match.shrank", "match.undone"]
        assert len(queries.list_matches(viewer=members[0])) == 1
        reinstate(members[1], as_role)
        turn(as_role)
    assert sorted(heard(members[0])[before + 2 :]) == ["match.grew", "match.released"]
    assert len(queries.list_matches(viewer=members[0])) == len(queries.list_matches(viewer=members[1])) == 2
    assert not caplog.records
    with as_role("aif_match"):
        assert standing.apply_standings(limit=10) == 0, "once is enough"


def test_a_change_of_mind_halfway_starts_again(members: Any, as_role: Any) -> None:
    for member in members[:2]:
        submit(member, [clue(token(n)) for n in range(4)])
    match(as_role)
    suspend(members[1], as_role)
    with as_role("aif_match"):
        for left in (3, 2):
            assert standing.apply_standings(limit=1) == 1
            release.release_pending()
            wait_for_tick()
            assert heard(members[0]).count("match.undone") == 4 - left
    reinstate(members[1], as_role)
    turn(as_role)
    assert heard(members[0]).count("match.undone") == 2
    assert heard(members[0]).count("match.released") == 4 + 2
    assert len(queries.list_matches(viewer=members[0])) == 4


def go(what: Callable[[], object], as_role: Any) -> threading.Thread:
    """Do it beside the test until it does nothing more."""

    def act() -> None:
        with as_role("aif_match"):
            while what():
                pass
        connections.close_all()

    thread = threading.Thread(target=act)
    thread.start()
    return thread


def race(work: Callable[[], object], members: Any, as_role: Any, monkeypatch: Any) -> None:
    """Let `work` stop behind `quarantine.take` or before `run.finish`; suspend the second member, apply it, let `work` end."""
    told, go_on = threading.Event(), threading.Event()
    finish, take = run.finish, quarantine.take

    def wait() -> None:
        told.set()
        assert go_on.wait(timeout=30)

    def take_and_wait(*given: Any) -> Any:
        found = take(*given)
        wait()
        return found

    def wait_and_finish(*given: Any) -> None:
        wait()
        finish(*given)

    monkeypatch.setattr(run, "finish", wait_and_finish)
    monkeypatch.setattr(quarantine, "take", take_and_wait)
    matching = go(work, as_role)
    assert told.wait(timeout=30)
    suspend(members[1], as_role)
    applying = go(lambda: standing.apply_standings(limit=10), as_role)
    applying.join(timeout=0.5)
    go_on.set()
    for each in (matching, applying):
        each.join(timeout=30)
        assert not each.is_alive()
    with as_role("aif_match"):
        release.release_pending()
    turn(as_role)
    assert heard(members[0]) in ([], ["match.released", "match.undone"]), "nothing, or, if a tick fell in between, both"
    assert queries.list_matches(viewer=members[0]) == []


def test_a_chunk_that_is_matched_meanwhile_is_waited_for(members: Any, as_role: Any, monkeypatch: Any) -> None:
    """It read that its institution is live; its parties must not stay. Red without WAIT_FOR_CHUNKS.

    And a deadlock with the step that sets its tick, were it kept locked.
    """
    submit(members[0], [clue(token(1))])
    match(as_role)
    submit(members[1], [clue(token(1))])
    race(lambda: match_pending(limit=1), members, as_role, monkeypatch)


def test_two_that_are_matched_meanwhile_hold_up_nobody(members: Any, as_role: Any, monkeypatch: Any) -> None:
    """Red with `FOR UPDATE` in WAIT_FOR_CHUNKS: the first, done, would stay locked until the second is, its tick wait for that,
    and the second for the tick.
    """
    submit(members[0], [clue(token(1)), clue(token(2))])
    match(as_role)
    first, second = (submit(members[1], [clue(token(n))]).id for n in (1, 2))
    at = {first: threading.Event(), second: threading.Event()}
    go_on = {first: threading.Event(), second: threading.Event()}
    finish, tell = run.finish, steps.tell

    def wait(batch: int) -> None:
        at[batch].set()
        assert go_on[batch].wait(timeout=30)

    def wait_and_finish(cursor: Any, chunk: steps.Chunk, *given: Any) -> None:
        if chunk.batch == first:
            wait(first)
        finish(cursor, chunk, *given)

    def wait_and_tell(cursor: Any, chunk: steps.Chunk) -> int:
        if chunk.batch == second:
            wait(second)
        return tell(cursor, chunk)

    monkeypatch.setattr(run, "finish", wait_and_finish)
    monkeypatch.setattr(steps, "tell", wait_and_tell)
    threads = []
    try:
        for batch in (first, second):
            threads.append(go(lambda: match_pending(limit=1), as_role))
            assert at[batch].wait(timeout=30)
        suspend(members[1], as_role)
        threads.append(go(lambda: standing.apply_standings(limit=10), as_role))
        threads[-1].join(timeout=0.5)
        go_on[first].set()
        threads[0].join(timeout=10)
        assert not threads[0].is_alive(), "its tick waits for nobody"
        assert threads[-1].is_alive(), "who recounts waits for the second"
    finally:
        for each in go_on.values():
            each.set()
        for thread in threads:
            thread.join(timeout=30)
    turn(as_role)
    assert queries.list_matches(viewer=members[0]) == []


def test_so_is_a_row_that_is_tried_again_meanwhile(members: Any, as_role: Any, monkeypatch: Any) -> None:
    """Its chunk is done and holds nobody up. Red without WAIT_FOR_ROWS."""
    submit(members[0], [clue(token(1))])
    taken = submit(members[1], [clue(token(1))])
    with as_role("aif_match"):
        BatchChunk.objects.filter(batch=taken.id).update(search={"open": [], "rows": [0]})
    match(as_role)
    with as_role("aif_match"):
        assert QuarantinedRow.objects.update(quarantined_at=F("quarantined_at") - timedelta(hours=1)) == 1
    race(lambda: quarantine.retry_pending(limit=1), members, as_role, monkeypatch)
    with as_role("aif_match"):
        assert QuarantinedRow.objects.get().state == "done"
