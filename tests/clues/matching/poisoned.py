"""Workers that die of certain rows, for the tests of what is done about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import connection

from clues.matching import quarantine, release, run, steps
from clues.models import BatchChunk, QuarantinedRow
from members.models import AuditEvent
from tests.clues.alliance import clue, token
from tests.clues.scene import wait_for_tick
from tests.factories import acting_as

Poison = Callable[..., None]


class Death(BaseException):
    """What nobody survives, in place of SIGSEGV: no handler of the worker sees it."""


def poisoning(monkeypatch: Any) -> Poison:
    """Return `poison`: `poison("bad", …)`, and from now on whoever loads a row with such a reference dies; without any, nobody does."""
    load, marks = steps.load, list[str]()
    how: list[type[BaseException]] = [Death]

    def deadly(cursor: Any, chunk: steps.Chunk) -> None:
        if any(f"\t{mark}\t" in chunk.clue_rows for mark in marks):
            raise how[0]
        load(cursor, chunk)

    monkeypatch.setattr(steps, "load", deadly)

    def choose(*names: str, by: type[BaseException] = Death) -> None:
        marks[:], how[:] = names, [by]

    return choose


def live(most: int = 200) -> int:
    """Be the workers, each as long as it lives, until nothing waits; return how many died. Nobody waits for a rest."""
    deaths = 0
    with acting_as("aif_match"):
        for _ in range(most):
            try:
                done = run.match_pending(limit=1) + quarantine.retry_pending(limit=1)
            except (Death, MemoryError):
                done, deaths = 1, deaths + 1
            waits = BatchChunk.objects.filter(state="received").exists()
            if not done and not waits and not QuarantinedRow.objects.filter(state="waiting").exists():
                break
            rest()
        else:
            raise AssertionError("it never ends")
        release.release_pending()
    wait_for_tick()
    return deaths


def rest(seconds: float = 60) -> None:
    """Let what rests have rested so long."""
    with acting_as("aif_match"), connection.cursor() as cursor:
        for table in ("batch_chunk", "quarantined_row"):
            cursor.execute(
                f"UPDATE {table} SET claimed_at = claimed_at - make_interval(secs => %s) WHERE state <> 'done'",
                [seconds],
            )


def rows(*bad: int, count: int = 40) -> list[dict[str, Any]]:
    """So many clues; those of these numbers are called bad-N."""
    return [clue(token(f"q-{n}"), client_ref=f"bad-{n}" if n in bad else f"good-{n}") for n in range(count)]


def trail(verb: str) -> list[dict[str, Any]]:
    with acting_as("aif_desk"):
        return list(AuditEvent.objects.filter(verb=verb).order_by("id").values_list("detail", flat=True))
