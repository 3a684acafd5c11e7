"""What counts as an attempt at a chunk, and when an interrupted one has its turn again."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import OperationalError
from django.utils import timezone

from clues.matching import run
from clues.models import BatchChunk
from tests.clues.alliance import caller, submit
from tests.clues.matching.poisoned import rest, rows
from tests.clues.scene import Scene
from tests.factories import acting_as


def test_what_the_database_refuses_for_a_time_blames_no_row(scene: Scene, monkeypatch: Any) -> None:
    taken = submit(caller(scene.cast.cedar), rows(count=2))
    monkeypatch.setattr(run, "process", lambda _: (_ for _ in ()).throw(OperationalError("no room")))
    with acting_as("aif_match"):
        for _ in range(5):
            with pytest.raises(OperationalError):
                run.match_pending(limit=1)
        chunk = BatchChunk.objects.get(batch=taken.id)
    assert (chunk.attempts, chunk.search, chunk.state) == (0, None, "received")


def test_what_the_work_brings_about_counts_as_an_attempt(scene: Scene, monkeypatch: Any) -> None:
    """Red if each refusal of the database is given back: a row that eats its memory would be tried for ever."""
    import psycopg2.errors

    submit(caller(scene.cast.cedar), rows(count=2))
    refused = OperationalError("out of memory")
    refused.__cause__ = psycopg2.errors.lookup("53200")()
    refused.__cause__.__setstate__({"pgcode": "53200"})
    monkeypatch.setattr(run, "process", lambda _: (_ for _ in ()).throw(refused))
    with acting_as("aif_match"):
        with pytest.raises(OperationalError):
            run.match_pending(limit=1)
        assert BatchChunk.objects.get(state="received").attempts == 1


def test_an_interrupted_chunk_keeps_its_place(scene: Scene) -> None:
    """Red if chunks that were tried come behind those that never were: under a lasting backlog, never."""
    cedar = caller(scene.cast.cedar)
    first, second, third = (submit(cedar, rows(count=1)).id for _ in range(3))
    assert claim() == first
    assert claim() == second, "what was interrupted rests for a second"
    rest(1.1)
    for batch in (first, second, third):
        assert claim() == batch
        with acting_as("aif_owner"):
            BatchChunk.objects.filter(batch=batch).update(state="done", done_at=timezone.now())
    assert claim() is None


def claim() -> int | None:
    with acting_as("aif_match"):
        claimed = run.claim()
        return None if claimed is None else int(BatchChunk.objects.get(pk=claimed.chunk).batch_id)
