"""What the lead records waits for the desk: until then it counts for nobody, and only the lead and the desk see it."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from aif_share.errors import Refusal
from clues.models import Event, ProcedureEntry
from clues.procedures import lead, queries, record
from clues.reports import outcomes
from members.queries import person_of
from tests.clues.alliance import caller
from tests.clues.procedures.recording import enter, fields
from tests.clues.scene import Scene, make_case, wait_for_tick
from tests.factories import acting_as, make_user

CRIMINAL = "police-criminal"


def as_lead(scene: Scene, case: Any, state: str = "submitted", by: Any = None, **given: Any) -> ProcedureEntry:
    request = fields(CRIMINAL, state, **given)
    return lead.record_as_lead(case=case.ref, request=request, by=by or person_of(scene.cast.alice), now=timezone.now())


def seen(case: Any, viewer: Any) -> list[tuple[str, str]]:
    rows = queries.list_entries(case=case.ref, viewer=viewer, now=timezone.now())
    return [(row.state, row.status) for row in rows]


def filed(scene: Scene) -> int:
    with acting_as("aif_desk"):
        return int(outcomes.get_counters(by=scene.cast.olga)["cases-reported"])


def test_an_entry_of_the_lead_waits_for_the_desk(scene: Scene) -> None:
    case = make_case(scene, at="reported")
    with acting_as("aif_desk"):
        told = Event.objects.filter(kind="case.moved").count()
    entry = as_lead(scene, case)
    wait_for_tick()
    alice, bea = person_of(scene.cast.alice), person_of(scene.cast.bea)
    assert seen(case, alice) == [("submitted", "waiting")] and seen(case, bea) == []
    assert filed(scene) == 0
    with acting_as("aif_desk"):
        assert Event.objects.filter(kind="case.moved").count() == told
        record.confirm(entry=str(entry), by=scene.cast.olga, now=timezone.now())
        with pytest.raises(Refusal, match="does not wait"):
            record.confirm(entry=str(entry), by=scene.cast.olga, now=timezone.now())
    wait_for_tick()
    assert seen(case, alice) == seen(case, bea) == [("submitted", "standing")]
    assert filed(scene) == 1


def test_one_after_the_other(scene: Scene) -> None:
    case = make_case(scene, at="reported")
    first = as_lead(scene, case)
    second = as_lead(scene, case, "accepted", proceeding=str(first.proceeding))
    with acting_as("aif_desk"):
        for refused in (
            lambda: record.confirm(entry=str(second), by=scene.cast.olga, now=timezone.now()),
            lambda: enter(case, scene.cast.olga, CRIMINAL, "filed", proceeding=str(first.proceeding)),
        ):
            with pytest.raises(Refusal, match="waits for confirmation"):
                refused()
        record.confirm(entry=str(first), by=scene.cast.olga, now=timezone.now())
        record.void(entry=str(second), reason="another number", by=scene.cast.olga, now=timezone.now())
    wait_for_tick()
    alice, bea = person_of(scene.cast.alice), person_of(scene.cast.bea)
    assert seen(case, alice) == [("submitted", "standing"), ("accepted", "voided")]
    assert seen(case, bea) == [("submitted", "standing")], "what never stood is nobody else's"


def test_who_records_for_a_member(scene: Scene) -> None:
    case = make_case(scene, at="reported")
    submitter = person_of(make_user("submitter", institution=scene.cast.aster))
    before = ProcedureEntry.objects.count()
    for by, code in (
        (person_of(scene.cast.bea), "not-the-lead"),
        (person_of(scene.cast.cy), "not-found"),
        (person_of(scene.cast.amir), "permission-missing"),
        (submitter, "permission-missing"),
        (caller(scene.cast.aster, scopes=("submit",)), "permission-missing"),
        (caller(scene.cast.aster, scopes=("read",)), "permission-missing"),
    ):
        with pytest.raises(Refusal) as refused:
            as_lead(scene, case, by=by)
        assert refused.value.code == code
    assert ProcedureEntry.objects.count() == before
    assert as_lead(scene, case, by=caller(scene.cast.aster)).institution_id == scene.cast.aster.pk


def test_the_lead_of_a_case_that_did_not_go_out(scene: Scene) -> None:
    with pytest.raises(Refusal) as refused:
        as_lead(scene, make_case(scene, at="approved"))
    assert refused.value.code == "transition-refused"
