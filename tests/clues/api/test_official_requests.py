"""`/official-requests`: lists, one, and the institution's reply, as in the portal."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from clues.models import OfficialParty, OfficialRequest
from clues.official_requests import deciding, registering
from tests.clues.api.member import Member, problem
from tests.clues.official_requests.world import fields
from tests.clues.scene import wait_for_tick
from tests.factories import PDF, acting_as, make_user


@pytest.fixture(autouse=True)
def surroundings(settings: Any, tmp_path: Any) -> None:
    """A vault of its own, and what is released shows at once."""
    settings.AIF_DISCLOSURE_TICK = 0.01
    settings.AIF_EVIDENCE = tmp_path / "evidence"


def routed(*members: Member) -> OfficialRequest:
    """Return a request that two people let through to these members."""
    olga, pavel = make_user("alliance-operator"), make_user("alliance-approver")
    now = timezone.now()
    with acting_as("aif_desk"):
        made = registering.register(request=fields(), document=PDF, file_name="x.pdf", by=olga, now=now)
        for position in (1, 2):
            registering.verify_officer(request=made.ref, position=position, way="in-person", by=olga, now=now)
        deciding.propose(request=made.ref, institutions=[each.institution.ref for each in members], by=olga, now=now)
        made = deciding.approve(request=made.ref, by=pavel, now=timezone.now())
    wait_for_tick()
    return made


def reply(member: Member, made: OfficialRequest, **body: Any) -> Any:
    return member.post(f"/official-requests/{made.ref}/reply", body, HTTP_IDEMPOTENCY_KEY=uuid4().hex)


def test_what_is_asked_is_listed_and_read(aster: Member, birch: Member) -> None:
    made = routed(aster)
    (row,) = aster.get("/official-requests").json()["results"]
    assert row == aster.get(f"/official-requests/{made.ref}").json()
    assert (row["official_request"], row["state"], row["own_state"]) == (made.ref, "routed", "asked")
    assert row["actions"] == ["confirm", "supply", "decline"] and row["disclosures"] == []
    assert "警官" not in str(row)
    assert birch.get("/official-requests").json()["results"] == []
    problem(birch.get(f"/official-requests/{made.ref}"), 404, "not-found")


def test_a_reply_is_made_once(aster: Member) -> None:
    made = routed(aster)
    key = uuid4().hex
    answers = [
        aster.post(f"/official-requests/{made.ref}/reply", {"reply": "confirm"}, HTTP_IDEMPOTENCY_KEY=key) for _ in "12"
    ]
    assert [each.status_code for each in answers] == [200, 200] and answers[0].content == answers[1].content
    body = reply(aster, made, reply="decline", reason="other", text="Another bank's customers.").json()
    assert (body["own_state"], body["actions"]) == ("declined", [])
    assert [(step["action"], step["own"], step["code"]) for step in body["steps"]] == [
        ("approve", False, None), ("confirm", True, None), ("decline", True, "other"),
    ]  # fmt: skip
    problem(reply(aster, made, reply="confirm"), 409, "transition-refused")


def test_what_is_not_right_changes_nothing(aster: Member, birch: Member) -> None:
    made = routed(aster)
    for body, status, code in (
        ({"reply": "supply"}, 400, "field-missing"),
        ({"reply": "supply", "text": "Call 13800138000"}, 422, "raw-identifier"),
        ({"reply": "decline", "reason": "no-such"}, 422, "field-invalid"),
        ({"reply": ["confirm"]}, 422, "field-invalid"),
        ({}, 422, "field-invalid"),
        ({"reply": "confirm", "more": 1}, 422, "unknown-field"),
    ):
        answer = reply(aster, made, **body)
        assert answer.json()["code"] == code and answer.status_code in (status, 400), body
        problem(reply(birch, made, **body), 404, "not-found")
    problem(reply(aster.with_scopes("read"), made, reply="confirm"), 403, "scope-missing")
    assert OfficialParty.objects.get().state == "asked"
