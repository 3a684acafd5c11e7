"""`POST /screenings`: an answer for each token, or none and no charge."""

from __future__ import annotations

import hashlib
import logging
from typing import Any

import orjson
import pytest
from django.db import connection

from aif_share.wire.limits import MAX_SCREEN_TOKENS
from clues.blinding import epochs
from tests.clues.alliance import clue, token
from tests.clues.api.member import Member, count_rows, find_text, match, problem
from tests.clues.reviewing import confirm
from tests.factories import CONSOLE, acting_as

PHONE = "13800138000"
DIGEST = hashlib.sha256(PHONE.encode()).hexdigest()
MISS = {"hit": False, "band": None, "categories": [], "best_grade": None, "score": None, "terms": []}
TOKENS = [token(1)]


@pytest.fixture(scope="class")
def world(class_database: str) -> Any:
    """Five institutions on a database of their own; all but the first report domains."""
    from tests.clues.alliance import open_epoch

    with acting_as("aif_desk"):
        open_epoch()
    return [Member.join(f"{name} Bank") for name in ("Aster", "Birch", "Cedar", "Delta", "Elm")]


class TestAnswers:
    """What is answered, and what it costs."""

    def test_hits_and_misses(self, world: list[Member], ring: list[int]) -> None:
        """In the order asked. Grade C and one's own reports are no hit; the terms add up to the score."""
        asker, *others = world
        for member in others[:2]:
            assert member.submit([clue(token("bad"))]).status_code == 202
        others[2].submit([clue(token("weak"), grade="C")])
        asker.submit([clue(token("own"))])
        match()
        confirm()
        answer = asker.screen(token("none"), token("bad"), token("weak"), token("own"), case_ref="2026-C-118")
        assert answer.status_code == 200 and answer["Content-Type"] == "application/json"
        body = answer.json()
        assert body.keys() == {"results", "as_of", "lawful_use", "disclaimer"}
        assert body["as_of"].endswith("Z") and body["disclaimer"]
        hit = body["results"][1]
        assert sum(term["points"] for term in hit["terms"]) == hit["score"] > 0
        assert hit == {
            "index": 1,
            "hit": True,
            "band": "2-4",
            "categories": ["telecom-fraud"],
            "best_grade": "B2",
            "score": hit["score"],
            "terms": hit["terms"],
        }
        assert [body["results"][n] for n in (0, 2, 3)] == [{"index": n} | MISS for n in (0, 2, 3)]
        assert token("bad")["token"] not in answer.content.decode()

    def test_what_it_leaves(self, world: list[Member], ring: list[int]) -> None:
        """One ledger row of numbers, and as many units as tokens; no batch, clue or sighting."""
        asker = world[0]
        before, used = count_rows(), asker.get("/me").json()["quotas"]["screen"]["used"]
        assert asker.screen(token("bad"), token("none"), token("none"), basis="user-agreement").status_code == 200
        after = count_rows()
        assert {name: n - before[name] for name, n in after.items() if n != before[name]} == {"screening": 1}
        assert asker.get("/me").json()["quotas"]["screen"]["used"] == used + 3
        with acting_as("aif_owner"), connection.cursor() as cursor:
            cursor.execute("SELECT purpose, basis, tokens, hits FROM screening ORDER BY id DESC LIMIT 1")
            assert cursor.fetchone() == ("complaint-handling", "user-agreement", 3, 1)
        assert find_text(token("bad")["token"]) == [] and ring == []

    def test_small_alliance(self, world: list[Member], ring: list[int]) -> None:
        """A hit among fewer than five live institutions has no band."""
        world[4].suspend()
        (row,) = world[0].screen(token("bad")).json()["results"]
        assert (row["hit"], row["band"]) == (True, None)

    def test_a_suspended_reporter_does_not_count(self, world: list[Member], ring: list[int]) -> None:
        for member in world[1:3]:
            member.suspend()
        (row,) = world[0].screen(token("bad")).json()["results"]
        assert row == {"index": 0} | MISS


