"""A child is looked for inside of the parent that the address names: a check on one object is no right to write another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

# Whatever touches models is imported inside: this file is read before Django is set up.
if TYPE_CHECKING:
    from tests.trust.matrix.world import World


def test_a_child_inside_of_another_own_parent_is_not_there(world: World) -> None:
    """The matrix asks this as well, of everything; here it is alone, with both parents and the child the asker's own."""
    from tests.trust.matrix import api
    from tests.trust.matrix.cells import Score, hash_rows, undone
    from tests.trust.matrix.doors import DOORS

    score, before = Score(), hash_rows()
    for name, door in DOORS.items():
        own = {
            parameter: world.refs[each]
            for parameter, each in api.objects_of(name.split(" ", 1)[1], door, world).items()
        }
        with undone():
            asked = score.cells
            api._misplace(name, door, own, world, score)
            if score.cells > asked:
                score.unchanged(name, before)
    assert score.leaks == []
    assert score.cells >= 2 * 5


def test_the_domain_looks_for_a_task_in_its_case_too(world: World) -> None:
    """Below the API, which reads what it wrote once more and would not find it."""
    import pytest

    from clues.cases import tasks
    from members.queries import person_of

    alice = person_of(world.people["aster", "analyst"])
    with pytest.raises(tasks.TaskNotFound):
        tasks.assign(case=world.refs["led_case"], task=world.refs["task"], assignee=None, version=1, by=alice)
    with pytest.raises(tasks.TaskNotFound):
        tasks.cancel(
            case=world.refs["led_case"], task=world.refs["task"], reason="Settled.", version=1, by=alice,
            now=timezone.now(),
        )  # fmt: skip
