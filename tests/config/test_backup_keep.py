"""`python -m config.backup`: rounds that go on whatever happens to one of them, and words for who runs it."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import management

from config.backup import __main__ as program
from config.backup import taking
from config.backup.folder import BackupError, BackupFolder


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    kept = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> BackupFolder:
    monkeypatch.setattr(program, "LOOK_S", 0.01)
    monkeypatch.setattr(program, "_copy", lambda folder, kept: 0)
    made = BackupFolder(tmp_path / "backups")
    made.lay_out()
    return made


def add_base(folder: BackupFolder, age: timedelta) -> str:
    path = folder.base / (datetime.now(UTC) - age).strftime("%Y%m%dT%H%M%SZ")
    path.mkdir()
    (path / "backup_label").write_text("START WAL LOCATION: 0/3 (file 000000010000000000000003)\n", encoding="ascii")
    return path.name


def test_a_round_that_fails_is_tried_again(
    folder: BackupFolder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    old = add_base(folder, timedelta(days=40))
    tries: list[Exception | str] = [
        BackupError("pg_basebackup failed: no space"),
        RuntimeError("postgresql://x:hunter2@h"),
        "taken",
    ]
    sign = tmp_path / "sign"

    def take(where: BackupFolder) -> str:
        assert not sign.exists(), "a round that failed leaves no sign"
        match tries.pop(0):
            case str(text):
                add_base(where, timedelta(0))
                os.kill(os.getpid(), signal.SIGTERM)
                return text
            case why:
                raise why

    monkeypatch.setattr(program, "_take", take)
    program._keep(folder, timedelta(days=14), sign)
    said = capsys.readouterr()
    assert "no space" in said.err and "RuntimeError" in said.err and "hunter2" not in said.err
    assert "taken" in said.out and f"{old} is removed" in said.out and sign.exists()
    assert len(folder.list_bases()) == 1


def test_none_is_taken_before_a_day_is_over(folder: BackupFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    add_base(folder, timedelta(hours=23))
    rounds: list[int] = []

    def copy(where: BackupFolder, kept: timedelta) -> int:
        rounds.append(1)
        if len(rounds) == 3:
            os.kill(os.getpid(), signal.SIGTERM)
        return 0

    monkeypatch.setattr(program, "_copy", copy)
    monkeypatch.setattr(program, "_take", lambda where: pytest.fail("it is not due"))
    program._keep(folder, timedelta(days=14), None)
    assert len(rounds) == 3


def test_evidence_is_copied_while_a_base_backup_is_taken(folder: BackupFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    copies: list[timedelta] = []
    monkeypatch.setattr(program, "_copy", lambda where, kept: copies.append(kept))

    def take(where: BackupFolder) -> str:
        before, limit = len(copies), time.monotonic() + 10
        while len(copies) < before + 3 and time.monotonic() < limit:
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGTERM)
        assert len(copies) >= before + 3
        add_base(where, timedelta(0))
        return "taken"

    monkeypatch.setattr(program, "_take", take)
    program._keep(folder, timedelta(days=30), None)
    assert len(folder.list_bases()) == 1 and set(copies) == {timedelta(days=30)}


def test_there_is_no_sign_while_evidence_is_not_copied(
    folder: BackupFolder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    add_base(folder, timedelta(hours=1))
    tries: list[int] = []

    def copy(where: BackupFolder, kept: timedelta) -> int:
        tries.append(1)
        if len(tries) == 5:
            os.kill(os.getpid(), signal.SIGTERM)
        raise BackupError("the vault is not there")

    monkeypatch.setattr(program, "_copy", copy)
    program._keep(folder, timedelta(days=14), tmp_path / "sign")
    assert "the vault is not there" in capsys.readouterr().err and not (tmp_path / "sign").exists()


def run(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr("sys.argv", ["config.backup", *words])
    return program.main()


def test_list_and_restore_need_no_platform(
    folder: BackupFolder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    name = add_base(folder, timedelta(hours=1))
    monkeypatch.setattr(taking, "check", lambda base: None)
    assert run(monkeypatch, "list", str(folder.path)) == 0 and name in capsys.readouterr().out
    assert run(monkeypatch, "restore", str(folder.path), str(tmp_path / "to")) == 0
    assert "docs/backup.md" in capsys.readouterr().out and (tmp_path / "to" / "recovery.signal").exists()
    assert run(monkeypatch, "restore", str(folder.path), str(tmp_path / "to")) == 1
    assert "not empty" in capsys.readouterr().err


def test_one_taken_by_hand_is_recorded_and_evidence_copied(
    folder: BackupFolder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[Any] = []

    def take(where: BackupFolder, *, admin: dict[str, Any], now: datetime) -> taking.Taken:
        asked.append(admin["HOST"])
        return taking.Taken("20261129T120000Z", 3, 5, 0.2)

    monkeypatch.setattr(program, "_set_up", lambda: None)
    monkeypatch.setattr(program, "take", take)
    monkeypatch.setattr(management, "call_command", lambda verb, **words: asked.append((verb, words["name"])))
    monkeypatch.setenv("DATABASE_ADMIN_URL", "postgresql://x:hunter2@db.invalid/aif")
    assert run(monkeypatch, "take", str(folder.path)) == 0
    assert asked == ["db.invalid", ("record_backup", "20261129T120000Z")]
    assert capsys.readouterr().out == "20261129T120000Z: 3 files, 5 bytes in 0.2 s; 0 objects of evidence copied\n"


def test_by_hand_no_copy_of_evidence_is_forgotten(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings: Any
) -> None:
    """Whoever keeps copies for a year by `keep --keep-days 365` loses none of them to a `take`."""
    vault, folder = tmp_path / "vault", BackupFolder(tmp_path / "backups")
    (vault / "ab").mkdir(parents=True)
    (vault / "ab" / "one").write_bytes(b"1")
    settings.AIF_EVIDENCE = str(vault)
    program._copy(folder, timedelta(days=365))
    (vault / "ab" / "one").unlink()
    long_ago = (datetime.now(UTC) - timedelta(days=100)).isoformat()
    (folder.path / "evidence-gone.json").write_text(json.dumps({"ab/one": long_ago}), encoding="utf-8")
    taken = taking.Taken("20261129T120000Z", 3, 5, 0.2)
    monkeypatch.setattr(program, "_set_up", lambda: None)
    monkeypatch.setattr(program, "take", lambda where, *, admin, now: taken)
    monkeypatch.setattr(management, "call_command", lambda verb, **words: None)
    monkeypatch.setenv("DATABASE_ADMIN_URL", "postgresql://x:hunter2@db.invalid/aif")
    assert run(monkeypatch, "take", str(folder.path)) == 0
    assert (folder.evidence / "ab" / "one").exists()
    assert json.loads((folder.path / "evidence-gone.json").read_text(encoding="utf-8")) == {"ab/one": long_ago}
    program._copy(folder, timedelta(days=99))
    assert not (folder.evidence / "ab" / "one").exists()


@pytest.mark.parametrize("address", ["", "postgresql://x:hunter2@[::1/aif", "postgresql://x:hunter2@h/aif?nonsense=1"])
def test_an_address_that_cannot_be_read_is_said_without_its_password(
    folder: BackupFolder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], address: str
) -> None:
    monkeypatch.setattr(program, "_set_up", lambda: None)
    monkeypatch.setenv("DATABASE_ADMIN_URL", address)
    assert run(monkeypatch, "take", str(folder.path)) == 1
    said = capsys.readouterr().err
    assert "DATABASE_ADMIN_URL" in said and "hunter2" not in said and folder.list_bases() == []
