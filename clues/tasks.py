"""Background jobs of the app: each one looks for work in PostgreSQL, so running one twice is harmless.

The broker is a doorbell. A worker's pool child also looks by itself, on a timer of its own, so
that progress needs no broker; and ringing never delays or fails a request.
"""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from celery import shared_task
from celery.signals import worker_process_init
from django.db import DatabaseError, InterfaceError, close_old_connections, connection
from django.utils import timezone

from clues.blinding import epochs, reachability
from clues.cases import tasks as case_tasks
from clues.demands import turn as demands
from clues.dispositions import lifting
from clues.disputes import apply as disputes
from clues.duty import Duty
from clues.events import expiring_keys
from clues.feedback import quality
from clues.matching import changes, quarantine, release, rescore, reviewed, run, standing, turns
from clues.matching import oracle as matches_oracle
from clues.official_requests import clocks, keeping
from clues.packages import build as packages
from clues.reports import figures, funnel
from clues.requests import escalation
from clues.retention import departures, hourly
from clues.rings import build
from clues.screening import sealing
from clues.statements import making
from members.delivery import mails, outbox
from members.operations import approvals, webhook_outcomes
from members.row_security import logins

log = logging.getLogger(__name__)

CHUNKS_A_TURN = 20
CLUES_A_TURN, EXPIRED_A_SLICE = 2_000, 10_000
DISPUTES_A_TURN, CHANGES_A_TURN, DEPARTING_A_TURN = 100, 2_000, 1_000
NOISE_A_TURN = REQUESTS_A_TURN = DOCUMENTS_A_TURN = 200
STANDING_A_TURN, RETIRED_A_SLICE = 5_000, 2_000  # clues; of standing, some 20,000 identifiers at most as a rule
EPOCHS_SECONDS = EXPIRY_SECONDS = 30  # screenings ask for the date themselves, so nothing waits for this
ORACLE_SECONDS = RETENTION_SECONDS = 3600
KEYS_SECONDS = APPROVALS_SECONDS = 600
CUSTODIANS_SECONDS, QUALITY_SECONDS = 60, 30
SCORES_SECONDS = 86_400
LIFTS_SECONDS = 5
LIFTS_A_TURN = 5_000
SWEPT_A_TURN = 500  # beside those: a hundred thousand measures in a quarter of an hour


def _match() -> int:
    done = run.match_pending(limit=CHUNKS_A_TURN) + quarantine.retry_pending(limit=CHUNKS_A_TURN)
    release.release_pending()
    rescore.rescore_pending()  # between the tick's being set and its coming, so that a match comes with its score
    return done


def _dispute() -> int:
    done = disputes.suspend_pending(limit=DISPUTES_A_TURN) + disputes.settle_pending(limit=CLUES_A_TURN)
    return done + disputes.close_pending(limit=CLUES_A_TURN) + demands.settle()


def _build() -> int:
    return build.build_pending(limit=CLUES_A_TURN, now=timezone.now())


def _check() -> int:
    if turns.claim(name="oracle", every_seconds=ORACLE_SECONDS, now=timezone.now()):
        findings = matches_oracle.check_and_repair()
        turns.record(name="oracle", result={"missing": findings.missing, "extra": findings.extra})
    return 0


def _rate() -> int:
    """Reckon source quality soon after somebody said something, and all scores once a day: they age."""
    if turns.claim(name="source-quality", every_seconds=QUALITY_SECONDS, now=timezone.now()) and quality.has_changed():
        moved = quality.reckon()
        rescore.forget_scores_of(moved)
        turns.record(name="source-quality", result={"moved": len(moved)})
    if turns.claim(name="scores", every_seconds=SCORES_SECONDS, now=timezone.now()):
        turns.record(name="scores", result={"changed": rescore.rescore_all()})
    return rescore.rescore_pending()


def _warn() -> int:
    """End approvals that lapse; tell of keys that end soon, and of tasks of cases that ran out."""
    if turns.claim(name="approvals", every_seconds=APPROVALS_SECONDS, now=timezone.now()):
        turns.record(name="approvals", result={"lapsed": approvals.expire(now=timezone.now())})
    if turns.claim(name="key-warnings", every_seconds=KEYS_SECONDS, now=timezone.now()):
        now = timezone.now()
        found = {"warned": expiring_keys.warn(now=now), "overdue": case_tasks.tell_overdue(limit=CLUES_A_TURN, now=now)}
        turns.record(name="key-warnings", result=found)
        if any(found.values()):
            release.release_pending()
    return 0


def _lift() -> int:
    """Tell who acted on a ground that has fallen, or stands again, and whose reviews are due."""
    if not turns.claim(name="lifts", every_seconds=LIFTS_SECONDS, now=timezone.now()):
        return 0
    now, before = timezone.now(), int(turns.last("lifts").get("after", 0))
    raised = lifting.raise_lifts(limit=LIFTS_A_TURN, now=now)
    swept, after = lifting.sweep(after=before, limit=SWEPT_A_TURN, now=now)
    found = {
        "raised": raised + swept,
        "called_off": lifting.call_off(limit=LIFTS_A_TURN, now=now),
        "reviews": lifting.tell_reviews(limit=LIFTS_A_TURN, now=now),
    }
    if any(found.values()) or after != before:
        turns.record(name="lifts", result=found | {"after": after})
    if any(found.values()):
        release.release_pending()
    return raised


def _depart() -> int:
    done = departures.proceed(limit=DEPARTING_A_TURN, now=timezone.now())
    if done:
        changes.apply_changes(limit=CHANGES_A_TURN, now=timezone.now())  # no queue of its own grows ahead of the rest
        release.release_pending()
    return done


