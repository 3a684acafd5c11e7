"""The random histories would see it: forms of the code that are broken on purpose, a word at a time."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import hypothesis
import pytest
from hypothesis import Phase
from hypothesis.stateful import run_state_machine_as_test

from clues.matching import changes, recount_sql, sql
from tests.clues.matching.test_random_histories import STEPS, Histories, World, world

__all__ = ["world"]

BROKEN = {
    "disputed clues count": (recount_sql, "COUNT", "c.state = 'active'", "c.state NOT IN ('withdrawn', 'expired')"),
    "an untold party hears of the end": (recount_sql, "TELL_DIFFERENCE", "AND g.released_at IS NULL", "AND false"),
    "nobody leaves": (
        recount_sql,
        "TELL_DIFFERENCE",
        "USING before b\n    WHERE",
        "USING before b\n    WHERE false AND",
    ),
    "corrections are no news": (recount_sql, "TELL_DIFFERENCE", "WHEN other THEN", "WHEN false THEN"),
    "newcomers are no news": (sql, "TELL_PARTIES", "WHEN shown AND more > 0 THEN", "WHEN false THEN"),
    "every group is news": (
        recount_sql,
        "TELL_DIFFERENCE",
        "o.later AND o.group_id <> t.group_id) >= 2 THEN 2",
        "o.later AND o.group_id <> t.group_id) >= 3 THEN 3 WHEN false THEN 2",
    ),
    "noise is not looked for": (sql, "FIND_BLOCKED", "WHERE i.scoring", "WHERE NOT i.scoring"),
    "empty hub rows stay": (recount_sql, "DROP_EMPTY", "AND s.counted)", ")"),
    "former identifiers stay": (changes, "DROP_SIGHTINGS", "n.clue_id = s.clue_id", "true OR n.clue_id = s.clue_id"),
}


@pytest.mark.parametrize(("module", "name", "right", "wrong"), BROKEN.values(), ids=BROKEN)
def test_broken_forms_are_seen(
    world: World, monkeypatch: Any, module: ModuleType, name: str, right: str, wrong: str
) -> None:
    """Red when the histories pass what is wrong: then they show nothing."""
    statement = getattr(module, name)
    assert right in statement
    monkeypatch.setattr(module, name, statement.replace(right, wrong))
    with pytest.raises(Exception):  # noqa: B017 - an assertion, or a group of several
        run_state_machine_as_test(
            lambda: Histories(world),
            settings=hypothesis.settings(
                max_examples=100,
                stateful_step_count=STEPS,
                deadline=None,
                derandomize=True,
                phases=[Phase.generate],
                print_blob=False,
                suppress_health_check=list(hypothesis.HealthCheck),
            ),
        )
