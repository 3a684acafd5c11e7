"""Evidence of a case: sent in pieces that go on after an interruption, listed, opened with a reason."""

from __future__ import annotations

import builtins
import hashlib
import os
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any, Final

from aif_share.client.answers import Answer
from aif_share.client.resources.base import Resource, edited, named
from aif_share.client.resources.cases import Case
from aif_share.client.session import Piece
from aif_share.errors import Conflict, InvalidInput, NetworkError, ProofError, RateLimited, ServerError

BLOCK: Final = 256 * 1024
PIECE: Final = 16 * 1024 * 1024
"""Bytes of one request; a whole number of mebibytes, which is what the platform keeps of a piece that breaks off."""
PATIENCE: Final = 24
"""Attempts in a row without a byte more, three minutes together: a colleague's upload may take the institution's place."""
FINISH_S: Final = 600.0
PAUSE_S: Final = 1.0
BYTES: Final = "application/octet-stream"
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceUpload(Answer):
    """Where an upload stands: `offset` bytes of `size` are safely stored. `state`: open, finished, canceled, refused, expired."""

    upload: str
    case: str
    state: str
    size: int
    offset: int
    kind: str = ""
    media_type: str = ""
    begun_at: datetime | None = None
    evidence: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceDetails(Answer):
    """What is sealed with the content."""

    title: str = ""
    file_name: str = ""
    collected_by: str = ""
    device: str = ""
    witness: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceItem(Answer):
    """A piece of evidence; `details` is None where they are not yours to read. `state`: stored or destroyed."""

    evidence: str
    case: str
    kind: str
    state: str
    version: int
    size: int
    sha256: str
    sm3: str = ""
    party: str = ""
    own: bool = False
    media_type: str = ""
    collected_at: datetime | None = None
    time_source: str = ""
    details: EvidenceDetails | None = None
    shared_with_parties: bool = False
    legal_hold: bool = False
    keep_until: str | None = None
    added_at: datetime | None = None
    destroyed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CustodyEntry(Answer):
    """One hand that a piece of evidence passed through."""

    seq: int
    action: str
    at: datetime | None = None
    party: str = ""
    own: bool = False
    by: str | None = None
    note: str = ""
    digest: str = ""


