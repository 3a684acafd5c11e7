"""Verbs that no page of the documentation runs, because they need somebody else's part: against the running stack."""

from __future__ import annotations

import json
import secrets
import subprocess
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from aif_share.wire.keys import MemberKey
from config.stack import Stack
from tests.aif_share.client import alliance
from tests.aif_share.client.members import admit, host

from .conftest import run_process
from .evidence_verbs import keep_evidence

pytestmark = pytest.mark.stack


class Member:
    """One institution's shell."""

    def __init__(self, stack: Stack, key: MemberKey, folder: Path) -> None:
        self.environment = alliance.environment(stack.url, key, folder)

    def run(self, *arguments: str, stdin: str = "", code: int = 0) -> subprocess.CompletedProcess[str]:
        done = run_process(self.environment, *arguments, stdin=stdin.encode())
        assert done.returncode == code, (arguments[:2], done.stderr)
        return done

    def json(self, *arguments: str, stdin: str = "", code: int = 0) -> Any:
        return json.loads(self.run(*arguments, "--json", stdin=stdin, code=code).stdout)


def eventually(read: Callable[[], Any]) -> Any:
    """The first answer that is not empty."""
    limit = time.monotonic() + 60
    while not (found := read()):
        assert time.monotonic() < limit, "it did not come"
        time.sleep(0.3)
    return found


def test_what_two_members_say_to_each_other(stack: Stack, tmp_path: Path) -> None:
    bank, insurer = (Member(stack, admit(stack), tmp_path / name) for name in ("bank", "insurer"))
    shared = host()
    path = tmp_path / "shared.txt"
    path.write_text(f"{shared}\n")
    for one in (bank, insurer):
        one.run(
            "submit", str(path), "--type", "domain", "--category", "counterfeit-site-app", "--grade", "B2", "--wait"
        )
    (match,) = bank.json("matches")
    (clue,) = insurer.json("clues", "list")
    assert insurer.json("clues", "show", clue["clue"])["raw"] == [shared] == clue["raw"]
    assert match["raw"] == shared and match["match"] not in bank.run("rings", "list").stdout
    assert "not-found" in bank.run("rings", "show", "R-A", code=1).stderr
    event = next(row for row in bank.json("events", "list") if row["kind"] == "match.released")
    assert bank.json("events", "show", event["event"])["match"] == match["match"]
    followed = bank.run("events", "list", "--follow", "--limit", "1", "--json")
    assert json.loads(followed.stdout)["event"].startswith("E-")

    (watched,) = bank.json(
        "watch", "add", "-", "--type", "domain", "--purpose", "content-takedown", stdin="w.example\n"
    )
    assert bank.json("watch", "show", watched["watch"])["raw"] == "w.example"

    operator = f"operator-{secrets.token_hex(4)}"
    stack.manage("create_user", "--name", operator, "--role", "alliance-operator")
    made = json.loads(stack.manage("open_case", "--match", match["match"], "--by", operator, "--json"))
    stack.manage("move_case", "--case", made["case"], "--action", "triage", "--by", operator)
    (seen,) = eventually(lambda: bank.json("cases", "list", "--show", "ours"))
    assert seen["case"] == made["case"] and seen["match"] == match["match"]
    assert bank.json("cases", "act", made["case"], "claim")["lead"] == "mine"
    assert insurer.json("cases", "show", made["case"])["lead"] == "other"
    assert "not-the-lead" in insurer.run("cases", "act", made["case"], "join-up", code=1).stderr
    assert "version-changed" in bank.run("cases", "act", made["case"], "join-up", "--if-version", "1", code=1).stderr

    _requests_and_dispositions(bank, insurer, match["match"])
    work_on(bank, insurer, made["case"])
    keep_evidence(bank, insurer, made["case"], tmp_path)
    opened = bank.json("dispute", "open", "--match", match["match"], "--reason", "shared-device")
    (received,) = eventually(lambda: insurer.json("dispute", "received"))
    assert received["raw"] == [shared]
    insurer.run("dispute", "answer", received["disputed"], "withdraw", "--clue", clue["clue"], "--reason", "mistake")
    eventually(lambda: bank.json("dispute", "show", opened["dispute"])["state"] == "closed")
    assert insurer.json("clues", "show", clue["clue"])["state"] == "withdrawn"
    stale = insurer.run("clues", "withdraw", clue["clue"], "--reason", "mistake", "--if-version", "1", code=1)
    assert "version-changed" in stale.stderr or "transition-refused" in stale.stderr


