"""Members that call the API over HTTP, in the test's own process."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture
def ring(monkeypatch: Any) -> list[int]:
    """No broker here: the list grows by one whenever the view rings for the workers."""
    from clues import tasks

    rung: list[int] = []
    monkeypatch.setattr(tasks, "ring", lambda: rung.append(1))
    return rung


@pytest.fixture
def aster(db: None, ring: list[int]) -> Any:
    """A live institution with a key of all scopes; epoch 1 is open."""
    from tests.clues.alliance import open_epoch
    from tests.clues.api.member import Member
    from tests.factories import acting_as

    with acting_as("aif_desk"):
        open_epoch()
    return Member.join("Aster Bank")


@pytest.fixture
def birch(aster: Any) -> Any:
    """Another institution, a stranger to what Aster sends."""
    from tests.clues.api.member import Member

    return Member.join("Birch Finance")


@pytest.fixture
def tables(db: None) -> Callable[[], dict[str, int]]:
    """`tables()` returns the number of rows of every table, all roles' rights aside."""
    from tests.clues.api.member import count_rows

    return count_rows
