"""Background jobs of the app: each one looks for work in PostgreSQL, so running one twice is harmless.

The broker is a doorbell. A worker's pool child also looks by itself, on a timer of its own, so
that progress needs no broker; and ringing never delays or fails a request.
"""

import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from celery import shared_task
from celery.signals import worker_process_init
from django.db import DatabaseError, InterfaceError, close_old_connections, connection
from django.utils import timezone

from clues.matching import oracle as matches_oracle
from clues.matching import release, run, turns
from clues.rings import build
from members.delivery import outbox

log = logging.getLogger(__name__)

CHUNKS_A_TURN = 20
CLUES_A_TURN = 2_000
LOOK_SECONDS = 0.5
ORACLE_SECONDS = 300

_turn = threading.Lock()


def run_pending() -> int:
    """Do everything that waits: chunks, ticks, rings, deliveries. Return how much was done.

    One turn at a time in a process: a bell and the timer must not share its cores.
    """
    if not _turn.acquire(blocking=False):
        return 0
    try:
        done = run.match_pending(limit=CHUNKS_A_TURN)
        release.release_pending()
        done += build.build_pending(limit=CLUES_A_TURN, now=timezone.now())
        done += outbox.deliver_pending()
        return done
    finally:
        _turn.release()


@shared_task
def work(**_future: Any) -> None:
    """Work until nothing waits."""
    while run_pending():
        pass


@shared_task
def oracle(**_future: Any) -> None:
    """Compare the matches with the sightings; repair and raise an alarm on a difference."""
    now = timezone.now()
    if not turns.claim(name="oracle", every_seconds=ORACLE_SECONDS, now=now):
        return
    findings = matches_oracle.check_and_repair(now=now)
    turns.record(name="oracle", result={"missing": findings.missing, "extra": findings.extra})


# ---- the bell ------------------------------------------------------------------------------

_ringer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="bell")
_ringing = threading.Event()


def ring() -> None:
    """Ring for the workers, in a thread of its own: a broker that is away or hangs costs nothing.

    Rings while one is under way become one. Call it after the commit.
    """
    if not _ringing.is_set():
        _ringing.set()
        _ringer.submit(_ring)


def _ring() -> None:
    _ringing.clear()
    try:
        work.delay()
    except Exception as why:  # an edge: whatever the broker's library throws, the timer finds the work
        log.warning("bell not rung: %s", type(why).__name__)


# ---- the timer -----------------------------------------------------------------------------


@worker_process_init.connect
def start_timer(**_: Any) -> None:
    """Let this pool child look for work by itself."""
    threading.Thread(target=_look_for_ever, name="timer", daemon=True).start()


def _look_for_ever() -> None:
    pause = threading.Event()
    while True:
        try:
            done = run_pending()
        except (DatabaseError, InterfaceError) as why:
            log.warning("timer: %s; looking again", type(why).__name__)
            connection.close()
            done = 0
        except Exception:
            # The last line of defense of progress: one bad row must not end the looking.
            log.exception("timer: unexpected")
            done = 0
        close_old_connections()
        if not done:
            pause.wait(LOOK_SECONDS)
