"""The transparency log as the platform answers it, unchecked: `aif_share.client.witness` checks it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from aif_share.client.answers import Answer
from aif_share.client.resources.base import Resource, given


@dataclass(frozen=True, slots=True, kw_only=True)
class LogHead(Answer):
    """The newest checkpoint as a signed note; the lines of the keys of log and receipts (c2sp.org/signed-note).

    `successions` are signed notes, oldest first, by which a key of the log names the next one.
    """

    verifier: str
    receipts: str
    checkpoint: str
    successions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEntry(Answer):
    """One leaf of the own institution: its place from 0, and the text that was hashed."""

    seq: int
    leaf: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LogProof(Answer):
    """A path of hashes in base64: of an event (`seq` is its place, `leaf` its text), or from an older log to a newer one."""

    size: int
    path: tuple[str, ...]
    seq: int | None = None
    leaf: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRow(Answer):
    """One own screening as it was hashed, and the event (AE-…) that commits to it; None until its second is sealed."""

    event: str | None
    leaf: str


class Log(Resource):
    """`client.log`."""

    def head(self) -> LogHead:
        """The newest checkpoint."""
        return LogHead.read(self._session.get("log"))

    def entries(self, *, limit: int = 1_000) -> Iterator[LogEntry]:
        """Every leaf of the own institution, in order. The key needs the scope `audit`."""
        return self._pages(LogEntry, "log/entries", limit=limit)

    def inclusion(self, event: str, *, size: int) -> LogProof:
        """Where an own event (AE-…) stands in the log of `size` leaves. The key needs the scope `audit`."""
        return LogProof.read(self._session.get("log/inclusion", given(event=event, size=size)))

    def screenings(self, *, event: str | None = None, limit: int = 1_000) -> Iterator[LedgerRow]:
        """Own screenings, newest first: those an event (AE-…) commits to, or all. The key needs the scope `audit`."""
        return self._pages(LedgerRow, "log/screenings", event=event, limit=limit)

    def consistency(self, *, old: int, size: int) -> LogProof:
        """The proof that the log of `old` leaves is the beginning of that of `size`."""
        return LogProof.read(self._session.get("log/consistency", {"from": str(old), "size": str(size)}))

    def witness(self, size: int, root: str) -> None:
        """Tell the platform that this checkpoint was checked and is kept. Raise Conflict if it signed another one."""
        self._session.write("PUT", "log/witness", {"size": size, "root": root})