REFUSED = {
    "raw phone": ({"tokens": [token(1), token(1) | {"token": PHONE}]}, 422, "raw-identifier"),
    "SHA-256": ({"tokens": [token(1), token(1) | {"token": DIGEST}]}, 422, "unkeyed-hash"),
    "short": ({"tokens": [token(1), token(1) | {"token": "AAAA"}]}, 422, "token-malformed"),
    "unknown type": ({"tokens": [token(1), token(1) | {"type": PHONE}]}, 422, "type-unknown"),
    "unknown epoch": ({"tokens": [token(1), token(1) | {"epoch": 7}]}, 422, "epoch-retired"),
    "no token": ({"tokens": [token(1), PHONE]}, 400, "malformed"),
    "a role": ({"tokens": [token(1), token(1) | {"role": "actor"}]}, 400, "unknown-field"),
    "none": ({"tokens": []}, 400, "field-missing"),
    "too many": ({"tokens": TOKENS * (MAX_SCREEN_TOKENS + 1)}, 413, "too-large"),
    "no purpose": ({"tokens": TOKENS, "purpose": None}, 422, "purpose-unknown"),
    "unknown purpose": ({"tokens": TOKENS, "purpose": PHONE}, 422, "purpose-unknown"),
    "free text as basis": ({"tokens": TOKENS, "basis": f"call {PHONE}"}, 422, "basis-invalid"),
    "a phone as case": ({"tokens": TOKENS, "case_ref": PHONE}, 422, "raw-identifier"),
    "free text as case": ({"tokens": TOKENS, "case_ref": f"call {PHONE}"}, 422, "case-ref-invalid"),
    "unknown field": ({"tokens": TOKENS, "phone": PHONE}, 400, "unknown-field"),
    "a value as a field": ({"tokens": TOKENS, PHONE: 1}, 400, "unknown-field"),
}
BODIES = {
    "not JSON": (PHONE.encode() + b"{", 400, "malformed"),
    "a list": (orjson.dumps(TOKENS), 400, "malformed"),
    "byte order mark": (b"\xef\xbb\xbf" + orjson.dumps({"tokens": TOKENS}), 400, "charset"),
    "GB18030": ('{"purpose":"电话' + PHONE + '"}', 400, "charset"),
}


@pytest.mark.parametrize(("fields", "status", "code"), REFUSED.values(), ids=REFUSED)
def test_refused(aster: Member, tables: Any, caplog: Any, fields: dict[str, Any], status: int, code: str) -> None:
    """The whole is refused with the place of the bad token; nothing is charged or stored, nothing repeated."""
    before = tables()
    with caplog.at_level(logging.DEBUG):
        answer = aster.post("/screenings", {"purpose": "complaint-handling"} | fields)
    body = problem(answer, status, code)
    assert body.get("index") == (1 if len(fields["tokens"]) == 2 else None)
    assert tables() == before
    assert aster.get("/me").json()["quotas"]["screen"]["used"] == 0
    assert not [text for text in (PHONE, DIGEST) if text in answer.content.decode() + caplog.text]


@pytest.mark.parametrize(("body", "status", "code"), BODIES.values(), ids=BODIES)
def test_bad_bodies(aster: Member, tables: Any, body: Any, status: int, code: str) -> None:
    before = tables()
    content = body if isinstance(body, bytes) else body.encode("gb18030")
    answer = aster.post("/screenings", content)
    problem(answer, status, code)
    assert PHONE not in answer.content.decode() and tables() == before
    problem(aster.post("/screenings", content, content_type="text/plain"), 415, "media-type")


def test_retired_epoch(aster: Member) -> None:
    from django.utils import timezone

    with acting_as("aif_desk"):
        epochs.retire_epoch(epoch=1, by=CONSOLE, now=timezone.now())
    epochs._cache.value = None
    problem(aster.screen(token(1)), 422, "epoch-retired")