def _requests_and_dispositions(bank: Member, insurer: Member, match: str) -> None:
    """What one asks the other answers, declines or closes; what was done is recorded, moved on and lifted."""
    assert {"institution", "kinds"} <= bank.json("requests", "addressees")[0].keys()
    about = ("requests", "send", "--match", match, "--text", "Please look.", "--purpose", "investigation", "--kind")
    asked, again, alert, back = (bank.json(*about, kind) for kind in ("request", "request", "alert", "request"))
    eventually(lambda: len(insurer.json("requests", "list", "--received")) == 4)
    assert insurer.json("requests", "take-up", alert["request"])["state"] == "taken-up"
    assert insurer.json("requests", "answer", asked["request"], "no-record")["state"] == "answered"
    assert insurer.json("requests", "decline", again["request"], "--reason", "not-ours")["state"] == "declined"
    assert bank.json("requests", "withdraw", back["request"])["state"] == "withdrawn"
    eventually(lambda: bank.json("requests", "show", asked["request"])["state"] == "answered")
    assert bank.json("requests", "close", asked["request"])["state"] == "closed"

    tag = bank.json("dispositions", "record", "internal-tag", "--match", match, "--persons-warned", "1")
    assert bank.json("dispositions", "act", tag["disposition"], "review")["state"] == "under-review"
    assert "transition-refused" in bank.run("dispositions", "answer-lift", tag["disposition"], "lifted", code=1).stderr
    assert bank.json("dispositions", "act", tag["disposition"], "lift", "--note", "not needed")["state"] == "lifted"
    assert [row["state"] for row in bank.json("dispositions", "list")] == ["lifted"]
    assert bank.json("dispositions", "show", tag["disposition"])["version"] == 3


def test_the_identifiers_of_a_clue_are_replaced_and_the_map_follows(stack: Stack, tmp_path: Path) -> None:
    bank = Member(stack, admit(stack), tmp_path)
    first, second, third = host(), host(), host()
    (tmp_path / "a.txt").write_text(f"{first}\n")
    (tmp_path / "b.csv").write_text(f"value,role\n{second},tool\n{third.upper()},\n")
    command = ("submit", str(tmp_path / "a.txt"), "--type", "domain", "--category", "counterfeit-site-app", "--grade")
    bank.run(*command, "B2", "--wait")
    (clue,) = bank.json("clues", "list")
    changed = bank.json("clues", "correct", clue["clue"], "--identifiers", str(tmp_path / "b.csv"), "--type", "domain")
    assert [(each["type"], each["role"]) for each in changed["identifiers"]] == [
        ("domain", "tool"),
        ("domain", "actor"),
    ]
    assert bank.json("clues", "show", clue["clue"])["raw"] == [second, third.upper()]
    bank.run("clues", "correct", clue["clue"], "--role", "1=victim", "--if-version", "2")
    assert [row["version"] for row in bank.json("clues", "history", clue["clue"])] == [2, 3]
    bad = bank.run(
        "clues", "correct", clue["clue"], "--identifiers", "-", "--type", "domain", stdin="no host\n", code=1
    )
    assert "line 1: identifier-invalid" in bad.stderr and "no host" not in bad.stderr


def test_webhooks_and_keys(stack: Stack, tmp_path: Path) -> None:
    key = admit(stack)
    bank = Member(stack, key, tmp_path)
    (tmp_path / "s").mkdir()
    hook = bank.json("webhooks", "add", "http://127.0.0.1:9/x", "--secret-file", str(tmp_path / "s/1"))
    reference = hook["webhook"]
    assert "secret" not in bank.json("webhooks", "show", reference)
    bank.run("webhooks", "rotate-secret", reference, "--secret-file", str(tmp_path / "s/2"))
    assert (tmp_path / "s/1").read_text() != (tmp_path / "s/2").read_text()
    delivery = bank.json("webhooks", "test", reference)["delivery"]
    bank.run("webhooks", "replay", reference, "--delivery", delivery)
    bank.run("webhooks", "replay", reference, "--since", "2026-01-01T00:00:00Z")
    assert [row["delivery"] for row in bank.json("webhooks", "deliveries", reference)] == [delivery]
    assert key.text not in bank.run("keys", "verifier", "--for", "platform").stdout

    bank.run("keys", "new", "--out", str(tmp_path / "next.key"))
    (own,) = bank.json("keys", "list")
    successor = bank.json("keys", "rotate", own["credential"], "--key-file", str(tmp_path / "next.key"))
    assert successor["scopes"] == own["scopes"]
    bank.environment["AIF_SHARE_KEY"] = (tmp_path / "next.key").read_text().strip()
    assert bank.json("whoami")["key"]["id"] == successor["key_id"]


