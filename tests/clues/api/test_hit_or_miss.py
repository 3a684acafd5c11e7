"""What a submission answers says nothing of what others reported: equal in status, headers and length, hit or miss."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

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


def test_no_submission_looks_at_what_others_reported(aster: Member, birch: Member) -> None:
    """The request stores and leaves: both kinds run the same statements, none of which touches what is matched.

    So there is nothing in it whose time could tell; `make trust` measures 2,000 of each.
    """
    birch.submit([clue(token("known"))])
    match()
    aster.submit([clue(token("the first of the hour notes that the key is used"))])
    asked = [_statements(aster, value) for value in ("known", "unheard of")]
    assert asked[0] == asked[1] and len(asked[0]) > 5
    touched = [table for table in MATCHED for each in asked[0] if re.search(rf"\b{table}\b", each)]
    assert touched == []


MATCHED = (
    "identifier",
    "sighting",
    "clue",
    "match",
    "own_match_party",
    "match_party",
    "ring",
    "ring_edge",
    "known_elsewhere",
)


def _statements(member: Member, value: str) -> list[str]:
    """What the database is asked during one submission, without the values."""
    with CaptureQueriesContext(connection) as captured:
        assert member.submit([clue(token(value), client_ref="x" * 22)]).status_code == 202
    return [re.sub(r"'[^']*'|[0-9]+", "?", each["sql"]) for each in captured.captured_queries]


def _shape(answer: Any) -> tuple[int, int, frozenset[str], int]:
    headers = {
        name: value for name, value in answer.headers.items() if name not in ("Date", "X-Request-ID", "Location")
    }
    return answer.status_code, len(answer.content), frozenset(answer.json()), len(repr(sorted(headers.items())))
