"""Changes while chunks are matched: clues lose and win their place, and in the end everything is as if one by one."""

from __future__ import annotations

import random
import threading
from typing import Any

from django.db import connection, connections
from django.utils import timezone

from clues.matching import changes, oracle, release
from clues.matching.run import match_pending
from tests.clues.alliance import clue, join, open_epoch, submit, token

ROUNDS = 6
SHARED = 30
WRONG_HUB = """
WITH due AS (
    SELECT s.type, s.epoch, s.token, count(*) AS sightings, count(DISTINCT i.group_id) AS groups
    FROM sighting s JOIN institution i ON i.id = s.institution_id WHERE s.counted GROUP BY 1, 2, 3
), hub AS (SELECT type, epoch, token, sightings::bigint, cardinality(groups)::bigint FROM identifier)
SELECT (SELECT count(*) FROM (SELECT * FROM due EXCEPT SELECT * FROM hub) a)
    + (SELECT count(*) FROM (SELECT * FROM hub EXCEPT SELECT * FROM due) b)
"""
# Who heard last that a match is there must be a party, and who heard that it is undone must be none.
WRONG_WORD = """
SELECT count(*) FROM (
    SELECT DISTINCT ON (institution_id, subject_id) institution_id, subject_id, kind FROM event
    WHERE subject_kind = 'M' ORDER BY institution_id, subject_id, id DESC
) e LEFT JOIN match_party p ON p.match_id = e.subject_id AND p.institution_id = e.institution_id
WHERE (e.kind = 'match.undone') <> (p.id IS NULL)
"""
FLIP = """
WITH c AS (
    UPDATE clue SET state = CASE state WHEN 'active' THEN 'disputed' ELSE 'active' END, version = version + 1
    WHERE id IN (SELECT id FROM clue ORDER BY random() LIMIT 40) RETURNING *
)
INSERT INTO clue_change (clue_id, institution_id, kind, reason, version, before, actor_ref, created_at)
SELECT id, institution_id, 'disputed', '', version, '{}', 'tests', now() FROM c
"""


def test_nothing_is_lost_between_matching_and_recount(fresh_database: Any, as_role: Any, settings: Any) -> None:
    """Red when the recount reads before it has locked, or leaves out a hub row that is not there yet."""
    settings.AIF_DISCLOSURE_TICK = 0.01
    with as_role("aif_desk"):
        open_epoch()
        members = [join(f"Institution {n}") for n in range(3)]
    seed = random.Random(8)
    errors: list[BaseException] = []
    over = threading.Event()

    def session(work: Any) -> None:
        try:
            with as_role("aif_match"):
                while not over.is_set():
                    work()
                work()
        except BaseException as error:
            errors.append(error)
        finally:
            connections.close_all()

    def change() -> None:
        with connection.cursor() as cursor:
            cursor.execute(FLIP)
        changes.apply_changes(limit=1000, now=timezone.now())

    works = [lambda: match_pending(limit=1), lambda: match_pending(limit=1), change, release.release_pending]
    threads = [threading.Thread(target=session, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for number in range(ROUNDS):
        for member in members:
            names = [f"{number}-{n}" for n in range(SHARED)]
            seed.shuffle(names)
            submit(member, [clue(token(a), token(b)) for a, b in zip(names, names[1:] + names[:1], strict=True)])
    over.set()
    for thread in threads:
        thread.join(timeout=120)
    assert not errors
    with as_role("aif_match"):
        match_pending(limit=100)
        changes.apply_changes(limit=10_000, now=timezone.now())
        assert oracle.compare().clean
        with connection.cursor() as cursor:
            for wrong in (WRONG_HUB, WRONG_WORD):
                cursor.execute(wrong)
                assert cursor.fetchone() == (0,)
