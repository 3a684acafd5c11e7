"""One step of a case: what it writes, whom it tells, and that a refusal writes nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from django.utils import timezone

from aif_share.errors import Refusal
from clues.cases import refusals
from clues.cases.actions import NotTheLead, OtherSide, SecondPersonNeeded, StepNotOpen
from clues.cases.marks import CHINA
from clues.cases.transition import CaseChanged, CaseNotFound, perform
from clues.models import Case, CaseParty, CaseStep, Event
from members.models import AuditEvent
from members.queries import person_of
from tests.clues.alliance import caller
from tests.clues.scene import Scene, make_case, step, try_perform
from tests.factories import acting_as


def counts() -> tuple[int, int, int]:
    """Steps, audit events, notices."""
    with acting_as("aif_desk"):
        return CaseStep.objects.count(), AuditEvent.objects.count(), Event.objects.count()


def test_a_step_moves_the_case_and_leaves_a_trail(scene: Scene) -> None:
    case = make_case(scene, at="evidence-ready, proposed")
    now = timezone.now()
    with acting_as("aif_desk"):
        before = counts()
        moved = perform(case=case.ref, action="approve", by=scene.cast.pavel, now=now, note=" good evidence ")
        assert counts() == (before[0] + 1, before[1] + 1, before[2] + 2)
        moved.refresh_from_db()
        assert (moved.state, moved.version, moved.changed_at) == ("approved", case.version + 1, now)
        assert (moved.proposed_by, moved.approved_by, moved.approved_at) == (scene.cast.olga, scene.cast.pavel, now)
        step = CaseStep.objects.latest("id")
        assert (step.action, step.from_state, step.to_state) == ("approve", "evidence-ready", "approved")
        assert (step.by, step.at, step.note, step.told) == (scene.cast.pavel, now, "good evidence", "")
        event = AuditEvent.objects.latest("id")
        assert (event.verb, event.actor_ref, event.subject_ref) == ("case.approve", scene.cast.pavel.ref, case.ref)
        assert event.detail == {"from": "evidence-ready", "to": "approved", "version": case.version + 1}


@pytest.mark.parametrize("who", ["person", "system"])
def test_a_member_moves_the_case_in_its_own_process(scene: Scene, who: str) -> None:
    case = make_case(scene, at="triage")
    by = person_of(scene.cast.alice) if who == "person" else caller(scene.cast.aster, scopes=("submit", "read"))
    now = timezone.now()
    with acting_as("aif_web"):
        perform(case=case.ref, action="claim", by=by, now=now, note="ours", version=case.version)
    with acting_as("aif_desk"):
        case.refresh_from_db()
        assert (case.state, case.lead, case.version) == ("lead-claimed", scene.cast.aster, 3)
        assert case.edited_by == (scene.cast.alice if who == "person" else None)
        step = CaseStep.objects.latest("id")
        assert (step.by, step.institution) == (case.edited_by, scene.cast.aster)
        assert (step.actor_ref, step.note, step.told) == (by.audit_ref, "ours", "")
        event = AuditEvent.objects.latest("id")
        assert (event.verb, event.actor_kind, event.institution_id) == (
            "case.claim", by.audit_kind, scene.cast.aster.pk
        )  # fmt: skip
        told = Event.objects.filter(subject_kind="CASE", subject_id=case.pk, kind="case.moved")
        assert told.count() == 2 * 2  # taken up, then claimed


def test_the_portals_process_cannot_decide(scene: Scene) -> None:
    """Whatever the code of the portal did: approval and report-out are not its columns."""
    case = make_case(scene, at="evidence-ready, proposed")
    for column in ("approved_by_id", "proposed_by_id", "reported_by_id", "receiver", "closed_code", "merged_into_id"):
        with acting_as("aif_web"), pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            Case.objects.filter(pk=case.pk).update(**{column: None})
    for state in ("approved", "reported", "closed", "dismissed", "merged"):
        with acting_as("aif_web"), pytest.raises(IntegrityError), transaction.atomic():
            Case.objects.filter(pk=case.pk).update(state=state)


def test_the_parties_are_told_and_nobody_else(scene: Scene) -> None:
    case = make_case(scene, at="candidate")
    with acting_as("aif_desk"):
        perform(case=case.ref, action="triage", by=scene.cast.olga, now=timezone.now())
        told = Event.objects.filter(subject_kind="CASE", subject_id=case.pk, kind="case.moved")
        assert {notice.institution_id for notice in told} == {scene.cast.aster.pk, scene.cast.birch.pk}
        assert len({notice.released_at for notice in told}) == 1


def test_what_waits_for_a_second_person_is_not_told(scene: Scene) -> None:
    case = make_case(scene, at="evidence-ready")
    with acting_as("aif_desk"):
        before = Event.objects.count()
        perform(case=case.ref, action="propose", by=scene.cast.olga, now=timezone.now())
        assert Event.objects.count() == before


@pytest.mark.parametrize("at", ["evidence-ready, proposed", "approved", "approved, report asked"])
def test_returning_takes_everybody_back_and_says_why(scene: Scene, at: str) -> None:
    case = make_case(scene, at=at)
    with acting_as("aif_desk"):
        moved = perform(case=case.ref, action="return", by=scene.cast.pavel, now=timezone.now(), note="get the letters")
        moved.refresh_from_db()
        assert (moved.state, moved.lead) == ("joint", scene.cast.aster)
        assert (moved.proposed_by, moved.approved_by, moved.report_asked_by, moved.receiver) == (None, None, None, "")
        assert CaseStep.objects.latest("id").told == "get the letters"


def test_a_report_out_has_receiver_and_day(scene: Scene) -> None:
    case = make_case(scene, at="approved")
    cast, today = scene.cast, timezone.now().astimezone(CHINA).date()
    assert try_perform(case, "ask-report", cast.olga) == "field-missing"
    assert try_perform(case, "ask-report", cast.olga, receiver="the-police") == "field-invalid"
    assert try_perform(case, "ask-report", cast.olga, receiver="court", into=case.ref) == "unknown-field"
    step(case, "ask-report", cast.olga, receiver="court")
    for wrong in ("", "soon", "2026-02-30", str(today - timedelta(days=1)), str(today + timedelta(days=1))):
        assert try_perform(case, "report", cast.pavel, reported_on=wrong).startswith("field-")
    moved = step(case, "report", cast.pavel, reported_on=str(today))
    with acting_as("aif_desk"):
        moved.refresh_from_db()
        assert (moved.receiver, moved.reported_on, moved.report_asked_by) == ("court", today, cast.olga)
        assert (moved.state, moved.reported_by) == ("reported", cast.pavel)


def test_a_lead_is_another_live_party(scene: Scene) -> None:
    from members.operations.institutions import suspend

    case = make_case(scene, at="joint")
    cast = scene.cast
    for wrong in (cast.aster.ref, cast.cedar.ref, case.ref, "nonsense"):
        assert try_perform(case, "assign-lead", cast.olga, lead=wrong) == "field-invalid"
    assert try_perform(case, "assign-lead", cast.olga, lead=cast.birch.ref) == "ok"
    with acting_as("aif_desk"):
        suspend(institution_id=cast.birch.pk, reason="test", by=cast.olga, now=timezone.now())
    assert try_perform(case, "assign-lead", cast.olga, lead=cast.birch.ref) == "field-invalid"


def test_a_reopened_case_closes_again(scene: Scene) -> None:
    case = make_case(scene, at="closed, reopening asked")
    cast = scene.cast
    case = step(case, "reopen", cast.pavel, "a second witness")
    with acting_as("aif_desk"):
        case.refresh_from_db()
        assert (case.state, case.closed_code, case.closed_reason, case.reopened_by) == ("reported", "", "", cast.pavel)
        assert case.receiver and case.reported_on and case.due_at
    case = step(case, "close", cast.pavel, "done", reason="settled")
    with acting_as("aif_desk"):
        case.refresh_from_db()
        assert (case.closed_code, case.reopen_asked_by, case.reopened_by, case.due_at) == ("settled", None, None, None)


def test_no_reopening_beside_another_case(scene: Scene) -> None:
    case = make_case(scene, at="closed, reopening asked")
    make_case(scene)
    assert try_perform(case, "reopen", scene.cast.pavel) == "transition-refused"


def test_an_older_page_is_refused(scene: Scene) -> None:
    case = make_case(scene, at="triage")
    for by, role in ((scene.cast.olga, "aif_desk"), (person_of(scene.cast.alice), "aif_web")):
        with acting_as(role), pytest.raises(CaseChanged):
            perform(case=case.ref, action="claim", by=by, now=timezone.now(), version=case.version - 1)


@pytest.mark.parametrize("ref", ["CASE-AAAAAAAAAAAAAAAAAAAAAAAAAA", "", "1", "M-AAAAAAAAAAAAAAAAAAAAAAAAAA"])
def test_no_such_case(scene: Scene, ref: str) -> None:
    with acting_as("aif_desk"), pytest.raises(CaseNotFound):
        perform(case=ref, action="triage", by=scene.cast.olga, now=timezone.now())
    with acting_as("aif_web"), pytest.raises(CaseNotFound):
        perform(case=ref, action="claim", by=person_of(scene.cast.alice), now=timezone.now())


def test_before_the_tick_a_member_cannot_act(scene: Scene) -> None:
    case = make_case(scene, at="triage")
    with acting_as("aif_owner"):
        CaseParty.objects.update(released_at=timezone.now() + timedelta(minutes=1))
    assert try_perform(case, "claim", scene.cast.alice) == "not-found"


def test_a_refusal_is_on_the_trail(scene: Scene) -> None:
    case = make_case(scene, at="joint")
    tried: list[tuple[Any, str, str, str]] = [
        (person_of(scene.cast.bea), "ready", "not-the-lead", case.ref),
        (person_of(scene.cast.cy), "ready", "not-found", case.ref),
        (person_of(scene.cast.alice), "approve", "transition-refused", case.ref),
        (person_of(scene.cast.alice), "13800138000", "transition-refused", case.ref),
        (person_of(scene.cast.alice), "ready", "not-found", "CASE-13800138000"),
    ]
    for by, action, code, ref in tried:
        with acting_as("aif_web"), pytest.raises(Refusal), refusals.recorded(case=ref, action=action, by=by):
            perform(case=ref, action=action, by=by, now=timezone.now())
        with acting_as("aif_desk"):
            event = AuditEvent.objects.latest("id")
            assert (event.verb, event.actor_ref, event.institution_id) == (
                "case.refuse", by.audit_ref, by.institution_id
            )  # fmt: skip
            assert event.subject_ref == (ref if ref == case.ref else "")
            assert event.detail == {"action": "" if action.isdigit() else action, "code": code}
    with acting_as("aif_web"), pytest.raises(Refusal):
        with refusals.recorded(case=case.ref, action="ready", by=person_of(scene.cast.alice)):
            perform(case=case.ref, action="ready", by=person_of(scene.cast.alice), now=timezone.now(), note="x" * 501)
    with acting_as("aif_desk"):
        assert AuditEvent.objects.filter(verb="case.refuse").count() == len(tried)


def test_steps_are_only_ever_added(scene: Scene) -> None:
    make_case(scene, at="triage")
    with acting_as("aif_desk"):
        for change in (lambda: CaseStep.objects.update(note=""), lambda: CaseStep.objects.all()._raw_delete("default")):
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                change()


def test_the_codes_are_those_of_the_catalog() -> None:
    from aif_share.wire.problems import PROBLEMS

    for refusal in (CaseNotFound(), StepNotOpen(), SecondPersonNeeded("edited_by"), CaseChanged(), NotTheLead()):
        assert refusal.code in PROBLEMS
    assert OtherSide(desks=True).code == OtherSide(desks=False).code == "permission-missing"
