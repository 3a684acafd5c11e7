"""What a first use asks, and must not run into: the advice of a code, who counts evaluations, a log nobody looked at yet."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from aif_share.cli import main as entry
from aif_share.client.witness import WitnessStore
from aif_share.wire.keys import MemberKey
from aif_share.wire.problem_advice import ADVICE
from aif_share.wire.problems import PROBLEMS
from tests.aif_share.client import loopback
from tests.aif_share.client.test_witness import OTHER, Platform, event, look

QUOTAS = {
    "day": "2026-11-29",
    "resets_at": "2026-11-30T00:00:00Z",
    "rate": {"limit": 1, "window": 1},
    "quotas": {
        "evaluate": {"limit": 50_000, "used": None, "remaining": None},
        "submit": {"limit": 50_000, "used": 2, "remaining": 49_998},
    },
}


@pytest.fixture(autouse=True)
def address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A platform that answers quotas and nothing else, and a member with an empty data home."""
    missing = {"code": "not-found", "status": 404, "title": "Not found"}

    def answer(_method: str, path: str, _headers: Any, _body: bytes) -> tuple[int, dict[str, str], Any]:
        return (200, {}, QUOTAS) if path == "/api/v1/quota" else (404, {}, missing)

    with loopback.serve(answer) as url:
        monkeypatch.setenv("AIF_SHARE_URL", url)
        monkeypatch.setenv("AIF_SHARE_KEY", MemberKey.new().text)
        monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
        yield url


@pytest.mark.parametrize("code", PROBLEMS)
def test_every_code_comes_with_what_to_do(code: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert entry.run(["problems", code, "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["advice"], row["advice_zh"]) == ADVICE[code]


def test_the_advice_stands_in_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert entry.run(["problems", "observed-at-invalid"]) == 0
    assert "\t".join(ADVICE["observed-at-invalid"]) in capsys.readouterr().out


def test_quota_says_who_counts_evaluations(capsys: pytest.CaptureFixture[str]) -> None:
    assert entry.run(["quota"]) == 0
    told = capsys.readouterr()
    assert "evaluate" in told.err and "submit" not in told.err and "`aif-share whoami`" in told.err


@pytest.mark.parametrize("verb", ["checkpoint", "compare"])
def test_a_first_use_is_no_mismatch(verb: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = tmp_path / "other"
    other.write_text(Platform(event(0)).head().checkpoint)
    assert entry.run(["audit", verb, *([str(other)] if verb == "compare" else [])]) == 2
    told = capsys.readouterr()
    assert told.out == "" and "[nothing-kept]" in told.err and "`aif-share audit verify` first" in told.err


def test_a_pin_that_cannot_be_read_is_still_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = WitnessStore(tmp_path / "data" / "aif-share", MemberKey.parse(os.environ["AIF_SHARE_KEY"]).id)
    store.path.parent.mkdir(parents=True)
    store.path.write_text("[]")
    assert entry.run(["audit", "checkpoint"]) == 6
    assert "[pin-mismatch]" in capsys.readouterr().err


def export(folder: Path, platform: Platform) -> list[str]:
    """The arguments that check a log as `manage.py export_log` writes it, but the key."""
    log, checkpoint = folder / "log", folder / "log.checkpoint"
    log.write_text("".join(f"{leaf}\n" for leaf in platform.leaves))
    checkpoint.write_text(platform.head().checkpoint)
    return ["audit", "verify-file", str(log), "--checkpoint", str(checkpoint), "--json", "--verifier"]


def test_the_key_of_a_log_is_a_line_or_a_file(tmp_path: Path, address: str, capsys: pytest.CaptureFixture[str]) -> None:
    platform = Platform(*map(event, range(5)))
    arguments, line = export(tmp_path, platform), platform.head().verifier
    (tmp_path / "log.key").write_text(f"{line}\n")
    for key in (line, str(tmp_path / "log.key")):
        assert entry.run([*arguments, key]) == 0
        assert json.loads(capsys.readouterr().out)["size"] == 5
    store = WitnessStore(tmp_path, "abcd1234")
    look(platform, store)
    assert json.loads(store.path.read_text())["https://share.example.cn"]["verifier"] == line  # as the page says
    assert entry.run([*arguments, Platform(event(0), key=OTHER).head().verifier]) == 6  # a key, but not of this log


@pytest.mark.parametrize("key", ["nothing", "密钥", "log.example+00+密钥", "x" * 5000, "log", "log.example+0+AA=="])
def test_what_is_no_key_is_a_usage_error(
    tmp_path: Path, key: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = export(tmp_path, Platform(event(0)))
    monkeypatch.chdir(tmp_path)
    assert entry.run([*arguments, key]) == 2
    told = capsys.readouterr()
    assert told.out == "" and "--verifier" in told.err and "proof-invalid" not in told.err
