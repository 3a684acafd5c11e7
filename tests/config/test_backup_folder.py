"""The folder of backups: what counts, what goes when, what is copied, and what a segment of the log may not do."""

from __future__ import annotations

import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from config.backup import restoring, taking
from config.backup.evidence import copy_evidence
from config.backup.folder import BackupError, BackupFolder

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
SEGMENT = "0000000100000000000000"


@pytest.fixture
def folder(tmp_path: Path) -> BackupFolder:
    made = BackupFolder(tmp_path / "backups")
    made.lay_out()
    return made


def add_base(folder: BackupFolder, name: str, segment: str) -> Path:
    path = folder.base / name
    path.mkdir()
    (path / "backup_label").write_text(f"START WAL LOCATION: 0/3000028 (file {segment})\n", encoding="ascii")
    return path


class TestPruning:
    def test_old_bases_go_with_the_log_that_only_they_need(self, folder: BackupFolder) -> None:
        add_base(folder, "20261101T000000Z", SEGMENT + "03")
        add_base(folder, "20261120T000000Z", SEGMENT + "08")
        broken = folder.base / "20261128T000000Z.part"
        broken.mkdir()
        for name in (SEGMENT + "07.gz", SEGMENT + "08.gz", "00000002000000000000000" + "9.gz", "00000002.history.gz"):
            (folder.wal / name).touch()
        assert set(folder.prune(NOW)) == {"20261101T000000Z", SEGMENT + "07.gz"}
        assert [base.name for base in folder.list_bases()] == ["20261120T000000Z"] and not broken.exists()
        assert len(list(folder.wal.iterdir())) == 3

    def test_no_base_loses_its_log_to_an_older_one_of_another_timeline(self, folder: BackupFolder) -> None:
        add_base(folder, "20261120T000000Z", SEGMENT + "08")
        add_base(folder, "20261121T000000Z", "0000000200000000000000" + "05")  # after a restore to an earlier time
        for name in (SEGMENT + "04.gz", SEGMENT + "05.gz", "0000000200000000000000" + "06.gz"):
            (folder.wal / name).touch()
        assert folder.prune(NOW) == [SEGMENT + "04.gz"]

    def test_what_a_killed_archive_command_left_goes_after_a_day(self, folder: BackupFolder) -> None:
        add_base(folder, "20261120T000000Z", SEGMENT + "08")
        names = [f".{SEGMENT}08.{number}.part" for number in (11, 12)]
        for name, hours in zip(names, (25, 23), strict=True):
            (folder.wal / name).touch()
            at = (NOW - timedelta(hours=hours)).timestamp()
            os.utime(folder.wal / name, (at, at))
        assert folder.prune(NOW) == names[:1]
        assert [path.name for path in folder.wal.iterdir()] == names[1:]

    def test_the_newest_stays_however_old_it_is(self, folder: BackupFolder) -> None:
        add_base(folder, "20250101T000000Z", SEGMENT + "03")
        assert folder.prune(NOW) == [] and folder.age(NOW) > timedelta(days=600)

    def test_an_unfinished_one_does_not_count(self, folder: BackupFolder) -> None:
        (folder.base / "20261129T000000Z.part").mkdir()
        assert folder.list_bases() == [] and folder.age(NOW) is None


class TestEvidence:
    def test_new_and_grown_objects_are_copied_once(self, folder: BackupFolder, tmp_path: Path) -> None:
        vault = tmp_path / "vault"
        (vault / "ab").mkdir(parents=True)
        (vault / "ab" / "one").write_bytes(b"1")
        (vault / "ab" / "two").write_bytes(b"22")
        assert copy_evidence(vault, folder, now=NOW) == (2, 0)
        assert copy_evidence(vault, folder, now=NOW) == (0, 0)
        (vault / "ab" / "two").write_bytes(b"2222")
        assert copy_evidence(vault, folder, now=NOW) == (1, 0)
        assert (folder.evidence / "ab" / "two").read_bytes() == b"2222"

    def test_two_at_once_copy_everything(self, folder: BackupFolder, tmp_path: Path) -> None:
        vault = tmp_path / "vault"
        vault.mkdir()
        for number in range(200):
            (vault / str(number)).write_bytes(b"x" * number)
        with ThreadPoolExecutor(4) as pool:
            done = list(pool.map(lambda _: copy_evidence(vault, folder, now=NOW)[0], range(8)))
        assert sum(done) == 200 and len(list(folder.evidence.iterdir())) == 200

    def test_what_the_vault_has_no_more_goes_after_two_weeks(self, folder: BackupFolder, tmp_path: Path) -> None:
        vault = tmp_path / "vault"
        vault.mkdir()
        (vault / "one").write_bytes(b"1")
        (vault / "other").write_bytes(b"2")
        copy_evidence(vault, folder, now=NOW)
        (vault / "one").unlink()
        assert copy_evidence(vault, folder, now=NOW + timedelta(days=1)) == (0, 0)
        assert copy_evidence(vault, folder, now=NOW + timedelta(days=14)) == (0, 0)
        assert (folder.evidence / "one").exists(), "gone for thirteen days as far as anybody knows"
        assert copy_evidence(vault, folder, now=NOW + timedelta(days=16)) == (0, 1)
        assert not (folder.evidence / "one").exists() and (folder.evidence / "other").exists()


