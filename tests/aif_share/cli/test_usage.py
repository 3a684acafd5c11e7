"""Usage: help, mistakes, and that no mistake makes the program repeat a value or a key."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from aif_share.cli import main as entry
from aif_share.cli import output
from aif_share.cli.access import open_client
from aif_share.errors import (
    AifShareError,
    AuthenticationError,
    InvalidIdentifier,
    NetworkError,
    PinError,
    ProofError,
    QuotaError,
    RefusedError,
    UnknownType,
)
from aif_share.wire.keys import MemberKey

from .conftest import run_process

PHONE = "13800138000"


@pytest.mark.parametrize("verb", entry.VERBS)
def test_every_verb_has_help(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert entry.run([verb, "--help"]) == 0
    assert f"aif-share {verb}" in capsys.readouterr().out


def test_help_names_exit_codes_and_completion(capsys: pytest.CaptureFixture[str]) -> None:
    assert entry.run(["--help"]) == 0
    text = capsys.readouterr().out
    assert "6 proof or pin" in text and "aif-share completion bash" in text
    assert all(verb in text for verb in entry.VERBS)


@pytest.mark.parametrize(
    "arguments",
    [
        [PHONE],
        ["normalize", PHONE, "x"],
        ["normalize", "cn-mobile", "1", PHONE],
        ["submit", PHONE, "--type", "cn-mobile"],
        ["submit", "/etc/hostname", f"--type={PHONE}"],
        ["submit", "/etc/hostname", "--grade", PHONE],
        ["submit", "/etc/hostname", "--chunk", PHONE],
        ["submit", "/etc/hostname", "--basis", "Frau Müller " + PHONE],
        ["submit", "/etc/hostname", f"--{PHONE}"],
        ["screen", "/etc/hostname", "--purpose", PHONE],
        ["keys", "bearer", "--for", PHONE],
        ["tokenize", "cn-mobile", "1", PHONE],
    ],
)
def test_a_misplaced_value_is_not_repeated(
    arguments: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIF_SHARE_KEY", MemberKey.new().text)
    assert entry.run(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == "" and "error" in captured.err and PHONE not in captured.err


def test_a_wrong_value_is_told_with_its_option(capsys: pytest.CaptureFixture[str]) -> None:
    assert entry.run(["screen", "/etc/hostname", "--purpose", "curiosity"]) == 2
    assert "'--purpose': not a known code" in capsys.readouterr().err


def test_an_error_inside_shows_its_place_and_nothing_else(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(type: str, raw: str) -> str:
        raise RuntimeError(f"cannot handle {raw}")

    monkeypatch.setattr("aif_share.cli.normalize.canonical_of", broken)
    assert entry.run(["normalize", "cn-mobile", PHONE]) == output.INTERNAL
    captured = capsys.readouterr()
    assert re.search(r"RuntimeError at normalize\.py:\d+", captured.err)
    assert PHONE not in captured.out + captured.err and "Traceback" not in captured.err


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (InvalidIdentifier("x"), 1),
        (RefusedError(status=409, code="idempotency-conflict"), 1),
        (UnknownType("x"), 2),
        (AuthenticationError(status=401, code="unauthenticated"), 3),
        (AuthenticationError(status=403, code="institution-suspended"), 3),
        (AuthenticationError(status=403, code="lawful-use-unresolved"), 1),
        (QuotaError(), 4),
        (NetworkError("x"), 5),
        (RefusedError(status=503, code="unavailable"), 5),
        (ProofError("x"), 6),
        (PinError("x"), 6),
    ],
)
def test_exit_codes(error: AifShareError, code: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert entry.failed(error) == code
    captured = capsys.readouterr()
    assert captured.out == "" and f"[{error.code}]" in captured.err


def test_without_address_or_key_it_says_what_to_set(tmp_path: Path) -> None:
    environment = {"HOME": str(tmp_path)}
    done = run_process(environment, "whoami")
    assert done.returncode == 2 and "AIF_SHARE_URL" in done.stderr and ".config/aif-share/config.toml" in done.stderr
    done = run_process(environment | {"AIF_SHARE_URL": "http://127.0.0.1:9"}, "whoami")
    assert done.returncode == 2 and "AIF_SHARE_KEY" in done.stderr


def test_a_key_cut_short_is_not_repeated(tmp_path: Path) -> None:
    text = MemberKey.new().text[:-1]
    done = run_process({"HOME": str(tmp_path), "AIF_SHARE_URL": "http://127.0.0.1:9", "AIF_SHARE_KEY": text}, "whoami")
    assert done.returncode == 3 and text[-20:] not in done.stderr and "complete" in done.stderr


@pytest.mark.parametrize(
    ("url", "warned"), [("http://192.0.2.1", True), ("https://192.0.2.1", False), ("http://127.0.0.1:8", False)]
)
def test_an_address_without_encryption_is_warned_of(
    url: str, warned: bool, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIF_SHARE_KEY", MemberKey.new().text)
    monkeypatch.setenv("AIF_SHARE_URL", url)
    open_client().close()
    assert ("not encrypted" in capsys.readouterr().err) is warned
