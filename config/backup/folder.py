"""The folder of backups: `base/<time>/` as pg_basebackup wrote it, `wal/` as deploy/archive-wal wrote it, `evidence/`."""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

STAMP: Final = "%Y%m%dT%H%M%SZ"
KEPT: Final = timedelta(days=14)
PART: Final = ".part"
LEFT: Final = timedelta(days=1)
"""So old is a part of a segment that nobody writes any more: whoever did was killed."""
_SEGMENT: Final = re.compile(r"[0-9A-F]{24}")
_BEGINS: Final = re.compile(r"^START WAL LOCATION: \S+ \(file ([0-9A-F]{24})\)$", re.MULTILINE)


class BackupError(Exception):
    """A backup cannot be taken or restored; the message says what to do, and holds no address with its password."""


class BackupFolder:
    """One alliance's backups. Whoever writes base backups or removes anything holds `alone()`."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self.base, self.wal, self.evidence = (self.path / name for name in ("base", "wal", "evidence"))

    def lay_out(self, *, wal_owner: int | None = None) -> None:
        """Make what is missing; others than the owner see nothing. PostgreSQL writes `wal` under the user `wal_owner`."""
        self.path.mkdir(mode=0o711, parents=True, exist_ok=True)  # that user passes through
        for folder in (self.base, self.wal, self.evidence):
            folder.mkdir(mode=0o700, exist_ok=True)
        if wal_owner is not None:
            os.chown(self.wal, wal_owner, wal_owner)

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the folder's lock. Raise BackupError while another process does."""
        with (self.path / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise BackupError("another backup is being taken into this folder") from None
            yield

    def list_bases(self) -> list[Path]:
        """Return the complete base backups, oldest first."""
        found = [path for path in self.base.glob("*") if taken_at(path) is not None] if self.base.exists() else []
        return sorted(found, key=lambda path: path.name)

    def age(self, now: datetime) -> timedelta | None:
        """Return how long ago the newest base backup began; None if there is none."""
        bases = self.list_bases()
        at = taken_at(bases[-1]) if bases else None
        return None if at is None else now - at

    def prune(self, now: datetime, kept: timedelta = KEPT) -> list[str]:
        """Remove base backups older than `kept`, except the newest, and what of the log only they need; return names.

        Evidence that the vault has no more goes once it has been gone for `kept`: no base backup knows it then.
        """
        gone = []
        for path in self.list_bases()[:-1]:
            at = taken_at(path)
            if at is not None and now - at > kept:
                shutil.rmtree(path)
                gone.append(path.name)
        for path in self.base.glob(f"*{PART}"):  # of a backup that broke off
            shutil.rmtree(path)
        return gone + self._prune_log(now)

    def _prune_log(self, now: datetime) -> list[str]:
        # The number without its timeline, as pg_archivecleanup compares; history files are small and stay. Of all base
        # backups: after a restore to an earlier time, a later one may begin at a smaller number.
        first = min((first_segment(base)[8:] for base in self.list_bases()), default="")
        over = [path for path in self.wal.iterdir() if (name := _SEGMENT.match(path.name)) and name[0][8:] < first]
        for path in self.wal.glob(f".*{PART}"):
            with contextlib.suppress(FileNotFoundError):  # deploy/archive-wal has just finished it
                if now.timestamp() - path.lstat().st_mtime > LEFT.total_seconds():
                    over.append(path)
        for path in over:
            path.unlink(missing_ok=True)
        return [path.name for path in over]


def taken_at(base: Path) -> datetime | None:
    """Return when a base backup began, from its name; None for what is none, or is not complete."""
    try:
        return datetime.strptime(base.name, STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None


def first_segment(base: Path) -> str:
    """Return the name of the first segment of the log that a base backup needs. Raise BackupError."""
    try:
        found = _BEGINS.search((base / "backup_label").read_text(encoding="ascii"))
    except OSError:
        found = None
    if found is None:
        raise BackupError(f"{base.name} has no backup_label: it is no base backup")
    return found[1]


def count(folder: Path) -> tuple[int, int]:
    """Return how many files a folder holds, and their bytes."""
    sizes = [os.lstat(os.path.join(at, name)).st_size for at, _folders, names in os.walk(folder) for name in names]
    return len(sizes), sum(sizes)
