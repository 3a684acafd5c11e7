"""Own clues: read, correct, withdraw, extend."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aif_share.client.answers import Answer
from aif_share.client.resources.base import Resource, edited, named


@dataclass(frozen=True, slots=True, kw_only=True)
class ClueIdentifier(Answer):
    """One identifier of a clue, without its token. `counted`: it counts for matches now.

    `epoch` is the newest key epoch it stands in, `epochs` all of them.
    """

    type: str
    epoch: int
    role: str
    counted: bool = False
    epochs: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Clue(Answer):
    """One clue as this institution filed it. `state`: active, withdrawn, disputed or expired.

    `review`: none, waiting, confirmed or returned, by the second person in the portal.
    """

    clue: str
    client_ref: str
    category: str
    grade: str
    state: str
    version: int
    level: str | None = None
    channel: str | None = None
    observed_at: datetime | None = None
    region: str | None = None
    amount_cny: str | None = None
    crime_indicator: bool = False
    indicators: tuple[str, ...] = ()
    consumer_contacted: str | None = None
    tlp: str | None = None
    evidence_sha256: str | None = None
    basis: str | None = None
    received_at: datetime | None = None
    expires_at: datetime | None = None
    batch: str | None = None
    identifiers: tuple[ClueIdentifier, ...] = ()
    review: str = "none"
    answers_screenings: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ClueChange(Answer):
    """One step in the life of a clue."""

    version: int
    change: str
    reason: str | None = None
    at: datetime


class Clues(Resource):
    """`client.clues`."""

    def list(
        self,
        *,
        state: str | None = None,
        category: str | None = None,
        client_ref: str | None = None,
        limit: int | None = None,
    ) -> Iterator[Clue]:
        """Own clues, newest first."""
        return self._pages(Clue, "clues", state=state, category=category, client_ref=client_ref, limit=limit)

    def get(self, clue: Clue | str) -> Clue:
        """One clue as it stands now."""
        return Clue.read(self._session.get(f"clues/{named('C', 'clue', clue)}"))

    def history(self, clue: Clue | str, *, limit: int | None = None) -> Iterator[ClueChange]:
        """What became of a clue, oldest first."""
        return self._pages(ClueChange, f"clues/{named('C', 'clue', clue)}/history", limit=limit)

    def correct(
        self,
        clue: Clue | str,
        changes: Mapping[str, Any],
        *,
        version: int | None = None,
        idempotency_key: str | None = None,
    ) -> Clue:
        """Change fields of a clue: any but client_ref; `identifiers` replaces all, `roles` changes roles alone."""
        return self._change("PATCH", clue, "", changes, version, idempotency_key)

    def withdraw(
        self, clue: Clue | str, *, reason: str, version: int | None = None, idempotency_key: str | None = None
    ) -> Clue:
        """Take a clue back; it stops counting and answering at once. Reasons: list `withdrawal-reasons`."""
        return self._change("POST", clue, "/withdraw", {"reason": reason}, version, idempotency_key)

    def extend(
        self, clue: Clue | str, *, reason: str, version: int | None = None, idempotency_key: str | None = None
    ) -> Clue:
        """Give a clue a full period from now. Reasons: list `extension-reasons`."""
        return self._change("POST", clue, "/extend", {"reason": reason}, version, idempotency_key)

    def _change(
        self, method: str, clue: Clue | str, step: str, body: Mapping[str, Any], version: int | None, key: str | None
    ) -> Clue:
        reference, known = edited("C", "clue", clue, version)
        return Clue.read(
            self._session.write(method, f"clues/{reference}{step}", body, idempotency_key=key, version=known)
        )
