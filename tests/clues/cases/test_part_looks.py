"""Whose part another party looks at has it in its own trail, under the reader's pseudonym; what cannot be recorded is not shown."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError

from clues.cases import part_queries
from members.audit.tally import Tally
from members.models import AuditEvent
from tests.clues.joint import Joint, approve, who, write
from tests.clues.scene import wait_for_tick
from tests.factories import acting_as


@pytest.fixture(autouse=True)
def tally(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(part_queries, "looks", Tally())


def looks() -> list[Any]:
    with acting_as("aif_owner"):
        found = AuditEvent.objects.filter(verb="case.part.look").order_by("pk")
        return list(found.values_list("institution_id", "actor_ref", "subject_ref", "detail"))


def test_a_look_stands_in_the_trail_of_whose_part_it_is(joint: Joint) -> None:
    write(joint.case, joint.alice)
    part_queries.list_shared_parts(case=joint.case, viewer=who(joint.bea))
    assert looks() == [], "a draft shows nothing, so there is no look"
    approve(joint, joint.alice, joint.amir)
    wait_for_tick()
    part_queries.list_shared_parts(case=joint.case, viewer=who(joint.alice))
    assert looks() == [], "the own part is nobody else's"
    part_queries.list_shared_parts(case=joint.case, viewer=who(joint.bea))
    assert looks() == [(joint.aster.pk, "parts", joint.case, {"by": joint.code(joint.birch), "count": 1})]
    assert joint.bea.ref not in repr(looks()), "parties do not know each other's people"


def test_what_cannot_be_recorded_is_not_shown(joint: Joint, monkeypatch: pytest.MonkeyPatch) -> None:
    approve(joint, joint.alice, joint.amir)
    wait_for_tick()

    def fail(*_: Any, **__: Any) -> None:
        raise DatabaseError

    monkeypatch.setattr(part_queries.audit, "record_each", fail)
    for _again in range(2):
        with pytest.raises(DatabaseError):
            part_queries.list_shared_parts(case=joint.case, viewer=who(joint.bea))


def test_a_flood_of_looks_leaves_a_handful(joint: Joint, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that asks each second would bury what else stands in the trails of others."""
    approve(joint, joint.alice, joint.amir)
    wait_for_tick()
    monkeypatch.setattr(part_queries.time, "time", lambda: 60.0)
    for _look in range(12):
        part_queries.list_shared_parts(case=joint.case, viewer=who(joint.bea))
    assert [look[3]["count"] for look in looks()] == [1, 10]
    monkeypatch.setattr(part_queries.time, "time", lambda: 120.0)
    part_queries.list_shared_parts(case=joint.case, viewer=who(joint.bea))
    assert len(looks()) == 3
