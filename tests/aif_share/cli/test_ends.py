"""How batches ended, in words: what the alliance did is told from what the rows themselves did, of one and of several."""

from __future__ import annotations

from typing import Any

import pytest

from aif_share.cli.submit import _ENDS, _tell
from aif_share.client.submission import Outcome, _end_of


@pytest.mark.parametrize(
    ("state", "clues", "released", "end"),
    [
        ("done", 2, True, "released"),
        ("held", 2, False, "held"),
        ("rejected", 2, True, "rejected"),  # its chunks are released, with nothing in them
        ("rejected", 2, False, "rejected"),
        ("rejected", 0, False, "refused"),
        ("rejected", 0, True, "refused"),
    ],
)
def test_a_batch_ended_by_the_alliance_or_by_its_own_rows(state: str, clues: int, released: bool, end: str) -> None:
    batch: dict[str, Any] = {"state": state, "clues": clues, "released": released}
    assert _end_of(batch) == end
    assert end == "released" or end in _ENDS


@pytest.mark.parametrize(
    ("states", "said"),
    [
        ({"refused": 1}, "Every row of one batch was refused; the codes say why."),
        ({"refused": 2}, "Every row of 2 batches was refused; the codes say why."),
        ({"rejected": 1}, "The alliance did not let one batch go."),
        ({"rejected": 3, "released": 1}, "The alliance did not let 3 batches go."),
        ({"held": 1}, "One batch is held until the alliance has looked; do not send it again."),
    ],
)
def test_one_and_several(states: dict[str, int], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    _tell(Outcome([], 0, 0, 0, False, {}, states=states), [], None)
    assert capsys.readouterr().err.splitlines() == [said]
