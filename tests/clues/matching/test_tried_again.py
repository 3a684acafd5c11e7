"""What a batch says of a row that was set aside and came in later: no more, and no sooner, than the tick of its match allows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from django.utils import timezone

from clues.matching import quarantine, release
from clues.matching.run import match_pending
from clues.models import Batch, BatchChunk, QuarantinedRow
from clues.submissions import queries
from clues.submissions.queries import BatchView
from clues.submissions.receive import Received
from tests.clues.alliance import caller, clue, submit, token
from tests.clues.matching.poisoned import rest
from tests.clues.scene import Scene, work
from tests.factories import acting_as


@pytest.fixture
def scene(committed_scene: Scene) -> Scene:
    """On a database of its own, as moments of commits are the point."""
    return committed_scene


@pytest.fixture
def taken(scene: Scene, settings: Any) -> Received:
    """Cedar's batch, released. Of its three rows the last two were set aside half a minute ago; Birch knows the last."""
    submit(caller(scene.cast.birch), [clue(token("t-2")), clue(token("t-1"))])
    batch = submit(caller(scene.cast.cedar), [clue(token(f"t-{n}")) for n in range(3)])
    with acting_as("aif_match"):
        BatchChunk.objects.filter(batch=batch.id).update(search={"open": [], "rows": [1, 2]})
    work()
    settings.AIF_DISCLOSURE_TICK = 3600
    with acting_as("aif_match"):
        QuarantinedRow.objects.update(quarantined_at=F("quarantined_at") - timedelta(seconds=31))
    return batch


def see(scene: Scene, taken: Received) -> BatchView:
    return queries.get_batch(batch=taken.batch, viewer=caller(scene.cast.cedar))


def retry(rows: int = 1) -> None:
    """Try so many rows again; what came in gets its tick, an hour away at most."""
    with acting_as("aif_match"):
        assert quarantine.retry_pending(limit=rows) == rows
        assert release.release_pending()


def let_the_tick_come(taken: Received) -> None:
    with acting_as("aif_owner"):
        came = Batch.objects.filter(pk=taken.id, matched_later_at__gt=timezone.now())
        assert came.update(matched_later_at=timezone.now()) == 1


def test_what_it_matched_counts_from_its_own_tick_on(scene: Scene, taken: Received) -> None:
    """Red if a retry adds to `matched` of a batch that was released: its institution would know before the tick."""
    before = see(scene, taken)
    assert (before.released, before.accepted, before.quarantined, before.matched) == (True, 1, 2, 0)
    retry()
    now = see(scene, taken)
    assert (now.released, now.accepted, now.quarantined, now.matched) == (True, 2, 1, 0)
    let_the_tick_come(taken)
    assert see(scene, taken).matched == 1
    retry()
    assert see(scene, taken).matched == 1, "what was told stays told, what is new waits"
    let_the_tick_come(taken)
    assert see(scene, taken).matched == 2
    assert next(each.matched for each in queries.list_batches(viewer=caller(scene.cast.cedar))) == 2


def test_two_of_one_tick(scene: Scene, taken: Received) -> None:
    """The second finds what the first matched untold, and leaves it so."""
    retry(2)
    assert see(scene, taken).matched == 0
    let_the_tick_come(taken)
    assert see(scene, taken).matched == 2


def test_a_hit_and_a_miss_look_the_same_before_it(scene: Scene, taken: Received) -> None:
    miss = submit(caller(scene.cast.cedar), [clue(token(f"nobody-{n}")) for n in range(2)])
    with acting_as("aif_match"):
        BatchChunk.objects.filter(batch=miss.id).update(search={"open": [], "rows": [1]})
        match_pending(limit=1)
        BatchChunk.objects.filter(batch=miss.id).update(released_at=timezone.now())
        QuarantinedRow.objects.filter(batch=miss.id).update(quarantined_at=F("quarantined_at") - timedelta(seconds=31))
    hit = see(scene, taken)
    retry(3)
    seen = [see(scene, each) for each in (taken, miss)]
    assert hit.matched == 0 and {(each.state, each.released, each.quarantined, each.matched) for each in seen} == {
        ("done", True, 0, 0)
    }


def test_it_waits_until_its_chunk_has_its_tick(scene: Scene, taken: Received) -> None:
    """Whoever sets it waits for the chunk, which the retry holds, which waits for the tick: a deadlock otherwise."""
    with acting_as("aif_match"):
        BatchChunk.objects.filter(batch=taken.id).update(released_at=None)
        assert quarantine.retry_pending(limit=2) == 0
        assert set(QuarantinedRow.objects.values_list("attempts", "state")) == {(0, "quarantined")}
        BatchChunk.objects.filter(batch=taken.id).update(released_at=timezone.now())
    rest()
    retry(2)
