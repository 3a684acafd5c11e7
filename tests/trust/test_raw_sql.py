"""Web's own login with raw SQL: no row of any tenant's table without a context, nor with a forged, old or borrowed one.

Show 3 of issue 7. Each table has a row, and the same question under Aster's own context shows rows in most.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

# Whatever touches models is imported inside: this file is read before Django is set up.
if TYPE_CHECKING:
    from tests.trust.matrix.world import World

SHOWN_TO_ITS_OWNER = 60
"""Tables at least in which Aster sees rows under its own context, so that the others prove something."""


@pytest.fixture
def full(world: World) -> World:
    """A world with a row in every table."""
    from tests.trust import raw_sql

    raw_sql.fill(raw_sql.list_empty(), world.joint.scene.cast.aster)
    assert raw_sql.list_empty() == []
    return world


def test_no_context_no_row(full: World, settings: Any) -> None:
    from django.db import connection

    from members.row_security import act_for, context, leave
    from tests.factories import acting_as
    from tests.members.raw_sql import FORGED, as_institution, count_everywhere, list_open

    aster = full.joint.scene.cast.aster
    with acting_as("aif_web", held=True):
        own = count_everywhere(as_institution(aster))
        asked = {"none": count_everywhere()}
        for number, change in enumerate(FORGED, start=1):
            asked[f"forged, in way {number}"] = count_everywhere(change(as_institution(aster)))
        act_for(institution=aster.pk)
        asked["of another connection"] = count_everywhere(
            context.signed(connection.connection.info.backend_pid + 1, time.time)
        )
        leave()
        asked["expired"] = count_everywhere(as_institution(aster, age=context.LIVES_S + 5))
        settings.AIF_CONTEXT_KEYS = {"c1": b"x" * 32}
        asked["under a key of its own"] = count_everywhere(as_institution(aster))
        leave()
    shown = [name for name, each in own.items() if isinstance(each, int) and each]
    opened = {way: list_open(answers) for way, answers in asked.items()}
    print(f"raw_sql_tables={len(own)} raw_sql_open={sum(map(len, opened.values()))}")
    assert opened == {way: [] for way in asked}
    assert len(shown) >= SHOWN_TO_ITS_OWNER, sorted(own.items())
