"""The machine that dies, and the one that is made of its backup: each a whole stack with a PostgreSQL of its own."""

from __future__ import annotations

import contextlib
import pwd
import shutil
import signal
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from config.backup.evidence import copy_evidence
from config.backup.folder import BackupFolder
from config.backup.restoring import restore
from config.stack.folders import DATABASE_USER, Folders, StackError, as_root, system_user
from config.stack.plan import CUSTODIANS, ROOT, Plan
from tests.faults.world import World

ARCHIVE_TIMEOUT_S = 10
KEPT_APART = ("secrets.json", "keks", "ports.json")


class Vaults:
    """What outlives the machine, each apart from the other: backups, keys, and the disk of the log if it can be read."""

    def __init__(self) -> None:
        self.path = Path(tempfile.mkdtemp(prefix="aif-drill-"))
        self.path.chmod(0o711)  # PostgreSQL, under its own user, passes through to its archive
        self.backups = BackupFolder(self.path / "backups")
        system_user(DATABASE_USER) if as_root() else None
        self.backups.lay_out(wal_owner=pwd.getpwnam(DATABASE_USER).pw_uid if as_root() else None)
        self.keys, self.last_wal, self.notes = (self.path / name for name in ("keys", "last-wal", "notes"))
        for folder in (self.keys, self.notes):
            folder.mkdir(mode=0o700)
        for script in ("archive-wal", "restore-wal"):  # where the repository lies, that user may not reach
            shutil.copy(ROOT / "deploy" / script, self.path / script)

    def remove(self) -> None:
        """Remove all of it."""
        shutil.rmtree(self.path, ignore_errors=True)


def own(path: Path, user: str) -> None:
    """Give a tree to a user of the system; nothing unless root."""
    for one in (path, *path.rglob("*")) if as_root() else ():
        if not one.is_symlink():
            shutil.chown(one, user, user)


class Doomed(World):
    """The machine that dies. It archives its log; its keys are kept apart once it runs."""

    def __init__(self, vaults: Vaults, *, seed: int) -> None:
        super().__init__(seed=seed)
        self.vaults = vaults

    def server_options(self) -> list[str]:
        command = f"{self.vaults.path / 'archive-wal'} %p %f {self.vaults.backups.wal}"
        return [
            "-c", "archive_mode=on", "-c", f"archive_timeout={ARCHIVE_TIMEOUT_S}", "-c", f"archive_command={command}",
        ]  # fmt: skip

    def keep_keys(self) -> None:
        """Copy what must lie apart from the backup: the stack's secrets, the KEKs, the custodians' seeds."""
        keys = self.vaults.keys
        shutil.copy(self.folder / "secrets.json", keys / "server-secrets.json")
        for name in KEPT_APART:
            shutil.copy(self.stack.data / name, keys / name)
        for name in (*(f"custodian-{custodian}" for custodian in CUSTODIANS), "alliance"):
            shutil.copytree((self.stack.data / name).resolve(), keys / name)

    def copy_evidence(self) -> int:
        """What `config.backup keep` does every half minute."""
        vault = self.stack.data / "evidence"
        return copy_evidence(vault, self.vaults.backups, now=datetime.now(UTC))[0] if vault.exists() else 0

    def die(self) -> None:
        """End PostgreSQL where it stands, and everything with it; only the folder of its log can still be read."""
        self._end_child(self.postgres, signal.SIGQUIT)
        for name in ("web", "worker", "sequencer"):
            with contextlib.suppress(StackError):
                self.kill(name)
        wal = (self.folder / "pg").resolve() / "pg_wal"
        shutil.copytree(wal, self.vaults.last_wal)


class Restored(World):
    """The machine that goes on, with or without the last of the log. Members find it under the old address."""

    patience_s = 300.0  # it replays the log first

    def __init__(self, vaults: Vaults, *, seed: int, last_wal: bool) -> None:
        super().__init__(seed=seed)
        self.vaults, self._last_wal = vaults, last_wal
        self.base = ""

    def furnish_servers(self) -> None:
        shutil.copy(self.vaults.keys / "server-secrets.json", self.folder / "secrets.json")
        data = Folders(self.folder).for_user("pg", DATABASE_USER).resolve()
        self.base = restore(
            self.vaults.backups,
            data,
            last_wal=self.vaults.last_wal if self._last_wal else None,
            command=f"{self.vaults.path / 'restore-wal'} {self.vaults.backups.wal} %f %p",
        ).name
        own(data, DATABASE_USER)

    def furnish_stack(self) -> None:
        data, keys = self.stack.data, self.vaults.keys
        for name in KEPT_APART:
            shutil.copy(keys / name, data / name)
        folders = Folders(data)
        shutil.copytree(keys / "alliance", folders.alliance, dirs_exist_ok=True)
        for name in CUSTODIANS:
            home = folders.for_user(f"custodian-{name}", Plan.custodian_user(name)).resolve()
            shutil.copytree(keys / f"custodian-{name}", home, dirs_exist_ok=True)
            own(home, Plan.custodian_user(name))
        shutil.copytree(self.vaults.backups.evidence, data / "evidence")
        (data / "evidence").chmod(0o700)
