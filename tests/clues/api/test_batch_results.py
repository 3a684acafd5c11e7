"""`GET /batches/B-…/results`: each row's outcome, in order, in pages."""

from __future__ import annotations

from typing import Any

import pytest

from aif_share.wire.problems import PROBLEMS
from tests.clues.alliance import clue, token
from tests.clues.api.member import Member, match


@pytest.fixture(scope="class")
def world(class_database: str) -> Any:
    """Two institutions on a database of their own: the worker commits."""
    from tests.clues.alliance import open_epoch
    from tests.factories import acting_as

    with acting_as("aif_desk"):
        open_epoch()
    return Member.join("Aster Bank"), Member.join("Birch Finance")


class TestResults:
    """What the worker found of each row."""

    def test_outcomes(self, world: tuple[Member, Member], ring: list[int]) -> None:
        """Accepted, duplicate, refused at the door (nothing of it kept) and refused later (with its reference)."""
        aster, _birch = world
        first = clue(token(1), client_ref="r-1")
        rows = [first, clue(token(2) | {"token": "13800138000"}), first, clue(token(3), client_ref="r-1")]
        ref = aster.submit([*rows, "x", clue(token(4), client_ref="r-2")]).json()["batch"]
        assert aster.get(f"/batches/{ref}/results").json() == {"results": [], "next": None}
        match()
        body = aster.get(f"/batches/{ref}/results").json()
        assert body == {
            "results": [
                {"row": 0, "client_ref": "r-1", "outcome": "accepted", "code": None},
                {"row": 1, "client_ref": None, "outcome": "refused", "code": "raw-identifier"},
                {"row": 2, "client_ref": "r-1", "outcome": "duplicate", "code": None},
                {"row": 3, "client_ref": "r-1", "outcome": "refused", "code": "client-ref-reused"},
                {"row": 4, "client_ref": None, "outcome": "refused", "code": "row-malformed"},
                {"row": 5, "client_ref": "r-2", "outcome": "accepted", "code": None},
            ],
            "next": None,
        }
        assert {row["code"] for row in body["results"]} - {None} <= PROBLEMS.keys()
        counts = aster.get(f"/batches/{ref}").json()
        assert (counts["state"], counts["accepted"], counts["duplicates"], counts["refused"]) == ("done", 2, 1, 3)

    def test_pages(self, world: tuple[Member, Member], ring: list[int]) -> None:
        """Every row once, whatever the size of the page; no page is empty."""
        _aster, birch = world
        ref = birch.submit([clue(token(f"p{n}")) for n in range(7)]).json()["batch"]
        match()
        for limit in (1, 3, 7, 100):
            rows, path, pages = [], f"/batches/{ref}/results?limit={limit}", 0
            while path:
                body = birch.get(path).json()
                assert body["results"]
                rows += [row["row"] for row in body["results"]]
                path = (body["next"] or "").removeprefix("http://testserver/api/v1")
                pages += 1
            assert (rows, pages) == (list(range(7)), -(-7 // limit))
