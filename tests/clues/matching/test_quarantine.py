"""A row that ends whoever works on it is found, set aside and told of; the rest of its batch is done; then it is tried again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from aif_share.errors import Refusal
from clues import tasks
from clues.matching import quarantine, run, steps, suspects
from clues.models import Batch, BatchChunk, Clue, Event, QuarantinedRow
from clues.submissions import contribution, queries, results
from clues.submissions import quarantine as setting_aside
from members.permissions import PermissionMissing
from tests.clues.alliance import caller, clue, submit, token
from tests.clues.matching.poisoned import Death, Poison, live, rest, rows, trail
from tests.clues.scene import Scene
from tests.factories import acting_as


@pytest.fixture
def scene(committed_scene: Scene) -> Scene:
    """On a database of its own: what an attempt commits before its work is the point."""
    return committed_scene


@pytest.mark.parametrize("by", [Death, MemoryError])
def test_only_the_bad_row_is_set_aside(scene: Scene, poison: Poison, by: type[BaseException]) -> None:
    """3 deaths of the chunk, 1 of the piece, 3 of the row; what others share with the good rows is found all the same."""
    cedar = caller(scene.cast.cedar)
    submit(caller(scene.cast.birch), [clue(token("q-20")), clue(token("q-7"))])
    taken = submit(cedar, rows(7))
    poison("bad-7", by=by)
    assert live() == 3 + 1 + 3
    seen = queries.get_batch(batch=taken.batch, viewer=cedar)
    assert (seen.state, seen.accepted, seen.quarantined, seen.refused, seen.matched) == ("done", 39, 1, 0, 1)
    assert seen.released and seen.progress == 100
    found, _more = results.list_results(batch=taken.batch, viewer=cedar)
    assert [(row.row, row.client_ref, row.code) for row in found if row.outcome != "accepted"] == [
        (7, "bad-7", "row-quarantined")
    ]
    assert contribution.get_refusals(batch=taken.batch, viewer=cedar).counts == (("row-quarantined", 1),)
    assert Clue.objects.filter(batch=taken.id).count() == 39
    assert Event.objects.filter(institution=scene.cast.cedar, kind="batch.quarantined").count() == 1
    assert trail("batch.quarantine") == [{"rows": 1}]


def test_several_bad_rows_and_one_that_is_alone(scene: Scene, poison: Poison) -> None:
    cedar = caller(scene.cast.cedar)
    taken, alone = submit(cedar, rows(0, 17, 39)), submit(cedar, [clue(token("x"), client_ref="bad-0")])
    poison("bad-0", "bad-17", "bad-39")
    live()
    seen = queries.get_batch(batch=taken.batch, viewer=cedar)
    assert (seen.state, seen.accepted, seen.quarantined) == ("done", 37, 3)
    seen = queries.get_batch(batch=alone.batch, viewer=cedar)
    assert (seen.state, seen.accepted, seen.quarantined) == ("done", 0, 1)


def test_tried_again_when_the_alliance_says_so(scene: Scene, poison: Poison) -> None:
    """First it still ends workers, then it was repaired: it comes in as if it had never been aside."""
    cedar = caller(scene.cast.cedar)
    submit(caller(scene.cast.birch), [clue(token("q-7"))])
    taken = submit(cedar, rows(7, 9))
    poison("bad-7", "bad-9")
    live()
    for by, error in ((scene.cast.cy, PermissionMissing), (scene.cast.olga, Refusal)):
        with acting_as("aif_desk"), pytest.raises(error):
            setting_aside.retry(batch=taken.id, reason="" if by == scene.cast.olga else "x", by=by, now=timezone.now())
    poison("bad-7")
    again(scene, taken.id)
    assert live() == 3
    seen = queries.get_batch(batch=taken.batch, viewer=cedar)
    assert (seen.accepted, seen.quarantined, seen.matched) == (39, 1, 0)
    with acting_as("aif_match"):
        assert (9, "done", "") in QuarantinedRow.objects.values_list("row", "state", "clue_row")
    poison()
    again(scene, taken.id)
    assert live() == 0
    seen = queries.get_batch(batch=taken.batch, viewer=cedar)
    assert (seen.accepted, seen.quarantined, seen.matched) == (40, 0, 1)
    found, _more = results.list_results(batch=taken.batch, viewer=cedar)
    assert {row.outcome for row in found} == {"accepted"}
    assert [detail["rows"] for detail in trail("batch.retry")] == [2, 1]
    with acting_as("aif_desk"), pytest.raises(Refusal) as refused:
        setting_aside.retry(batch=taken.id, reason="Again.", by=scene.cast.olga, now=timezone.now())
    assert refused.value.code == "transition-refused"


def test_who_had_it_tried_again_is_not_named_for_a_later_try(scene: Scene, poison: Poison) -> None:
    """Red if CLAIM keeps the name: the page of the desk would say that they did it again."""
    taken = submit(caller(scene.cast.cedar), rows(7))
    poison("bad-7")
    live()
    again(scene, taken.id)
    live()
    with acting_as("aif_match"):
        assert QuarantinedRow.objects.get().retried_by_id == scene.cast.olga.pk
    age(31)
    live()
    with acting_as("aif_match"):
        row = QuarantinedRow.objects.get()
    assert (row.by_itself, row.retried_by_id, row.retry_reason) == (1, None, "")


def test_a_row_that_was_innocent_comes_in_by_itself(scene: Scene, poison: Poison) -> None:
    """What ended the workers was the machine: nobody has to say anything, and nothing of the row is missing then."""
    cedar = caller(scene.cast.cedar)
    submit(caller(scene.cast.birch), [clue(token("q-7"))])
    taken = submit(cedar, rows(7))
    poison("bad-7")
    live()
    poison()
    assert live() == 0 and queries.get_batch(batch=taken.batch, viewer=cedar).quarantined == 1, "not at once"
    age(quarantine.BY_ITSELF[0] + 1)
    assert live() == 0
    seen = queries.get_batch(batch=taken.batch, viewer=cedar)
    assert (seen.accepted, seen.quarantined, seen.matched) == (40, 0, 1)
    with acting_as("aif_match"):
        row = QuarantinedRow.objects.get()
    assert (row.state, row.by_itself, row.retried_by_id) == ("done", 1, None)


def test_one_that_is_not_is_tried_twice_and_then_waits_for_somebody(scene: Scene, poison: Poison) -> None:
    cedar = caller(scene.cast.cedar)
    taken = submit(cedar, rows(7))
    poison("bad-7")
    live()
    for seconds, deaths in ((31, 3), (60, 0), (3600, 3), (10**6, 0)):
        age(seconds)
        assert live() == deaths
    assert queries.get_batch(batch=taken.batch, viewer=cedar).quarantined == 1
    poison()
    again(scene, taken.id)
    assert live() == 0 and queries.get_batch(batch=taken.batch, viewer=cedar).accepted == 40


def age(seconds: float) -> None:
    """Let rows have been set aside so long ago."""
    with acting_as("aif_match"), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE quarantined_row SET quarantined_at = quarantined_at - make_interval(secs => %s)", [seconds]
        )


def again(scene: Scene, batch: int) -> None:
    with acting_as("aif_desk"):
        setting_aside.retry(batch=batch, reason="The loader was repaired.", by=scene.cast.olga, now=timezone.now())


def test_what_only_all_rows_together_do_is_held(scene: Scene, monkeypatch: Any) -> None:
    """No row is to blame: the batch waits for the alliance, as one that is out of the ordinary does."""
    load = steps.load

    def deadly(cursor: Any, chunk: steps.Chunk) -> None:
        if chunk.rows == 40:
            raise Death
        load(cursor, chunk)

    monkeypatch.setattr(steps, "load", deadly)
    taken = submit(caller(scene.cast.cedar), rows())
    assert live() == suspects.DEATHS + run.MAX_ATTEMPTS
    assert Batch.objects.get(pk=taken.id).state == "held"
    with acting_as("aif_match"):
        assert not QuarantinedRow.objects.exists()


def test_rows_that_end_workers_do_not_do_it_one_after_the_other(scene: Scene, poison: Poison) -> None:
    """Tried again together, they would end three workers within an instant. Red without RESTS of the institution."""
    submit(caller(scene.cast.cedar), rows(1, 2, 3, count=5))
    poison("bad-1", "bad-2", "bad-3")
    live()
    age(31)
    with acting_as("aif_match"):
        for seconds in (1, 2, 4):
            with pytest.raises(Death):
                quarantine.retry_pending(limit=3)
            rest(seconds - 0.5)
            assert quarantine.retry_pending(limit=3) == 0, "the others of the institution wait for the one that rests"
            rest(0.6)
        poison()
        assert quarantine.retry_pending(limit=3) == 2, "the first is aside again"


def test_a_row_of_who_has_left_stays_aside(scene: Scene, poison: Poison) -> None:
    taken = submit(caller(scene.cast.cedar), rows(7))
    poison("bad-7")
    live()
    poison()
    with acting_as("aif_owner"), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE institution SET state = 'left', left_at = now(), departed_at = now(), leaving_at = current_date, leaving_announced_at = now(), leaving_clues = 'keep' WHERE id = %s",
            [scene.cast.cedar.pk],
        )
    age(31)
    for _ in range(4):
        with acting_as("aif_match"):
            assert quarantine.retry_pending(limit=1) == 0
        rest()
    assert Batch.objects.get(pk=taken.id).quarantined == 1


def test_it_is_kept_until_it_came_in(scene: Scene, poison: Poison) -> None:
    """Red if retention deletes by age alone: what was acknowledged would be gone unread."""
    from clues.retention import rules

    submit(caller(scene.cast.cedar), rows(7))
    poison("bad-7")
    live()
    by_name = {rule.name: rule for rule in rules.RULES}
    with acting_as("aif_match"), connection.cursor() as cursor:
        for name in ("quarantined-rows", "batch-results"):
            cursor.execute(by_name[name].statement, {"before": timezone.now() + timedelta(days=1), "limit": 100})
        assert QuarantinedRow.objects.filter(state="quarantined").count() == 1
        assert BatchChunk.objects.filter(pk=QuarantinedRow.objects.get().chunk_id).exists()


def test_who_ended_a_worker_rests_longer_each_time(scene: Scene, poison: Poison) -> None:
    """So that it does not end one after the other."""
    poison("bad-0")
    taken = submit(caller(scene.cast.cedar), rows(0, count=2))
    with acting_as("aif_match"):
        for seconds in (1, 2, 4):
            with pytest.raises(Death):
                run.match_pending(limit=1)
            rest(seconds - 0.5)
            assert run.match_pending(limit=1) == 0
            rest(0.5)
        assert BatchChunk.objects.get(batch=taken.id).attempts == 3


def test_a_row_that_is_too_much_for_the_memory_does_not_end_the_whole_worker(scene: Scene, poison: Poison) -> None:
    """Celery ends all its processes when a task raises MemoryError: the fault of one row would be everybody's."""
    poison("bad-0", by=MemoryError)
    submit(caller(scene.cast.cedar), rows(0, count=2))
    with acting_as("aif_match"), pytest.raises(RuntimeError):
        tasks.work()
