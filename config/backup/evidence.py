"""Copy the encrypted objects of the vault. A complete object never changes, so each is copied once.

Whoever can write the vault cannot make this process, which may read more than they, copy anything else: no link is followed.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import json
import os
import shutil
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NoReturn

from config.backup.folder import KEPT, PART, BackupError, BackupFolder


def copy_evidence(
    vault: Path, folder: BackupFolder, *, now: datetime, kept: timedelta | None = KEPT
) -> tuple[int, int]:
    """Copy what is new or grew, and forget what the vault has had no more for `kept`; return (copied, forgotten) files.

    None: forget nothing.

    Only ciphertext is read: this process needs no key. A file that goes meanwhile is passed over. One process at a time;
    a second one waits. Raise BackupError where the vault cannot be read, or looks like a disk that is not there.
    """
    folder.lay_out()
    with (folder.path / "evidence.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return _copy_all(vault, folder, now, kept)


def _copy_all(vault: Path, folder: BackupFolder, now: datetime, kept: timedelta | None) -> tuple[int, int]:
    there = _sizes(folder.evidence)
    if not there and not vault.exists():
        return 0, 0  # the platform makes it with the first object
    if not vault.is_dir():
        raise BackupError("the vault is not there, or is no folder: no copy of evidence is made or removed")
    here = _sizes(vault)
    # The folders of objects stay when the last object goes; on a disk that is not mounted there are none.
    if there and not here and not any((vault / name).is_dir() for name in {Path(name).parts[0] for name in there}):
        raise BackupError("the vault is empty, though there are copies of evidence: is its disk mounted?")
    copied = [name for name in sorted(here) if there.get(name) != here[name] and _copy(vault, folder.evidence, name)]
    return len(copied), _forget(folder, there.keys() - here.keys(), now, kept)


def _sizes(root: Path) -> dict[str, int]:
    found = {}
    for at, _folders, names in os.walk(root, onerror=_stop):
        for name in names:
            path = Path(at, name)
            with contextlib.suppress(FileNotFoundError):
                status = path.lstat()
                if not name.endswith(PART) and stat.S_ISREG(status.st_mode):
                    found[str(path.relative_to(root))] = status.st_size
    return found


def _stop(why: OSError) -> NoReturn:
    raise BackupError(f"evidence cannot be read, so no copy of it is removed: {why.strerror}") from None


def _copy(vault: Path, copies: Path, name: str) -> bool:
    held = _open(vault, name)
    if held is None:
        return False
    target = copies / name
    part = target.with_name(target.name + PART)
    with os.fdopen(held, "rb") as source:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with part.open("wb") as out:
            shutil.copyfileobj(source, out, 1 << 20)
            out.flush()
            os.fsync(out.fileno())
    part.replace(target)
    return True


def _open(vault: Path, name: str) -> int | None:
    """Open a file of the vault, folder by folder; None if it is gone, or is no file any more."""
    held = os.open(vault, os.O_RDONLY | os.O_DIRECTORY)
    for part in Path(name).parts:
        folder = held
        try:
            held = os.open(part, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
        except OSError as why:
            if why.errno in (errno.ENOENT, errno.ELOOP, errno.ENOTDIR, errno.ENXIO):
                return None
            _stop(why)
        finally:
            os.close(folder)
    if stat.S_ISREG(os.fstat(held).st_mode):
        return held
    os.close(held)
    return None


def _forget(folder: BackupFolder, gone: set[str], now: datetime, kept: timedelta | None) -> int:
    # When each was missed first stands beside the copies: an object destroyed by mistake can be had back until then.
    note = folder.path / "evidence-gone.json"
    since = json.loads(note.read_text(encoding="utf-8")) if note.exists() else {}
    since = {name: since.get(name, now.isoformat()) for name in sorted(gone)}
    over = [
        name
        for name, at in since.items()
        if kept is not None and now - datetime.fromisoformat(at).astimezone(UTC) > kept
    ]
    for name in over:
        (folder.evidence / name).unlink(missing_ok=True)
        del since[name]
    part = note.with_suffix(PART)
    part.write_text(json.dumps(since), encoding="utf-8")
    part.replace(note)
    return len(over)
