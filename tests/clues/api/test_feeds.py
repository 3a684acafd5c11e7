"""`/feeds`: give, approve, pull in three forms, acknowledge, take back; strangers and those without a feed get 404."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from clues.feeds import entries, receivers
from clues.models import FeedEntry
from tests.clues.api.member import Member, bytes_of, problem
from tests.clues.scene import wait_for_tick
from tests.factories import acting_as, make_user

VALUE = {"type": "domain", "value": "bad.example.com", "category": "counterfeit-site-app", "in_clear": True}


@pytest.fixture
def operator(aster: Member, settings: Any) -> Member:
    """A telecom operator whose feed of domains is open."""
    settings.AIF_DISCLOSURE_TICK = 0.05
    made = Member.join("Far Telecom", sector="telecom")
    with acting_as("aif_desk"):
        now = timezone.now()
        receivers.propose(
            institution=made.institution.pk, of_platforms=[], of_types=["domain"], by=make_user("alliance-operator"), now=now
        )  # fmt: skip
        receivers.open_feed(receiver=made.institution.pk, by=make_user("alliance-approver"), now=now)
    return made


def post(member: Member, path: str, body: Any) -> Any:
    return member.post(path, body, HTTP_IDEMPOTENCY_KEY=uuid4().hex)


def give(member: Member, *, approved: bool = True, **fields: Any) -> str:
    answer = post(member, "/feeds/values", VALUE | fields)
    assert answer.status_code == 201, answer.content
    if approved:
        with acting_as("aif_desk"):
            row = FeedEntry.objects.get(state="proposed")
            entries.approve(entry=row.pk, by=make_user("alliance-approver"), now=timezone.now())
        wait_for_tick()
    return str(answer.json()["entry"])


def test_from_giving_to_taking_back(aster: Member, operator: Member) -> None:
    ref = give(aster)
    (row,) = operator.get("/feeds/entries").json()["results"]
    assert (row["entry"], row["value"], row["state"], row["outcome"]) == (ref, "bad.example.com", "listed", None)
    body = {"entries": [{"entry": ref, "outcome": "applied"}]}
    assert post(operator, "/feeds/acknowledgments", body).json() == {"acknowledged": 1}
    assert aster.get(f"/feeds/values/{ref}").json()["applied"] == 1
    assert [each["entry"] for each in aster.get("/feeds/values").json()["results"]] == [ref]
    assert post(aster, f"/feeds/values/{ref}/withdraw", {}).json()["state"] == "withdrawn"
    assert operator.get("/feeds/entries").json()["results"][0]["state"] == "withdrawn"


def test_files(aster: Member, operator: Member) -> None:
    give(aster)
    for accept, form in (("text/csv", "text/csv; charset=utf-8"), ("text/dns", "text/dns")):
        answer = operator.get("/feeds/entries", HTTP_ACCEPT=accept)
        assert (answer.status_code, answer["Content-Type"]) == (200, form) and b"bad.example.com" in answer.content
        assert "attachment" in answer["Content-Disposition"] and b"Aster" not in answer.content


def test_who_gets_nothing(aster: Member, birch: Member, operator: Member) -> None:
    ref = give(aster, approved=False)
    assert operator.get("/feeds/entries").json()["results"] == []
    problem(birch.get("/feeds/entries"), 404, "not-found")
    problem(
        post(birch, "/feeds/acknowledgments", {"entries": [{"entry": ref, "outcome": "applied"}]}), 404, "not-found"
    )
    assert bytes_of(birch.get(f"/feeds/values/{ref}")) == bytes_of(birch.get("/feeds/values/FE-NONE"))
    problem(post(birch, f"/feeds/values/{ref}/withdraw", {}), 404, "not-found")
    assert FeedEntry.objects.get().state == "proposed"


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"type": "cn-mobile", "value": "13800138000"}, 422, "type-unknown"),
        ({"value": "https://evil.example.com/13800138000", "type": "url"}, 422, "raw-identifier"),
        ({"in_clear": False}, 422, "field-invalid"),
        ({"client_ref": "x"}, 400, "unknown-field"),
    ],
)
def test_what_is_refused(aster: Member, fields: dict[str, Any], status: int, code: str) -> None:
    answer = post(aster, "/feeds/values", VALUE | fields)
    assert problem(answer, answer.status_code, code) and answer.status_code in (status, 400, 422)
    assert b"13800138000" not in answer.content and not FeedEntry.objects.exists()


def test_once_under_a_key(aster: Member) -> None:
    key = uuid4().hex
    first, again = (aster.post("/feeds/values", VALUE, HTTP_IDEMPOTENCY_KEY=key) for _turn in range(2))
    assert first.content == again.content and FeedEntry.objects.count() == 1
    problem(post(aster, "/feeds/values", VALUE), 409, "already-listed")