class TestSegments:
    """deploy/archive-wal and deploy/restore-wal, as PostgreSQL calls them."""

    @staticmethod
    def run(script: str, *arguments: object) -> int:
        command = [str(ROOT / "deploy" / script), *map(str, arguments)]
        return subprocess.run(command, capture_output=True).returncode

    def test_a_segment_comes_back_as_it_was(self, folder: BackupFolder, tmp_path: Path) -> None:
        given, back = tmp_path / "given", tmp_path / "back"
        given.write_bytes(bytes(range(256)) * 4096)
        assert self.run("archive-wal", given, SEGMENT + "01", folder.wal) == 0
        assert self.run("archive-wal", given, SEGMENT + "01", folder.wal) == 0, "again after a crash: it is there"
        assert self.run("restore-wal", folder.wal, SEGMENT + "01", back) == 0
        assert back.read_bytes() == given.read_bytes()
        assert [path.name for path in folder.wal.iterdir()] == [SEGMENT + "01.gz"]

    def test_one_that_is_there_is_brought_to_disk_before_it_counts(
        self, folder: BackupFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        given, told = tmp_path / "given", tmp_path / "told"
        given.write_bytes(b"a")
        assert self.run("archive-wal", given, SEGMENT + "01", folder.wal) == 0
        told.mkdir()
        (told / "sync").write_text(f'#!/bin/sh\necho "$@" >>{told}/said\nexit 5\n', encoding="ascii")
        (told / "sync").chmod(0o700)
        monkeypatch.setenv("PATH", f"{told}:{os.environ['PATH']}")
        assert self.run("archive-wal", given, SEGMENT + "01", folder.wal) == 5, (
            "it is not there before the disk says so"
        )
        assert (told / "said").read_text(encoding="utf-8").split() == [f"{folder.wal}/{SEGMENT}01.gz", str(folder.wal)]

    def test_another_one_of_that_name_is_refused(self, folder: BackupFolder, tmp_path: Path) -> None:
        given = tmp_path / "given"
        given.write_bytes(b"a")
        self.run("archive-wal", given, SEGMENT + "01", folder.wal)
        before = (folder.wal / f"{SEGMENT}01.gz").read_bytes()
        given.write_bytes(b"b")
        assert self.run("archive-wal", given, SEGMENT + "01", folder.wal) != 0
        assert (folder.wal / f"{SEGMENT}01.gz").read_bytes() == before

    @pytest.mark.parametrize("at", [-8, -1], ids=["checksum", "length"])
    def test_one_that_would_not_come_back_is_refused(self, folder: BackupFolder, tmp_path: Path, at: int) -> None:
        given, back = tmp_path / "given", tmp_path / "back"
        given.write_bytes(bytes(range(256)) * 64)
        assert self.run("archive-wal", given, SEGMENT + "01", folder.wal) == 0
        segment = folder.wal / f"{SEGMENT}01.gz"
        damaged = bytearray(segment.read_bytes())
        damaged[at] ^= 1
        segment.write_bytes(damaged)
        assert self.run("restore-wal", folder.wal, SEGMENT + "01", back) == 255
        assert self.run("archive-wal", given, SEGMENT + "01", folder.wal) == 1, "it is not archived"
        assert segment.read_bytes() == damaged

    def test_one_that_is_missing_is_said_so(self, folder: BackupFolder, tmp_path: Path) -> None:
        assert self.run("restore-wal", folder.wal, SEGMENT + "01", tmp_path / "back") == 1
        assert self.run("archive-wal", tmp_path / "nothing", SEGMENT + "01", folder.wal) != 0
        assert list(folder.wal.iterdir()) == []

    def test_an_archive_that_cannot_be_read_does_not_end_the_replay_as_if_it_were_through(
        self, folder: BackupFolder, tmp_path: Path
    ) -> None:
        given, back = tmp_path / "given", tmp_path / "back"
        given.write_bytes(bytes(range(256)) * 64)
        assert self.run("restore-wal", tmp_path / "nowhere", SEGMENT + "01", back) == 255
        assert self.run("restore-wal", given, SEGMENT + "01", back) == 255, "no folder"
        assert self.run("archive-wal", given, SEGMENT + "01", folder.wal) == 0
        segment = folder.wal / f"{SEGMENT}01.gz"
        assert self.run("restore-wal", folder.wal, SEGMENT + "01", tmp_path / "nowhere" / "back") == 255
        segment.write_bytes(segment.read_bytes()[:-9])
        assert self.run("restore-wal", folder.wal, SEGMENT + "01", back) == 255, "it breaks off"
        segment.unlink()
        segment.symlink_to(tmp_path / "nowhere")
        assert self.run("restore-wal", folder.wal, SEGMENT + "01", back) == 255, "a link to nothing"


class TestRestoring:
    @pytest.fixture(autouse=True)
    def unchecked(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(taking, "check", lambda base: None)

    def test_the_newest_that_began_before_the_end_is_taken(self, folder: BackupFolder, tmp_path: Path) -> None:
        for name in ("20261127T000000Z", "20261128T000000Z"):
            add_base(folder, name, SEGMENT + "03")
        to, until = tmp_path / "to", datetime(2026, 11, 27, 12, tzinfo=UTC)
        assert restoring.restore(folder, to, until=until).name == "20261127T000000Z"
        written = (to / "postgresql.auto.conf").read_text(encoding="utf-8")
        assert f"recovery_target_time = '{until.isoformat()}'" in written and "%f %p" in written
        assert "hot_standby = off" in written, "nobody is let in half-way"
        assert (to / "recovery.signal").exists() and to.stat().st_mode & 0o777 == 0o700

    def test_the_end_of_an_earlier_restore_does_not_count(self, folder: BackupFolder, tmp_path: Path) -> None:
        base = add_base(folder, "20261128T000000Z", SEGMENT + "03")
        earlier = "recovery_target_time = '2026-11-01T00:00:00+00:00'"
        (base / "postgresql.auto.conf").write_text(earlier + "\n", encoding="utf-8")
        restoring.restore(folder, tmp_path / "to")
        lines = (tmp_path / "to" / "postgresql.auto.conf").read_text(encoding="utf-8").splitlines()
        said = [line for line in lines if line.startswith("recovery_target_time ")]
        assert said == [earlier, "recovery_target_time = ''"], "the last line of a name counts"

    def test_an_end_without_its_zone_is_refused(self, folder: BackupFolder, tmp_path: Path) -> None:
        add_base(folder, "20261128T000000Z", SEGMENT + "03")
        with pytest.raises(BackupError, match="zone"):
            restoring.restore(folder, tmp_path / "to", until=datetime(2026, 11, 28, 12))
        assert not (tmp_path / "to").exists()

    def test_only_segments_of_the_last_log_are_taken(self, folder: BackupFolder, tmp_path: Path) -> None:
        (add_base(folder, "20261128T000000Z", SEGMENT + "03") / "pg_wal").mkdir()
        last = tmp_path / "pg_wal"
        (last / "archive_status").mkdir(parents=True)
        for name in (SEGMENT + "09", "00000002.history", "notes.txt"):
            (last / name).touch()
        restoring.restore(folder, tmp_path / "to", last_wal=last)
        names = {path.name for path in (tmp_path / "to" / "pg_wal").iterdir()}
        assert names == {SEGMENT + "09", "00000002.history"}

    def test_nothing_is_overwritten(self, folder: BackupFolder, tmp_path: Path) -> None:
        add_base(folder, "20261128T000000Z", SEGMENT + "03")
        (tmp_path / "to").mkdir()
        (tmp_path / "to" / "PG_VERSION").write_text("18", encoding="ascii")
        with pytest.raises(BackupError):
            restoring.restore(folder, tmp_path / "to")
        assert [path.name for path in (tmp_path / "to").iterdir()] == ["PG_VERSION"]

    def test_a_missing_base_is_named(self, folder: BackupFolder, tmp_path: Path) -> None:
        with pytest.raises(BackupError):
            restoring.restore(folder, tmp_path / "to", base="20261128T000000Z")
        assert not (tmp_path / "to").exists()
