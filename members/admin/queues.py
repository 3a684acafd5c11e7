"""What waits at the desk, by kind: rows of one table, which the front page and the health page show.

A package adds its rows with `add` where its pages are registered. A row counts no further than MOST, from an index.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MOST = 1_000


@dataclass(frozen=True)
class Queue:
    """One kind of thing that waits for a person: `rows` are those that wait, `since` the field that says since when.

    `page` is the model's list (like `clues_batch`), `query` what filters it to the same rows.
    `late` says which of the rows are beyond their time, where there is such a thing. Not `is_ours`: they wait for
    somebody else, and are shown only while some are late.
    """

    code: str
    label: StrOrPromise
    rows: Callable[[], QuerySet[Any]]
    since: str
    page: str
    query: str = ""
    late: Callable[[QuerySet[Any], datetime], QuerySet[Any]] | None = None
    is_ours: bool = True
    group: StrOrPromise = ""


@dataclass(frozen=True)
class Waiting:
    """What a queue holds now: up to MOST rows, whether there are more, how many are late, since when the oldest waits."""

    code: str
    label: StrOrPromise
    count: int
    more: bool
    late: int
    oldest: datetime | None
    address: str
    group: StrOrPromise
    is_ours: bool


QUEUES: dict[str, Queue] = {}


def add(queue: Queue) -> None:
    """Add a row; a code that stands twice is an error of the program."""
    if queue.code in QUEUES:
        raise ValueError(f"the queue {queue.code} stands twice")
    QUEUES[queue.code] = queue


def look() -> list[Waiting]:
    """Return what waits, group by group, in the order in which the rows were added."""
    groups = list(dict.fromkeys(str(queue.group) for queue in QUEUES.values()))
    ordered = sorted(QUEUES.values(), key=lambda queue: groups.index(str(queue.group)))
    return [_look(queue, timezone.now()) for queue in ordered]


def _look(queue: Queue, now: datetime) -> Waiting:
    rows = queue.rows().order_by()
    count = _count(rows)
    late = _count(queue.late(rows, now)) if queue.late is not None and count else 0
    oldest = rows.order_by(queue.since).values_list(queue.since, flat=True).first() if count else None
    address = reverse(f"admin:{queue.page}_changelist") + (f"?{queue.query}" if queue.query else "")
    return Waiting(
        queue.code, queue.label, min(count, MOST), count > MOST, min(late, MOST), oldest, address,
        queue.group, queue.is_ours,
    )  # fmt: skip


def _count(rows: QuerySet[Any]) -> int:
    return len(rows.values_list("pk", flat=True)[: MOST + 1])
