"""`GET /batches/B-…/hold`: why a batch is held."""

from __future__ import annotations

from tests.clues.alliance import clue, token
from tests.clues.api.member import Member, bytes_of, problem
from tests.clues.submissions.test_holds import habit


def test_why(aster: Member, birch: Member) -> None:
    habit(aster.institution)
    answer = aster.submit([clue(token(n)) for n in range(101)])
    ref = answer.json()["batch"]
    assert (answer.status_code, answer.json()["state"]) == (202, "held")
    told = aster.get(f"/batches/{ref}/hold").json()
    assert (told["cause"], told["rows"], told["day_rows"], told["usual_rows"]) == ("volume", 101, 101, 8)
    assert (told["decision"], told["reason"], told["decided_at"]) == (None, None, None)
    assert aster.get(f"/batches/{ref}").json()["state"] == "held"
    stranger = birch.get(f"/batches/{ref}/hold")
    problem(stranger, 404, "not-found")
    assert bytes_of(birch.get("/batches/B-NONE/hold")) == bytes_of(stranger)


def test_never_held(aster: Member) -> None:
    ref = aster.submit([clue(token(1))]).json()["batch"]
    problem(aster.get(f"/batches/{ref}/hold"), 404, "not-found")
