"""Clues that commit to a file, demands about them, and what the worker does."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from clues.demands import asking, opening, settling
from clues.demands.queries import DemandView
from clues.disputes import answers, apply
from clues.disputes import opening as disputes
from clues.matching import changes, release
from clues.models import Clue, EvidenceDemand
from members.models import AuditEvent, reference
from tests.clues.alliance import caller, clue, submit, token
from tests.clues.scene import Scene, wait_for_tick, work
from tests.factories import acting_as

FILE = b"the transcript of 29 November\n" * 40
DIGEST = hashlib.sha256(FILE).hexdigest()


def report(by: Any, *, digest: str | None = DIGEST, n: int = 0, **fields: Any) -> Clue:
    """Report one clue and let it be matched."""
    row = clue(token("one person", kind="resident-id"), evidence_sha256=digest, **fields)
    with acting_as("aif_web"):
        submit(caller(by), [row])
    work()
    return Clue.objects.get(client_ref=row["client_ref"])


def dispute(scene: Scene, row: Clue) -> None:
    """Aster disputes the match; the clue's institution stands by its clue."""
    with acting_as("aif_web"):
        made = disputes.open_dispute(
            request={"match": scene.match, "reason": "victim-not-actor"},
            by=caller(scene.cast.aster),
            now=timezone.now(),
        )
    settle()
    with acting_as("aif_web"):
        answers.answer(
            dispute=str(made),
            request={"clue": str(row), "answer": "maintain", "reason": "evidence-held"},
            by=caller(row.institution), now=timezone.now(),
        )  # fmt: skip
    settle()


def settle(*, now: datetime | None = None) -> None:
    """Do what the worker does for disputes and demands until nothing waits."""
    now = now or timezone.now()
    with acting_as("aif_match"):
        while (
            apply.suspend_pending(limit=100)
            + apply.settle_pending(limit=100)
            + changes.apply_changes(limit=1000, now=now)
            + apply.close_pending(limit=100)
            + asking.ask_disputed(limit=100, now=now)
            + settling.settle_pending(limit=100, now=now)
        ):
            pass
        release.release_pending()
    wait_for_tick()


def send(row: EvidenceDemand, content: bytes, *, by: Any = None, now: datetime | None = None) -> DemandView:
    """Open the demand with a file, as its institution or another one."""
    with acting_as("aif_web"):
        return opening.open_evidence(
            demand=row.ref, blocks=[content[:100], content[100:]], by=caller(by or row.institution),
            now=now or timezone.now(),
        )  # fmt: skip


def late(row: EvidenceDemand) -> datetime:
    """When its time is over."""
    return row.due_at + timedelta(seconds=1)


def trail(verb: str) -> list[str]:
    """Subjects of the events of a verb, in their order."""
    with acting_as("aif_desk"):
        return list(AuditEvent.objects.filter(verb=verb).order_by("id").values_list("subject_ref", flat=True))


def ref_of(row: Clue) -> str:
    """The clue's reference."""
    return reference.encode("C", row.pk)
