"""A base backup of a real server, and a data folder made of it that PostgreSQL starts on, log and all."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from config import env
from config.backup import folder as folders
from config.backup import restoring, taking
from config.stack import children, postgres
from config.stack.child import Child, stop_all
from config.stack.folders import DATABASE_USER, as_root
from tests.embedded import TestServer

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def server() -> Iterator[TestServer]:
    made = TestServer()
    try:
        yield made
    finally:
        made.stop()


def read(monkeypatch: pytest.MonkeyPatch, address: str) -> dict[str, Any]:
    monkeypatch.setenv("DATABASE_ADMIN_URL", address)
    return env.database("DATABASE_ADMIN_URL")


def own(path: Path) -> None:
    if as_root():
        for one in (path, *path.rglob("*")):
            shutil.chown(one, DATABASE_USER, DATABASE_USER)


def start(child: Child) -> None:
    child.start()
    limit = time.monotonic() + 60
    while not child.answers():
        assert not child.died() and time.monotonic() < limit, child.last_lines()
        time.sleep(0.05)


def test_what_was_written_after_the_backup_comes_back_by_the_archived_log(
    server: TestServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    backups = folders.BackupFolder(server.plan.folders.for_user("backups", DATABASE_USER).resolve())
    backups.lay_out()
    own(backups.path)
    script = shutil.copy(ROOT / "deploy" / "archive-wal", backups.path / "archive-wal")
    back = shutil.copy(ROOT / "deploy" / "restore-wal", backups.path / "restore-wal")
    own(backups.path)
    server.child.command += ["-c", "archive_mode=on", "-c", f"archive_command={script} %p %f {backups.wal}"]
    server.start()
    address = server.superuser_url("postgres")
    with postgres.connected(address) as cursor:
        cursor.execute("CREATE TABLE kept (n int)")
    taken = taking.take(backups, admin=read(monkeypatch, address), now=datetime.now(UTC))
    assert taken.files > 100 and taken.bytes > 10_000_000
    with postgres.connected(address) as cursor:
        cursor.execute("INSERT INTO kept VALUES (1)")
        cursor.execute("SELECT pg_switch_wal()")
        cursor.execute("INSERT INTO kept VALUES (2)")
        limit = time.monotonic() + 30
        while not list(backups.wal.glob("*.gz")) or waiting(cursor):
            assert time.monotonic() < limit
            time.sleep(0.1)
    stop_all([server.child])
    data = server.plan.folders.for_user("pg", DATABASE_USER).resolve()
    shutil.move(data, data.with_name("died"))
    wal = data.with_name("died") / "pg_wal"
    # Without the log of the disk that died, the row after the last archived segment is lost; with it, none is.
    for last, rows in ((None, [1]), (wal, [1, 2])):
        restoring.restore(backups, data, last_wal=last, command=f"{back} {backups.wal} %f %p")
        own(data)
        shutil.rmtree(server.plan.sockets)
        child = children.database(server.plan, temporary=True)
        start(child)
        try:
            with postgres.connected(address) as cursor:
                cursor.execute("SELECT n FROM kept ORDER BY n")
                assert [n for (n,) in cursor.fetchall()] == rows
        finally:
            stop_all([child])
        shutil.rmtree(data)
        data.mkdir(mode=0o700)


def waiting(cursor: Any) -> bool:
    """Whether the segment of the first row is not archived yet."""
    cursor.execute("SELECT count(*) FROM pg_ls_archive_statusdir() WHERE name LIKE '%.ready'")
    return bool(cursor.fetchone()[0])


def test_a_backup_that_lost_a_file_is_not_restored(
    tmp_path: Path, server: TestServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.start()
    backups = folders.BackupFolder(tmp_path / "backups")
    taken = taking.take(backups, admin=read(monkeypatch, server.superuser_url("postgres")), now=datetime.now(UTC))
    (backups.base / taken.name / "global" / "pg_control").unlink()
    with pytest.raises(folders.BackupError):
        restoring.restore(backups, tmp_path / "to")
    assert not (tmp_path / "to").exists()


def test_an_address_that_does_not_answer_is_said_without_its_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backups = folders.BackupFolder(tmp_path / "backups")
    with pytest.raises(folders.BackupError) as failed:
        taking.take(
            backups,
            admin=read(monkeypatch, "postgresql://x:hunter2@127.0.0.1:1/aif?sslmode=disable"),
            now=datetime.now(UTC),
        )
    assert "hunter2" not in str(failed.value) and backups.list_bases() == []
