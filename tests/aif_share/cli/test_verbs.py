"""The verbs of the API's resources: mistakes never repeat a value, references never carry one into an address."""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from aif_share.cli import main as entry
from aif_share.client import Map
from aif_share.wire.keys import MemberKey
from tests.aif_share.client import loopback
from tests.guide import read_blocks

from .conftest import Run, run_process

PHONE = "13800138000"
ROOT = Path(__file__).resolve().parents[3]
NOBODY = "http://127.0.0.1:9"


def leaves(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every verb that does something, with its words."""
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from leaves(below, (*path, name))
    else:
        yield path, command


LEAVES = {
    path: command for path, command in leaves(entry.cli) if path[0] != "custodian"
}  # that one has tests of its own


@pytest.mark.parametrize("path", LEAVES, ids=" ".join)
def test_every_verb_has_help_and_json(path: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert entry.run([*path, "--help"]) == 0
    text = capsys.readouterr().out
    assert len(text.splitlines()) > 4
    assert "--json" in text or path == ("completion",)


def test_every_verb_of_the_api_is_run_by_a_page_of_the_documentation() -> None:
    """tests/docs runs those pages, so this is what makes each verb run against a stack."""
    code = " ".join(
        block.code.replace("\\\n", " ")
        for page in sorted((ROOT / "docs" / "api").glob("*.md"))
        for block in read_blocks(page.read_text(encoding="utf-8"))
        if block.language == "bash"
    )
    elsewhere = {  # run by tests beside this one
        ("audit", "verify"), ("audit", "verify-file"), ("audit", "checkpoint"), ("audit", "compare"), ("types",), ("normalize",), ("completion",), ("dispute", "answer"), ("dispute", "show"),
        ("rings", "show"), ("events", "show"), ("watch", "show"), ("clues", "show"), ("webhooks", "show"),
        ("webhooks", "replay"), ("resubmit",), ("webhooks", "rotate-secret"), ("webhooks", "verify"), ("keys", "rotate"),
        ("keys", "verifier"), ("feed", "pull"), ("feed", "acknowledge"), ("feed", "withdraw"), ("statements", "show"), ("statements", "save"), *(path for path in LEAVES if path[0] == "cases" and path[1] != "list"),
        *(path for path in LEAVES if path[0] == "evidence"),
        *(("requests", verb) for verb in ("list", "show", "addressees", "send", "take-up", "answer", "decline", "withdraw",
                                          "close")),
        *(("dispositions", verb) for verb in ("list", "show", "record", "act", "answer-lift")),
    }  # fmt: skip
    missing = [" ".join(path) for path in LEAVES if path not in elsewhere and f"aif-share {' '.join(path)}" not in code]
    assert missing == []


@pytest.mark.parametrize(
    "arguments",
    [
        ["clues", "show", PHONE],
        ["clues", "list", "--client-ref", PHONE],
        ["clues", "withdraw", f"C-{PHONE}!", "--reason", "mistake"],
        ["clues", "correct", "C-A", "--role", f"0={PHONE}"],
        ["clues", "correct", "C-A", "--basis", PHONE + " x"],
        ["batches", "show", PHONE],
        ["matches", PHONE],
        ["feedback", PHONE, "confirm"],
        ["feedback", "M-A", PHONE],
        ["rings", "show", PHONE],
        ["screen", PHONE, "--purpose", "inbound-call"],
        ["watch", "add", PHONE, "--type", "cn-mobile", "--purpose", "inbound-call"],
        ["watch", "add", "-", "--purpose", "inbound-call", "--expires-at", PHONE],
        ["watch", PHONE],
        ["dispute", "open", PHONE, "--reason", "other", "--purpose", "inbound-call"],
        ["dispute", "open", "--match", PHONE, "--reason", "other"],
        ["dispute", "answer", "D-A", "maintain", "--clue", "C-A", "--reason", PHONE],
        ["cases", "show", PHONE],
        ["cases", "act", "CASE-A", PHONE],
        ["cases", "tasks", PHONE],
        ["cases", "give-task", "CASE-A", PHONE, "other"],
        ["cases", "give-task", "CASE-A", "member-b", PHONE],
        ["cases", "answer-task", "CASE-A", PHONE, "done"],
        ["cases", "answer-task", "CASE-A", "T-A", PHONE],
        ["cases", "write-part", "CASE-A", PHONE],
        ["cases", "record-entry", "CASE-A", PHONE],
        ["cases", "checklist", PHONE],
        ["cases", "add-charge", "CASE-A", PHONE],
        ["cases", "drop-charge", "CASE-A", PHONE],
        ["cases", "show-elements", "CASE-A", "fraud", "--facts", PHONE],
        ["cases", "show-elements", "CASE-A", "fraud", "--evidence", f"purpose={PHONE}"],
        ["outcomes", "--track", PHONE],
        ["requests", "show", PHONE],
        ["requests", "send", "--kind", "provide", "--text", "x", "--to", PHONE],
        ["requests", "answer", "RQ-A", PHONE],
        ["dispositions", "record", PHONE, "--match", "M-A"],
        ["dispositions", "record", "internal-tag", "--match", PHONE],
        ["dispositions", "answer-lift", "DI-A", PHONE],
        ["events", "show", PHONE],
        ["noise", "add", "own-number", PHONE],
        ["noise", "remove", PHONE],
        ["webhooks", "show", PHONE],
        ["webhooks", "replay", "H-A", "--delivery", PHONE],
        ["keys", "revoke", PHONE, "--reason", "x"],
        ["completion", PHONE],
    ],
    ids=lambda arguments: " ".join(arguments[:2]),
)
def test_a_misplaced_value_is_neither_sent_nor_repeated(
    arguments: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIF_SHARE_KEY", MemberKey.new().text)
    monkeypatch.setenv("AIF_SHARE_URL", NOBODY)
    assert entry.run(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == "" and "error" in captured.err and PHONE not in captured.err


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert entry.run(["completion", shell]) == 0
    script = capsys.readouterr().out
    assert "_AIF_SHARE_COMPLETE" in script
    if shell == "bash":
        assert subprocess.run(["bash", "-n"], input=script, text=True).returncode == 0


def test_a_secret_goes_into_a_file_of_its_own_or_nothing_is_made(tmp_path: Path) -> None:
    made = {"webhook": "H-A", "url": "https://a.example", "state": "enabled", "version": 1, "secret": "whsec_AAAA"}
    asked = []

    def answer(method: str, path: str, headers: object, body: bytes) -> tuple[int, dict[str, str], object]:
        asked.append(method)
        return 201, {}, made

    with loopback.serve(answer) as url:
        environment = {"HOME": str(tmp_path), "AIF_SHARE_URL": url, "AIF_SHARE_KEY": MemberKey.new().text}
        environment["PYTHONPATH"] = str(ROOT)
        command = ("webhooks", "add", "https://a.example", "--json", "--secret-file", str(tmp_path / "secret"))
        done = run_process(environment, *command)
        assert done.returncode == 0 and "secret" not in json.loads(done.stdout) and "whsec" not in done.stderr
        assert (tmp_path / "secret").read_text() == "whsec_AAAA\n"
        assert stat.S_IMODE(os.stat(tmp_path / "secret").st_mode) == 0o600
        again = run_process(environment, *command)
    assert again.returncode == 2 and asked == ["POST"]


def test_values_of_clues_come_from_the_map(tmp_path: Path) -> None:
    key = MemberKey.new()
    clue = {
        "clue": "C-A",
        "client_ref": "r",
        "category": "telecom-fraud",
        "grade": "B2",
        "state": "active",
        "version": 1,
    }
    clue["identifiers"] = [{"type": "cn-mobile", "epoch": 1, "role": "actor", "counted": True}] * 2  # type: ignore[assignment]
    path = tmp_path / "map.sqlite"
    with Map(path) as map, map.transaction() as db:
        map.remember(db, [("r", 1, "cn-mobile", PHONE)])  # type: ignore[list-item]
    with loopback.serve(lambda *_: (200, {}, {"results": [clue], "next": None})) as url:
        environment = {"HOME": str(tmp_path), "AIF_SHARE_URL": url, "AIF_SHARE_KEY": key.text, "PYTHONPATH": str(ROOT)}
        done = run_process(environment, "clues", "list", "--map", str(path), "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)[0]["raw"] == [None, PHONE]


def test_a_rights_claim_without_a_sign_is_refused_before_anything_is_evaluated(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_text(
        "value,category,grade,indicators,consumer_contacted\n"
        f"{PHONE},illegal-agency-complaint,B2,,refused\n"
        f"{PHONE},illegal-agency-complaint,B2,agent-accompanies-complaint,\n"
        f"{PHONE},telecom-fraud,C,individual-not-gray-industry,\n"
    )
    done = run("submit", str(path), "--type", "cn-mobile", "--json")
    assert done.returncode == 1
    assert re.findall(r"line (\d): (\S+)", done.stderr) == [
        ("2", "indicator-missing"),
        ("3", "consumer-contacted-missing"),
        ("4", "indicator-blocks"),
    ]
    path.write_text(path.read_text().replace("B2", "C").replace("individual-not-gray-industry", ""))
    assert json.loads(run("submit", str(path), "--type", "cn-mobile", "--json").stdout)["clues"] == 3
