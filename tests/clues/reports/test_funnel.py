"""What the job counts for everybody: rounded sums of five institutions at least, funnels, and dispositions among them."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from clues.cases import parties
from clues.models import OutcomeFigure
from clues.reports import funnel, outcomes
from members.queries import person_of
from tests.clues.dispositions.doing import record as disposed
from tests.clues.procedures.recording import enter
from tests.clues.scene import Scene, make_case, make_scene
from tests.factories import acting_as, make_institution

pytestmark = pytest.mark.django_db
CRIMINAL, ADMINISTRATIVE = "police-criminal", "police-administrative"


@pytest.fixture
def scene(settings: Any) -> Iterator[Scene]:
    settings.AIF_DISCLOSURE_TICK = 0.01
    yield make_scene()


def counted(scene: Scene) -> dict[str, Decimal]:
    """What is not nothing."""
    with acting_as("aif_desk"):
        return {code: value for code, value in outcomes.get_counters(by=scene.cast.olga).items() if value}


def reckon() -> None:
    with acting_as("aif_match"):
        funnel.reckon(now=timezone.now())


def test_members_read_sums_of_five_institutions_at_least(scene: Scene) -> None:
    """Two parties stand behind the case; five more make it enough, and then it is rounded."""
    case = make_case(scene, at="reported")
    for _turn in range(12):
        (entry,) = enter(case, scene.cast.olga, ADMINISTRATIVE, "accepted")
    enter(case, scene.cast.olga, ADMINISTRATIVE, "penalty", proceeding=str(entry.proceeding), persons=4)
    assert funnel.list_figures() == [] and funnel.get_as_of() is None
    reckon()
    assert {figure.counter for figure in funnel.list_figures() if figure.value is not None} == set()
    with acting_as("aif_desk"):
        parties.add(case, [make_institution().pk for _turn in range(5)], at=timezone.now())
    reckon()
    shown = {figure.counter: figure for figure in funnel.list_figures() if figure.value is not None}
    assert shown["cases-administrative"].value == 10 and not shown["cases-administrative"].below_ten
    assert shown["persons-penalized"].value == 0 and shown["persons-penalized"].below_ten
    assert "cases-filed" not in shown
    with acting_as("aif_desk"):
        kept = dict(OutcomeFigure.objects.values_list("counter", "value"))
        assert kept == outcomes.get_counters(by=scene.cast.olga), "the job counts what the desk counts"


def test_the_funnel_of_a_category(scene: Scene) -> None:
    reckon()
    with acting_as("aif_desk"):
        (before,) = funnel.list_exact_funnels(by=scene.cast.olga)
    assert before.category == "telecom-fraud"
    assert [(stage.stage, stage.clues) for stage in before.stages] == [
        ("clue", 3), ("match", 2), ("warned", 2), ("disposed", 0), ("reported", 0), ("outcome", 0)
    ]  # fmt: skip
    case = make_case(scene, at="reported")
    (entry,) = enter(case, scene.cast.olga, CRIMINAL, "submitted")
    reckon()
    assert all(stage.clues is None for each in funnel.list_funnels() for stage in each.stages), "three institutions"
    enter(case, scene.cast.olga, CRIMINAL, "accepted", proceeding=str(entry.proceeding))
    reckon()
    with acting_as("aif_desk"):
        (after,) = funnel.list_exact_funnels(by=scene.cast.olga)
    reached = {stage.stage: stage for stage in after.stages}
    assert (reached["reported"].clues, reached["outcome"].clues) == (2, 2)
    assert (reached["match"].share, reached["match"].step, reached["outcome"].step) == (67, 67, 100)
    medians = [reached[name].median_seconds for name in ("match", "warned", "reported")]
    assert medians == sorted(medians, key=lambda value: value or 0) and medians[0] == 0


def test_dispositions_count_too_with_the_cases_they_belong_to(scene: Scene) -> None:
    disposed(scene, kind="internal-tag", calls_flagged=7)
    disposed(scene, by=scene.cast.birch, kind="consumer-warned", persons_warned=3, amount_prevented_cny="50.00")
    disposed(scene, kind="dissuasion")
    expected = {"calls-flagged": 7, "persons-warned": 3, "amount-prevented-by-dispositions": 50, "dissuasions": 1}
    assert counted(scene) == expected
    case = make_case(scene)
    with acting_as("aif_desk"):
        (share,) = outcomes.list_cases(counter="calls-flagged", by=scene.cast.olga)
    assert (share.case, share.part) == (case.ref, 7)
    own = outcomes.get_own_counters(viewer=person_of(scene.cast.bea))
    assert {code: value for code, value in own.items() if value} == {
        "persons-warned": 3, "amount-prevented-by-dispositions": 50
    }, "what another institution did is its own"  # fmt: skip
    reckon()
    with acting_as("aif_desk"):
        kept = dict(OutcomeFigure.objects.filter(counter__in=expected).values_list("counter", "institutions"))
        (funnel_,) = funnel.list_exact_funnels(by=scene.cast.olga)
    assert set(kept.values()) == {1}
    assert {stage.stage: stage.clues for stage in funnel_.stages}["disposed"] == 2