def _escalate() -> int:
    done = escalation.escalate_due(limit=REQUESTS_A_TURN, now=timezone.now())
    done += clocks.remind_due(limit=REQUESTS_A_TURN, now=timezone.now())
    if done:
        release.release_pending()
    return done


def _retain() -> int:
    if turns.claim(name="retention", every_seconds=RETENTION_SECONDS, now=timezone.now()):
        found = hourly.run(now=timezone.now())
        found["official-documents"] = keeping.destroy_due(limit=DOCUMENTS_A_TURN, now=timezone.now())
        turns.record(name="retention", result=found)
    return 0


def _probe() -> int:
    if turns.claim(name=reachability.JOB, every_seconds=CUSTODIANS_SECONDS, now=timezone.now()):
        turns.record(name=reachability.JOB, result=reachability.probe())
    return 0


def _deliver() -> int:
    """Make people's mails of the news, and send what is due."""
    return mails.post_due(now=timezone.now()) + outbox.deliver_pending()


def _reckon() -> int:
    for job in (figures, funnel, making):
        if turns.claim(name=job.JOB, every_seconds=job.seconds_between_runs(), now=timezone.now()):
            turns.record(name=job.JOB, result=job.reckon(now=timezone.now()))
    return 0


def _expire() -> int:
    if not turns.claim(name="expiry", every_seconds=EXPIRY_SECONDS, now=timezone.now()):
        return 0
    total = 0
    while done := changes.expire(limit=EXPIRED_A_SLICE, now=timezone.now()):
        total += done
        release.release_pending()
    turns.record(name="expiry", result={"expired": total})
    return total


def _turn_epochs() -> int:
    """Open and retire key epochs at their announced hours, and take out what stands under retired keys."""
    if not turns.claim(name="key-epochs", every_seconds=EPOCHS_SECONDS, now=timezone.now()):
        return 0
    found, total = epochs.turn(now=timezone.now()), 0
    while done := changes.end_retired(limit=RETIRED_A_SLICE, now=timezone.now()):
        total += done
        release.release_pending()
    turns.record(name="key-epochs", result=found | {"ended": total})
    return 0


# What waits to be applied, in this order: each step does a slice and tells how much it was.
STEPS: tuple[Callable[[], int], ...] = (
    lambda: changes.apply_changes(limit=CHANGES_A_TURN, now=timezone.now()),
    lambda: changes.apply_noise(limit=NOISE_A_TURN, now=timezone.now()),
    lambda: changes.activate_watches(limit=CHANGES_A_TURN),
    lambda: reviewed.tell_watchers(limit=CHANGES_A_TURN, now=timezone.now()),
    lambda: standing.apply_standings(limit=STANDING_A_TURN),
    _rate,
    _expire,
    _turn_epochs,
)


def _change() -> int:
    done = 0
    for step in STEPS:
        if made := step():
            done += made
            release.release_pending()
    return done


# Apart from each other: a suspension must reach the custodian while a million clues wait to be matched, and a disputed
# clue must stop answering while as many expire.
MATCHING = Duty("matching", _match, 0.5)
CHANGES = Duty("changes", _change, 0.5)
DISPUTES = Duty("disputes", _dispute, 0.5)
RINGS = Duty("rings", _build, 0.5)
REQUESTS = Duty("requests", _escalate, 1.0)
PACKAGES = Duty("packages", packages.make_pending, 1.0)
DELIVERIES = Duty("deliveries", _deliver, 0.5)
WEBHOOKS = Duty("webhooks", webhook_outcomes.deliver_pending, 0.1)
ORACLE = Duty("oracle", _check, 60.0)
KEYS = Duty("keys", _warn, 60.0)
LEDGER = Duty("ledger", sealing.seal_pending, 0.5)
DRAW = Duty("evidence-draw", demands.draw_due, 60.0)
LIFTS = Duty("lifts", _lift, 2.5)
RETENTION = Duty("retention", _retain, 60.0)
FIGURES = Duty("figures", _reckon, 10.0)
DEPARTURES = Duty("departures", _depart, 30.0)
CUSTODIANS = Duty("custodians", _probe, 20.0)
DUTIES = (
    MATCHING, DISPUTES, CHANGES, RINGS, REQUESTS, PACKAGES, DELIVERIES, WEBHOOKS, ORACLE, KEYS, LEDGER, LIFTS, RETENTION, FIGURES, DEPARTURES,
    CUSTODIANS, DRAW,
)  # fmt: skip


@shared_task
def work(**_future: Any) -> None:
    """Match, apply changes and build until nothing waits."""
    try:
        while MATCHING.do() + DISPUTES.do() + CHANGES.do() + RINGS.do():
            pass
    except MemoryError:
        # Of a task's MemoryError Celery makes the end of all its processes, whatever they are at. The attempt is counted.
        raise RuntimeError("a turn of work needed more memory than there is") from None


@shared_task
def oracle(**_future: Any) -> None:
    """Compare the matches with the sightings; repair and raise an alarm on a difference."""
    ORACLE.do()


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


@worker_process_init.connect
def start_timers(**_: Any) -> None:
    """Let this pool child look for each kind of work by itself."""
    for duty in DUTIES:
        threading.Thread(target=_look_for_ever, args=[duty], name=duty.name, daemon=True).start()


def _look_for_ever(duty: Duty) -> None:
    pause = threading.Event()
    while True:
        try:
            done = duty.do()
        except (DatabaseError, InterfaceError) as why:
            log.warning("%s: %s; looking again", duty.name, logins.told(why))
            connection.close()
            done = 0
        except Exception:
            # The last line of defense of progress: one bad row must not end the looking.
            log.exception("%s: unexpected", duty.name)
            done = 0
        close_old_connections()
        if not done:
            pause.wait(duty.pause)
