"""Demands for evidence: which clues you are asked to bear out, and the file that does it; how your reports fared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import IO

from aif_share.client.answers import Answer
from aif_share.client.resources.base import Resource, named
from aif_share.client.resources.evidence import BYTES


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceDemand(Answer):
    """One demand. `committed` is the SHA-256 of the file to send; None where any file that bears the clue will do."""

    demand: str
    clue: str
    client_ref: str | None = None
    category: str
    cause: str
    state: str
    asked_at: datetime
    due_at: datetime
    committed: str | None = None
    draw_size: int | None = None
    draw_root: str | None = None
    attempts: int = 0
    opened_at: datetime | None = None
    decided_at: datetime | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reputation(Answer):
    """Decided clues of one category, and the mean of Beta(confirmed + 1, refuted + 1)."""

    category: str
    confirmed: int
    refuted: int
    standing: float


class EvidenceDemands(Resource):
    """`client.evidence_demands`."""

    def list(self, *, limit: int | None = None) -> Iterator[EvidenceDemand]:
        """Every demand to this institution, newest first; `limit` is the size of a page."""
        return self._pages(EvidenceDemand, "evidence-demands", limit=limit)

    def get(self, demand: EvidenceDemand | str) -> EvidenceDemand:
        """One demand."""
        return EvidenceDemand.read(self._session.get(_path(demand)))

    def open(self, demand: EvidenceDemand | str, file: IO[bytes]) -> EvidenceDemand:
        """Send the very file, byte for byte, 20 MiB at most; the same again changes nothing.

        Raise InvalidRequest `digest-differs` for another file: the third one ends the demand.
        """
        path = f"{_path(demand)}/file"
        return EvidenceDemand.read(
            self._session.upload(path, file, content_type=BYTES, idempotency_key=None, method="PUT")
        )

    def reputation(self) -> tuple[Reputation, ...]:
        """How your reports fared, by category. Nobody else sees it."""
        return tuple(Reputation.read(row) for row in self._session.get("reputation")["categories"])


def _path(demand: EvidenceDemand | str) -> str:
    return f"evidence-demands/{named('ED', 'demand', demand)}"
