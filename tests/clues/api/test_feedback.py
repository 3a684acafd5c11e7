"""`PUT /matches/M-…/feedback`: a party's word on a match, with the match afterwards."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from clues.matching import rescore
from tests.clues.alliance import clue, token
from tests.clues.api.member import Member, bytes_of, match, problem
from tests.clues.scene import wait_for_tick
from tests.factories import acting_as


@pytest.fixture
def alliance(fresh_database: str, settings: Any, ring: list[int]) -> tuple[Member, Member, Member]:
    """Aster and Birch share a match, Cedar does not."""
    from tests.clues.alliance import open_epoch

    settings.AIF_DISCLOSURE_TICK = 0.01
    with acting_as("aif_desk"):
        open_epoch()
    members = Member.join("Aster Bank"), Member.join("Birch Bank"), Member.join("Cedar Bank")
    for member in members[:2]:
        member.submit([clue(token("x"))])
    match()
    with acting_as("aif_match"):
        rescore.rescore_pending()
    wait_for_tick()
    return members


def put(member: Member, ref: str, body: Any, *, key: str | None = None) -> Any:
    return member.post(f"/matches/{ref}/feedback", body, REQUEST_METHOD="PUT", HTTP_IDEMPOTENCY_KEY=key or uuid4().hex)


def test_given_shown_and_replaced(alliance: Any) -> None:
    aster, birch, cedar = alliance
    (found,) = aster.get("/matches").json()["results"]
    ref = found["match"]
    assert found["score"] == sum(term["points"] for term in found["terms"]) == 55 and found["my_feedback"] is None
    first = put(aster, ref, {"verdict": "confirm", "reason": "same-actor"}, key="one")
    assert first.status_code == 200 and first.json().keys() == {"match", "verdict", "reason", "given_at"}
    own = aster.get(f"/matches/{ref}").json()
    assert own["my_feedback"] == {name: first.json()[name] for name in ("verdict", "reason", "given_at")}
    again = put(aster, ref, {"verdict": "confirm", "reason": "same-actor"}, key="one")
    assert again.json() == first.json() and again["Idempotency-Replayed"] == "true"
    problem(put(aster, ref, {"verdict": "acted"}, key="one"), 409, "idempotency-conflict")
    assert put(aster, ref, {"verdict": "false-positive", "reason": None}).json()["reason"] is None
    assert aster.get(f"/matches/{ref}").json()["my_feedback"]["verdict"] == "false-positive"
    assert birch.get(f"/matches/{ref}").json()["my_feedback"] is None
    stranger = put(cedar, ref, {"verdict": "confirm"})
    assert bytes_of(stranger) == bytes_of(put(cedar, "M-NONE", {"verdict": "confirm"}))
    problem(stranger, 404, "not-found")


def test_refused(alliance: Any) -> None:
    aster, *_ = alliance
    ref = aster.get("/matches").json()["results"][0]["match"]
    assert problem(put(aster, ref, {"verdict": "maybe"}), 422, "field-invalid")["field"] == "verdict"
    assert problem(put(aster, ref, {"verdict": "acted", "reason": 1}), 422, "field-invalid")["field"] == "reason"
    assert problem(put(aster, ref, {"verdict": "acted", "x": 1}), 400, "unknown-field")["fields"] == ["x"]
    problem(aster.post(f"/matches/{ref}/feedback", {"verdict": "acted"}, REQUEST_METHOD="PUT"), 400,
            "idempotency-key-missing")  # fmt: skip
    assert aster.get(f"/matches/{ref}").json()["my_feedback"] is None
