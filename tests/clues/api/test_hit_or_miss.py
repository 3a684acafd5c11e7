"""What a submission answers says nothing of what others reported: equal in status, headers and length, hit or miss."""

from __future__ import annotations

from typing import Any

import pytest

from tests.clues.alliance import clue, open_epoch, token
from tests.clues.api.member import Member, match
from tests.factories import acting_as


@pytest.mark.usefixtures("ring")
def test_answers_to_hits_and_misses_are_alike(fresh_database: str, settings: Any) -> None:
    settings.AIF_DISCLOSURE_TICK = 0.05
    with acting_as("aif_desk"):
        open_epoch()
    aster, birch = Member.join("Aster Bank"), Member.join("Birch Bank")
    birch.submit([clue(token(number)) for number in range(3)])
    match()
    answers = [aster.submit([clue(token(value))]) for value in (0, "nobody's", 1, "unheard of", 2, "new")]
    assert len({_shape(answer) for answer in answers}) == 1
    match()  # hits they were
    assert len(aster.get("/matches").json()["results"]) == 3
    later = [aster.get(f"/batches/{answer.json()['batch']}") for answer in answers]
    assert len({(each.status_code, frozenset(each.json())) for each in later}) == 1


def _shape(answer: Any) -> tuple[int, int, frozenset[str], int]:
    headers = {
        name: value for name, value in answer.headers.items() if name not in ("Date", "X-Request-ID", "Location")
    }
    return answer.status_code, len(answer.content), frozenset(answer.json()), len(repr(sorted(headers.items())))
