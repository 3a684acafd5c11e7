"""Show 4: two matchers, the applier of changes, a desk that decides and the ring writer at once: no deadlock, one truth."""

from __future__ import annotations

import random
import threading
import time
import traceback
from collections.abc import Callable
from typing import Any

from django.db import connection, connections
from django.utils import timezone

from aif_share.errors import Refusal
from clues.matching import changes, release
from clues.matching.run import match_pending
from clues.models import Ring, RingMerge
from clues.rings import cuts
from clues.rings.build import build_pending
from clues.submissions import clues as own_clues
from clues.submissions import edits
from tests.clues.alliance import clue, join, open_epoch, submit, token
from tests.clues.rings.test_histories import ask, engine, rebuild
from tests.factories import acting_as, make_user

# PostgreSQL counts every deadlock it broke, also one whose loser was tried again (matching/retry.py).
DEADLOCKS = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"


def test_no_deadlock(fresh_database: str, as_role: Any, settings: Any, scale: Any) -> None:
    settings.AIF_DISCLOSURE_TICK = 0.05
    with acting_as("aif_desk"):
        open_epoch()
        members = [join(f"Institution {n}") for n in range(4)]
    olga = make_user("alliance-operator")
    batches, clues_each = scale(40, full=1000), 12
    rng = random.Random(4)
    errors: list[str] = []
    done = dict.fromkeys(("matched", "changed", "built", "decided", "withdrawn"), 0)
    over = threading.Event()

    def session(role: str, work: Callable[[], int], name: str, pause: float) -> threading.Thread:
        def run() -> None:
            try:
                with as_role(role):
                    while not over.is_set():
                        made = work()
                        done[name] += made
                        time.sleep(0 if made else pause)
            except BaseException:
                errors.append(name + "\n" + traceback.format_exc()[-2500:])
                over.set()
            finally:
                connections.close_all()

        thread = threading.Thread(target=run, name=name)
        thread.start()
        return thread

    def match() -> int:
        made = match_pending(limit=5)
        release.release_pending()
        return made

    def decide() -> int:
        """Undo a merger or lift what was set apart, of any ring."""
        if rng.random() < 0.3:
            standing = RingMerge.objects.none()
        else:
            standing = RingMerge.objects.filter(undone_at=None).order_by("-id")[:20]
        rows = list(standing.values_list("pk", "component"))
        try:
            if rows:
                merger, component = rng.choice(rows)
                ring = Ring.objects.filter(component=component).first()
                if ring is not None:
                    cuts.unmerge(ring=str(ring), merger=merger, reason="load", by=olga, now=timezone.now())
            else:
                cuts.lift(cut=rng.randint(1, 30), reason="load", by=olga, now=timezone.now())
        except Refusal:
            return 0
        time.sleep(0.05)
        return 1

    def withdraw() -> int:
        by = rng.choice(members)
        rows = own_clues.list_clues(viewer=by, state="active", limit=60)
        if not rows:
            return 0
        row = rng.choice(rows)
        try:
            edits.withdraw(clue=row.clue, version=row.version, reason="mistake", by=by, now=timezone.now())
        except Refusal:
            return 0
        time.sleep(0.05)
        return 1

    threads = [
        session("aif_match", match, "matched", 0.01),
        session("aif_match", match, "matched", 0.01),
        session("aif_match", lambda: changes.apply_changes(limit=50, now=timezone.now()), "changed", 0.02),
        session("aif_match", lambda: build_pending(limit=200, now=timezone.now()), "built", 0.02),
        session("aif_desk", decide, "decided", 0.1),
        session("aif_web", withdraw, "withdrawn", 0.1),
    ]
    try:
        for number in range(batches):
            # The same few people and phones for twenty batches or so: what two matchers hold meets all the time.
            pool = [
                token(f"{number // 20}/{n}", kind=kind)
                for kind, many in (("resident-id", 8), ("cn-mobile", 10), ("qq", 6), ("domain", 4))
                for n in range(many)
            ]
            submit(rng.choice(members), [clue(*rng.sample(pool, rng.randint(1, 4))) for _ in range(clues_each)])
            if errors:
                break
        limit = time.monotonic() + 600
        while not errors and time.monotonic() < limit and ask(_WAITING) != [(0,)]:
            time.sleep(0.1)
    finally:
        over.set()
        for thread in threads:
            thread.join()
    assert not errors, errors
    with as_role("aif_match"):
        match()
        while changes.apply_changes(limit=1000, now=timezone.now()) + build_pending(limit=1000, now=timezone.now()):
            pass
    time.sleep(1.1)  # the server adds a session's counts up once a second
    with connection.cursor() as cursor:
        cursor.execute(DEADLOCKS)
        assert cursor.fetchone() == (0,)
    assert done["built"] >= batches * clues_each // 2 and done["decided"] and done["withdrawn"], done
    assert engine() == rebuild(0)
    print(batches, done)


_WAITING = "SELECT count(*) FROM batch_chunk WHERE state = 'received'"
