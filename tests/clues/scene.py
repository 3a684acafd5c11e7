"""One scene for the tests of cases, desk and portal: Aster and Birch meet at one resident ID, Cedar does not.

Made through the real operations: submitted, matched, released, built into a ring.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from clues.cases.opening import open_case
from clues.cases.transition import perform
from clues.matching.release import GUARD_SECONDS, release_pending
from clues.matching.run import match_pending
from clues.models import BatchChunk, Case, Match, Ring
from clues.rings import review
from clues.rings.build import build_pending
from members.models import User
from members.queries import Person, person_of
from tests.cast import Cast, make_cast
from tests.clues.alliance import caller, clue, open_epoch, submit, token
from tests.clues.scene_parts import approve_parts, release_package
from tests.clues.scene_paths import PATHS
from tests.factories import acting_as


@dataclass(frozen=True)
class Scene:
    """The cast, their batches, and the match and the ring they found."""

    cast: Cast
    batch: str  # Aster's
    match: str
    ring: str


def make_scene() -> Scene:
    """Submit, match, release and build. Wait for the tick, so keep AIF_DISCLOSURE_TICK short."""
    cast = make_cast()
    with acting_as("aif_desk"):
        open_epoch()
    meeting = token("one person", kind="resident-id")
    received = submit(caller(cast.aster), [clue(meeting, token("a", kind="cn-mobile"), client_ref="aster-1")])
    submit(caller(cast.birch), [clue(meeting, token("b", kind="qq"), client_ref="birch-1")])
    submit(caller(cast.cedar), [clue(token("c", kind="qq"), client_ref="cedar-1")])
    work()
    return Scene(cast=cast, batch=received.batch, match=str(Match.objects.get()), ring=_only_ring())


def work() -> None:
    """Do what the worker does until nothing waits, then wait for the tick."""
    with acting_as("aif_match"):
        for _turn in range(30):
            while match_pending(limit=1):
                _empty_as_a_commit_would()
            if not BatchChunk.objects.filter(state="received").exists():
                break
            time.sleep(0.2)  # a chunk whose turn was lost is nobody's for a second
        else:
            raise AssertionError("chunks wait that nobody takes")
        release_pending()
        while build_pending(limit=1000, now=timezone.now()):
            pass
    wait_for_tick()


def _empty_as_a_commit_would() -> None:
    """Empty the matcher's temporary tables: in a test that is rolled back nothing commits in between."""
    if connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM clue_in; DELETE FROM identifier_in; DELETE FROM clue_new; DELETE FROM met")


def wait_for_tick() -> None:
    """Wait until what was released a moment ago can be seen, in tests with a short tick; a long one is not waited for."""
    time.sleep(GUARD_SECONDS + min(settings.AIF_DISCLOSURE_TICK, 0.2) + 0.02)


def _only_ring() -> str:
    with acting_as("aif_desk"):
        return str(Ring.objects.get())


def make_case(scene: Scene, *, at: str = "candidate", now: datetime | None = None) -> Case:
    """Return a case of the scene's match that stands at a key of PATHS."""
    with acting_as("aif_desk"):
        case = open_case(match=scene.match, by=scene.cast.olga, now=now or timezone.now())
    for number, (action, who, note, given) in enumerate(PATHS[at]()):
        if number == 1:
            wait_for_tick()  # members act on what they know of
        case = step(case, action, getattr(scene.cast, who), note, now=now, **given)
    if at == "joint":
        approve_parts(case)  # so that every step from there is open
    with acting_as("aif_match"):
        release_pending()
    wait_for_tick()
    return case


def promote(scene: Scene, *, ring: str | None = None) -> str:
    """Let Olga propose the scene's ring, or another one, and Pavel confirm it; return its reference."""
    ring = ring or scene.ring
    with acting_as("aif_desk"):
        for action, person in (("propose", scene.cast.olga), ("confirm", scene.cast.pavel)):
            review.move(ring=ring, action=action, by=person, now=timezone.now())
    return ring


def open_other(scene: Scene) -> Case:
    """Return a second open case, of the ring: one that the first can be merged into."""
    promote(scene)
    with acting_as("aif_desk"):
        case = open_case(ring=scene.ring, by=scene.cast.olga, now=timezone.now())
    wait_for_tick()  # before it, no party knows of the case
    return case


def step(case: Case, action: str, by: User, note: str = "", *, now: datetime | None = None, **given: str) -> Case:
    """Take one step as the person does: at the desk, or for the own institution in the portal.

    Evidence is ready with every party's part, and a report-out is made with a released package, so these are made for it.
    """
    if action == "ready":
        approve_parts(case)
    with acting_as("aif_desk" if by.is_alliance else "aif_web"):
        moved = perform(case=case.ref, action=action, by=actor(by), now=now or timezone.now(), note=note, **given)
    if action == "ask-report":
        release_package(moved, by)
    return moved


def actor(person: User) -> User | Person:
    """Return whom `perform` knows a person as."""
    return person if person.is_alliance else person_of(person)


def try_perform(case: Case, action: str, by: User, note: str = "because", **given: str) -> str:
    """Perform and take it back; return `ok` or the code of the refusal."""
    from aif_share.errors import Refusal

    assert connection.in_atomic_block
    point = transaction.savepoint()
    try:
        step(case, action, by, note, **given)
    except Refusal as refusal:
        return refusal.code
    else:
        return "ok"
    finally:
        transaction.savepoint_rollback(point)
