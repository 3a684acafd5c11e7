"""What members see of cases: parties their state and dates, strangers nothing; and who is told when."""

from __future__ import annotations

import pytest
from django.db import ProgrammingError, transaction
from django.utils import timezone

from clues.cases import queries
from clues.cases.transition import CaseNotFound
from clues.models import CaseParty, CaseStep
from tests.clues.alliance import caller
from tests.clues.scene import Scene, make_case
from tests.factories import acting_as


def test_a_party_sees_state_and_dates(scene: Scene) -> None:
    case = make_case(scene, at="approved")
    for institution in (scene.cast.aster, scene.cast.birch):
        seen = queries.get_case(case=case.ref, viewer=caller(institution))
        assert (seen.case, seen.state, seen.match) == (case.ref, "approved", scene.match)
        assert (seen.opened_at, seen.changed_at) == (case.opened_at, case.changed_at)
        assert queries.list_cases(viewer=caller(institution)) == [seen]
        milestones = queries.list_milestones(case=case.ref, viewer=caller(institution))
        assert [milestone.state for milestone in milestones] == [
            "candidate", "triage", "lead-claimed", "joint", "evidence-ready", "approved"
        ]  # fmt: skip


def test_a_stranger_sees_nothing(scene: Scene) -> None:
    case = make_case(scene)
    stranger = caller(scene.cast.cedar)
    assert queries.list_cases(viewer=stranger) == []
    for read in (queries.get_case, queries.list_milestones):
        with pytest.raises(CaseNotFound):
            read(case=case.ref, viewer=stranger)
    for ref in ("", "CASE-1", scene.match):
        with pytest.raises(CaseNotFound):
            queries.get_case(case=ref, viewer=caller(scene.cast.aster))


def test_nothing_before_the_tick(scene: Scene) -> None:
    case = make_case(scene)
    later = timezone.now() + timezone.timedelta(minutes=1)
    with acting_as("aif_owner"):
        CaseParty.objects.update(released_at=later)
    viewer = caller(scene.cast.aster)
    assert queries.list_cases(viewer=viewer) == []
    with pytest.raises(CaseNotFound):
        queries.get_case(case=case.ref, viewer=viewer)


def test_pages_go_back_in_time(scene: Scene) -> None:
    first = make_case(scene, at="dismissed")
    second = make_case(scene)
    viewer = caller(scene.cast.aster)
    newest = queries.list_cases(viewer=viewer, limit=1)
    assert [case.case for case in newest] == [second.ref]
    assert [case.case for case in queries.list_cases(viewer=viewer, before=newest[0].id)] == [first.ref]


def test_web_cannot_read_people_and_reasons(scene: Scene) -> None:
    make_case(scene, at="closed")
    for column in ("note", "by_id"):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            list(CaseStep.objects.values_list(column))
