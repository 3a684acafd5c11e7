"""`/requests`: what each side sees, that repeating changes nothing, and what is refused."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from clues.models import RequestStep
from members.models import reference
from tests.clues.alliance import allow, clue, token
from tests.clues.api.member import Member, bytes_of, count_rows, problem
from tests.clues.requests.world import COMPLAINT, TEXT, escalate, run_out
from tests.clues.scene import wait_for_tick, work
from tests.factories import acting_as

SHAPE = {
    "request", "side", "kind", "clock", "via", "state", "released_at", "due_at", "escalated_at", "partner", "party", "case",
    "match", "previous", "purpose", "basis", "complaint", "identifiers", "steps", "actions",
}  # fmt: skip


@pytest.fixture
def alliance(db: None, settings: Any, ring: list[int]) -> tuple[Member, Member, Member]:
    """Aster Bank and Delta Telecom, who report the same, and Cedar, who has nothing to do with it."""
    from tests.clues.alliance import open_epoch

    settings.AIF_DISCLOSURE_TICK = 0.01
    with acting_as("aif_desk"):
        open_epoch()
    allow()
    made = Member.join("Aster Bank"), Member.join("Delta Telecom", sector="telecom"), Member.join("Cedar Bank")
    for member in made[:2]:
        member.submit([clue(token("x"))])
    work()
    return made


def post(member: Member, path: str, body: Any = None, *, key: str | None = None) -> Any:
    answer = member.post(path, {} if body is None else body, HTTP_IDEMPOTENCY_KEY=key or uuid4().hex)
    wait_for_tick()
    return answer


def referral(to: Member, **fields: Any) -> dict[str, Any]:
    ref = reference.encode("I", to.institution.pk)
    return {"kind": "complaint-referral", "to": ref, "text": TEXT, "complaint": COMPLAINT} | fields


def test_a_referral_from_both_sides_and_the_clock(alliance: Any, ring: list[int]) -> None:
    aster, delta, cedar = alliance
    found = delta.get("/requests/addressees").json()["addressees"]
    assert [(each["name"], "complaint-referral" in each["kinds"]) for each in found] == [
        ("Aster Bank", True), ("Cedar Bank", True),
    ]  # fmt: skip
    rung = len(ring)
    sent = post(delta, "/requests", referral(aster))
    assert sent.status_code == 201 and sent.json().keys() == SHAPE and len(ring) == rung + 1
    ref, path = sent.json()["request"], f"/requests/{sent.json()['request']}"
    (received,) = aster.get("/requests/received").json()["results"]
    assert (received["side"], received["partner"]["name"], received["complaint"]) == (
        "receiver", "Delta Telecom", COMPLAINT,
    )  # fmt: skip
    assert received["actions"] == ["answer", "decline", "take-up"] and received["steps"][0]["text"] == TEXT
    for stranger in (cedar,):
        missing = bytes_of(stranger.get(f"/requests/{reference.encode('RQ', 2**40)}"))
        assert missing == bytes_of(stranger.get(path))
        assert stranger.get("/requests/received").json()["results"] == []
        for verb in ("take-up", "answer", "decline", "withdraw", "close"):
            problem(post(stranger, f"{path}/{verb}"), 404, "not-found")
    from clues.models import MemberRequest

    run_out(MemberRequest.objects.get())
    assert escalate() == 1
    assert delta.get(path).json()["state"] == aster.get(path).json()["state"] == "escalated"
    for member in (aster, delta):
        kinds = [(each["kind"], each.get("request")) for each in member.get("/events").json()["results"]]
        assert ("request.escalated", ref) in kinds
    problem(post(aster, f"{path}/close"), 409, "transition-refused")
    answered = post(aster, f"{path}/answer", {"answer": "settled-by-mediation", "text": "Both agree."})
    assert answered.status_code == 200 and answered.json()["state"] == "answered"
    last = delta.get(path).json()["steps"][-1]
    assert (last["code"], last["text"], last["partner"]["name"]) == (
        "settled-by-mediation", "Both agree.", "Aster Bank",
    )  # fmt: skip
    assert post(delta, f"{path}/close").json()["state"] == "closed"
    assert delta.get("/requests").json()["results"][0]["state"] == "closed"


def test_over_a_match_without_names_or_tokens(alliance: Any) -> None:
    aster, delta, cedar = alliance
    (found,) = aster.get("/matches").json()["results"]
    body = {"kind": "request", "match": found["match"], "purpose": "investigation", "text": TEXT}
    problem(post(cedar, "/requests", body), 404, "not-found")
    asked = token("y")
    sent = post(aster, "/requests", body | {"identifiers": [asked]}).json()
    (seen,) = delta.get("/requests/received").json()["results"]
    assert seen["partner"] is None and seen["match"] == found["match"] and seen["due_at"]
    whole = delta.get(f"/requests/{sent['request']}")
    assert whole.json()["identifiers"] == [{"type": "domain", "mine": []}]
    assert asked["token"] not in whole.content.decode() and "Aster" not in whole.content.decode()
    post(delta, f"/requests/{sent['request']}/answer", {"answer": "no-record"})
    own = aster.get(f"/requests/{sent['request']}")
    assert own.json()["steps"][-1]["other"] == 1 and "Delta" not in own.content.decode()


def test_repeating_changes_nothing(alliance: Any) -> None:
    aster, delta, _cedar = alliance
    problem(delta.post("/requests", referral(aster)), 400, "idempotency-key-missing")
    first = post(delta, "/requests", referral(aster), key="one")
    before = count_rows()
    again = post(delta, "/requests", referral(aster), key="one")
    assert again.json() == first.json() and again["Idempotency-Replayed"] == "true" and count_rows() == before
    problem(post(delta, "/requests", referral(aster, text="Other."), key="one"), 409, "idempotency-conflict")
    path = f"/requests/{first.json()['request']}/answer"
    done = post(aster, path, {"answer": "refunded"}, key="two")
    again = post(aster, path, {"answer": "refunded"}, key="two")
    assert again.json() == done.json() and again["Idempotency-Replayed"] == "true"
    problem(post(aster, path, {"answer": "refunded"}, key="three"), 409, "transition-refused")
    assert RequestStep.objects.count() == 2


def test_what_is_refused_is_not_repeated(alliance: Any) -> None:
    aster, delta, _cedar = alliance
    before = count_rows()
    for body, status, code in (
        (referral(aster, text="机主 138-0013-8000"), 422, "raw-identifier"),
        (referral(aster, phone="13800138000"), 400, "unknown-field"),
        (referral(aster) | {"to": "13800138000"}, 422, "field-invalid"),
        (referral(aster) | {"kind": "13800138000"}, 422, "field-invalid"),
        (referral(aster) | {"complaint": COMPLAINT | {"reference": "13800138000"}}, 422, "raw-identifier"),
    ):
        answer = post(delta, "/requests", body)
        problem(answer, status, code)
        assert b"8000" not in answer.content
    problem(post(delta.with_scopes("submit", "read"), "/requests", referral(aster)), 403, "scope-missing")
    after = count_rows()
    assert {name: after[name] - count for name, count in before.items() if after[name] != count} == {
        "credential": 1, "audit_event": 2, "outbox_message": after["outbox_message"] - before["outbox_message"],
    }  # fmt: skip  # the key of the last line, and that it was refused
