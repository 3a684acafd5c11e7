"""One step of a case: what it writes, whom it tells, and that a refusal writes nothing."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from aif_share.errors import Refusal
from clues.cases.transition import (
    CaseChanged,
    CaseNotFound,
    SecondPersonNeeded,
    StepNotOpen,
    perform,
)
from clues.models import Case, CaseStep, Event
from members.models import AuditEvent, User
from members.permissions import PermissionMissing
from tests.clues.scene import Scene, make_case, make_scene
from tests.factories import acting_as


def counts() -> tuple[int, int, int]:
    """Steps, audit events, notices."""
    with acting_as("aif_desk"):
        return CaseStep.objects.count(), AuditEvent.objects.count(), Event.objects.count()


def test_a_step_moves_the_case_and_leaves_a_trail(scene: Scene) -> None:
    case = make_case(scene, at="triage, proposed")
    now = timezone.now()
    with acting_as("aif_desk"):
        before = counts()
        moved = perform(case=case.ref, action="approve", by=scene.cast.pavel, now=now, note=" good evidence ")
        assert counts() == (before[0] + 1, before[1] + 1, before[2] + 2)
        moved.refresh_from_db()
        assert (moved.state, moved.version, moved.changed_at) == ("approved", case.version + 1, now)
        assert (moved.proposed_by, moved.approved_by, moved.approved_at) == (scene.cast.olga, scene.cast.pavel, now)
        step = CaseStep.objects.latest("id")
        assert (step.action, step.from_state, step.to_state) == ("approve", "triage", "approved")
        assert (step.by, step.at, step.note) == (scene.cast.pavel, now, "good evidence")
        event = AuditEvent.objects.latest("id")
        assert (event.verb, event.actor_ref, event.subject_ref) == ("case.approve", scene.cast.pavel.ref, case.ref)
        assert event.detail == {"from": "triage", "to": "approved", "version": case.version + 1}


def test_the_parties_are_told_and_nobody_else(scene: Scene) -> None:
    case = make_case(scene, at="triage, proposed")
    with acting_as("aif_desk"):
        Event.objects.filter(subject_kind="CASE", subject_id=case.pk).values_list("kind")
        perform(case=case.ref, action="approve", by=scene.cast.pavel, now=timezone.now())
        told = Event.objects.filter(subject_kind="CASE", subject_id=case.pk, kind="case.moved")
        assert {notice.institution_id for notice in told} == {scene.cast.aster.pk, scene.cast.birch.pk}
        assert len({notice.released_at for notice in told}) == 1


def test_inner_steps_are_not_told(scene: Scene) -> None:
    make_case(scene, at="triage, proposed")
    with acting_as("aif_desk"):
        assert not Event.objects.filter(kind="case.moved").exists()


def test_returning_an_approved_case_takes_both_persons_back(scene: Scene) -> None:
    case = make_case(scene, at="approved")
    with acting_as("aif_desk"):
        moved = perform(case=case.ref, action="return", by=scene.cast.pavel, now=timezone.now(), note="more evidence")
        moved.refresh_from_db()
        assert (moved.state, moved.proposed_by, moved.approved_by, moved.approved_at) == ("triage", None, None, None)


def test_an_older_page_is_refused(scene: Scene) -> None:
    case = make_case(scene, at="triage")
    with acting_as("aif_desk"), pytest.raises(CaseChanged):
        perform(case=case.ref, action="propose", by=scene.cast.olga, now=timezone.now(), version=case.version - 1)


@pytest.mark.parametrize("ref", ["CASE-AAAAAAAAAAAAAAAAAAAAAAAAAA", "", "1", "M-AAAAAAAAAAAAAAAAAAAAAAAAAA"])
def test_no_such_case(scene: Scene, ref: str) -> None:
    with acting_as("aif_desk"), pytest.raises(CaseNotFound):
        perform(case=ref, action="triage", by=scene.cast.olga, now=timezone.now())


def test_a_refusal_writes_nothing(scene: Scene) -> None:
    case = make_case(scene, at="triage, proposed")
    before = counts()
    refused: list[tuple[str, User, str, type[Refusal]]] = [
        ("report", scene.cast.olga, "", StepNotOpen),
        ("propose", scene.cast.olga, "", StepNotOpen),
        ("approve", scene.cast.olga, "", PermissionMissing),
        ("approve", scene.cast.amir, "", PermissionMissing),
        ("return", scene.cast.pavel, "", Refusal),
    ]
    with acting_as("aif_desk"):
        for action, person, note, kind in refused:
            with pytest.raises(kind):
                perform(case=case.ref, action=action, by=person, now=timezone.now(), note=note)
        assert counts() == before
        assert Case.objects.get().version == case.version


def test_the_database_wants_a_second_person_too(scene: Scene) -> None:
    case = make_case(scene, at="triage, proposed")
    with acting_as("aif_desk"):
        for wrong in (
            {"approved_by": scene.cast.olga, "approved_at": timezone.now(), "state": "approved"},
            {"state": "approved"},
            {"state": "reported"},
            {"approved_by": scene.cast.pavel, "state": "approved"},
            {"state": "no-such-state"},
            {"state": "dismissed"},
        ):
            with pytest.raises(IntegrityError), transaction.atomic():
                Case.objects.filter(pk=case.pk).update(**wrong)


def test_steps_are_only_ever_added(scene: Scene) -> None:
    from django.db import ProgrammingError

    make_case(scene, at="triage")
    with acting_as("aif_desk"):
        for change in (lambda: CaseStep.objects.update(note=""), lambda: CaseStep.objects.all()._raw_delete("default")):
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                change()


def test_of_two_approvers_at_once_exactly_one_wins(fresh_database: str, settings: Any) -> None:
    settings.AIF_DISCLOSURE_TICK = 0.01
    scene = make_scene()
    with acting_as("aif_desk"):
        from members.operations.users import create_user
        from tests.factories import CONSOLE, PASSWORD

        paula = create_user(
            username="paula", role="alliance-approver", password=PASSWORD, by=CONSOLE, now=timezone.now()
        )
    rounds = 10
    case = make_case(scene, at="triage, proposed")
    for number in range(rounds):
        if number:
            with acting_as("aif_desk"):
                perform(case=case.ref, action="return", by=scene.cast.pavel, now=timezone.now(), note="again")
                perform(case=case.ref, action="propose", by=scene.cast.olga, now=timezone.now())
        assert sorted(_approve_together(case.ref, [scene.cast.pavel, paula])) == ["ok", "transition-refused"]
    with acting_as("aif_desk"):
        assert CaseStep.objects.filter(action="approve").count() == rounds


def _approve_together(case: str, people: list[User]) -> list[str]:
    barrier = threading.Barrier(len(people))
    outcomes: list[str] = []

    def approve(person: User) -> None:
        try:
            with acting_as("aif_desk"):
                barrier.wait(timeout=10)
                perform(case=case, action="approve", by=person, now=timezone.now())
            outcomes.append("ok")
        except Refusal as refusal:
            outcomes.append(refusal.code)
        except Exception as error:
            outcomes.append(repr(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=approve, args=[person]) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_the_codes_are_those_of_the_catalog() -> None:
    from aif_share.wire.problems import PROBLEMS

    for kind in (CaseNotFound, StepNotOpen, SecondPersonNeeded, CaseChanged):
        assert kind().code in PROBLEMS
