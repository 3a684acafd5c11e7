"""Take a base backup from a running PostgreSQL, and check every file of it against its manifest."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from psycopg2.extensions import make_dsn

from config.backup.folder import PART, STAMP, BackupError, BackupFolder, count
from config.stack import postgres


@dataclass(frozen=True)
class Taken:
    """A complete base backup: its name, how many files and bytes it has, and how many seconds it took."""

    name: str
    files: int
    bytes: int
    seconds: float


def take(folder: BackupFolder, *, admin: Mapping[str, Any], now: datetime) -> Taken:
    """Copy the whole cluster, under load, with the part of the log that makes the copy consistent by itself.

    `admin` is the address of a superuser or of a login with REPLICATION, as `env.database` reads it. Raise BackupError; nothing counts then.
    """
    folder.lay_out()
    with folder.alone():
        begun, target = time.monotonic(), folder.base / now.strftime(STAMP)
        if target.exists():
            raise BackupError("a backup of this second is there already")
        part = target.with_name(target.name + PART)
        binaries = postgres.find_binaries()
        _run(
            [
                str(binaries / "pg_basebackup"),
                "--no-password",
                "--dbname",
                _without_password(admin),
                "--pgdata",
                str(part),
            ]
            + ["--wal-method=stream", "--checkpoint=fast", "--manifest-checksums=SHA256", "--label", target.name],
            admin["PASSWORD"],
        )
        check(part)
        files, size = count(part)
        part.rename(target)
        _sync(folder.base)
    return Taken(target.name, files, size, round(time.monotonic() - begun, 1))


def check(base: Path) -> None:
    """Hold every file of a base backup against its manifest. Raise BackupError."""
    # The log is read by the server that recovers; these binaries may be of another release than it.
    _run([str(postgres.find_binaries() / "pg_verifybackup"), "--no-parse-wal", "--quiet", str(base)])


def _without_password(admin: Mapping[str, Any]) -> str:
    words = {
        word: admin[name] for word, name in (("dbname", "NAME"), ("user", "USER"), ("host", "HOST"), ("port", "PORT"))
    }
    return str(make_dsn(**{word: value for word, value in words.items() if value}, **admin.get("OPTIONS", {})))


def _run(command: list[str], password: str = "") -> None:
    env = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "AIF_", "DATABASE_"))}
    done = subprocess.run(command, env=env | {"PGPASSWORD": password}, capture_output=True, text=True, cwd="/")
    if done.returncode:
        said = done.stderr.strip().splitlines()[-3:]
        raise BackupError(f"{Path(command[0]).name} failed: {' '.join(said)}")


def _sync(folder: Path) -> None:
    held = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(held)
    finally:
        os.close(held)