def test_a_kept_message_is_verified(tmp_path: Path) -> None:
    from tests.aif_share.client.test_webhooks import SECRET, signed

    headers, body = signed()
    (tmp_path / "body").write_bytes(body)
    (tmp_path / "headers").write_text("".join(f"{name}: {value}\n" for name, value in headers.items()))
    (tmp_path / "secret").write_text(SECRET + "\n")
    command = ("webhooks", "verify", str(tmp_path / "body"), "--headers", str(tmp_path / "headers"))
    command += ("--secret-file", str(tmp_path / "secret"))
    environment = {
        "HOME": str(tmp_path),
        "PYTHONPATH": alliance.environment("", MemberKey.new(), tmp_path)["PYTHONPATH"],
    }
    done = run_process(environment, *command, "--json")
    assert done.returncode == 0 and json.loads(done.stdout)["id"] == "WD-A"
    (tmp_path / "body").write_bytes(body + b"\n" + secrets.token_bytes(1))
    assert run_process(environment, *command).returncode == 6


def work_on(lead: Member, party: Member, case: str) -> None:
    """Let the lead and another party use every verb of the work on a case."""
    (other,) = [row["party"] for row in lead.json("cases", "names", case) if not row["own"]]
    task = lead.json("cases", "give-task", case, other, "other", "--note", "Which scripts did they use?")
    (seen,) = eventually(lambda: party.json("cases", "tasks", case))
    assert (seen["task"], seen["state"], seen["to"]) == (task["task"], "open", other)
    done = party.json("cases", "answer-task", case, task["task"], "done", "--note", "One script, read aloud.")
    assert done["state"] == "done"
    day = (date.today() + timedelta(days=30)).isoformat()
    wrong = lead.json("cases", "give-task", case, other, "draft-facts", "--due-on", day)
    again = ("cases", "cancel-task", case, wrong["task"], "--reason", "asked twice")
    assert lead.json(*again)["state"] == "canceled"
    assert "transition-refused" in lead.run(*again, "--if-version", "2", code=1).stderr
    assert lead.json("cases", "add-charge", case, "fraud")["missing"] == 5
    assert "not-the-lead" in party.run("cases", "drop-charge", case, "fraud", code=1).stderr
    shown = lead.json("cases", "show-elements", case, "fraud", "--facts", "deception", "--facts", "amount")
    assert shown["part_version"] == 2 and lead.json("cases", "checklist", case) == shown
    assert "deception" in lead.run("cases", "checklist", case).stdout
    assert lead.json("cases", "add-charge", case, "extortion")["elements"] == 10
    assert lead.json("cases", "drop-charge", case, "extortion")["elements"] == 5
    facts = '{"facts": "Three callers in the name of one agency.", "victims": 3}'
    assert lead.json("cases", "write-part", case, "-", stdin=facts)["victims"] == 3
    assert lead.json("cases", "hand-over-part", case)["state"] == "ready"
    assert (
        "version-changed" in lead.run("cases", "write-part", case, "-", "--if-version", "1", stdin=facts, code=1).stderr
    )
    assert lead.json("cases", "part", case)["facts"].startswith("Three callers")
    (waiting,) = party.json("cases", "parts", case)
    assert waiting["facts"] is None and not waiting["excused"]
    entry = '{"track": "police-criminal", "state": "submitted"}'
    assert "transition-refused" in lead.run("cases", "record-entry", case, "-", stdin=entry, code=1).stderr
    assert "not-the-lead" in party.run("cases", "record-entry", case, "-", stdin=entry, code=1).stderr
    assert lead.json("cases", "entries", case) == []
    counters = {row["counter"]: row["own"] for row in lead.json("outcomes")["counters"]}
    assert counters["cases-reported"] == "0"
