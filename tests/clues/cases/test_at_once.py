"""Two people at one case at the same moment: one wins each time, and the trail says what became of both."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from aif_share.errors import Refusal
from clues.cases import refusals
from clues.cases.opening import open_case
from clues.cases.transition import perform
from clues.models import Case, CaseStep
from members.models import Approval, AuditEvent, User
from members.operations import approvals
from members.queries import Person
from tests.clues.scene import Scene, actor, make_case, make_scene, step
from tests.factories import acting_as, make_user

LATER = {"transition-refused", "version-changed"}


def at_once(people: list[Any], act: Callable[[Any], object]) -> list[str]:
    """Let everybody act at the same moment, each as the own process; return what became of each."""
    barrier = threading.Barrier(len(people))
    outcomes: list[str] = []

    def attempt(by: User | Person) -> None:
        try:
            with acting_as("aif_desk" if isinstance(by, User) else "aif_web"):
                barrier.wait(timeout=30)
                act(by)
            outcomes.append("ok")
        except Refusal as refusal:
            outcomes.append(refusal.code)
        except Exception as error:
            outcomes.append(repr(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=attempt, args=[person]) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes)


def together(case: Case, action: str, people: list[User | Person]) -> list[str]:
    """Let everybody try it at the same moment, from pages of the same version; return what became of each."""

    def act(by: User | Person) -> None:
        with refusals.recorded(case=case.ref, action=action, by=by):
            perform(case=case.ref, action=action, by=by, now=timezone.now(), version=case.version)

    return at_once(people, act)


def propose_together(case: Case, people: list[User]) -> list[str]:
    """Let everybody propose the same thing at the same moment; return what became of each."""
    asked = {"kind": "unmask", "subject_ref": case.ref, "payload": {"case": case.ref}, "reason": "x"}
    return at_once(people, lambda by: approvals.propose(**asked, by=by, now=timezone.now()))


def count(verb: str, case: Case) -> int:
    with acting_as("aif_desk"):
        return AuditEvent.objects.filter(verb=verb, subject_ref=case.ref).count()


def propose_again(scene: Scene, case: Case) -> Case:
    """Bring an approved case back to where it waits for its second person."""
    for action, person, note in (
        ("return", scene.cast.pavel, "once more"),
        ("ready", scene.cast.alice, ""),
        ("propose", scene.cast.olga, ""),
    ):
        case = step(case, action, person, note)
    return case


def test_of_two_approvers_one_wins(fresh_database: str, settings: Any, scale: Callable[..., int]) -> None:
    settings.AIF_DISCLOSURE_TICK = 0.01
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    scene = make_scene()
    paula = make_user("alliance-approver", name="paula")
    rounds = scale(15, full=500)
    case = make_case(scene, at="evidence-ready, proposed")
    # One opens the proposal, the others are its editors: none of them decides.
    operators = [scene.cast.olga, *(make_user("alliance-operator") for _each in range(3))]
    assert propose_together(case, operators) == ["ok"] * 4
    with acting_as("aif_desk"):
        assert Approval.objects.get().version == 4
    for number in range(1, rounds + 1):
        first, second = together(case, "approve", [scene.cast.pavel, paula])
        assert first == "ok" and second in LATER, (first, second)
        assert (count("case.approve", case), count("case.refuse", case)) == (number, number)
        with acting_as("aif_desk"):
            case.refresh_from_db()
            assert CaseStep.objects.filter(case=case, action="approve").count() == number
            assert case.state == "approved" and case.approved_by in (scene.cast.pavel, paula)
        if number < rounds:
            case = propose_again(scene, case)


def open_slowly(scene: Scene, begun: threading.Event) -> None:
    """Open a case of the scene's match, and commit it a while later."""
    try:
        with acting_as("aif_desk"), transaction.atomic():
            open_case(match=scene.match, by=scene.cast.olga, now=timezone.now())
            begun.set()
            time.sleep(0.4)
    finally:
        begun.set()
        connection.close()


def test_of_two_institutions_one_leads(fresh_database: str, settings: Any, scale: Callable[..., int]) -> None:
    settings.AIF_DISCLOSURE_TICK = 0.01
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    scene = make_scene()
    case, cast = make_case(scene, at="triage"), scene.cast
    for _round in range(scale(3, full=100)):
        first, second = together(case, "claim", [actor(cast.alice), actor(cast.bea)])
        assert first == "ok" and second in LATER
        with acting_as("aif_desk"):
            case.refresh_from_db()
        led_by = cast.alice if case.lead_id == cast.aster.pk else cast.bea
        case = step(case, "hand-back", led_by, "once more")
    # Reopened while somebody opens another case of the same match: the guard does not see that one yet.
    step(case, "dismiss", cast.pavel, "the same people as before")
    closed = make_case(scene, at="closed, reopening asked")
    begun = threading.Event()
    opener = threading.Thread(target=open_slowly, args=[scene, begun])
    opener.start()
    begun.wait(timeout=30)
    with pytest.raises(Refusal, match="Another case"):
        step(closed, "reopen", cast.pavel, "because")
    opener.join()
