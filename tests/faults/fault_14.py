"""Two decide about the same thing at the same moment, from the same version."""

from __future__ import annotations

import os
import threading
from collections import Counter
from typing import Any

from tests.faults.load import Load
from tests.faults.table import Fault
from tests.prove.commands import run_tests

FULL = 100
"""From so many rounds on the tests of two people at the desk run at full scale as well."""
REGIONS = ("CN-11", "CN-31")
EVENTS = "SELECT count(*) FROM audit_event WHERE verb = 'clue.correct' AND subject_ref = %s"


def run(load: Load, times: int) -> dict[str, Any]:
    """Correct one clue from two sides at once, `times` times: one wins each time, and the trail has one event of it."""
    if not load.ledger.clues:
        load.submit(0)
    sender = load.senders[0]
    clue = sender.ask("GET", "/clues?limit=1")[1]["results"][0]
    outcomes: Counter[str] = Counter()
    for number in range(times):
        outcomes["+".join(_race(sender, clue["clue"], clue["version"] + number, number))] += 1
    status, now = sender.ask("GET", f"/clues/{clue['clue']}")
    (events,) = load.world.select(EVENTS, [clue["clue"]])[0]
    figures: dict[str, Any] = {"outcomes": dict(outcomes), "events": events}
    holds = (
        set(outcomes) == {"200 +412 version-changed"}
        and status == 200
        and now["version"] == clue["version"] + times
        and events == times
    )
    if times >= FULL:
        figures["desk"] = run_tests("--full-scale", "tests/clues/cases/test_at_once.py")["holds"]
        holds = holds and figures["desk"]
    return figures | {"holds": holds}


def _race(sender: Any, clue: str, version: int, number: int) -> list[str]:
    barrier, said = threading.Barrier(2), []

    def change(side: int) -> None:
        headers = {"If_Match": f'"{version}"', "Idempotency_Key": os.urandom(12).hex()}
        # Each side wants something else than what is there, and than the other one: CN-3101 and so on.
        wanted = {"region": REGIONS[number % 2], "amount_cny": str(1 + 2 * number + side)}
        barrier.wait()
        status, answer = sender.ask("PATCH", f"/clues/{clue}", wanted, **headers)
        said.append(f"{status} {answer.get('code', '')}")

    threads = [threading.Thread(target=change, args=[side]) for side in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(said)


FAULT = Fault(14, "two decide at the same moment", run, times=500, short=10)
