"""Every action at every place by everybody: allowed or refused as written down, and a refusal changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from aif_share.errors import Refusal
from clues.cases.actions import actions_for, open_actions
from clues.cases.transition import MEMBERS_SEE, perform
from clues.models import Case
from members.models import User
from members.queries import person_of
from tests.clues.alliance import caller
from tests.clues.cases.expectation import ACTIONS, ACTORS, NEED_A_REASON, PLACES, expected
from tests.clues.scene import Scene, make_case, open_other, step
from tests.clues.scene_paths import give
from tests.factories import acting_as, make_user

EVERYTHING = """
SELECT (SELECT md5(string_agg(f::text, '' ORDER BY id)) FROM case_file f),
    (SELECT count(*) FROM case_step), (SELECT count(*) FROM case_party),
    (SELECT count(*) FROM event), (SELECT count(*) FROM audit_event)
"""


@dataclass(frozen=True)
class Stage:
    """The case at its place, a second one, and everybody who could act."""

    case: Case
    other: Case
    actors: dict[str, Any]
    birch: str

    def given(self, action: str) -> dict[str, str]:
        """What a step asks beside its note."""
        return give(action, **{"merge": {"into": self.other.ref}, "assign-lead": {"lead": self.birch}}.get(action, {}))


def make_stage(scene: Scene, at: str) -> Stage:
    """Bring the case to its place and everybody in."""
    cast = scene.cast
    case, other = make_case(scene, at="candidate" if at == "merged" else at), open_other(scene)
    if at == "merged":
        case = step(case, "merge", cast.pavel, "the same people", into=other.ref)
    of_lead = {
        f"lead-{name}": person_of(make_user(role, institution=cast.aster))
        for name, role in (("admin", "member-admin"), ("auditor", "auditor"), ("submitter", "submitter"))
    }
    shut = make_user("alliance-operator")
    shut.is_active = False
    return Stage(
        case=case,
        other=other,
        birch=cast.birch.ref,
        actors={
            "operator": cast.olga,
            "approver": cast.pavel,
            "shut-operator": shut,
            "lead-analyst": person_of(cast.alice),
            "lead-approver": person_of(cast.amir),
            **of_lead,
            "lead-key": caller(cast.aster, scopes=("submit", "read")),
            "lead-reading-key": caller(cast.aster, scopes=("read", "screen")),
            "lead-submitting-key": caller(cast.aster, scopes=("submit",)),
            "party-analyst": person_of(cast.bea),
            "party-key": caller(cast.birch, scopes=("submit", "read")),
            "stranger-analyst": person_of(cast.cy),
            "stranger-key": caller(cast.cedar, scopes=("submit", "read")),
        },
    )


def everything() -> Any:
    with acting_as("aif_owner"), connection.cursor() as cursor:
        cursor.execute(EVERYTHING)
        return cursor.fetchone()


def role_of(actor: Any) -> str:
    """The role in the database of the process in which somebody acts."""
    return "aif_desk" if isinstance(actor, User) else "aif_web"


def attempt(stage: Stage, action: str, actor: Any, note: str = "because") -> str:
    """Try it; what succeeds is taken back, what is refused stays as it left the database."""
    point = transaction.savepoint()
    try:
        perform(case=stage.case.ref, action=action, by=actor, now=timezone.now(), note=note, **stage.given(action))
    except Refusal as refusal:
        transaction.savepoint_commit(point)
        return refusal.code
    transaction.savepoint_rollback(point)
    return "ok"


def run_matrix(stage: Stage, at: str) -> list[tuple[str, ...]]:
    """Return what differs from the expectation at this place: (actor, action, expected, found)."""
    wrong: list[tuple[str, ...]] = []
    before = everything()
    for name in ACTORS:
        with acting_as(role_of(stage.actors[name])):
            for action in ACTIONS:
                found = attempt(stage, action, stage.actors[name])
                if found != expected(at, action, name):
                    wrong.append((at, action, name, expected(at, action, name), found))
        if everything() != before:
            wrong.append((at, "", name, "nothing changed", "something did"))
    return wrong


@pytest.mark.parametrize("at", PLACES)
def test_every_action_by_everybody(scene: Scene, at: str) -> None:
    stage = make_stage(scene, at)
    assert run_matrix(stage, at) == []
    # A button is there exactly if the step can be taken, and says why where it cannot.
    for name in set(ACTORS) - {"stranger-analyst", "stranger-key"}:
        by = stage.actors[name]
        with acting_as(role_of(by)):
            rows = Case.objects.all() if isinstance(by, User) else Case.objects.only(*MEMBERS_SEE)
            case = rows.get(pk=stage.case.pk)
            offered = {row.action for row in open_actions(case, by=by)}
            assert offered == {action for action in ACTIONS if expected(at, action, name) == "ok"}, name
            assert all(offer.why for offer in actions_for(case, by=by) if offer.row.action not in offered)


@pytest.mark.parametrize("at", [at for at in PLACES if at not in ("dismissed", "merged")])
def test_what_hurts_needs_a_reason_without_identifiers(scene: Scene, at: str) -> None:
    stage = make_stage(scene, at)
    for action in ACTIONS:
        name = next((name for name in ACTORS if expected(at, action, name) == "ok"), None)
        if name is None:
            continue
        wanted = "field-invalid" if action in NEED_A_REASON else "ok"
        with acting_as(role_of(stage.actors[name])):
            assert attempt(stage, action, stage.actors[name], note="  ") == wanted, action
            assert attempt(stage, action, stage.actors[name], note="x" * 501) == "field-invalid"
            assert attempt(stage, action, stage.actors[name], note="ask 13800138000") == "raw-identifier"