class TestRepeated:
    """With an Idempotency-Key, on a database of its own."""

    def ask(self, member: Member, *values: object, key: str = "k-1") -> Any:
        body = {"purpose": "complaint-handling", "tokens": [token(value) for value in values]}
        return member.post("/screenings", body, HTTP_IDEMPOTENCY_KEY=key)

    def test_again(self, world: list[Member], ring: list[int]) -> None:
        """The first answer, byte for byte, although a hit came in between; one charge, one ledger row."""
        asker = world[0]
        world[1].submit([clue(token("once"))])
        match()
        confirm()
        first = self.ask(asker, "once", "none")
        assert first.status_code == 200 and first.json()["results"][0]["hit"]
        world[1].submit([clue(token("none"))])
        match()
        confirm()
        before = count_rows()
        second = self.ask(asker, "once", "none")
        assert (second.content, second["Idempotency-Replayed"]) == (first.content, "true")
        assert "Idempotency-Replayed" not in first
        assert count_rows() == before
        assert asker.get("/me").json()["quotas"]["screen"]["used"] == 2
        assert find_text(token("once")["token"]) == []

    def test_another_question(self, world: list[Member]) -> None:
        problem(self.ask(world[0], "other"), 409, "idempotency-conflict")
        assert self.ask(world[1], "other").status_code == 200, "keys are each institution's own"
        for key in ("", "x" * 256, "schlüssel"):
            problem(self.ask(world[0], "other", key=key), 400, "idempotency-key-invalid")

    def test_a_refusal_leaves_the_key_free(self, world: list[Member]) -> None:
        before = count_rows()
        body = {"purpose": "complaint-handling", "tokens": [token(1) | {"token": PHONE}]}
        problem(world[0].post("/screenings", body, HTTP_IDEMPOTENCY_KEY="k-2"), 422, "raw-identifier")
        assert count_rows() == before
        assert self.ask(world[0], 1, key="k-2").status_code == 200

    def test_a_body_nested_too_deeply(self, world: list[Member]) -> None:
        """orjson reads more levels than it writes; red when that is an error of ours."""
        deep: list[Any] = []
        for _ in range(240):
            deep = [deep]
        body = orjson.dumps({"tokens": deep}).replace(b"[]", b"[" * 300 + b"]" * 300)
        answer = world[0].post("/screenings", body, HTTP_IDEMPOTENCY_KEY="k-3")
        problem(answer, 400, "malformed")

    def test_after_ten_minutes(self, world: list[Member]) -> None:
        """The key is free again, and old answers are swept."""
        with acting_as("aif_owner"), connection.cursor() as cursor:
            cursor.execute("UPDATE screening_answer SET asked_at = asked_at - interval '10 minutes'")
        kept = count_rows()["screening_answer"]
        answer = self.ask(world[0], "other")
        assert answer.status_code == 200 and "Idempotency-Replayed" not in answer
        assert kept == 3 and count_rows()["screening_answer"] == 2, "k-1 anew, k-2 swept, Birch's own stays"


class TestQuota:
    """On a database of its own: the refusal ends its own transaction."""

    def test_quota(self, class_database: str) -> None:
        """What the day's quota does not cover is refused whole; what it covers is answered."""
        from tests.clues.alliance import open_epoch

        with acting_as("aif_desk"):
            open_epoch()
        small = Member.join("Small Bank", screen_quota=3)
        assert small.screen(token(1), token(2)).status_code == 200
        before = count_rows()
        answer = small.screen(token(1), token(2))
        assert problem(answer, 429, "quota-exhausted")["limit"] == 3
        assert 0 < int(answer["Retry-After"]) <= 86_400
        assert count_rows() == before
        assert small.get("/me").json()["quotas"]["screen"]["used"] == 2
        assert small.screen(token(1)).status_code == 200


def test_two_statements(aster: Member, django_assert_num_queries: Any) -> None:
    """One to know the caller, one that looks up, writes the ledger and charges: no transaction around them."""
    aster.screen(token(1))
    with django_assert_num_queries(2):
        assert aster.screen(token(1)).status_code == 200
