"""`GET /matches` and `GET /matches/M-…`: what a party may know, and when."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection

from members.models import reference
from tests.clues.alliance import clue, token
from tests.clues.api.member import Member, bytes_of, match, problem
from tests.factories import acting_as

SHAPE = {
    "match", "type", "released_at", "mine", "band", "sectors", "categories", "best_grade", "first_seen_month",
    "score", "terms", "my_feedback",
}  # fmt: skip


@pytest.fixture(scope="class")
def world(class_database: str) -> Any:
    """Two institutions, and more as the tests need them, on a database of their own."""
    from tests.clues.alliance import open_epoch

    with acting_as("aif_desk"):
        open_epoch()
    return [Member.join("Aster Bank"), Member.join("Birch Bank"), Member.join("Cedar Bank")]


@pytest.fixture(autouse=True)
def _short_tick(settings: Any, ring: list[int]) -> None:
    settings.AIF_DISCLOSURE_TICK = 0.05


def matches(member: Member) -> list[dict[str, Any]]:
    answer = member.get("/matches")
    assert answer.status_code == 200 and answer.json()["next"] is None
    rows: list[dict[str, Any]] = answer.json()["results"]
    return rows


class TestMatches:
    """In the order written: the alliance grows from three to six institutions."""

    def test_small_alliance(self, world: list[Member]) -> None:
        """Both parties at the same moment; no band and no sector among fewer than five; strangers nothing at all."""
        aster, birch, cedar = world
        own, other = clue(token("x"), token("s1")), clue(token("s1"), grade="B1", category="spam-sms")
        assert aster.submit([own]).status_code == birch.submit([other]).status_code == 202
        cedar.submit([clue(token("c"))])
        assert matches(aster) == []
        match()
        (found,), (theirs,) = matches(aster), matches(birch)
        assert found.keys() == SHAPE
        released_at = datetime.fromisoformat(found["released_at"])
        assert found["released_at"].endswith("Z") and released_at <= datetime.now(UTC)
        assert found == {
            "match": theirs["match"],
            "type": "domain",
            "released_at": theirs["released_at"],
            "mine": [{"client_ref": own["client_ref"], "identifier": 1}],
            "band": None,
            "sectors": [],
            "categories": ["spam-sms", "telecom-fraud"],
            "best_grade": "B1",
            "first_seen_month": f"{datetime.now(UTC):%Y-%m}",
            "score": None,
            "terms": [],
            "my_feedback": None,
        }
        assert theirs["mine"] == [{"client_ref": other["client_ref"], "identifier": 0}]
        assert aster.get(f"/matches/{found['match']}").json() == found
        assert matches(cedar) == []

    def test_a_stranger_learns_nothing(self, world: list[Member]) -> None:
        aster, _birch, cedar = world
        (found,) = matches(aster)
        answer = cedar.get(f"/matches/{found['match']}")
        problem(answer, 404, "not-found")
        for missing in (reference.encode("M", 2**40), "M-NONE", "B" + found["match"][1:], found["match"].lower()):
            assert bytes_of(cedar.get(f"/matches/{missing}")) == bytes_of(answer)

    def test_before_the_tick(self, world: list[Member], settings: Any) -> None:
        """Matched, committed and hidden: the list, the match itself and the batch's count all wait."""
        settings.AIF_DISCLOSURE_TICK = 86_400 * 365
        aster, birch, _cedar = world
        aster.submit([clue(token("later"))])
        match()  # institutions take turns: without it, either's clue may be the one that finds the other's
        ref = birch.submit([clue(token("later"))]).json()["batch"]
        match()
        with acting_as("aif_match"), connection.cursor() as cursor:
            cursor.execute("SELECT id FROM match WHERE released_at > clock_timestamp()")
            ((hidden,),) = cursor.fetchall()
        assert len(matches(aster)) == len(matches(birch)) == 1
        problem(aster.get(f"/matches/{reference.encode('M', hidden)}"), 404, "not-found")
        batch = birch.get(f"/batches/{ref}").json()
        assert (batch["state"], batch["accepted"], batch["matched"], batch["released"]) == ("done", 1, 0, False)
        with acting_as("aif_match"), connection.cursor() as cursor:
            for table in ("match", "match_party", "batch_chunk", "event"):
                cursor.execute(f"UPDATE {table} SET released_at = clock_timestamp() WHERE released_at > now()")
        time.sleep(0.2)  # the product's own clock is never ahead of the database's
        assert len(matches(aster)) == len(matches(birch)) == 2
        batch = birch.get(f"/batches/{ref}").json()
        assert (batch["matched"], batch["released"]) == (1, True)

    def test_five_institutions_have_bands(self, world: list[Member]) -> None:
        """Others' groups are counted, one's own is not; a sector shows only among three others of it."""
        aster, birch, _cedar = world
        payment = Member.join("Delta Pay", sector="payment")
        world += [payment, Member.join("Elm Pay", sector="payment")]
        assert [row["band"] for row in matches(aster)] == ["1", "1"]
        # Banks: Aster, Birch, Cedar. A bank is one of three and sees two others, a payment house sees three.
        assert matches(aster)[0]["sectors"] == []
        payment.submit([clue(token("s1"))])
        match()
        first = {member.institution.name: matches(member)[0] for member in (aster, birch, payment)}
        assert {name: row["band"] for name, row in first.items()} == dict.fromkeys(first, "2-4")
        assert {name: row["sectors"] for name, row in first.items()} == {
            "Aster Bank": [],
            "Birch Bank": [],
            "Delta Pay": ["bank"],
        }

    def test_a_group_counts_once(self, world: list[Member]) -> None:
        aster = world[0]
        for name in ("North", "South"):
            member = Member.join(name, group="Compass")
            world.append(member)
            member.submit([clue(token("grouped"))])
        match()
        assert matches(world[-1]) == [], "two of one group are no match"
        aster.submit([clue(token("grouped"))])
        match()
        assert [row["band"] for row in matches(aster) if row["mine"][0]["identifier"] == 0][-1] == "1"
        assert matches(world[-1])[0]["band"] == "1"

    def test_pages(self, world: list[Member]) -> None:
        """Oldest first, without gap or repetition, also where a match lost its partner in the middle of a page."""
        cedar, gone = world[2], Member.join("Gone Bank")
        partner = world[1]
        for n in range(6):
            cedar.submit([clue(token(f"page{n}"))])
            (gone if n in (1, 2, 3) else partner).submit([clue(token(f"page{n}"))])
        match()
        everything = [row["match"] for row in matches(cedar)]
        assert len(everything) == 6
        gone.suspend()
        left = [row["match"] for row in matches(cedar)]
        assert len(left) == 3 and set(left) < set(everything)
        for limit in (1, 2, 3):
            seen, path = [], f"/matches?limit={limit}"
            while path:
                body = cedar.get(path).json()
                assert len(body["results"]) <= limit
                seen += [row["match"] for row in body["results"]]
                path = (body["next"] or "").removeprefix("http://testserver/api/v1")
            assert seen == left

    def test_no_answer_holds_a_token(self, world: list[Member]) -> None:
        """Neither a token nor its stored form, nor another member's reference."""
        aster, birch = world[:2]
        with acting_as("aif_owner"), connection.cursor() as cursor:
            cursor.execute("SELECT token::text FROM identifier")
            stored = {form for (text,) in cursor.fetchall() for form in (text, text.replace("-", ""))}
            cursor.execute("SELECT client_ref FROM clue WHERE institution_id <> %s", [aster.institution.pk])
            foreign = {text for (text,) in cursor.fetchall()}
        assert len(stored) > 10 and len(foreign) > 10
        sent = {token(name)["token"] for name in ("x", "s1", "later", "grouped")}
        texts = [aster.get("/matches").content.decode(), aster.get("/batches").content.decode()]
        texts += [aster.get(f"/matches/{row['match']}").content.decode() for row in matches(aster)]
        assert not [needle for needle in stored | sent | foreign for text in texts if needle in text]
        assert birch.get("/matches").status_code == 200
