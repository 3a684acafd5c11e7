"""Institutions take turns: whoever has little waiting is not behind another one's backlog, nor turned away for it."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from aif_share.errors import Refusal
from clues.matching import claiming, run
from clues.models import Batch, BatchChunk
from clues.submissions.queue_age import check_queue
from members.queries import Caller
from tests.clues.alliance import clue, join, open_epoch, submit, token
from tests.clues.matching.poisoned import rest
from tests.factories import acting_as

BACKLOG = 30


@pytest.fixture
def members(db: None) -> list[Caller]:
    with acting_as("aif_desk"):
        open_epoch()
        return [join(name) for name in ("Aster", "Birch", "Cedar")]


def fill(member: Caller, chunks: int = BACKLOG) -> None:
    """Let a member wait for so many chunks; what they hold is never read here."""
    batch = submit(member, [clue(token(f"first of {member.institution_id}"))]).batch
    row = BatchChunk.objects.get(batch__institution_id=member.institution_id)
    assert str(Batch.objects.get(pk=row.batch_id)) == batch
    with acting_as("aif_owner"):
        BatchChunk.objects.bulk_create(
            BatchChunk(batch_id=row.batch_id, institution_id=row.institution_id, no=number, first_row=number, rows=1,
                       clue_rows="", identifier_rows="", refs=b"")
            for number in range(1, chunks)
        )  # fmt: skip


def serve(turns: int) -> list[int]:
    """Claim so many chunks, one after another; return whose they were."""
    found = []
    with acting_as("aif_match"):
        for _turn in range(turns):
            claimed = claiming.claim()
            assert claimed is not None
            found.append(BatchChunk.objects.get(pk=claimed[0]).institution_id)
    return found


def test_a_small_batch_is_not_behind_a_backlog(members: Sequence[Caller]) -> None:
    aster, birch, _cedar = members
    fill(aster)
    served = serve(3)
    fill(birch, 1)
    assert birch.institution_id in serve(2), "one chunk of the backlog may have its turn before"
    assert set(served) == {aster.institution_id}


def test_who_came_first_gets_no_more_than_the_others(members: Sequence[Caller]) -> None:
    for member in members:
        fill(member)
    served = serve(BACKLOG)
    assert [served.count(member.institution_id) for member in members] == [BACKLOG // 3] * 3
    assert all(one != other for one, other in itertools.pairwise(served))


def test_inside_of_an_institution_the_first_comes_first(members: Sequence[Caller]) -> None:
    fill(members[0], 5)
    with acting_as("aif_match"):
        order = [claiming.claim() for _turn in range(5)]
        assert claiming.claim() is None, "all of them were tried less than a second ago"
    numbers = [claimed[0] for claimed in order if claimed]
    assert numbers == sorted(numbers) and len(numbers) == 5


def test_what_nobody_survives_does_not_hold_up_others(members: Sequence[Caller]) -> None:
    aster, birch, _cedar = members
    fill(aster, 1)
    fill(birch, 4)
    with acting_as("aif_owner"):
        BatchChunk.objects.filter(institution_id=aster.institution_id).update(attempts=3, claimed_at=timezone.now())
    assert serve(4) == [birch.institution_id] * 4
    with acting_as("aif_match"):
        assert claiming.claim() is None, "it rests"


def test_chunks_that_end_workers_do_not_do_it_one_after_the_other(members: Sequence[Caller]) -> None:
    """Each rests by itself, but four of them would end a worker a quarter of a second apart. Red without SUSPECT."""
    aster, birch, _cedar = members
    fill(aster, 4)
    assert serve(4) == [aster.institution_id] * 4, "a first attempt is what healthy chunks are in, too"
    fill(birch, 3)
    for seconds in (1.1, 2.1, 4.1):
        rest(seconds)
        assert sorted(serve(2)) == [aster.institution_id, birch.institution_id], "one of them; nobody else waits for it"
    with acting_as("aif_match"):
        assert claiming.claim() is None
        attempts = BatchChunk.objects.filter(institution_id=aster.institution_id).order_by("id")
        assert list(attempts.values_list("attempts", flat=True)) == [4, 1, 1, 1]


def test_nor_while_one_of_them_is_searched(members: Sequence[Caller]) -> None:
    """A search counts its attempts anew with each step."""
    fill(members[0], 3)
    with acting_as("aif_owner"):
        first = BatchChunk.objects.earliest("id")
        BatchChunk.objects.filter(pk=first.pk).update(search={"open": [[0, 0]], "rows": []})
    with acting_as("aif_match"):
        claimed = claiming.claim()
        assert claimed is not None and (claimed.chunk, claimed.searching) == (first.pk, True)
        assert claiming.claim() is None
        BatchChunk.objects.filter(pk=first.pk).update(attempts=0)
        assert claiming.claim() == claimed, "what it survived is no reason to rest"


def test_a_chunk_that_another_worker_holds_is_passed_over(fresh_database: str, connect: Any) -> None:
    with acting_as("aif_desk"):
        open_epoch()
        aster = join("Aster")
    fill(aster, 3)
    first, second, _third = BatchChunk.objects.order_by("id").values_list("pk", flat=True)
    other = connect("aif_match")
    with other.cursor() as cursor:
        cursor.execute("SELECT 1 FROM batch_chunk WHERE id = %s FOR UPDATE", [first])
    with acting_as("aif_match"):
        assert claiming.claim() == claiming.Claimed(second, 1)
    other.rollback()


def looked_at(node: dict[str, Any]) -> float:
    """Rows that the scans of a plan came past."""
    own = 0.0
    if node["Node Type"].endswith("Scan"):
        own = (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
    return float(own) + sum(looked_at(each) for each in node.get("Plans", []))


def test_a_turn_looks_at_few_of_those_that_wait(members: Sequence[Caller]) -> None:
    """It costs a hop for each institution that waits, not a look at all that waits."""
    fill(members[0], 3_000)
    fill(members[1], 1)
    with acting_as("aif_owner"), connection.cursor() as cursor:
        cursor.execute("ANALYZE batch_chunk")
        names = {"served": 0, "workers": claiming.MOST_WORKERS}
        cursor.execute("EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) " + claiming.CLAIM, names)
        (plan,) = cursor.fetchone()[0]
    assert 1 < looked_at(plan["Plan"]) < 300


def test_only_who_floods_is_turned_away(members: Sequence[Caller]) -> None:
    aster, birch, _cedar = members
    fill(aster)
    with acting_as("aif_owner"):
        Batch.objects.update(received_at=timezone.now() - timedelta(seconds=601))
    with pytest.raises(Refusal) as refused:
        check_queue(aster.institution_id)
    assert refused.value.code == "queue-full"
    submit(birch, [clue(token("small"))])
    with acting_as("aif_match"):
        assert run.match_pending(limit=1) == 1
