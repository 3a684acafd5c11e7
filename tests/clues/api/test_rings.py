"""`/rings`: one's own clues in a ring, of the others no more than of a match, and nothing for strangers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from clues.matching import changes, release
from clues.rings.build import build_pending
from clues.rings.score import score
from members.models import reference
from tests.clues.alliance import clue, open_epoch, token
from tests.clues.api.member import Member, bytes_of, match, problem
from tests.clues.scene import wait_for_tick
from tests.factories import acting_as

SHAPE = {
    "ring", "mine", "band", "sectors", "categories", "best_grade", "clues", "types", "first_seen_month",
    "last_seen_month", "score", "terms",
}  # fmt: skip


@pytest.fixture
def alliance(fresh_database: str, settings: Any, ring: list[int]) -> list[Member]:
    """Aster, Birch, Cedar."""
    settings.AIF_DISCLOSURE_TICK = 0.01
    with acting_as("aif_desk"):
        open_epoch()
    return [Member.join(name) for name in ("Aster Bank", "Birch Bank", "Cedar Bank")]


def work() -> None:
    match()
    with acting_as("aif_match"):
        changes.apply_changes(limit=100, now=timezone.now())
        release.release_pending()
        while build_pending(limit=1000, now=timezone.now()):
            pass
    wait_for_tick()


def rings(member: Member) -> list[dict[str, Any]]:
    answer = member.get("/rings")
    assert answer.status_code == 200 and answer.json()["next"] is None
    found: list[dict[str, Any]] = answer.json()["results"]
    return found


def person(n: int = 1) -> dict[str, Any]:
    return token(f"person {n}", kind="resident-id")


def phone(n: int) -> dict[str, Any]:
    return token(f"phone {n}", kind="cn-mobile")


def test_each_party_sees_its_own(alliance: list[Member]) -> None:
    aster, birch, cedar = alliance
    own = [clue(person(), phone(1)), clue(person(), phone(2), category="spam-sms")]
    aster.submit(own)
    birch.submit([clue(person(), phone(3), grade="B1")])
    cedar.submit([clue(phone(9))])
    work()
    (found,), (theirs,) = rings(aster), rings(birch)
    month = f"{datetime.now(UTC):%Y-%m}"
    assert found.keys() == SHAPE
    assert found == {
        "ring": theirs["ring"],
        "mine": sorted(each["client_ref"] for each in own),
        "band": None,
        "sectors": [],
        "categories": ["spam-sms", "telecom-fraud"],
        "best_grade": "B1",
        "clues": 2,
        "types": ["resident-id"],
        "first_seen_month": month,
        "last_seen_month": month,
        "score": 62,
        "terms": [
            {"term": "independent-groups", "points": 12},
            {"term": "grade", "points": 20},
            {"term": "strongest-link", "points": 15},
            {"term": "recency", "points": 15},
        ],
    }
    # The score takes nothing that the answer does not say (docs/adr/0015).
    for told in (found, theirs):
        names = {name: told[name] for name in ("band", "best_grade", "types", "last_seen_month")}
        assert score(**names, today=datetime.now(UTC).date())[0] == told["score"]
    assert theirs["clues"] == len(theirs["mine"]) == 1
    one = aster.get(f"/rings/{found['ring']}").json()
    assert {name: one.pop(name) for name in found} == found
    assert one.keys() == {"weeks", "stages", "links"} and one["stages"] == []
    assert [week["clues"] for week in one["weeks"]] == [2]
    (link,) = one["links"]
    assert link.pop("client_ref") in found["mine"] and link.pop("match").startswith("M-")
    assert link == {"identifier": 0, "type": "resident-id", "strength": "very-strong"}
    assert rings(cedar) == []
    stranger = cedar.get(f"/rings/{found['ring']}")
    problem(stranger, 404, "not-found")
    for missing in (reference.encode("R", 2**40), "R-NONE", "M" + found["ring"][1:]):
        assert bytes_of(cedar.get(f"/rings/{missing}")) == bytes_of(stranger)
    for member in (Member.join("Elm Bank"), Member.join("Fir Bank")):
        member.submit([clue(person(), phone(5))])
    work()
    assert [row["band"] for row in rings(aster)] == ["2-4"]


def test_before_the_tick_there_is_no_ring(alliance: list[Member], settings: Any) -> None:
    """Neither for who came first nor for who came last."""
    aster, birch, cedar = alliance
    aster.submit([clue(person(), phone(1))])
    work()
    settings.AIF_DISCLOSURE_TICK = 86_400 * 365
    birch.submit([clue(person(), phone(2))])
    work()
    with acting_as("aif_match"), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM ring WHERE state = 'open'")
        assert cursor.fetchone() == (1,), "built, and hidden"
    assert rings(aster) == rings(birch) == []
    with acting_as("aif_match"), connection.cursor() as cursor:
        for table in ("match", "match_party", "batch_chunk", "event"):
            cursor.execute(f"UPDATE {table} SET released_at = clock_timestamp() WHERE released_at > now()")
    assert len(rings(aster)) == len(rings(birch)) == 1
    cedar.submit([clue(person(), phone(3), grade="A")])
    work()
    assert rings(cedar) == [] and rings(aster)[0]["best_grade"] == "B2"


def test_what_does_not_count_is_not_in_it(alliance: list[Member]) -> None:
    """A withdrawn clue leaves; without others of another group there is no ring."""
    aster, birch, _cedar = alliance
    own = clue(person(), phone(1))
    aster.submit([own])
    birch.submit([clue(person(), phone(2))])
    work()
    assert len(rings(birch)) == 1
    with acting_as("aif_owner"), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE clue SET state = 'withdrawn', ended_at = now() WHERE client_ref = %s", [own["client_ref"]]
        )
    assert rings(aster) == rings(birch) == []


def test_pages(alliance: list[Member]) -> None:
    aster, birch, _cedar = alliance
    for n in range(5):
        aster.submit([clue(person(n), phone(10 + n))])
        birch.submit([clue(person(n), phone(20 + n))])
    work()
    everything = [row["ring"] for row in rings(aster)]
    assert len(everything) == 5
    seen, path = [], "/rings?limit=2"
    while path:
        body = aster.get(path).json()
        seen += [row["ring"] for row in body["results"]]
        path = (body["next"] or "").removeprefix("http://testserver/api/v1")
    assert seen == everything


def test_a_clue_without_a_match_of_its_own_waits_for_its_tick_too(alliance: list[Member], settings: Any) -> None:
    """Joined by an identifier that only its own institution reported: nothing of it shows before its batch is told."""
    aster, birch, _cedar = alliance
    card = token("one card", kind="bank-card")
    aster.submit([clue(person(), phone(1))])
    birch.submit([clue(person(), card)])
    work()
    settings.AIF_DISCLOSURE_TICK = 86_400 * 365
    birch.submit([clue(card, phone(2), grade="A")])
    work()
    with acting_as("aif_match"), connection.cursor() as cursor:
        cursor.execute("SELECT clues, best_grade FROM ring WHERE state = 'open'")
        assert cursor.fetchone() == (3, "A"), "it is in the ring"
    assert [row["best_grade"] for row in rings(aster)] == ["B2"] and rings(birch)[0]["clues"] == 1
