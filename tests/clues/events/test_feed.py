"""The feed: whoever reads behind a number misses nothing, sees nothing twice, and nothing before its moment."""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from aif_share.errors import Refusal
from clues.events import feed
from clues.matching import release
from tests.clues.alliance import caller
from tests.factories import acting_as, make_institution

INSERT = """
INSERT INTO event (institution_id, kind, subject_kind, subject_id, created_at)
SELECT %s, %s, 'M', generate_series(1, %s), clock_timestamp()
"""


def write(institution_id: int, kind: str = "match.released", number: int = 1) -> None:
    """Write events as the matcher does."""
    with acting_as("aif_match"), connection.cursor() as cursor:
        cursor.execute(INSERT, [institution_id, kind, number])


def let_out() -> None:
    with acting_as("aif_match"):
        release.release_pending()


@pytest.fixture
def viewer(db: None, settings: Any) -> Any:
    settings.AIF_DISCLOSURE_TICK = 0.05
    return caller(make_institution())


def test_no_reader_misses_an_event(fresh_database: str, settings: Any, as_role: Any, scale: Any) -> None:
    """Writers commit late and out of order, releasers run side by side, readers poll small pages all the while."""
    settings.AIF_DISCLOSURE_TICK = 0.02
    viewer = caller(make_institution())
    rounds, writers = scale(30, full=200), 4
    over = threading.Event()
    seen: list[list[int]] = [[], []]
    errors: list[BaseException] = []

    def run(work: Any) -> threading.Thread:
        def body() -> None:
            try:
                with as_role("aif_match"):
                    work()
            except BaseException as error:
                errors.append(error)
            finally:
                connection.close()

        thread = threading.Thread(target=body)
        thread.start()
        return thread

    def write_late(number: int) -> Any:
        def work() -> None:
            for turn in range(rounds):
                with transaction.atomic(), connection.cursor() as cursor:
                    cursor.execute(INSERT, [viewer.institution_id, "match.grew", 1 + (turn + number) % 3])
                    time.sleep(0.001 * ((turn * 7 + number * 5) % 9))

        return work

    def release_on() -> None:
        while not over.is_set():
            release.release_pending()

    def read_on(mine: list[int]) -> Any:
        def work() -> None:
            position = 0
            while True:
                last = over.is_set()
                page = feed.read_feed(viewer=viewer, after=position, limit=2)
                mine.extend(row.seq for row in page.rows)
                position = page.position
                if last and not page.rows:
                    break

        return work

    writing = [run(write_late(number)) for number in range(writers)]
    others = [run(release_on), run(release_on), *(run(read_on(mine)) for mine in seen)]
    for thread in writing:
        thread.join()
    time.sleep(0.3)
    over.set()
    for thread in others:
        thread.join()
    assert not errors, errors
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq, released_at FROM event ORDER BY seq")
        rows = cursor.fetchall()
    assert len(rows) > rounds * writers and None not in dict(rows)
    moments = [at for _seq, at in rows]
    assert moments == sorted(moments), "a later number never has an earlier moment"
    for mine in seen:
        assert mine == [seq for seq, _at in rows]


def test_a_page_that_is_read_while_its_moment_comes(viewer: Any) -> None:
    """A page that takes longer than the moment needs to come: it ends before the tick, or holds all of it."""
    write(viewer.institution_id, number=3)
    let_out()
    with acting_as("aif_owner"), connection.cursor() as cursor:
        cursor.execute("UPDATE event SET released_at = clock_timestamp() + interval '0.2 seconds'")
    # Each row is looked at a tenth of a second after the one before.
    slow = feed.PAGE.replace("released_at <=", "(pg_sleep(0.1) IS NULL OR released_at <= ").replace("()", "())")
    with connection.cursor() as cursor:
        cursor.execute(slow, {"institution": viewer.institution_id, "after": 0, "kind": None, "limit": 10})
        assert [row[1] for row in cursor.fetchall()] == [None]
    time.sleep(0.3)
    assert len(feed.read_feed(viewer=viewer, limit=10).rows) == 3


def test_a_clock_that_was_set_back(viewer: Any) -> None:
    write(viewer.institution_id)
    let_out()
    ahead = timezone.now() + timedelta(minutes=1)
    with acting_as("aif_owner"), connection.cursor() as cursor:
        cursor.execute("UPDATE event SET released_at = %s", [ahead])
    write(viewer.institution_id)
    let_out()
    with connection.cursor() as cursor:
        cursor.execute("SELECT released_at FROM event ORDER BY seq DESC LIMIT 1")
        assert cursor.fetchone() == (ahead + timedelta(microseconds=1),)
    assert feed.read_feed(viewer=viewer, limit=10).rows == []


def test_pages_and_the_position_to_go_on_from(viewer: Any) -> None:
    assert feed.read_feed(viewer=viewer, limit=10) == feed.FeedPage([], False, 0)
    write(viewer.institution_id, number=5)
    write(viewer.institution_id, "match.grew")
    write(caller(make_institution()).institution_id, number=2)
    assert feed.read_feed(viewer=viewer, limit=10).rows == [], "not before the release"
    let_out()
    time.sleep(0.12)
    first = feed.read_feed(viewer=viewer, limit=4)
    second = feed.read_feed(viewer=viewer, after=first.position, limit=4)
    assert (len(first.rows), first.more, len(second.rows), second.more) == (4, True, 2, False)
    assert [row.kind for row in first.rows + second.rows] == ["match.released"] * 5 + ["match.grew"]
    assert feed.read_feed(viewer=viewer, after=second.position, limit=4) == feed.FeedPage([], False, second.position)
    # A reader of a rare kind goes on behind what it does not want.
    rare = feed.read_feed(viewer=viewer, kind="match.undone", limit=4)
    assert rare == feed.FeedPage([], False, second.position)
    assert [row.seq for row in feed.read_feed(viewer=viewer, kind="match.grew", limit=4).rows] == [second.rows[-1].seq]
    for kind in ("webhook.test", "match", ""):
        with pytest.raises(Refusal, match="field-invalid"):
            feed.read_feed(viewer=viewer, kind=kind, limit=1)


def test_one_event_is_its_own_institutions(viewer: Any) -> None:
    write(viewer.institution_id)
    let_out()
    time.sleep(0.12)
    (row,) = feed.read_feed(viewer=viewer, limit=1).rows
    assert feed.get_event(event=row.event, viewer=viewer) == row
    stranger = caller(make_institution())
    for ref, asker in ((row.event, stranger), (row.ref, viewer), ("", viewer), ("E-NONE", viewer)):
        with pytest.raises(Refusal, match="not-found"):
            feed.get_event(event=ref, viewer=asker)
    assert feed.describe(ids=[row.seq], institution_id=stranger.institution_id) == []
