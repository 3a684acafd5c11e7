"""No column of any table is set by naming it in a body: every writing address of the API, every object in what it takes."""

from __future__ import annotations

import itertools
from random import Random
from typing import TYPE_CHECKING, Any

# Whatever touches models is imported inside: this file is read before Django is set up.
if TYPE_CHECKING:
    from tests.trust.matrix.world import World


def test_no_name_of_a_column_is_taken(world: World, scale: Any) -> None:
    """Every name is sent somewhere, one at a time, beside what else is right; nothing but the refusal comes of it."""
    import orjson
    from django.test import Client

    from tests.trust.matrix.cells import Score
    from tests.trust.matrix.injecting import SENSITIVE, columns, inject, writing

    document = orjson.loads(Client().get("/api/v1/schema", HTTP_ACCEPT="application/json").content)
    score, sent, rows = Score(), set(), 0
    names = columns()
    Random(15).shuffle(names)
    turn = itertools.cycle(names)
    for name, door in writing(world):
        rows += 1
        sent |= inject(name, door, world, score, document, turn, scale(15, full=100))
    print(f"injected={score.cells} taken={len(score.leaks)}")
    assert score.unreached == [], "without the name it has to succeed, or the row proves nothing"
    assert score.leaks == []
    # A name that stood in the document when its turn came has another turn elsewhere, or none is left to it.
    assert rows >= 40 and len(sent & set(names)) > 0.95 * len(names) and len(sent & set(SENSITIVE)) >= 15
