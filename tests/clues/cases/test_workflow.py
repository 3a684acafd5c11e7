"""The table holds together, and two persons are two persons."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from clues.cases.actions import open_actions
from clues.cases.workflow import ACTION_LABELS, RESTING, STATES, TRANSITIONS
from clues.models import Case
from members.audit.verbs import VERBS
from members.models import User
from tests.cast import Cast
from tests.clues.cases.expectation import ALLOWED
from tests.clues.scene import Scene, make_case, step, try_perform
from tests.clues.scene_paths import PATHS, give
from tests.factories import acting_as, make_user

# (where it stands, what is decided): who of the asking side must not decide it.
DECIDED = {
    ("evidence-ready, proposed", "approve"): "proposed_by",
    ("approved, report asked", "report"): "report_asked_by",
    ("closed, reopening asked", "reopen"): "reopen_asked_by",
}


def promoted(cast: Cast) -> User:
    """Olga, who asked for everything, is an approver now: her role would allow it, the four eyes do not."""
    with acting_as("aif_desk"):
        User.objects.filter(pk=cast.olga.pk).update(role="alliance-approver")
        cast.olga.refresh_from_db()
    return cast.olga


@pytest.mark.parametrize(("at", "action"), DECIDED)
def test_who_asked_never_decides(scene: Scene, at: str, action: str) -> None:
    case = make_case(scene, at=at)
    olga = promoted(scene.cast)
    with acting_as("aif_desk"):
        case.refresh_from_db()
        assert getattr(case, DECIDED[at, action]) == olga
        assert action not in {row.action for row in open_actions(case, by=olga)}
    assert try_perform(case, action, olga, **give(action)) == "four-eyes"
    assert try_perform(case, action, scene.cast.pavel, **give(action)) == "ok"


def test_the_last_editor_never_approves(scene: Scene) -> None:
    case = make_case(scene, at="joint")
    otto = make_user("alliance-operator")
    step(case, "ready", scene.cast.olga)
    step(case, "propose", otto)
    assert try_perform(case, "approve", promoted(scene.cast)) == "four-eyes"
    assert try_perform(case, "approve", scene.cast.pavel) == "ok"


_NOW = timezone.now()
WRONG: dict[str, list[dict[str, Any]]] = {
    "evidence-ready, proposed": [
        {"state": "approved"},
        {"state": "reported"},
        {"state": "no-such-state"},
        {"state": "dismissed", "due_at": None},
        {"state": "approved", "approved_by_id": "olga", "approved_at": _NOW},
        {"state": "approved", "approved_by_id": "alice", "approved_at": _NOW},  # the last editor
        {"state": "approved", "approved_by_id": "pavel"},
        {"approved_by_id": "pavel", "approved_at": _NOW},
        {"lead_id": None},
        {"due_at": None},
        {"state": "triage"},
    ],
    "approved, report asked": [
        {"state": "reported"},
        {"state": "reported", "reported_by_id": "olga", "reported_at": _NOW, "reported_on": _NOW.date()},
        {"state": "reported", "reported_by_id": "pavel", "reported_at": _NOW},
        {"state": "reported", "reported_by_id": "pavel", "reported_on": _NOW.date()},
        {"receiver": ""},
        {"report_asked_by_id": None},
        {"proposed_by_id": "pavel"},
        {"edited_by_id": "pavel"},
    ],
    "closed, reopening asked": [
        {"closed_code": ""},
        {"closed_reason": ""},
        {"state": "reported", "due_at": _NOW},
        {"reopened_by_id": "pavel", "reopened_at": _NOW},
        {"state": "reported", "due_at": _NOW, "closed_code": "", "closed_reason": "", "reopened_by_id": "olga",
         "reopened_at": _NOW},
        {"state": "merged"},
    ],
}  # fmt: skip


@pytest.mark.parametrize("at", WRONG)
def test_the_database_refuses_it_too(scene: Scene, at: str) -> None:
    case = make_case(scene, at=at)
    people = {name: getattr(scene.cast, name).pk for name in ("olga", "pavel", "alice")}
    with acting_as("aif_desk"):
        for wrong in WRONG[at]:
            columns = {name: people.get(each, each) if isinstance(each, str) else each for name, each in wrong.items()}
            with pytest.raises(IntegrityError, match="case_"), transaction.atomic():
                Case.objects.filter(pk=case.pk).update(**columns)


def test_the_database_wants_a_party_to_lead(scene: Scene) -> None:
    case = make_case(scene, at="joint")
    with acting_as("aif_desk"), pytest.raises(IntegrityError, match="case_lead_is_party"), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(lead_id=scene.cast.cedar.pk)


def test_every_row_has_a_verb_a_label_and_known_states() -> None:
    for row in TRANSITIONS:
        assert row.verb in VERBS and row.action in ACTION_LABELS
        assert row.source in STATES and row.target in STATES
        assert row.desk is not None or row.member is not None
        assert (row.days is None) == (row.target in RESTING)
        # Whoever the case concerns hears when it moves on.
        assert row.notify or row.target == row.source, row
    assert {(row.source, row.action) for row in TRANSITIONS} == {(at.split(",")[0], act) for at, act in ALLOWED}
    assert {at.split(",")[0] for at in PATHS} == set(STATES) - {Case.MERGED}
