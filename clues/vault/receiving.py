"""Objects that arrive in pieces, over hours maybe: what was acknowledged is durable, and a broken piece leaves no trace.

The size is announced, so every frame knows whether it is the last. Whole frames count, and only once they are synced and
their number stands in the database; whoever goes on begins there, and what lies behind it in the file is cut off.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from types import TracebackType

from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from clues.models import StoredObject
from clues.vault import files, frames, keys
from clues.vault.failures import Destroyed, alarm
from clues.vault.objects import Digests, Reader


def begin(*, kind: str, bound_to: str, size: int, now: datetime) -> StoredObject:
    """Return an object of `size` bytes, none of which is there; its file comes with the first of them. Raise KekMissing."""
    key = keys.make(kind, now)
    return StoredObject.objects.create(key=key, kind=kind, bound_to=bound_to, size=size, created_at=now)


def received(stored: StoredObject) -> int:
    """Return how many bytes of the content are safely stored."""
    return min(stored.frames * frames.FRAME, stored.size)


def is_whole(stored: StoredObject) -> bool:
    """Whether every byte is there."""
    return stored.frames == frames.count(stored.size)


class Receiver:
    """Takes the next bytes of an object, as a context manager; others are kept out meanwhile.

    `check` is called with the first frame of the object before it is stored. Raise UploadBusy, Destroyed, KekMissing,
    IntegrityFailed.
    """

    def __init__(self, stored: StoredObject, *, check: Callable[[bytes], None] | None = None) -> None:
        self._check = check
        self._waiting = bytearray()
        self._held = files.open_to_write(stored, new=stored.frames == 0)
        try:
            self.stored = _read_again(stored)
            self._total = frames.count(self.stored.size)
            self._next = self.stored.frames
            self._sealer = frames.Sealer.of(self.stored, keys.unwrap(self.stored.key))
            self._begin()
        except BaseException:
            self._release()
            raise

    def __enter__(self) -> Receiver:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._release()

    @property
    def received(self) -> int:
        """Bytes of the content that are safely stored."""
        return received(self.stored)

    def write(self, data: bytes | memoryview) -> None:
        """Take bytes in order; whole frames go to the file. Raise Refusal `too-large` beyond what was announced."""
        self._waiting += data
        if self._next * frames.FRAME + len(self._waiting) > self.stored.size:
            raise Refusal(
                "too-large", gettext_noop("This is more than was announced."), limit=self.stored.size
            )  # fmt: skip
        while len(self._waiting) >= self._length(self._next) and self._next < self._total:
            length = self._length(self._next)
            plain = bytes(self._waiting[:length])
            if self._next == 0 and self._check is not None:
                self._check(plain)
            sealed = self._sealer.seal(plain, self._next, last=self._next == self._total - 1)
            files.write_all(self._held, sealed, frames.position(self._next))
            del self._waiting[:length]
            self._next += 1

    def acknowledge(self) -> int:
        """Make what arrived durable; return how many bytes of the content are. Half a frame is forgotten.

        Raise Destroyed if the upload was canceled meanwhile.
        """
        if self._next > self.stored.frames:
            files.sync(self._held)
            row = self.stored
            rows = StoredObject.objects.filter(pk=row.pk, state=StoredObject.RECEIVING, frames=row.frames)
            if not rows.update(frames=self._next):
                raise Destroyed
            row.frames = self._next
        return self.received

    def digests(self) -> tuple[str, str]:
        """Read everything once more; return SHA-256 and SM3 in hex. Raise IntegrityFailed."""
        found = Digests()
        with Reader(self.stored) as reader:
            while part := reader.read(frames.FRAME):
                found.update(part)
        return found.finish()

    def complete(self, sha256: str, sm3: str) -> StoredObject:
        """Declare the object complete, in the caller's transaction. Raise Destroyed."""
        rows = StoredObject.objects.filter(pk=self.stored.pk, state=StoredObject.RECEIVING, frames=self._total)
        if not rows.update(state=StoredObject.COMPLETE, sha256=sha256, sm3=sm3):
            raise Destroyed
        self.stored.state, self.stored.sha256, self.stored.sm3 = StoredObject.COMPLETE, sha256, sm3
        return self.stored

    def _length(self, index: int) -> int:
        return frames.FRAME if index < self._total - 1 else self.stored.size - index * frames.FRAME

    def _begin(self) -> None:
        """Cut the file to what was acknowledged."""
        if self._next == 0:
            os.ftruncate(self._held, 0)
            files.write_all(self._held, frames.HEADER, 0)
            return
        whole = frames.file_size(self.stored.size) if is_whole(self.stored) else frames.position(self._next)
        if os.fstat(self._held).st_size < whole or os.pread(self._held, len(frames.HEADER), 0) != frames.HEADER:
            raise alarm(what="file", about=str(self.stored.id))
        os.ftruncate(self._held, whole)

    def _release(self) -> None:
        if self._held >= 0:
            os.close(self._held)
            self._held = -1


def _read_again(stored: StoredObject) -> StoredObject:
    row = StoredObject.objects.select_related("key").get(pk=stored.pk)
    if row.state != StoredObject.RECEIVING:
        raise Destroyed
    return row
