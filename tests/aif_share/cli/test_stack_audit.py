"""`aif-share audit` against the running stack: receipts and screenings are proven, and an exported log is what was signed."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.stack import Stack
from tests.aif_share.cli.test_stack_verbs import Member, eventually
from tests.aif_share.client.members import admit, host

pytestmark = pytest.mark.stack


def test_a_member_checks_what_it_was_promised(stack: Stack, tmp_path: Path) -> None:
    bank = Member(stack, admit(stack), tmp_path / "bank")
    first = bank.json("audit", "verify")
    assert (first["before"], first["receipts"]) == (None, 0) and first["size"] > 0
    path = tmp_path / "hosts.txt"
    path.write_text(f"{host()}\n{host()}\n")
    bank.run("submit", str(path), "--type", "domain", "--category", "counterfeit-site-app", "--grade", "B2")
    seen = eventually(lambda: (row := bank.json("audit", "verify"))["proven"] == 1 and row)
    assert (seen["receipts"], seen["waiting"], seen["missing"]) == (1, [], [])
    assert seen["size"] > first["size"] and seen["before"] >= first["size"]

    bank.run("screen", str(path), "--type", "domain", "--purpose", "investigation")
    asked = eventually(lambda: (row := bank.json("audit", "verify")["screenings"])["rows"] == 1 and row)
    assert asked == {"rows": 1, "events": 1, "waiting": 0, "late": 0}

    kept = tmp_path / "kept.checkpoint"
    kept.write_text(bank.run("audit", "checkpoint").stdout)
    assert bank.json("audit", "compare", str(kept))["sizes"] == [bank.json("audit", "verify")["before"]]
    log = tmp_path / "log.ndjson"
    stack.manage("export_log", str(log))
    checkpoint, key = log.with_name("log.ndjson.checkpoint"), log.with_name("log.ndjson.key").read_text().strip()
    options = ("--checkpoint", str(checkpoint), "--verifier", key)
    assert bank.json("audit", "verify-file", str(log), *options)["size"] >= seen["size"]
    ledger = tmp_path / "screenings.ndjson"
    stack.manage("export_screenings", str(ledger))
    both = bank.json("audit", "verify-file", str(log), *options, "--screenings", str(ledger))
    assert both["screenings"]["rows"] >= 1 and both["screenings"]["deleted"] == 0
    text = log.read_text()
    log.write_text(text.replace('"clues":2', '"clues":3', 1))
    assert log.read_text() != text
    assert "not those that were signed" in bank.run("audit", "verify-file", str(log), *options, code=6).stderr