class Evidence(Resource):
    """`client.evidence`."""

    def list(self, case: Case | str) -> list[EvidenceItem]:
        """The evidence of a case that you may know of: your own, and what the approved parts of others show."""
        return [EvidenceItem.read(row) for row in self._session.get(_of(case))["results"]]

    def uploads(self, case: Case | str) -> builtins.list[EvidenceUpload]:
        """Your uploads of a case that are under way."""
        return [EvidenceUpload.read(row) for row in self._session.get(_of(case))["uploads"]]

    def get(self, evidence: EvidenceItem | str) -> EvidenceItem:
        """One piece of evidence; not its content."""
        return EvidenceItem.read(self._session.get(f"evidence/{named('EV', 'evidence', evidence)}"))

    def custody(self, evidence: EvidenceItem | str) -> tuple[builtins.list[CustodyEntry], bool]:
        """Who had it in hand, oldest first, and whether every digest of the chain holds on the platform."""
        body = self._session.get(f"evidence/{named('EV', 'evidence', evidence)}/custody")
        return [CustodyEntry.read(row) for row in body["results"]], bool(body["holds"])

    def add(
        self, case: Case | str, file: IO[bytes], fields: Mapping[str, Any], *, progress: Progress | None = None
    ) -> EvidenceItem:
        """Add an open binary file to your part of a case; the same call again goes on where an interrupted one stopped.

        `fields`: kind, file_name, collected_at, time_source, title, collected_by and the others of the API; size and SHA-256
        are made from the file. `progress` is called with (bytes stored, bytes). Raise RefusedError, NetworkError.
        """
        size, sha256 = _measure(file)
        body = {**fields, "size": size, "sha256": sha256}
        path = _of(case)
        # The same file with the same words is the same upload, which the platform then gives back as it was answered.
        key = uuid.uuid5(uuid.NAMESPACE_URL, f"{path}|{sorted(body.items())!r}").hex
        upload = self.upload(self.begin(case, body, idempotency_key=key))
        if upload.state not in ("open", "finished"):
            upload = self.begin(case, body)
        self.send(upload, file, progress=progress)
        return self.finish(upload)

    def begin(
        self, case: Case | str, fields: Mapping[str, Any], *, idempotency_key: str | None = None
    ) -> EvidenceUpload:
        """Announce a file with its `size` in bytes. Raise RefusedError."""
        return EvidenceUpload.read(self._session.write("POST", _of(case), fields, idempotency_key=idempotency_key))

    def upload(self, upload: EvidenceUpload | str) -> EvidenceUpload:
        """Where an upload stands."""
        return EvidenceUpload.read(self._session.get(f"evidence-uploads/{named('EU', 'upload', upload)}"))

    def send(
        self, upload: EvidenceUpload | str, file: IO[bytes], *, progress: Progress | None = None
    ) -> EvidenceUpload:
        """Send what is missing of an upload, from the same file; a piece that fails is sent again. Raise RefusedError, NetworkError."""
        stands, failures = self.upload(upload), 0
        while stands.state == "open" and stands.offset < stands.size:
            if progress is not None:
                progress(stands.offset, stands.size)
            before = stands.offset
            try:
                stands = self._send_piece(stands, file)
            except (NetworkError, ServerError, RateLimited, Conflict) as error:
                failures += 1
                is_final = isinstance(error, Conflict) and error.code not in ("upload-offset", "upload-busy")
                if is_final or failures >= PATIENCE:
                    raise
                time.sleep(PAUSE_S * min(8.0, 0.2 * 2**failures))
                stands = self.upload(stands)
            if stands.offset > before:
                failures = 0
        if progress is not None:
            progress(stands.offset, stands.size)
        return stands

    def finish(self, upload: EvidenceUpload | str, *, idempotency_key: str | None = None) -> EvidenceItem:
        """Make a whole upload evidence; your part is a draft then. Raise RefusedError.

        The platform reads the whole file first. Whoever asks again meanwhile, after a timeout say, waits for that.
        """
        found = named("EU", "upload", upload)
        path, until = f"evidence-uploads/{found}/finish", time.monotonic() + FINISH_S
        while True:
            try:
                body = self._session.write("POST", path, idempotency_key=idempotency_key or f"finish-{found}")
            except Conflict as error:
                if error.code != "upload-busy" or time.monotonic() > until:
                    raise
                time.sleep(PAUSE_S)
            else:
                return EvidenceItem.read(body)

    def cancel(self, upload: EvidenceUpload | str, *, idempotency_key: str | None = None) -> EvidenceUpload:
        """Give an upload up; what was received is destroyed."""
        path = f"evidence-uploads/{named('EU', 'upload', upload)}"
        return EvidenceUpload.read(self._session.write("DELETE", path, idempotency_key=idempotency_key))

    def share(
        self,
        evidence: EvidenceItem | str,
        shared: bool,
        *,
        version: int | None = None,
        idempotency_key: str | None = None,
    ) -> EvidenceItem:
        """Let the other parties open it once your part is approved, or no longer. Raise VersionChanged."""
        found, known = edited("EV", "evidence", evidence, version)
        body = {"shared_with_parties": shared}
        answer = self._session.write("PATCH", f"evidence/{found}", body, version=known, idempotency_key=idempotency_key)
        return EvidenceItem.read(answer)

    def save(self, evidence: EvidenceItem | str, reason: str, file: IO[bytes]) -> EvidenceItem:
        """Open it for a reason, which is put on record, and write the content to an open binary file, in constant memory.

        Raise RefusedError, NetworkError, ProofError if what arrived has another SHA-256; then use nothing of the file.
        """
        item = self.get(evidence)
        digest, written = hashlib.sha256(), 0
        path = f"evidence/{item.evidence}/open"
        with self._session.chunks(path, accept=BYTES, body={"reason": reason}) as chunks:
            for chunk in chunks:
                digest.update(chunk)
                written += file.write(chunk)
        if (written, digest.hexdigest()) != (item.size, item.sha256):
            raise ProofError("what arrived is not what the platform lists: another size or SHA-256")
        return item

    def _send_piece(self, stands: EvidenceUpload, file: IO[bytes]) -> EvidenceUpload:
        if file.seek(0, os.SEEK_END) != stands.size:
            raise InvalidInput("the file has another length than the upload")
        piece = Piece(stands.offset, min(PIECE, stands.size - stands.offset))
        path = f"evidence-uploads/{stands.upload}"
        reply = self._session.send_piece(path, lambda: _blocks(file, piece), piece=piece, content_type=BYTES)
        return EvidenceUpload.read(reply)


def _blocks(file: IO[bytes], piece: Piece) -> Iterator[bytes]:
    file.seek(piece.offset)
    left = piece.length
    while left and (block := file.read(min(BLOCK, left))):
        left -= len(block)
        yield block


def _measure(file: IO[bytes]) -> tuple[int, str]:
    """Size and SHA-256 of an open binary file, in constant memory."""
    file.seek(0)
    digest = hashlib.sha256()
    while block := file.read(BLOCK):
        digest.update(block)
    size = file.tell()
    if size == 0:
        raise InvalidInput("the file is empty")
    return size, digest.hexdigest()


def _of(case: Case | str) -> str:
    return f"cases/{named('CASE', 'case', case)}/evidence"
