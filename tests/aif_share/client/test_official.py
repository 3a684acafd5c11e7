"""Official requests and campaigns through the client: what is read, what a reply sends, and what never gets into an address."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aif_share.errors import InvalidInput

from .test_writes import client

REF = "OR-EXAMPLEEXAMPLEEXAMPLEEXAMP"
OFFICIAL = {
    "official_request": REF, "kind": "evidence", "authority": "police-economic-crime", "unit": "某市公安局经侦支队",
    "document_no": "经侦调证〔2026〕118号", "document_date": "2026-11-20", "basis": "police-notice",
    "items": ["case-facts", "evidence-items"], "question": "请提供专案事实和证据材料。", "case": None, "state": "routed",
    "own_state": "asked", "due_at": "2026-11-26T16:00:00Z", "late": False, "released_at": "2026-11-22T02:00:00Z",
    "actions": ["confirm", "supply", "decline"], "steps": [], "disclosures": [],
}  # fmt: skip
CAMPAIGN = {
    "campaign": "CP-EXAMPLEEXAMPLEEXAMPLEEXAMP", "title": "非法代理维权专项行动", "about": None, "state": "running",
    "categories": ["illegal-agency-complaint"], "regions": ["CN-31", "CN-32"], "starts_on": "2026-11-01",
    "ends_on": "2027-01-31", "started_at": "2026-11-01T01:00:00Z", "units": [],
    "cases": ["CASE-EXAMPLEEXAMPLEEXAMPLEEXAMP"],
    "figures": [{"counter": "cases-filed", "unit": "proceedings", "target": "20", "own": "1", "campaign": "<10"}],
}  # fmt: skip


def test_official_requests_are_read_as_documented(tmp_path: Path) -> None:
    disclosure = {
        "item": "case-facts", "number": 2, "package": "PK-A", "package_sha256": "00", "disclosed_at": "2026-11-26T02:00:00Z",
    }  # fmt: skip
    document = OFFICIAL | {"disclosures": [disclosure]}
    with client(tmp_path, (200, {}, {"results": [document], "next": None}), (200, {}, document)) as (made, seen):
        (row,) = made.official_requests.list()
        one = made.official_requests.get(row)
    assert row == one and one.items == ("case-facts", "evidence-items") and "supply" in one.actions
    assert one.due_at == datetime(2026, 11, 26, 16, tzinfo=UTC) and one.own_state == "asked"
    assert [(each.item, each.number, each.package) for each in one.disclosures] == [("case-facts", 2, "PK-A")]
    assert [path for _method, path, _headers, _body in seen] == [
        "/api/v1/official-requests", f"/api/v1/official-requests/{REF}",
    ]  # fmt: skip


def test_replies_carry_a_key_and_what_was_said(tmp_path: Path) -> None:
    with client(tmp_path, (200, {}, OFFICIAL)) as (made, seen):
        made.official_requests.confirm(REF)
        made.official_requests.supply(REF, "It stands in our part.")
        made.official_requests.decline(REF, reason="other", text="Not ours.", idempotency_key="mine")
    assert [json.loads(body) for _method, _path, _headers, body in seen] == [
        {"reply": "confirm"},
        {"reply": "supply", "text": "It stands in our part."},
        {"reply": "decline", "reason": "other", "text": "Not ours."},
    ]
    assert {(method, path) for method, path, _headers, _body in seen} == {
        ("POST", f"/api/v1/official-requests/{REF}/reply")
    }
    keys = [headers["idempotency-key"] for _method, _path, headers, _body in seen]
    assert len(set(keys)) == 3 and keys[2] == "mine"


def test_campaigns_are_read_as_documented(tmp_path: Path) -> None:
    with client(tmp_path, (200, {}, {"results": [CAMPAIGN], "next": None}), (200, {}, CAMPAIGN)) as (made, _seen):
        (row,) = made.campaigns.list()
        one = made.campaigns.get(row)
    assert (one.campaign, one.regions, one.cases) == (
        CAMPAIGN["campaign"],
        ("CN-31", "CN-32"),
        tuple(CAMPAIGN["cases"]),
    )
    assert [(each.counter, each.target, each.own, each.campaign) for each in one.figures] == [
        ("cases-filed", "20", "1", "<10")
    ]


@pytest.mark.parametrize("wrong", ["13800138000", "OR-../me", "CP-EXAMPLEEXAMPLEEXAMPLEEXAMP"])
def test_nothing_else_gets_into_an_address(tmp_path: Path, wrong: str) -> None:
    with client(tmp_path, (200, {}, OFFICIAL)) as (made, seen):
        with pytest.raises(InvalidInput) as refused:
            made.official_requests.get(wrong)
        assert seen == [] and "13800138000" not in str(refused.value)
