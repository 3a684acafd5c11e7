"""The tick takes what was committed at one moment: a batch is never told of before its matches."""

import threading
import time
from typing import Any

import pytest
from django.db import connection, connections

from clues.events import shown_tick
from clues.matching import queries, release, run
from clues.models import MatchParty
from clues.submissions import queries as submissions
from tests.clues.alliance import clue, join, open_epoch, submit, token


@pytest.fixture
def members(fresh_database: Any, as_role: Any, settings: Any) -> list[Any]:
    settings.AIF_DISCLOSURE_TICK = 0.2
    with as_role("aif_desk"):
        open_epoch()
        return [join(f"Institution {n}") for n in range(3)]


def match_one() -> None:
    """Match the next waiting chunk without releasing anything."""
    claimed = run.claim()
    assert claimed is not None
    assert run.process(claimed[0])


def test_what_is_matched_during_a_release_waits_whole_for_the_next(members: Any, as_role: Any) -> None:
    """Another worker comes to its parties while the release is at work: it waits, or it would not know who was told."""
    for member in members:
        submit(member, [clue(token("early"))])
    with as_role("aif_match"):
        match_one()
        match_one()
    submit(members[0], [clue(token("late"))])
    last = submit(members[1], [clue(token("late"))])
    beside: list[threading.Thread] = []

    def work_beside() -> None:
        with as_role("aif_match"):
            match_one()
            match_one()
        connections.close_all()

    def interfere(execute: Any, sql: str, *rest: Any) -> Any:
        answer = execute(sql, *rest)
        if "UPDATE match_party" in sql:
            beside.append(threading.Thread(target=work_beside))
            beside[0].start()
            beside[0].join(timeout=0.5)
            assert beside[0].is_alive(), "nobody becomes a party while others are told"
        return answer

    with as_role("aif_match"), connection.execute_wrapper(interfere):
        assert release.release_pending()
    beside[0].join(timeout=30)
    assert not beside[0].is_alive()
    time.sleep(0.3)
    told = submissions.get_batch(batch=last.batch, viewer=members[1])
    assert not told.released or len(queries.list_matches(viewer=members[1])) == 2
    with as_role("aif_match"):
        release.release_pending()
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM match WHERE released_at IS NULL")
            assert cursor.fetchone() == (0,), "the desk opens cases of released matches only"
            cursor.execute(
                """SELECT count(*) FROM event n JOIN match_party p
                    ON n.subject_kind = 'M' AND p.match_id = n.subject_id AND p.institution_id = n.institution_id
                WHERE n.released_at <> p.released_at"""
            )
            assert cursor.fetchone() == (0,), "an event leads to its match"


def test_no_two_steps_share_a_moment(members: Any, as_role: Any, settings: Any) -> None:
    """A step may commit after its tick: a reader who is past the tick's last match must find it behind that all the same."""
    settings.AIF_DISCLOSURE_TICK = 86_400
    reader = members[2]

    def report(member: Any, value: str) -> None:
        submit(member, [clue(token(value))])
        with as_role("aif_match"):
            match_one()

    report(members[0], "old")
    report(members[1], "old")
    report(members[0], "new")
    report(reader, "new")
    with as_role("aif_match"):
        assert release.release_pending()
    report(reader, "old")
    with as_role("aif_match"):
        assert release.release_pending()
    old, new = MatchParty.objects.filter(institution_id=reader.institution_id).order_by("match_id")
    assert old.match_id < new.match_id and new.released_at is not None and old.released_at is not None
    assert new.released_at < old.released_at, "a reader behind the newer match has the older one before it"
    assert shown_tick(new.released_at) == shown_tick(old.released_at)
