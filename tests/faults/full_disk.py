"""A small disk in the place of a folder: a tmpfs that can be filled, and what was there before underneath."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

FILLER = ".filler"
MIB = 1 << 20


def why_not() -> str:
    """Return why no such disk can be had here, "" if it can."""
    if os.geteuid() != 0:
        return "only root can mount a small disk"
    with tempfile.TemporaryDirectory() as folder:
        if _call("mount", "-t", "tmpfs", "-o", "size=1m", "aif-faults", folder):
            return "no disk can be mounted here"
        return "" if not _call("umount", folder) else "no disk can be taken away here"


@contextlib.contextmanager
def small_disk(folder: Path, *, mib: int, move: bool = False) -> Iterator[None]:
    """Mount one over the folder, with `mib` MiB beside what is moved into it; with `move` its content is brought back in the end."""
    folder = folder.resolve()
    owner, beside = folder.stat(), folder.with_name(folder.name + ".beside")
    if move:
        beside.mkdir()
        _copy(folder, beside)
        mib += 1 + sum(path.stat().st_size for path in beside.rglob("*") if path.is_file()) // MIB
    options = f"size={mib}m,mode={owner.st_mode & 0o777:o},uid={owner.st_uid},gid={owner.st_gid}"
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "aif-faults", str(folder)], check=True)
    try:
        if move:
            _copy(beside, folder)
        yield
    finally:
        if move:
            shutil.rmtree(beside)
            beside.mkdir()
            _copy(folder, beside)
        # Lazily: a process that holds a file of it open keeps nobody else from the folder.
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
        if move:
            for path in folder.iterdir():
                shutil.rmtree(path) if path.is_dir() else path.unlink()
            _copy(beside, folder)
            shutil.rmtree(beside)


def fill(folder: Path) -> None:
    """Take all room that is left."""
    with contextlib.suppress(OSError), (folder / FILLER).open("ab", buffering=0) as file:
        while True:
            file.write(b"\0" * MIB)


def free(folder: Path) -> None:
    """Give the room back."""
    (folder / FILLER).unlink(missing_ok=True)


def _copy(source: Path, target: Path) -> None:
    """Copy with owners and modes, which `shutil` leaves out."""
    subprocess.run(["cp", "-a", f"{source}/.", str(target)], check=True)


def _call(*command: str) -> int:
    return subprocess.run(command, capture_output=True).returncode
