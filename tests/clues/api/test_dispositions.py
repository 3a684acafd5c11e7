"""`/dispositions`: recorded once, shown to its institution alone, moved by version, lifted when the ground falls."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from clues.dispositions import lifting
from clues.matching import changes, release
from clues.models import Disposition
from members.models import reference
from tests.clues.alliance import clue, token
from tests.clues.api.member import Member, bytes_of, match, problem
from tests.clues.scene import wait_for_tick
from tests.factories import acting_as

SHAPE = {
    "disposition", "version", "kind", "state", "match", "client_ref", "identifier", "case", "type", "category",
    "document_no", "started_at", "done_at", "seconds_to_disposal", "review_date", "reappearances", "effects",
    "recorded_at", "lift",
}  # fmt: skip


@pytest.fixture
def alliance(fresh_database: str, settings: Any, ring: list[int]) -> tuple[Member, Member, dict[str, Any]]:
    """Aster and Birch meet at one domain; the match as Aster sees it."""
    from tests.clues.alliance import open_epoch

    settings.AIF_DISCLOSURE_TICK = 0.01
    with acting_as("aif_desk"):
        open_epoch()
    aster, birch = Member.join("Aster Bank"), Member.join("Birch Bank", sector="telecom")
    for member, name in ((aster, "aster-1"), (birch, "birch-1")):
        member.submit([clue(token("x"), client_ref=name)])
    match()
    (found,) = aster.get("/matches").json()["results"]
    return aster, birch, found


def post(member: Member, body: Any, path: str = "/dispositions", *, key: str | None = None, **extra: Any) -> Any:
    return member.post(path, body, HTTP_IDEMPOTENCY_KEY=key or uuid4().hex, **extra)


def test_a_life_by_the_api(alliance: Any) -> None:
    aster, birch, found = alliance
    problem(aster.post("/dispositions", {"kind": "internal-tag"}), 400, "idempotency-key-missing")
    body = {"kind": "internal-tag", "match": found["match"], "amount_prevented_cny": "10.50", "note": "In the engine."}
    made = post(aster, body, key="one")
    assert made.status_code == 201 and made.json().keys() == SHAPE and made["ETag"] == '"1"'
    row = made.json()
    assert (row["state"], row["client_ref"], row["identifier"], row["lift"]) == ("done", "aster-1", 0, None)
    assert row["effects"] == {
        "self_reported": True, "calls_flagged": None, "persons_warned": None, "amount_prevented_cny": "10.50"}  # fmt: skip
    again = post(aster, body, key="one")
    assert again.json() == row and again["Idempotency-Replayed"] == "true" and Disposition.objects.count() == 1
    problem(post(aster, body), 409, "conflict")
    problem(post(aster, body | {"kind": "call-blocked"}), 422, "sector-refused")
    problem(post(aster, body | {"kind": "freeze-by-authority"}), 422, "document-missing")
    problem(post(aster, body | {"note": "13800138000"}, key="raw"), 422, "raw-identifier")
    assert post(birch, {"kind": "call-blocked", "client_ref": "birch-1"}).json()["match"] == found["match"]
    address = f"/dispositions/{row['disposition']}"
    assert aster.get(address).json() == row and aster.get(address, HTTP_IF_NONE_MATCH='"1"').status_code == 304
    for path in (address, f"/dispositions/{reference.encode('DI', 2**40)}"):
        assert bytes_of(birch.get(path)) == bytes_of(birch.get("/dispositions/DI-NONE"))
    act = {"action": "review"}
    problem(post(aster, act, f"{address}/act"), 428, "precondition-required")
    problem(post(birch, act, f"{address}/act", HTTP_IF_MATCH='"1"'), 404, "not-found")
    moved = post(aster, act, f"{address}/act", HTTP_IF_MATCH='"1"', key="two")
    assert (moved.json()["state"], moved["ETag"]) == ("under-review", '"2"')
    assert post(aster, act, f"{address}/act", HTTP_IF_MATCH='"1"', key="two").json() == moved.json()
    problem(post(aster, {"action": "confirm"}, f"{address}/act", HTTP_IF_MATCH='"1"'), 412, "version-changed")
    problem(post(aster, {"action": "do"}, f"{address}/act", HTTP_IF_MATCH='"2"'), 409, "transition-refused")
    assert [each["disposition"] for each in aster.get("/dispositions?state=under-review").json()["results"]] == [
        row["disposition"]
    ]
    assert aster.get("/dispositions?state=done").json()["results"] == []
    for query in ("state=x", "show=x"):
        problem(aster.get(f"/dispositions?{query}"), 422, "field-invalid")


def test_the_ground_falls(alliance: Any) -> None:
    aster, birch, found = alliance
    row = post(aster, {"kind": "internal-tag", "match": found["match"]}).json()
    address = f"/dispositions/{row['disposition']}"
    problem(post(aster, {"answer": "lifted"}, f"{address}/lift"), 409, "transition-refused")
    (mine,) = birch.get("/clues").json()["results"]
    withdrawn = post(birch, {"reason": "mistake"}, f"/clues/{mine['clue']}/withdraw", HTTP_IF_MATCH='"1"')
    assert withdrawn.status_code == 200
    with acting_as("aif_match"):
        changes.apply_changes(limit=100, now=timezone.now())
        lifting.raise_lifts(limit=100, now=timezone.now())
        release.release_pending()
    wait_for_tick()
    event = aster.get("/events?kind=disposition.lift-due").json()["results"][0]
    assert event["disposition"] == row["disposition"]
    (listed,) = aster.get("/dispositions?show=lift").json()["results"]
    assert listed["lift"]["cause"] == "undone" and listed["lift"]["answered_at"] is None
    assert datetime.fromisoformat(listed["lift"]["due_at"]) > timezone.now() + timedelta(days=2)
    problem(post(birch, {"answer": "lifted"}, f"{address}/lift"), 404, "not-found")
    problem(post(aster, {"answer": "kept"}, f"{address}/lift"), 422, "field-invalid")
    problem(post(aster, {"answer": "lifted", "who": "x"}, f"{address}/lift"), 400, "unknown-field")
    kept = post(aster, {"answer": "kept", "reason": "own-evidence"}, f"{address}/lift").json()
    assert (kept["state"], kept["lift"]["answer"], kept["lift"]["reason"]) == ("done", "kept", "own-evidence")
    assert aster.get("/dispositions?show=lift").json()["results"] == []
