"""After a small demonstration nothing the platform keeps holds a raw identifier, in any form; a planted canary is found."""

from __future__ import annotations

import time
from base64 import b64encode
from datetime import date
from pathlib import Path

import pytest

from config.demo.files import write_files
from config.demo.member import Member
from config.demo.plan import build_plan
from config.stack import Stack
from tests.prove.leaks import Kept, Place, list_unfound, search
from tests.prove.show_7 import CANARY, choose_values

VALUES = 200
MEMBERS = ("lamp-lending", "plaza-net")


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
        # A refused row must not be kept either: raw values in place of tokens are another test's matter.
    kept = Kept(stack.data, stack.admin_url, stack.env["REDIS_URL"], (tmp_path, stack.data / "pg"), since)
    kept.plant_canary(CANARY)
    try:
        findings = search(kept.places(), [*values, CANARY])
    finally:
        kept.remove_canary()
    assert [finding for finding in findings if finding.value < VALUES] == []
    assert list_unfound(findings, VALUES) == []


@pytest.mark.parametrize("before", [b"", b"x", b"xy"])
def test_a_value_inside_base64_is_found_at_every_offset(before: bytes) -> None:
    place = Place("text", b64encode(before + CANARY.encode() + b"z"))
    assert {finding.place for finding in search([place], [CANARY])} == {"text"}


def test_a_value_too_short_to_search_for_is_refused() -> None:
    with pytest.raises(ValueError, match="too short"):
        search([], ["1234"])
