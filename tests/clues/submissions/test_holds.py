"""A day far beyond an institution's habit is held: nothing of it counts before the alliance let it go."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from aif_share.errors import Refusal
from clues.matching.held import hold as set_aside
from clues.models import Batch, BatchChunk, BatchHold, Clue, Event, Match, QuotaUse
from clues.submissions import contribution, holds, queries, results
from members.models import AuditEvent
from members.permissions import PermissionMissing
from tests.clues.alliance import caller, clue, submit, token
from tests.clues.scene import Scene, work
from tests.factories import acting_as

NOW = timezone.now
USUAL = 8


def habit(institution: Any, *, rows: int = USUAL, days: int = 5, ago: int = 1) -> None:
    """Let the institution have submitted so many rows on each of so many days, up to `ago` days ago."""
    today = datetime.now(UTC).date()
    for n in range(days):
        _used(institution.pk, today - timedelta(days=ago + n), rows)


def _used(institution: int, day: date, rows: int) -> None:
    with acting_as("aif_web"):
        QuotaUse.objects.create(institution_id=institution, kind="submit", day=day, used=rows)


def many(n: int, name: str = "flood") -> list[dict[str, Any]]:
    return [clue(token(f"{name}-{k}")) for k in range(n)]


@pytest.fixture
def flood(scene: Scene) -> Any:
    """Cedar, who sends eight rows on a usual day, sends a hundred and one, of which Birch knows one."""
    habit(scene.cast.cedar)
    with acting_as("aif_web"):
        submit(caller(scene.cast.birch), [clue(token("flood-0"))])
        received = submit(caller(scene.cast.cedar), many(101))
    work()
    return received


def test_a_flood_is_held_and_matches_nothing(scene: Scene, flood: Any) -> None:
    by = caller(scene.cast.cedar)
    assert flood.state == "held"
    seen = queries.get_batch(batch=flood.batch, viewer=by)
    assert (seen.state, seen.accepted, seen.matched, seen.released) == ("held", 0, 0, False)
    assert not Clue.objects.filter(institution=scene.cast.cedar, batch=flood.id).exists()
    with acting_as("aif_match"):
        assert Match.objects.count() == 1  # the scene's own
    assert BatchChunk.objects.get(batch=flood.id).clue_rows
    told = holds.get_hold(batch=flood.batch, viewer=by)
    assert told is not None
    assert (told.cause, told.rows, told.day_rows, told.usual_rows, told.decision) == ("volume", 101, 102, USUAL, "")
    assert Event.objects.filter(institution=scene.cast.cedar, kind="batch.held", subject_id=flood.id).count() == 1
    assert trail("batch.hold") == [flood.batch]


def trail(verb: str) -> list[str]:
    with acting_as("aif_desk"):
        return list(AuditEvent.objects.filter(verb=verb).order_by("id").values_list("subject_ref", flat=True))


def test_the_same_request_again_gets_the_same_answer(scene: Scene) -> None:
    habit(scene.cast.cedar)
    rows = many(101)
    with acting_as("aif_web"):
        first, again = (submit(caller(scene.cast.cedar), rows, key="once") for _ in range(2))
    assert (first.state, again.state, again.replayed) == ("held", "held", True)
    assert BatchHold.objects.count() == 1 and trail("batch.hold") == [first.batch]


def test_a_flood_in_pieces_is_seen(scene: Scene) -> None:
    """The day counts, not the batch: what is over is held, what came before stays."""
    habit(scene.cast.cedar)
    with acting_as("aif_web"):
        states = [submit(caller(scene.cast.cedar), many(40, f"piece-{n}")).state for n in range(4)]
    assert states == ["received", "received", "held", "held"]


@pytest.mark.parametrize(
    ("made", "rows", "state"),
    [
        ({"rows": 8}, 99, "received"),  # a hundred rows are no flood, however little is usual
        ({"rows": 20}, 199, "received"),  # ten times the usual is just allowed
        ({"rows": 20}, 200, "held"),
        ({"rows": 1, "days": 4}, 400, "received"),  # four days are no habit
        ({"rows": 1, "ago": 31}, 400, "received"),  # and what is older than thirty days is forgotten
        ({"rows": 1, "ago": 26}, 400, "held"),
    ],
)
def test_where_the_line_is(scene: Scene, made: dict[str, int], rows: int, state: str) -> None:
    habit(scene.cast.cedar, **made)
    with acting_as("aif_web"):  # beside the one clue that the scene sent today
        assert submit(caller(scene.cast.cedar), many(rows)).state == state


def test_others_habits_do_not_matter(scene: Scene) -> None:
    habit(scene.cast.birch)
    with acting_as("aif_web"):
        assert submit(caller(scene.cast.cedar), many(300)).state == "received"


def test_released(scene: Scene, flood: Any) -> None:
    """It is matched, and does not count against the rest of its day."""
    with acting_as("aif_desk"):
        holds.release(batch=flood.id, reason="A list of last year, announced.", by=scene.cast.olga, now=NOW())
    work()
    by = caller(scene.cast.cedar)
    seen = queries.get_batch(batch=flood.batch, viewer=by)
    assert (seen.state, seen.accepted, seen.matched, seen.released) == ("done", 101, 1, True)
    told = holds.get_hold(batch=flood.batch, viewer=by)
    assert told is not None and (told.decision, told.reason) == ("released", "A list of last year, announced.")
    assert trail("batch.release") == [flood.batch]
    with acting_as("aif_web"):
        assert submit(by, many(99, "next")).state == "received"
        assert submit(by, many(2, "over")).state == "held"


def test_rejected(scene: Scene, flood: Any) -> None:
    with acting_as("aif_desk"):
        holds.reject(batch=flood.id, reason="Made up.", by=scene.cast.olga, now=NOW())
    work()
    by = caller(scene.cast.cedar)
    seen = queries.get_batch(batch=flood.batch, viewer=by)
    assert (seen.state, seen.accepted, seen.refused, seen.released) == ("rejected", 0, 101, True)
    rows, _more = results.list_results(batch=flood.batch, viewer=by)
    assert len(rows) == 101 and {(row.outcome, row.code) for row in rows} == {("refused", "batch-rejected")}
    assert contribution.get_refusals(batch=flood.batch, viewer=by).counts == (("batch-rejected", 101),)
    chunk = BatchChunk.objects.get(batch=flood.id)
    assert chunk.clue_rows is None and chunk.identifier_rows is None
    assert Event.objects.filter(kind="batch.rejected", subject_id=flood.id).count() == 1
    assert trail("batch.reject") == [flood.batch]


@pytest.mark.parametrize("what", [holds.release, holds.reject])
def test_decided_once_with_a_reason_by_the_alliance(scene: Scene, flood: Any, what: Any) -> None:
    with acting_as("aif_desk"):
        for reason in ("", "13800138000"):
            with pytest.raises(Refusal):
                what(batch=flood.id, reason=reason, by=scene.cast.olga, now=NOW())
        with pytest.raises(PermissionMissing):
            what(batch=flood.id, reason="Mine.", by=scene.cast.cy, now=NOW())
        assert BatchHold.objects.get().decision == "" and Batch.objects.get(pk=flood.id).state == "held"
        what(batch=flood.id, reason="Looked at.", by=scene.cast.olga, now=NOW())
        for again in (holds.release, holds.reject):
            with pytest.raises(Refusal) as refused:
                again(batch=flood.id, reason="Again.", by=scene.cast.olga, now=NOW())
            assert refused.value.code == "transition-refused"


def test_the_database_lets_nothing_go_without_a_decision(scene: Scene, flood: Any) -> None:
    """Not even the roles that may change chunks; and a decision is neither changed nor made in the past."""
    for role in ("aif_match", "aif_desk"):
        with acting_as(role), pytest.raises(IntegrityError, match="held_batch_needs_a_decision"), transaction.atomic():
            BatchChunk.objects.filter(batch=flood.id).update(state="received")
    with acting_as("aif_desk"):
        holds.reject(batch=flood.id, reason="Made up.", by=scene.cast.olga, now=NOW())
        with pytest.raises(IntegrityError, match="batch_hold_is_decided_once"), transaction.atomic():
            BatchHold.objects.update(decision="released")
    with acting_as("aif_web"), connection.cursor() as cursor:
        for statement in ("UPDATE batch SET state = 'received'", "DELETE FROM batch_hold",
                          "UPDATE batch_chunk SET state = 'received'"):  # fmt: skip
            with pytest.raises(Exception, match="permission denied"), transaction.atomic():
                cursor.execute(statement)


def test_a_chunk_that_no_worker_survives_is_decided_in_the_same_way(scene: Scene) -> None:
    with acting_as("aif_web"):
        received = submit(caller(scene.cast.cedar), many(3))
    with acting_as("aif_match"):
        set_aside(BatchChunk.objects.get(batch=received.id).pk)
    told = holds.get_hold(batch=received.batch, viewer=caller(scene.cast.cedar))
    assert told is not None and (told.cause, told.day_rows) == ("failed", None)
    with acting_as("aif_desk"):
        holds.release(batch=received.id, reason="The worker was repaired.", by=scene.cast.pavel, now=NOW())
    work()
    assert queries.get_batch(batch=received.batch, viewer=caller(scene.cast.cedar)).state == "done"


def test_strangers_learn_nothing(scene: Scene, flood: Any) -> None:
    with pytest.raises(queries.BatchNotFound):
        holds.get_hold(batch=flood.batch, viewer=caller(scene.cast.birch))
    assert holds.get_hold(batch=scene.batch, viewer=caller(scene.cast.aster)) is None
