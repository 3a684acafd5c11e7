"""Where a stack keeps what: AIF_DATA, and, started as root, /var/lib/aif-share for what other users must reach.

As root, PostgreSQL refuses to run and each custodian runs under its own user. Such a user cannot reach into /root,
where AIF_DATA may lie; so their folders lie under /var/lib/aif-share/<id kept in AIF_DATA/stack-id>/ and AIF_DATA
holds links to them. Started by a plain user, everything lies in AIF_DATA and belongs to that user.
"""

from __future__ import annotations

import json
import os
import pwd
import re
import secrets
import shutil
import subprocess
import tempfile
from pathlib import Path

SHARED = Path("/var/lib/aif-share")
DATABASE_USER = "aif-share"


class StackError(Exception):
    """The stack cannot be started or used; the message says what to do."""


def as_root() -> bool:
    """Whether this process is root."""
    return os.geteuid() == 0


def system_user(name: str) -> str:
    """Make the system user if it is missing; return its name."""
    try:
        pwd.getpwnam(name)
    except KeyError:
        made = subprocess.run(
            ["useradd", "--system", "--user-group", "--no-create-home", "--home-dir", str(SHARED)]
            + ["--shell", "/usr/sbin/nologin", name],
            capture_output=True,
            text=True,
        )
        try:
            pwd.getpwnam(name)  # another stack may have made it in the meantime
        except KeyError:
            raise StackError(f"cannot make the system user {name}: {made.stderr.strip()}") from None
    return name


class Folders:
    """The folders of one stack."""

    def __init__(self, data: Path) -> None:
        self.data = data.resolve()
        self.data.mkdir(parents=True, exist_ok=True)
        self.data.chmod(0o700)
        self.log = self._own("log")
        self.tmp = self._own("tmp")
        self.alliance = self._own("alliance")
        self.run = Path()  # short, made by open_run(): a socket's path may have 107 bytes

    def _own(self, name: str) -> Path:
        path = self.data / name
        path.mkdir(exist_ok=True)
        path.chmod(0o700)
        return path

    def open_run(self) -> Path:
        """Make the short-lived folder of sockets and ready files."""
        base = tempfile.gettempdir()
        self.run = Path(tempfile.mkdtemp(prefix="aif-", dir=base if len(base) <= 40 else "/tmp"))  # noqa: S108 # nosec B108 - a fresh folder in it
        self.run.chmod(0o711)  # users other than ours pass through to their own sub-folder
        return self.run

    def for_user(self, name: str, user: str) -> Path:
        """Return the folder `name`, 0700, which as root belongs to `user` and is linked into AIF_DATA."""
        link = self.data / name
        if not as_root():
            link.mkdir(exist_ok=True)
            link.chmod(0o700)
            return link
        system_user(user)
        path = shared_folder(self.data) / name
        path.mkdir(exist_ok=True)
        shutil.chown(path, user, user)
        path.chmod(0o700)
        if link.is_symlink():
            link.unlink()
        link.symlink_to(path)
        return path


def shared_folder(data: Path) -> Path:
    """Return this stack's folder under /var/lib/aif-share; its random id is kept in AIF_DATA/stack-id."""
    note = data / "stack-id"
    if not note.exists():
        note.write_text(secrets.token_hex(8) + "\n", encoding="ascii")
    ident = note.read_text(encoding="ascii").strip()
    if not re.fullmatch(r"[0-9a-f]{16}", ident):
        raise StackError(f"{note} does not hold a stack's id")
    for path, mode in ((SHARED, 0o755), (SHARED / ident, 0o711)):
        path.mkdir(exist_ok=True)
        path.chmod(mode)
    return SHARED / ident


def running(data: Path) -> dict[str, object] | None:
    """Return the state of the stack that runs in `data`, or None."""
    try:
        state: dict[str, object] = json.loads((data / "stack.json").read_text(encoding="utf-8"))
        os.kill(int(str(state["pid"])), 0)
    except (OSError, ValueError, KeyError):
        return None
    return state


def everything(data: Path) -> list[Path]:
    """Return the folders that make up a stack's state."""
    return [data, shared_folder(data)] if as_root() else [data]


def wipe(data: Path) -> None:
    """Remove a stack's folder and what it keeps elsewhere; raise StackError while it runs."""
    if not data.exists():
        return
    state = running(data)
    if state is not None:
        raise StackError(f"a stack runs in {data} (process {state['pid']}): stop it first")
    foreign = {"stack-id", "stack.json", "stack.lock", "secrets.json", "keks", "ports.json", "log", "tmp", "alliance"}
    if any(data.iterdir()) and not any((data / name).exists() for name in foreign):
        raise StackError(f"{data} does not look like a stack's folder; it is left alone")
    for folder in everything(data):
        shutil.rmtree(folder, ignore_errors=folder != data)
