"""`/watches`: created behind the gate, charged like screenings, seen and changed by their own institution only."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from clues.matching.changes import activate_watches
from clues.models import Watch
from tests.clues.alliance import allow, clue, token
from tests.clues.api.member import Member, bytes_of, find_text, match, problem
from tests.factories import acting_as

SEEN = token("seen later")


def create(member: Member, *tokens: Any, key: str | None = None, **fields: Any) -> Any:
    body = {"purpose": "investigation", "tokens": list(tokens)} | fields
    return member.post("/watches", body, HTTP_IDEMPOTENCY_KEY=key or uuid4().hex)


def one(member: Member, *, kind: str = "domain", **fields: Any) -> str:
    answer = create(member, token("seen later", kind=kind), **fields)
    assert answer.status_code == 201, answer.content
    return str(answer.json()["watches"][0]["watch"])


def extend(member: Member, watch: str, expires_at: Any, *, version: str | None = '"1"', **extra: Any) -> Any:
    headers = {} if version is None else {"HTTP_IF_MATCH": version}
    headers |= {"HTTP_IDEMPOTENCY_KEY": uuid4().hex} | extra
    return member.post(f"/watches/{watch}", {"expires_at": expires_at}, REQUEST_METHOD="PATCH", **headers)


def cancel(member: Member, watch: str) -> Any:
    return member.post(f"/watches/{watch}/cancel", b"", HTTP_IDEMPOTENCY_KEY=uuid4().hex)


def later(days: float) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).isoformat()


def own(sql: str) -> None:
    with acting_as("aif_owner"), connection.cursor() as cursor:
        cursor.execute(sql)


def test_created(aster: Member, birch: Member, ring: list[int]) -> None:
    answer = create(aster, SEEN, token("b"), case_ref="2026-C-118", basis="user-agreement")
    assert answer.status_code == 201
    body = answer.json()
    assert [each["index"] for each in body["watches"]] == [0, 1]
    assert body["lawful_use"]["matrix"].startswith("LM-") and ring
    shown = aster.get(f"/watches/{body['watches'][0]['watch']}")
    assert shown["ETag"] == '"1"'
    row = shown.json()
    assert row == {
        "watch": body["watches"][0]["watch"], "type": "domain", "purpose": "investigation", "case_ref": "2026-C-118",
        "basis": "user-agreement", "state": "waiting", "version": 1, "created_at": row["created_at"],
        "expires_at": body["expires_at"], "hits": [],
    }  # fmt: skip
    days = datetime.fromisoformat(row["expires_at"]) - datetime.fromisoformat(row["created_at"])
    assert days == timedelta(days=90)
    listed = aster.get("/watches").json()["results"]
    assert [each["watch"] for each in listed] == [each["watch"] for each in reversed(body["watches"])]
    assert birch.get("/watches").json()["results"] == []
    assert find_text(SEEN["token"]) == []


def test_a_later_report_is_a_hit_once_released(class_database: str, ring: list[int]) -> None:
    """What was reported before it was active is not told; what comes later is, without who."""
    from tests.clues.alliance import open_epoch

    with acting_as("aif_desk"):
        open_epoch()
    aster, birch, cedar = (Member.join(f"{name} Bank") for name in ("Aster", "Birch", "Cedar"))
    birch.submit([clue(SEEN, category="malware")])
    match()
    watch = one(aster)
    with acting_as("aif_match"):
        assert activate_watches(limit=10) == 1
    assert aster.get(f"/watches/{watch}").json()["state"] == "active"
    cedar.submit([clue(SEEN, grade="A")])
    match()
    own("UPDATE watch_hit SET released_at = now() + interval '1 hour'")
    assert aster.get(f"/watches/{watch}").json()["hits"] == []
    own("UPDATE watch_hit SET released_at = now()")
    hits = aster.get(f"/watches/{watch}").json()["hits"]
    said = {(hit["category"], hit["grade"]) for hit in hits}
    assert said == {("malware", "B2"), ("telecom-fraud", "B2")}, "both answer from now on, as B2: nobody reviewed them"
    assert b"Cedar" not in aster.get(f"/watches/{watch}").content


def test_it_costs_what_a_screening_costs(aster: Member) -> None:
    small = Member.join("Small Lender", screen_quota=3)
    assert create(small, SEEN, token("b")).status_code == 201
    problem(create(small, token("c"), token("d")), 429, "quota-exhausted")
    assert small.get("/me").json()["quotas"]["screen"]["used"] == 2
    assert Watch.objects.count() == 2


def test_the_gate(aster: Member, tables: Any) -> None:
    before = tables()
    refused = problem(create(aster, SEEN, token("p", kind="cn-mobile")), 403, "lawful-use-unresolved")
    assert refused["index"] == 1 and tables() == before
    allow()
    assert one(aster, kind="cn-mobile")


def test_a_matrix_that_no_longer_allows_it_is_not_outlived(aster: Member) -> None:
    allow()
    watch = one(aster, kind="cn-mobile")
    allow("allowed * * * domain")
    problem(extend(aster, watch, later(120)), 403, "lawful-use-unresolved")


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"purpose": "collection"}, 422, "purpose-unknown"),
        ({"tokens": []}, 400, "field-missing"),
        ({"tokens": [SEEN] * 1001}, 413, "too-large"),
        ({"tokens": [SEEN | {"token": "13800138000"}]}, 422, "raw-identifier"),
        ({"expires_at": "tomorrow"}, 422, "field-invalid"),
        ({"expires_at": 5}, 422, "field-invalid"),
        ({"expires_at": "2026-11-23T00:00:00"}, 422, "field-invalid"),
        ({"expires_at": "9999-12-31T23:59:59-14:00"}, 422, "field-invalid"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, 422, "field-invalid"),
        ({"expires_at": later(181)}, 422, "field-invalid"),
        ({"case_ref": "a b"}, 422, "case-ref-invalid"),
        ({"basis": "§"}, 422, "basis-invalid"),
        ({"who": "13800138000"}, 400, "unknown-field"),
    ],
)
def test_refused(aster: Member, tables: Any, fields: dict[str, Any], status: int, code: str) -> None:
    before = tables()
    answer = create(aster, SEEN, **fields)
    problem(answer, status, code)
    assert tables() == before and b"13800138000" not in answer.content


class TestChanges:
    """Another end, or none: by version, once, by its own institution."""

    def test_extend(self, aster: Member) -> None:
        watch = one(aster)
        until = (datetime.now(UTC) + timedelta(days=179)).replace(microsecond=0).isoformat()
        answer = extend(aster, watch, until)
        assert answer.status_code == 200 and answer["ETag"] == '"2"'
        assert datetime.fromisoformat(answer.json()["expires_at"]) == datetime.fromisoformat(until)
        problem(extend(aster, watch, later(100)), 412, "version-changed")
        problem(extend(aster, watch, later(100), version=None), 428, "precondition-required")
        problem(extend(aster, watch, later(200), version='"2"'), 422, "field-invalid")
        problem(extend(aster, watch, None, version='"2"'), 400, "field-missing")

    def test_cancel(self, aster: Member) -> None:
        watch = one(aster)
        answer = cancel(aster, watch)
        assert (answer.status_code, answer.json()["state"], answer.json()["version"]) == (200, "canceled", 2)
        problem(cancel(aster, watch), 409, "transition-refused")
        problem(extend(aster, watch, later(100), version='"2"'), 409, "transition-refused")

    def test_over(self, aster: Member) -> None:
        watch = one(aster)
        own("UPDATE watch SET expires_at = now() - interval '1 second'")
        assert aster.get(f"/watches/{watch}").json()["state"] == "expired"
        problem(extend(aster, watch, later(100)), 409, "transition-refused")

    def test_strangers(self, aster: Member, birch: Member) -> None:
        watch = one(aster)
        for act in (
            lambda name: birch.get(f"/watches/{name}"),
            lambda name: cancel(birch, name),
            lambda name: extend(birch, name, later(100)),
        ):
            assert bytes_of(act(watch)) == bytes_of(act("W-NONE"))
            problem(act(watch), 404, "not-found")
        assert Watch.objects.get().version == 1


def test_the_same_key_creates_once(aster: Member) -> None:
    key = uuid4().hex
    first, again = create(aster, SEEN, key=key), create(aster, SEEN, key=key)
    assert first.content == again.content and again["Idempotency-Replayed"] == "true"
    assert Watch.objects.count() == 1
    problem(create(aster, token("b"), key=key), 409, "idempotency-conflict")
    problem(aster.post("/watches", {"purpose": "investigation", "tokens": [SEEN]}), 400, "idempotency-key-missing")
