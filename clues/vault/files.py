"""The files of objects in AIF_EVIDENCE: where one lies, made durable, held by one writer at a time, and swept."""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from clues.models import StoredObject
from clues.vault.failures import UploadBusy, alarm

log = logging.getLogger(__name__)
RETRY_AFTER_S: Final = 60
GRACE: Final = timedelta(days=1)
"""So long a file may lie there before its row shows: a package is written before its transaction ends."""
_NAME: Final = re.compile(r"([0-9a-f-]{36})\.([0-9]{1,9})")


def path_of(stored: StoredObject) -> Path:
    """Return where the object's file lies: folders by the first two digits of its id keep each of them short."""
    name = f"{stored.id}.{stored.version}"
    return Path(settings.AIF_EVIDENCE) / name[:2] / name


def open_to_write(stored: StoredObject, *, new: bool) -> int:
    """Return the file opened to write, held against other writers until it is closed. Raise UploadBusy, IntegrityFailed.

    A new one is made durable with its folder, so that what is acknowledged later cannot vanish with its name.
    """
    path = path_of(stored)
    if not new and not path.exists():
        raise alarm(what="file", about=str(stored.id))
    with _writing():
        if new:
            for folder in (path.parent.parent, path.parent):
                if not folder.is_dir():
                    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                    _sync(folder.parent)
        held = os.open(path, os.O_RDWR | os.O_CLOEXEC | (os.O_CREAT if new else 0), 0o600)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(held)
        raise UploadBusy from None
    if new:
        _sync(path.parent)
    return held


def remove(stored: StoredObject) -> None:
    """Remove the object's file if it is there."""
    with contextlib.suppress(FileNotFoundError):
        path_of(stored).unlink()


def write_all(held: int, data: bytes, at: int) -> None:
    """Write every byte of `data` at a position. Raise Refusal `unavailable` where the disk takes no more."""
    view = memoryview(data)
    with _writing():
        while view:
            done = os.pwrite(held, view, at)
            view, at = view[done:], at + done


def sync(held: int) -> None:
    """Make what was written durable. Raise Refusal `unavailable` where that fails."""
    with _writing():
        os.fsync(held)


@contextlib.contextmanager
def _writing() -> Iterator[None]:
    """A full or broken disk is no error of whoever sends: they come again, and nothing was acknowledged."""
    try:
        yield
    except OSError as error:
        log.error("the folder of objects cannot be written: %s", error.strerror)
        raise Refusal(
            "unavailable",
            gettext_noop("What arrives cannot be stored now. Try again later."),
            retry_after=RETRY_AFTER_S,
        ) from None


def sweep(*, now: datetime) -> int:
    """Remove files that no row counts: a crash left them, or their key is destroyed. Return how many."""
    before = (now - GRACE).timestamp()
    gone = 0
    for folder, found in _listed():
        kept = StoredObject.objects.filter(pk__in=[ident for ident, _ in found]).exclude(state=StoredObject.DESTROYED)
        alive = set(kept.values_list("id", flat=True))
        for ident, name in found:
            with contextlib.suppress(FileNotFoundError):
                if ident not in alive and (folder / name).stat().st_mtime < before:
                    (folder / name).unlink()
                    gone += 1
    return gone


def _listed() -> Iterator[tuple[Path, list[tuple[UUID, str]]]]:
    root = Path(settings.AIF_EVIDENCE)
    if not root.is_dir():
        return
    for folder in sorted(path for path in root.iterdir() if path.is_dir()):
        names = [(match, path.name) for path in folder.iterdir() if (match := _NAME.fullmatch(path.name))]
        yield folder, [(UUID(match[1]), name) for match, name in names]


def _sync(folder: Path) -> None:
    held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(held)
    finally:
        os.close(held)
