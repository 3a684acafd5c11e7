"""`/noise`: an institution proposes its own, sees its own, takes its own off."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from clues.models import NoiseEntry
from clues.noise import decide
from tests.clues.alliance import token
from tests.clues.api.member import Member, bytes_of, find_text, problem
from tests.factories import acting_as, make_user

OWN = token("own line", kind="service-number")


def propose(member: Member, *entries: Any, key: str | None = None, **fields: Any) -> Any:
    body = {"list": "own-number", "entries": list(entries)} | fields
    return member.post("/noise", body, HTTP_IDEMPOTENCY_KEY=key or uuid4().hex)


def remove(member: Member, entry: str, *, key: str | None = None) -> Any:
    return member.post(f"/noise/{entry}/remove", b"", HTTP_IDEMPOTENCY_KEY=key or uuid4().hex)


def approve() -> None:
    pavel = make_user("alliance-approver")
    with acting_as("aif_desk"):
        for entry in NoiseEntry.objects.filter(state="proposed"):
            decide.approve(entry_id=entry.pk, by=pavel, now=timezone.now())


def test_propose_list_remove(aster: Member, birch: Member, ring: list[int]) -> None:
    answer = propose(aster, OWN, token("b", kind="cn-mobile"))
    assert answer.status_code == 202
    entries = answer.json()["entries"]
    assert [(each["index"], each["state"]) for each in entries] == [(0, "proposed"), (1, "proposed")]
    (first, _second) = (each["entry"] for each in entries)
    rows = aster.get("/noise?list=own-number").json()["results"]
    assert {row["entry"] for row in rows} == {each["entry"] for each in entries}
    (row,) = (row for row in rows if row["entry"] == first)
    assert row == {
        "entry": first, "list": "own-number", "mode": "inform", "type": "service-number", "epoch": 1,
        "state": "proposed", "proposed_at": row["proposed_at"], "decided_at": None, "removed_at": None,
    }  # fmt: skip
    assert aster.get("/noise?list=hotline").json()["results"] == [] == birch.get("/noise").json()["results"]
    approve()
    key = uuid4().hex
    gone = remove(aster, first, key=key)
    assert (gone.status_code, gone.json()["state"]) == (200, "removed")
    assert NoiseEntry.objects.get(state="removed").applied_at is None  # the matcher has its work order
    again = remove(aster, first, key=key)
    assert again["Idempotency-Replayed"] == "true" and again.content == gone.content
    problem(remove(aster, first), 409, "transition-refused")
    assert find_text(OWN["token"]) == []


def test_strangers(aster: Member, birch: Member) -> None:
    """Another's entry and none at all are the same."""
    entry = propose(aster, OWN).json()["entries"][0]["entry"]
    assert bytes_of(remove(birch, entry)) == bytes_of(remove(birch, "Q-NONE"))
    problem(remove(birch, entry), 404, "not-found")
    assert NoiseEntry.objects.get().state == "proposed"


def test_what_it_costs(aster: Member) -> None:
    def used() -> int:
        return aster.get("/me").json()["quotas"]["submit"]["used"]

    before = used()
    propose(aster, OWN, token("b", kind="cn-mobile"))
    assert used() == before + 2


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"list": "hotline"}, 422, "field-invalid"),
        ({"list": None}, 422, "field-invalid"),
        ({"list": ["own-number"]}, 422, "field-invalid"),
        ({"entries": []}, 400, "field-missing"),
        ({"entries": [OWN] * 1001}, 413, "too-large"),
        ({"entries": [OWN | {"role": "actor"}]}, 400, "unknown-field"),
        ({"entries": [OWN | {"token": "95588"}]}, 422, "raw-identifier"),
        ({"entries": [token("a", kind="domain")]}, 422, "field-invalid"),
        ({"entries": [OWN | {"epoch": 9}]}, 422, "epoch-retired"),
        ({"mode": "block"}, 400, "unknown-field"),
    ],
)
def test_refused(aster: Member, tables: Any, fields: dict[str, Any], status: int, code: str) -> None:
    before = tables()
    problem(propose(aster, OWN, **fields), status, code)
    assert tables() == before


def test_a_key_is_compulsory(aster: Member) -> None:
    problem(aster.post("/noise", {"list": "own-number", "entries": [OWN]}), 400, "idempotency-key-missing")
    key = uuid4().hex
    assert propose(aster, OWN, key=key).content == propose(aster, OWN, key=key).content
    problem(propose(aster, token("c", kind="cn-mobile"), key=key), 409, "idempotency-conflict")


def test_an_unknown_list(aster: Member) -> None:
    problem(aster.get("/noise?list=13800138000"), 422, "field-invalid")
