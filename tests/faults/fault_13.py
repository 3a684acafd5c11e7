"""One idempotency key many times at once, with the same body and with another."""

from __future__ import annotations

import threading
from collections import Counter
from typing import Any

from tests.faults.load import Load
from tests.faults.table import Fault

AT_ONCE = 50
CONFLICT = "idempotency-conflict"
COUNT = "SELECT count(*) FROM batch b JOIN institution i ON i.id = b.institution_id WHERE i.name = %s AND idempotency_key = %s"


def run(load: Load, times: int) -> dict[str, Any]:
    """Send one batch under one key `times` times, AT_ONCE at a time, one in ten with another body."""
    member, no = 0, load.next[0]
    key, body, other = f"at-once-{load.world.seed}-{no}", load.body(0, no), load.body(0, no + 1)
    answers: Counter[str] = Counter()
    batches: set[str] = set()
    first: dict[str, Any] = {}
    barrier = threading.Barrier(min(AT_ONCE, times))
    lock = threading.Lock()

    def send(number: int) -> None:
        barrier.wait()
        for turn in range(number, times, barrier.parties):
            # The first turn is everybody's with the right body: else the other one might be the first to come.
            wrong = turn >= barrier.parties and turn % 10 == 0
            status, said = load.ask(member, key, other if wrong else body)
            with lock:
                answers[f"{status} {said.get('code', '')}{' to another body' if wrong else ''}".strip()] += 1
                if status == 202:
                    batches.add(said["batch"])
                    first.setdefault("answer", said)

    threads = [threading.Thread(target=send, args=[number]) for number in range(barrier.parties)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    load.note(member, no, key, first["answer"])
    load.next[member] = no + 1
    (stored,) = load.world.select(COUNT, [load.names[0], key])[0]
    right = {"202", "409 idempotency-busy", f"409 {CONFLICT} to another body", "409 idempotency-busy to another body"}
    return {
        "answers": dict(answers),
        "batches": stored,
        "holds": stored == 1 and len(batches) == 1 and set(answers) <= right
        and (times <= barrier.parties or answers[f"409 {CONFLICT} to another body"] > 0),
    }  # fmt: skip


FAULT = Fault(13, "one key many times at once", run, times=1000, short=100)
