"""The workflow of cases: who may do what, and where. Written by hand here, not taken from the table."""

from __future__ import annotations

import pytest

from clues.cases.workflow import ACTION_LABELS, RESTING, STATES, TRANSITIONS, actions_for
from members.audit.verbs import VERBS
from members.models import ALLIANCE_ROLES, MEMBER_ROLES, User
from tests.clues.scene import PATHS, Scene, make_case, try_perform
from tests.factories import acting_as, make_user

OPERATOR, APPROVER = "alliance-operator", "alliance-approver"

# (where it stands, what is done): the roles that may. Nobody else may, and nothing else is possible.
EXPECTED: dict[tuple[str, str], set[str]] = {
    ("candidate", "triage"): {OPERATOR, APPROVER},
    ("candidate", "dismiss"): {OPERATOR, APPROVER},
    ("triage", "propose"): {OPERATOR},
    ("triage", "dismiss"): {APPROVER},
    ("triage, proposed", "approve"): {APPROVER},
    ("triage, proposed", "return"): {APPROVER},
    ("triage, proposed", "dismiss"): {APPROVER},
    ("approved", "report"): {OPERATOR},
    ("approved", "return"): {APPROVER},
    ("reported", "close"): {APPROVER},
}
ACTIONS = sorted({action for _state, action in EXPECTED} | {"open", "no-such-action", ""})
NEEDS_A_REASON = {
    ("candidate", "dismiss"),
    ("triage", "dismiss"),
    ("triage, proposed", "dismiss"),
    ("triage, proposed", "return"),
    ("approved", "return"),
    ("reported", "close"),
}


@pytest.mark.parametrize("at", PATHS)
def test_every_action_in_every_state_by_every_role(scene: Scene, at: str) -> None:
    people = {role: make_user(role) for role in ALLIANCE_ROLES}
    people |= {role: make_user(role, institution=scene.cast.aster) for role in MEMBER_ROLES}
    case = make_case(scene, at=at)
    with acting_as("aif_desk"):
        case.refresh_from_db()
        for role, person in people.items():
            offered = {row.action for row in actions_for(case, person)}
            for action in ACTIONS:
                outcome = try_perform(case, action, person)
                allowed = role in EXPECTED.get((at, action), set())
                assert (outcome == "ok") == allowed, (at, action, role, outcome)
                # The button is there exactly if the step can be taken.
                assert (action in offered) == allowed, (at, action, role)


def test_the_proposer_is_never_the_second_person(scene: Scene) -> None:
    """Olga, who proposed, becomes an approver afterwards: the role would allow it, the four eyes do not."""
    case = make_case(scene, at="triage, proposed")
    with acting_as("aif_desk"):
        olga = scene.cast.olga
        User.objects.filter(pk=olga.pk).update(role=APPROVER)
        olga.refresh_from_db()
        for action in ("approve", "return"):
            assert try_perform(case, action, olga) == "four-eyes"
            assert action not in {row.action for row in actions_for(case, olga)}
            assert try_perform(case, action, scene.cast.pavel) == "ok"


@pytest.mark.parametrize("at", [state for state in PATHS if any(state == where for where, _action in EXPECTED)])
def test_what_hurts_needs_a_reason(scene: Scene, at: str) -> None:
    case = make_case(scene, at=at)
    with acting_as("aif_desk"):
        for (state, action), roles in EXPECTED.items():
            if state != at:
                continue
            person = scene.cast.pavel if APPROVER in roles else scene.cast.olga
            wanted = "field-invalid" if (at, action) in NEEDS_A_REASON else "ok"
            assert try_perform(case, action, person, note="  ") == wanted, (at, action)
            assert try_perform(case, action, person, note="x" * 501) == "field-invalid"
            assert try_perform(case, action, person, note="ask 13800138000") == "raw-identifier"


def test_inactive_people_may_do_nothing(scene: Scene) -> None:
    case = make_case(scene)
    with acting_as("aif_desk"):
        User.objects.filter(pk=scene.cast.olga.pk).update(is_active=False)
        olga = User.objects.get(pk=scene.cast.olga.pk)
        assert actions_for(case, olga) == []
        assert try_perform(case, "triage", olga) == "permission-missing"


def test_every_row_has_a_verb_a_label_and_known_states() -> None:
    for row in TRANSITIONS:
        assert row.verb in VERBS
        assert row.action in ACTION_LABELS
        assert row.source in STATES
        assert row.target in STATES
        assert row.source not in RESTING
