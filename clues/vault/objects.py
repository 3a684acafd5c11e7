"""Objects: written once as a stream, read anywhere with every frame authenticated, destroyed with their key.

A writer is a plain file object that only takes bytes; nothing of it counts before `finish()`, which makes the file durable
and stores its rows in the caller's transaction. Memory is one frame, whatever the size.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import uuid
from collections.abc import Iterator
from datetime import datetime
from types import TracebackType
from typing import Any

from cryptography.hazmat.primitives.hashes import SM3, Hash
from django.db import DatabaseError, transaction

from aif_share.errors import Refusal
from clues.models import StoredObject
from clues.vault import files, frames, keys
from clues.vault.failures import Destroyed, alarm


class Digests:
    """SHA-256 and SM3 (GB/T 32905-2016) of the same bytes."""

    def __init__(self) -> None:
        self._sha256 = hashlib.sha256()
        self._sm3 = Hash(SM3())

    def update(self, data: bytes | memoryview) -> None:
        """Take more bytes."""
        self._sha256.update(data)
        self._sm3.update(bytes(data))

    def finish(self) -> tuple[str, str]:
        """Return both in hex."""
        return self._sha256.hexdigest(), self._sm3.finalize().hex()


class Writer(io.RawIOBase):
    """Takes the bytes of one object. As a context manager it leaves nothing behind unless `finish()` was called."""

    def __init__(self, *, kind: str, bound_to: str, now: datetime, version: int = 1) -> None:
        super().__init__()
        self._held = -1
        self._key, secret = keys.draw(kind, now)
        self.stored = StoredObject(
            id=uuid.uuid4(), key=self._key, kind=kind, bound_to=bound_to, version=version, created_at=now
        )
        self._sealer = frames.Sealer.of(self.stored, secret)
        self._digests = Digests()
        self._waiting = bytearray()
        self._size = self._frames = 0
        self._is_finished = False
        self._held = files.open_to_write(self.stored, new=True)
        try:
            files.write_all(self._held, frames.HEADER, 0)
        except BaseException:
            self.abort()
            raise

    def writable(self) -> bool:
        """Only this."""
        return True

    def write(self, data: Any, /) -> int:
        """Take bytes; whole frames go to the file, the last one waits for what follows."""
        if self._held < 0:
            raise ValueError("this object is finished or given up")
        with memoryview(data) as view:
            taken = view.nbytes
            self._digests.update(view)
            self._waiting += view
        self._size += taken
        while len(self._waiting) > frames.FRAME:
            self._put(bytes(self._waiting[: frames.FRAME]), last=False)
            del self._waiting[: frames.FRAME]
        return taken

    def finish(self) -> StoredObject:
        """Make the file durable, store key and object, and return the latter; both stand with the caller's transaction."""
        self._put(bytes(self._waiting), last=True)
        self._waiting.clear()
        files.sync(self._held)
        row = self.stored
        row.size, row.frames, row.state = self._size, self._frames, StoredObject.COMPLETE
        row.sha256, row.sm3 = self._digests.finish()
        with transaction.atomic():
            self._key.save(force_insert=True)
            row.save(force_insert=True)
        self._is_finished = True
        self._release()
        return row

    def abort(self) -> None:
        """Give the object up and remove its file; after `finish()` this does nothing."""
        if self._held >= 0:
            files.remove(self.stored)
            self._release()

    def close(self) -> None:
        """Give up what was not finished."""
        self.abort()
        super().close()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()
        if error is not None and self._is_finished:
            self._undo()

    def _undo(self) -> None:
        """Remove the file of a finished object whose rows were undone; where the database cannot say, the sweep will."""
        with contextlib.suppress(DatabaseError, OSError):
            if not StoredObject.objects.filter(pk=self.stored.pk).exists():
                files.remove(self.stored)

    def _put(self, plain: bytes, *, last: bool) -> None:
        sealed = self._sealer.seal(plain, self._frames, last=last)
        files.write_all(self._held, sealed, frames.position(self._frames))
        self._frames += 1

    def _release(self) -> None:
        os.close(self._held)
        self._held = -1


