"""GET /events: the feed by cursor, tailed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.clues.alliance import clue, token
from tests.clues.api.member import Member, problem
from tests.clues.scene import work


@pytest.fixture(autouse=True)
def short_tick(settings: Any) -> None:
    settings.AIF_DISCLOSURE_TICK = 0.02


def test_the_feed_is_tailed_by_its_cursor(aster: Member, birch: Member) -> None:
    start = aster.get("/events").json()
    assert (start["results"], start["next"]) == ([], None) and start["cursor"]
    for member in (aster, birch):
        assert member.submit([clue(token("one", kind="domain"))]).status_code == 202
    work()
    body = aster.get(f"/events?cursor={start['cursor']}").json()
    assert sorted(event["kind"] for event in body["results"]) == ["batch.done", "match.released"]
    by_kind = {event["kind"]: event for event in body["results"]}
    assert set(by_kind["match.released"]) == {"event", "kind", "at", "match"}
    assert set(by_kind["batch.done"]) == {"event", "kind", "at", "batch"}
    found = by_kind["match.released"]
    assert aster.get(f"/matches/{found['match']}").status_code == 200
    assert aster.get(f"/batches/{by_kind['batch.done']['batch']}").json()["released"] is True
    assert aster.get(f"/events/{found['event']}").json() == found
    problem(birch.get(f"/events/{found['event']}"), 404, "not-found")
    tail = aster.get(f"/events?cursor={body['cursor']}").json()
    assert (tail["results"], tail["next"]) == ([], None)
    # The others' feed holds its own events, under other references.
    theirs = birch.get("/events").json()["results"]
    assert len(theirs) == 2 and not {event["event"] for event in theirs} & {event["event"] for event in body["results"]}


def test_pages_of_one(aster: Member) -> None:
    for _number in range(3):
        aster.submit([clue(token("x", kind="qq"))])
        work()
    seen, path = [], "/events?limit=1&kind=batch.done"
    while path:
        body = aster.get(path).json()
        seen += body["results"]
        path = (body["next"] or "").partition("/api/v1")[2]
    assert len({event["event"] for event in seen}) == len(seen) == 3
    problem(aster.get(f"/events?cursor={body['cursor']}"), 400, "cursor-invalid")


def test_kinds_there_are_not(aster: Member) -> None:
    for kind in ("webhook.test", "nothing", ""):
        assert problem(aster.get(f"/events?kind={kind}"), 422, "field-invalid")["field"] == "kind"
