"""A search that finds more rows than can be a matter of rows: the chunk is held, and tried as new once it is let go."""

from __future__ import annotations

import pytest
from django.utils import timezone
from django.utils.translation import override

from clues.admin import batches
from clues.matching import suspects
from clues.models import Batch, BatchChunk, Event, QuarantinedRow
from clues.submissions import holds, queries
from clues.submissions.receive import Received
from tests.clues.alliance import caller, submit
from tests.clues.matching.poisoned import Poison, live, rows, trail
from tests.clues.scene import Scene, work
from tests.factories import acting_as


@pytest.fixture
def scene(committed_scene: Scene) -> Scene:
    """On a database of its own: what an attempt commits before its work is the point."""
    return committed_scene


def spoil(scene: Scene, poison: Poison, bad: int) -> Received:
    """Let the first `bad` of Cedar's forty rows end whoever works on them; return the batch when nothing waits any more."""
    taken = submit(caller(scene.cast.cedar), rows(*range(bad)))
    poison(*(f"bad-{n}" for n in range(bad)))
    live()
    return taken


def test_too_many_bad_rows_hold_the_chunk(scene: Scene, poison: Poison) -> None:
    """Red without MOST_ROWS: all forty would be set aside, for some seven workers each."""
    cedar = caller(scene.cast.cedar)
    taken = spoil(scene, poison, suspects.MOST_ROWS + 5)
    seen = queries.get_batch(batch=taken.batch, viewer=cedar)
    assert (seen.state, seen.accepted, seen.quarantined) == ("held", 0, 0)
    hold = holds.get_hold(batch=taken.batch, viewer=cedar)
    assert hold is not None and (hold.cause, hold.rows, hold.decision) == ("rows-failed", 40, "")
    assert Event.objects.filter(institution=scene.cast.cedar, kind="batch.held", subject_id=taken.id).count() == 1
    assert trail("batch.hold") == [{"rows": 40, "cause": "rows-failed"}]
    with acting_as("aif_match"):
        assert not QuarantinedRow.objects.exists()
        assert BatchChunk.objects.get(batch=taken.id).search is None
    with acting_as("aif_desk"), override("zh-hans"):
        assert "其中过多的行会使处理程序异常终止" in batches.held(Batch.objects.get(pk=taken.id))
    poison()
    with acting_as("aif_desk"):
        holds.release(batch=taken.id, reason="The loader was repaired.", by=scene.cast.pavel, now=timezone.now())
    work()
    seen = queries.get_batch(batch=taken.batch, viewer=cedar)
    assert (seen.state, seen.accepted, seen.quarantined) == ("done", 40, 0), "what was repaired blames no row"


def test_as_many_as_may_be_set_aside_are(scene: Scene, poison: Poison) -> None:
    taken = spoil(scene, poison, suspects.MOST_ROWS)
    seen = queries.get_batch(batch=taken.batch, viewer=caller(scene.cast.cedar))
    assert (seen.state, seen.accepted, seen.quarantined) == ("done", 30, 10)
