"""Lay a data folder out from a base backup, so that PostgreSQL, started on it, replays the archived log and goes on."""

from __future__ import annotations

import re
import shlex
import shutil
from datetime import datetime
from pathlib import Path
from typing import Final

from config.backup import taking
from config.backup.folder import BackupError, BackupFolder, taken_at

RESTORE_WAL: Final = Path(__file__).resolve().parents[2] / "deploy" / "restore-wal"
_LOG_FILE: Final = re.compile(r"[0-9A-F]{24}|[0-9A-F]{8}\.history")


def restore(
    folder: BackupFolder,
    to: Path,
    *,
    base: str = "",
    until: datetime | None = None,
    last_wal: Path | None = None,
    command: str = "",
) -> Path:
    """Fill the empty folder `to` from a base backup (the newest, or that which began last before `until`); return its path.

    `until` ends the replay there, else it goes to the end of what is archived. `last_wal` is the folder pg_wal of the
    server that died, where its disk can still be read: with it nothing acknowledged is missing. `command` takes the place
    of deploy/restore-wal as `restore_command`. Raise BackupError; `to` is left as it was unless copying itself failed.
    """
    if until is not None and until.utcoffset() is None:
        raise BackupError("the time to end at lacks its zone: write it like 2026-11-29T12:00:00+08:00")
    chosen = _choose(folder, base, until)
    if to.exists() and any(to.iterdir()):
        raise BackupError("the folder to restore into is not empty")
    if last_wal is not None and not last_wal.is_dir():
        raise BackupError("the folder of the last log is not there")
    taking.check(chosen)
    shutil.copytree(chosen, to, dirs_exist_ok=True, symlinks=True)
    to.chmod(0o700)
    for path in () if last_wal is None else sorted(last_wal.iterdir()):
        if _LOG_FILE.fullmatch(path.name):
            shutil.copyfile(path, to / "pg_wal" / path.name)
    command = command or f"{shlex.quote(str(RESTORE_WAL))} {shlex.quote(str(folder.wal))} %f %p"
    quoted = command.replace("'", "''")
    lines = [
        f"restore_command = '{quoted}'",
        "recovery_target_timeline = 'latest'",
        "recovery_target_action = 'promote'",
    ]
    # Nobody is let in before the replay is through: read-only and half-way there, it would look like a running database.
    lines.append("hot_standby = off")
    # Said in any case: the base backup of a server that was itself restored up to a time still holds that time.
    lines.append(f"recovery_target_time = '{until.isoformat() if until is not None else ''}'")
    with (to / "postgresql.auto.conf").open("a", encoding="utf-8") as out:
        out.write("\n# Written by config.backup; without recovery.signal nothing reads it.\n" + "\n".join(lines) + "\n")
    (to / "recovery.signal").touch()
    return chosen


def _choose(folder: BackupFolder, base: str, until: datetime | None) -> Path:
    bases = [path for path in folder.list_bases() if not base or path.name == base]
    if until is not None:
        bases = [path for path in bases if (at := taken_at(path)) is not None and at < until]
    if not bases:
        raise BackupError("there is no such base backup: `list` shows what there is")
    return bases[-1]
