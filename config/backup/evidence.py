"""Copy the encrypted objects of the vault. A complete object never changes, so each is copied once."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

from config.backup.folder import KEPT, PART, BackupFolder


def copy_evidence(vault: Path, folder: BackupFolder, *, now: datetime, kept: timedelta = KEPT) -> tuple[int, int]:
    """Copy what is new or grew, and forget what the vault has had no more for `kept`; return (copied, forgotten) files.

    Only ciphertext is read: this process needs no key. A file that goes meanwhile is passed over. One process at a time;
    a second one waits.
    """
    folder.lay_out()
    with (folder.path / "evidence.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return _copy_all(vault, folder, now, kept)


def _copy_all(vault: Path, folder: BackupFolder, now: datetime, kept: timedelta) -> tuple[int, int]:
    here, there = _sizes(vault), _sizes(folder.evidence)
    copied = [name for name in sorted(here) if there.get(name) != here[name] and _copy(vault, folder.evidence, name)]
    return len(copied), _forget(folder, there.keys() - here.keys(), now, kept)


def _sizes(root: Path) -> dict[str, int]:
    found = {}
    for at, _folders, names in os.walk(root):
        for name in names:
            path = Path(at, name)
            if not name.endswith(PART) and path.is_file():
                found[str(path.relative_to(root))] = path.stat().st_size
    return found


def _copy(vault: Path, copies: Path, name: str) -> bool:
    target = copies / name
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = target.with_name(target.name + PART)
    try:
        with (vault / name).open("rb") as source, part.open("wb") as out:
            shutil.copyfileobj(source, out, 1 << 20)
            out.flush()
            os.fsync(out.fileno())
    except FileNotFoundError:
        part.unlink(missing_ok=True)
        return False
    part.replace(target)
    return True


def _forget(folder: BackupFolder, gone: set[str], now: datetime, kept: timedelta) -> int:
    # When each was missed first stands beside the copies: an object destroyed by mistake can be had back until then.
    note = folder.path / "evidence-gone.json"
    since = json.loads(note.read_text(encoding="utf-8")) if note.exists() else {}
    since = {name: since.get(name, now.isoformat()) for name in sorted(gone)}
    over = [name for name, at in since.items() if now - datetime.fromisoformat(at).astimezone(UTC) > kept]
    for name in over:
        (folder.evidence / name).unlink(missing_ok=True)
        del since[name]
    part = note.with_suffix(PART)
    part.write_text(json.dumps(since), encoding="utf-8")
    part.replace(note)
    return len(over)
