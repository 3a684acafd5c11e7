"""`/disputes`: what each side sees, and that repeating changes nothing."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from clues.disputes import apply
from clues.matching import changes, release
from members.models import reference
from tests.clues.alliance import allow, clue, token
from tests.clues.api.member import Member, bytes_of, count_rows, match, problem
from tests.clues.reviewing import confirm
from tests.clues.scene import wait_for_tick
from tests.factories import acting_as

OPENED = {"dispute", "state", "opened_at"}
SHAPE = OPENED | {"match", "type", "reason", "case_ref", "due_at", "closed_at"}
RECEIVED = {
    "disputed", "clue", "client_ref", "reason", "state", "due_at", "answered_at", "answer_reason", "decided_at",
}  # fmt: skip


@pytest.fixture
def alliance(fresh_database: str, settings: Any, ring: list[int]) -> tuple[Member, Member, Member]:
    """Aster disputes, Birch reported, Cedar has nothing to do with it."""
    from tests.clues.alliance import open_epoch

    settings.AIF_DISCLOSURE_TICK = 0.01
    with acting_as("aif_desk"):
        open_epoch()
    allow()
    return Member.join("Aster Bank"), Member.join("Birch Bank"), Member.join("Cedar Bank")


def work() -> None:
    match()
    confirm()
    with acting_as("aif_match"):
        apply.suspend_pending(limit=10)
        apply.settle_pending(limit=10)
        changes.apply_changes(limit=100, now=timezone.now())
        apply.close_pending(limit=10)
        release.release_pending()
    wait_for_tick()


def opening(identifier: Any, **fields: Any) -> dict[str, Any]:
    return {"identifier": identifier, "purpose": "complaint-handling", "reason": "wrong-person"} | fields


def post(member: Member, body: Any, *, path: str = "/disputes", key: str | None = None) -> Any:
    return member.post(path, body, HTTP_IDEMPOTENCY_KEY=key or uuid4().hex)


def test_a_dispute_from_both_sides(alliance: Any, ring: list[int]) -> None:
    aster, birch, cedar = alliance
    own = clue(token("x"))
    birch.submit([own])
    work()
    rung = len(ring)
    answer = post(aster, opening(token("x"), case_ref="A-1"))
    assert answer.status_code == 202 and answer.json().keys() == OPENED and len(ring) == rung + 1
    dispute = answer.json()["dispute"]
    work()
    assert aster.screen(token("x")).json()["results"][0]["hit"] is False
    seen = aster.get(f"/disputes/{dispute}").json()
    assert seen.keys() == SHAPE and (seen["state"], seen["match"], seen["case_ref"]) == ("open", None, "A-1")
    assert datetime.fromisoformat(seen["due_at"]) > timezone.now() + timedelta(days=5)
    assert aster.get("/disputes").json() == {"results": [seen], "next": None}
    (received,) = birch.get("/disputes/received").json()["results"]
    assert received.keys() == RECEIVED
    assert (received["disputed"], received["client_ref"], received["state"]) == (dispute, own["client_ref"], "open")
    for stranger in (birch, cedar):
        missing = bytes_of(stranger.get(f"/disputes/{reference.encode('D', 2**40)}"))
        assert missing == bytes_of(stranger.get(f"/disputes/{dispute}"))
        assert stranger.get("/disputes").json()["results"] == []
    reply = {"clue": received["clue"], "answer": "maintain", "reason": "evidence-held"}
    for stranger in (aster, cedar):
        problem(post(stranger, reply, path=f"/disputes/{dispute}/answer"), 404, "not-found")
        assert stranger.get("/disputes/received").json()["results"] == []
    answered = post(birch, reply, path=f"/disputes/{dispute}/answer")
    assert answered.status_code == 200 and answered.json()["state"] == "maintained"
    assert birch.get("/disputes/received").json()["results"] == [answered.json()]
    problem(post(birch, reply, path=f"/disputes/{dispute}/answer"), 409, "transition-refused")


def test_repeating_changes_nothing(alliance: Any) -> None:
    """One effect and one charge for one key; another body is a conflict; without a key nothing happens."""
    aster, birch, _cedar = alliance
    birch.submit([clue(token("x"))])
    work()
    problem(aster.post("/disputes", opening(token("x"))), 400, "idempotency-key-missing")
    first = post(aster, opening(token("x")), key="one")
    before = count_rows()
    again = post(aster, opening(token("x")), key="one")
    assert again.json() == first.json() and again["Idempotency-Replayed"] == "true" and count_rows() == before
    problem(post(aster, opening(token("x"), reason="other"), key="one"), 409, "idempotency-conflict")
    assert count_rows() == before
    work()
    (received,) = birch.get("/disputes/received").json()["results"]
    path = f"/disputes/{received['disputed']}/answer"
    reply = {"clue": received["clue"], "answer": "withdraw", "reason": "mistake"}
    first = post(birch, reply, path=path, key="two")
    assert first.json()["state"] == "withdrawn"
    again = post(birch, reply, path=path, key="two")
    assert again.json() == first.json() and again["Idempotency-Replayed"] == "true"


def test_nothing_reported_answers_alike(alliance: Any) -> None:
    """Known or not: the same members, the same headers, the same length."""
    aster, birch, _cedar = alliance
    birch.submit([clue(token("known"))])
    work()
    known, nothing = (post(aster, opening(token(name))) for name in ("known", "nothing"))
    assert len(known.content) == len(nothing.content) and known.status_code == nothing.status_code
    assert known.json().keys() == nothing.json().keys()
    work()
    one, other = (aster.get(f"/disputes/{each.json()['dispute']}").json() for each in (known, nothing))
    moving = {"dispute", "opened_at"}
    assert {k: v for k, v in one.items() if k not in moving} == {k: v for k, v in other.items() if k not in moving}


def test_by_match(alliance: Any) -> None:
    aster, birch, cedar = alliance
    for member in (aster, birch):
        member.submit([clue(token("x"), grade="C")])
    work()
    (found,) = aster.get("/matches").json()["results"]
    problem(post(cedar, {"match": found["match"], "reason": "other"}), 404, "not-found")
    problem(post(aster, {"match": found["match"], "reason": "other", "purpose": "onboarding"}), 422, "field-invalid")
    problem(post(aster, {"match": found["match"], "reason": "other", "identifier": token("x")}), 400, "field-missing")
    opened = post(aster, {"match": found["match"], "reason": "other"}).json()
    work()
    assert aster.get(f"/disputes/{opened['dispute']}").json()["match"] == found["match"]
    assert aster.get("/matches").json()["results"] == birch.get("/matches").json()["results"] == []
    assert [row["state"] for row in birch.get("/disputes/received").json()["results"]] == ["open"]


def test_scopes(alliance: Any) -> None:
    aster, birch, _cedar = alliance
    problem(post(aster.with_scopes("submit", "read"), opening(token("x"))), 403, "scope-missing")
    problem(post(birch.with_scopes("screen", "read"), {}, path="/disputes/D-NONE/answer"), 403, "scope-missing")