class Reader(io.RawIOBase):
    """Reads an object anywhere, all of whose frames are there; every byte it gives is of a frame that was authenticated."""

    def __init__(self, stored: StoredObject) -> None:
        super().__init__()
        self._held = -1
        self.stored = stored
        self._sealer = frames.Sealer.of(stored, keys.unwrap(stored.key))
        self._frames = frames.count(stored.size)
        self._at = 0
        self._index, self._frame = -1, b""
        try:
            self._held = os.open(files.path_of(stored), os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            raise alarm(what="file", about=str(stored.id)) from None
        try:
            self._check_outside()
        except BaseException:
            self.close()
            raise

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Yes: only the frame that is read is opened."""
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        """Go to a position of the content."""
        self._at = max(0, offset + {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self.stored.size}[whence])
        return self._at

    def tell(self) -> int:
        """Return the position."""
        return self._at

    def readinto(self, into: Any, /) -> int:
        """Read up to the end of the frame at most. Raise IntegrityFailed."""
        if self._at >= self.stored.size:
            return 0
        index, offset = divmod(self._at, frames.FRAME)
        if index != self._index:
            self._frame, self._index = self._open(index), index
        with memoryview(into) as view:
            part = self._frame[offset : offset + view.nbytes]
            view[: len(part)] = part
        self._at += len(part)
        return len(part)

    def close(self) -> None:
        """Let the file go."""
        if self._held >= 0:
            os.close(self._held)
            self._held = -1
        super().close()

    def _check_outside(self) -> None:
        stored = self.stored
        is_whole = os.fstat(self._held).st_size == frames.file_size(stored.size) and stored.frames == self._frames
        if not is_whole or os.pread(self._held, len(frames.HEADER), 0) != frames.HEADER:
            raise alarm(what="file", about=str(stored.id))
        if stored.size == 0:
            self._open(0)

    def _open(self, index: int) -> bytes:
        last = index == self._frames - 1
        length = self.stored.size - index * frames.FRAME if last else frames.FRAME
        sealed = os.pread(self._held, length + frames.EXTRA, frames.position(index))
        return self._sealer.open(sealed, index, last=last)


def create(*, kind: str, bound_to: str, now: datetime, version: int = 1) -> Writer:
    """Begin an object. Raise KekMissing."""
    return Writer(kind=kind, bound_to=bound_to, now=now, version=version)


def open_object(stored: StoredObject) -> Reader:
    """Return a seekable reader of a complete object. Raise Destroyed, KekMissing, IntegrityFailed, the last one while reading."""
    if stored.state != StoredObject.COMPLETE:
        raise Destroyed
    return Reader(stored)


def verify(stored: StoredObject, *, digests: bool = True) -> None:
    """Open every frame, and hold the content against both digests. Raise as `open_object` does."""
    found = Digests()
    with open_object(stored) as reader:
        while part := reader.read(frames.FRAME):
            if digests:
                found.update(part)
    if digests and found.finish() != (stored.sha256, stored.sm3):
        raise alarm(what="digest", about=str(stored.id))


def verify_all() -> Iterator[tuple[uuid.UUID, str | None]]:
    """Verify every complete object; yield its id, and the code of what is wrong with it."""
    rows = StoredObject.objects.filter(state=StoredObject.COMPLETE).select_related("key").order_by("id")
    for stored in rows.iterator(chunk_size=200):
        try:
            verify(stored)
        except Refusal as refusal:
            yield stored.id, refusal.code
        else:
            yield stored.id, None


def destroy(stored: StoredObject, now: datetime) -> None:
    """Destroy the object's key; its file goes with the end of the transaction, by the sweep if that fails."""
    keys.destroy(stored.key, now)
    StoredObject.objects.filter(pk=stored.pk).update(state=StoredObject.DESTROYED)
    stored.state = StoredObject.DESTROYED
    transaction.on_commit(lambda: _remove_quietly(stored), robust=True)


def _remove_quietly(stored: StoredObject) -> None:
    with contextlib.suppress(OSError):  # without its key the file is noise
        files.remove(stored)
