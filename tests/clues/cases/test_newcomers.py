"""Who is concerned later joins while evidence is gathered, and holds up nothing that is ready."""

from __future__ import annotations

import pytest

from clues.cases.parties import missing
from clues.models import Case, CaseParty
from tests.clues.procedures.recording import enter
from tests.clues.scene import Scene, make_case, step, wait_for_tick
from tests.factories import acting_as


def join_match(scene: Scene, case: Case) -> None:
    """Let Cedar become a party of the case's match, told at once."""
    with acting_as("aif_owner"):
        known = case.match.parties.order_by("id").first()
        known.pk, known.institution = None, scene.cast.cedar
        known.save(force_insert=True)


def parties(case: Case) -> set[str]:
    with acting_as("aif_desk"):
        return set(CaseParty.objects.filter(case=case).values_list("institution__name", flat=True))


FIRST = {"Aster Bank", "Birch Finance"}


def test_a_newcomer_does_not_hold_up_what_is_ready(scene: Scene) -> None:
    case = make_case(scene, at="evidence-ready")
    join_match(scene, case)
    step(case, "propose", scene.cast.olga)
    assert step(case, "approve", scene.cast.pavel).state == "approved"
    assert parties(case) == FIRST
    with acting_as("aif_desk"):
        assert missing(case) == [scene.cast.cedar.pk]
    step(case, "return", scene.cast.pavel, "there is a third report")
    assert parties(case) == FIRST | {"Cedar Pay"}, "returned, the case takes it in"


@pytest.mark.parametrize("at", ["reported", "closed"])
def test_nobody_joins_what_went_out(scene: Scene, at: str) -> None:
    case = make_case(scene, at=at)
    join_match(scene, case)
    enter(case, scene.cast.olga, "police-criminal", "submitted")
    wait_for_tick()
    assert parties(case) == FIRST


def test_nobody_learns_of_a_case_by_its_end(scene: Scene) -> None:
    case = make_case(scene, at="triage")
    join_match(scene, case)
    step(case, "dismiss", scene.cast.pavel, "the same people as before")
    assert parties(case) == FIRST
