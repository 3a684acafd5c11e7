"""Rows that end every worker that touches them, one in a thousand of what members send."""

from __future__ import annotations

import json
import signal
import time
from typing import Any

from config.stack import StackError
from tests.faults import deadly
from tests.faults.ledger import Acknowledged
from tests.faults.load import Load
from tests.faults.table import Fault

EVERY = 1_000
FIRST = 500
NUMBERED = 2_000_000
"""So many clues of a member are marked in advance; a run sends less."""
PATIENCE_S = 60.0
ASIDE = """
SELECT q.batch_id, q.row, b.idempotency_key FROM quarantined_row q JOIN batch b ON b.id = q.batch_id
WHERE q.state <> 'done'
"""
BUSY = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'aif_match' AND state <> 'idle'"
WAITS = "SELECT count(*) FROM batch_chunk WHERE state = 'received'"
UNDONE = "SELECT count(*) FROM quarantined_row WHERE state <> 'done'"
HELD = "SELECT count(*) FROM batch WHERE state = 'held'"
RETRY = """
import os, json, sys
import django
django.setup()
from django.utils import timezone
from aif_share.errors import Refusal
from clues.submissions import quarantine
from clues.models import Batch
from members.models import User
by = User.objects.get(username="repairer")
for batch in json.loads(sys.argv[1]):
    try:
        quarantine.retry(batch=batch, reason="The fault was ended.", by=by, now=timezone.now())
    except Refusal:
        pass  # it is being tried again by itself just now
"""


def run(load: Load, times: int) -> dict[str, Any]:
    """Let `times` such rows come in; then repair, and have them tried again.

    Only they are set aside, the rest of their batches is done meanwhile; after the repair all of them came in.
    """
    world, folder = load.world, load.world.folder / "deadly"
    env = deadly.write_hook(folder) | {"AIF_READY_SIGN": str(folder / "ready")}
    if not world.select("SELECT 1 FROM user_account WHERE username = 'repairer'"):
        world.stack.manage("create_user", "--name", "repairer", "--role", "alliance-operator")
    last = max(load.next) * load.clues + NUMBERED
    marked = [n for n in range(FIRST, last, EVERY) if n >= min(load.next) * load.clues]
    deadly.name_rows(folder, {f"f-{number:08d}": deadly.HOW[number // EVERY % 3] for number in marked})
    freeze_idle(load)
    other = world.run_beside("worker", {"aif@%h": "deadly@%h"}, env)
    try:
        with load.running(heal=False):
            found = wait_for(lambda: len(world.select(ASIDE)) >= times, PATIENCE_S + 15 * times)
        left = wait_for(lambda: not world.select(WAITS)[0][0], PATIENCE_S)
        aside = world.select(ASIDE)
        sent = {one.key: one for one in load.ledger.read()}
        others = sum((sent[key].no * load.clues + row) % EVERY != FIRST for _batch, row, key in aside)
        told = sum(_is_told(load, sent[key]) for _batch, _row, key in aside)
        deadly.name_rows(folder, {})
        batches = json.dumps(sorted({batch for batch, _row, _key in aside}))
        world.python("-c", RETRY, batches, process="desk")
        through = wait_for(lambda: not world.select(UNDONE)[0][0], PATIENCE_S)
    finally:
        other.terminate()
        other.wait(timeout=60)
        world.stack.kill("worker", signal.SIGCONT, group=True)
    (held,) = world.select(HELD)[0]
    return {
        "set_aside": len(aside), "others_set_aside": others, "told": told, "batches_held": held,
        "holds": found and left and through and not others and not held and told == len(aside) >= times,
    }  # fmt: skip


def freeze_idle(load: Load) -> None:
    """Freeze the stack's own worker at a moment at which it holds nothing: another one works in its place."""
    for _ in range(200):
        load.world.stack.kill("worker", signal.SIGSTOP, group=True)
        time.sleep(0.05)
        if not load.world.select(BUSY)[0][0]:
            return
        load.world.stack.kill("worker", signal.SIGCONT, group=True)
        time.sleep(0.02)
    raise StackError("the worker is never idle")


def _is_told(load: Load, sent: Acknowledged) -> bool:
    """Whether the institution's own programs see that a row of the batch is set aside, and that all others are done."""
    sender = load.senders[sent.member]
    told = sender.ask("GET", f"/batches/{sent.batch}")[1]
    rows = sender.ask("GET", f"/batches/{sent.batch}/results?limit=500")[1]["results"]
    outcomes = [row["outcome"] for row in rows]
    return (
        told["quarantined"] == outcomes.count("quarantined") == 1 and outcomes.count("accepted") == told["accepted"] > 0
    )


def wait_for(condition: Any, seconds: float) -> bool:
    """Whether it came about in time."""
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        if condition():
            return True
        time.sleep(0.2)
    return bool(condition())


FAULT = Fault(16, "rows that end whoever works on them", run, times=20)
