"""After a small demonstration nothing the platform keeps holds a raw identifier, in any form; a planted canary is found."""

from __future__ import annotations

import hashlib
import time
from base64 import b64encode
from datetime import date
from pathlib import Path
from urllib.parse import quote

import pytest

from aif_share.identifiers import looks_raw
from aif_share.wire.keys import PLATFORM, MemberKey
from config.bench.keepalive import Connection, serialize
from config.demo.files import write_files
from config.demo.member import Member
from config.demo.plan import build_plan
from config.stack import Stack
from tests.prove.issue_2.show_7 import CANARY, choose_values
from tests.prove.leaks import Kept, Place, list_unfound, search

VALUES = 200
MEMBERS = ("lamp-lending", "plaza-net")


def send_raw(stack: Stack, key: MemberKey, value: str) -> str:
    """Put a raw value wherever a careless member's program might; return all that was answered."""
    good = {"client_ref": "careless", "category": "telecom-fraud", "grade": "C"}
    token = {"type": "cn-mobile", "epoch": 1, "token": "A" * 43}
    screened = {"type": "domain", "epoch": 1, "token": "A" * 43}
    bodies: list[object] = [
        {"clues": [{**good, "identifiers": [{**token, "token": value}]}]},
        {"clues": [{**good, "identifiers": [{**token, "token": hashlib.sha256(value.encode()).hexdigest()}]}]},
        {"clues": [{**good, "basis": value, "identifiers": [{**token, "type": value}]}]},
        {"clues": [{**good, value: value, "identifiers": [{**token, value: 1}]}]},
        {"clues": [], value: value},
        value,
    ]
    if looks_raw(value):  # a chat account, say, cannot be told from a reference of the member's own
        bodies.append({"clues": [{**good, "client_ref": value, "identifiers": [token]}]})
        bodies.append({"clues": [{**good, "client_ref": f"case-{value}", "basis": value, "identifiers": [token]}]})
        bodies.append({"purpose": "investigation", "case_ref": value, "basis": "test", "tokens": [screened]})
        bodies.append({"purpose": "investigation", "case_ref": "1", "basis": value, "tokens": [screened]})
    bearer = key.bearer_for(PLATFORM)
    connection = Connection(stack.url)
    answers = []
    for number, body in enumerate(bodies):
        for path in ("batches", "screenings"):
            headers = {"Idempotency_Key": f"careless-{value_number(value)}-{number}"}
            answers.append(connection.send(serialize("POST", f"{stack.url}/api/v1/{path}", bearer, body, **headers)))
    for path in (f"batches/{quote(value)}", f"matches?cursor={quote(value)}", quote(value)):
        answers.append(connection.send(serialize("GET", f"{stack.url}/api/v1/{path}", bearer)))
    connection.close()
    assert all(200 <= status < 500 for status, _ in answers)
    return "".join(body.decode() for _, body in answers)


def value_number(value: str) -> str:
    """Something that tells values apart and says nothing of them."""
    return hashlib.sha256(b"test" + value.encode()).hexdigest()[:8]


@pytest.mark.stack
def test_no_raw_identifier_is_kept(stack: Stack, tmp_path: Path) -> None:
    since = time.time()
    plan = build_plan(seed=7, today=date(2026, 11, 1), scale=0.05)
    clues = [clue for clue in plan.clues if clue.institution in MEMBERS]
    values = choose_values(type(plan)(plan.seed, tuple(clues), (), ()), VALUES)
    for export in write_files(tmp_path / "files", clues):
        home = tmp_path / export.institution / export.path.stem
        home.mkdir(parents=True)
        made = stack.create_institution(f"{export.institution} {export.path.name}", "bank", evaluate_quota=10_000)
        member = Member(export.institution, stack.url, made["api_key"], home)
        assert member.submit(export.path, *export.options)["accepted"] == export.clues
    for value in values[:12]:
        assert value not in send_raw(stack, MemberKey.parse(made["api_key"]), value)
    kept = Kept(stack.data, stack.admin_url, stack.env["REDIS_URL"], (tmp_path, stack.data / "pg"), since)
    kept.plant_canary(CANARY)
    try:
        findings = search(kept.places(), [*values, CANARY])
    finally:
        kept.remove_canary()
    assert sorted({(finding.place, finding.form) for finding in findings if finding.value < VALUES}) == []
    assert list_unfound(findings, VALUES) == []


@pytest.mark.parametrize("before", [b"", b"x", b"xy"])
def test_a_value_inside_base64_is_found_at_every_offset(before: bytes) -> None:
    place = Place("text", b64encode(before + CANARY.encode() + b"z"))
    assert {finding.place for finding in search([place], [CANARY])} == {"text"}


def test_a_value_too_short_to_search_for_is_refused() -> None:
    with pytest.raises(ValueError, match="too short"):
        search([], ["1234"])
