"""Copies of evidence outlive the vault's disk, and hold nothing but files of the vault."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from config.backup import evidence
from config.backup.evidence import copy_evidence
from config.backup.folder import BackupError, BackupFolder

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
LATER = [NOW + timedelta(days=days) for days in (1, 20, 40)]


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    made = tmp_path / "vault"
    (made / "ab").mkdir(parents=True)
    (made / "ab" / "one").write_bytes(b"1")
    return made


@pytest.fixture
def folder(tmp_path: Path, vault: Path) -> BackupFolder:
    made = BackupFolder(tmp_path / "backups")
    copy_evidence(vault, made, now=NOW)
    return made


@pytest.mark.parametrize("left", ["nothing", "an empty folder", "a file"])
def test_a_vault_that_is_not_there_removes_no_copy(folder: BackupFolder, vault: Path, left: str) -> None:
    shutil.rmtree(vault)
    if left == "an empty folder":
        (vault / "lost+found").mkdir(parents=True)
    elif left == "a file":
        vault.touch()
    for now in LATER:
        with pytest.raises(BackupError, match="vault"):
            copy_evidence(vault, folder, now=now)
    assert (folder.evidence / "ab" / "one").read_bytes() == b"1"


def test_a_folder_that_cannot_be_read_removes_no_copy(
    folder: BackupFolder, vault: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = os.scandir

    def scandir(path: str) -> object:  # root reads whatever its mode says
        if Path(path) == vault / "ab":
            raise PermissionError(13, "Permission denied")
        return listed(path)

    monkeypatch.setattr(os, "scandir", scandir)
    for now in LATER:
        with pytest.raises(BackupError, match="Permission denied"):
            copy_evidence(vault, folder, now=now)
    assert (folder.evidence / "ab" / "one").exists()


def test_the_last_object_may_go(folder: BackupFolder, vault: Path) -> None:
    (vault / "ab" / "one").unlink()
    assert [copy_evidence(vault, folder, now=now) for now in LATER] == [(0, 0), (0, 1), (0, 0)]


def test_a_platform_without_evidence_has_no_vault_yet(tmp_path: Path) -> None:
    assert copy_evidence(tmp_path / "vault", BackupFolder(tmp_path / "none"), now=NOW) == (0, 0)


def test_no_link_is_followed(folder: BackupFolder, vault: Path, tmp_path: Path) -> None:
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    (secrets / "peppers").write_bytes(b"p1:00")
    (vault / "ab" / "two").symlink_to(secrets / "peppers")
    (vault / "cd").symlink_to(secrets)
    os.mkfifo(vault / "ab" / "pipe")
    assert copy_evidence(vault, folder, now=NOW) == (0, 0)
    assert [path.name for path in folder.evidence.rglob("*")] == ["ab", "one"]


@pytest.mark.parametrize("planted", ["file", "folder", "pipe"])
def test_nor_is_one_that_is_planted_after_the_look(
    folder: BackupFolder, vault: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, planted: str
) -> None:
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    (secrets / "two").write_bytes(b"p1:00")
    (vault / "cd").mkdir()
    (vault / "cd" / "two").write_bytes(b"2")
    looked = evidence._sizes

    def look(root: Path) -> dict[str, int]:
        found = looked(root)
        if root == vault:
            (vault / "cd" / "two").unlink()
            if planted == "file":
                (vault / "cd" / "two").symlink_to(secrets / "two")
            elif planted == "pipe":
                os.mkfifo(vault / "cd" / "two")
            else:
                (vault / "cd").rmdir()
                (vault / "cd").symlink_to(secrets)
        return found

    monkeypatch.setattr(evidence, "_sizes", look)
    copied = copy_evidence(vault, folder, now=NOW)
    assert copied == (0, 0) and not (folder.evidence / "cd" / "two").exists()
