"""Watches: being told when somebody reports a token later."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from aif_share.client.answers import Answer
from aif_share.client.resources.base import Resource, body_of, edited, named
from aif_share.client.resources.screenings import LawfulUse
from aif_share.client.tokenize import Token


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchHit(Answer):
    """One later report: its category and grade, as far as the lawful-use matrix lets them be seen."""

    category: str | None = None
    grade: str | None = None
    released_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch(Answer):
    """One watched token. `state`: waiting, active, expired or canceled."""

    watch: str
    type: str
    purpose: str
    state: str
    version: int
    case_ref: str | None = None
    basis: str | None = None
    created_at: datetime | None = None
    expires_at: datetime | None = None
    hits: tuple[WatchHit, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewWatch(Answer):
    """The reference of a watch, by the index of its token in the request."""

    index: int
    watch: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewWatches(Answer):
    """What `add` answers."""

    watches: tuple[NewWatch, ...]
    lawful_use: LawfulUse | None = None


class Watches(Resource):
    """`client.watches`."""

    def add(
        self,
        tokens: Sequence[Token],
        *,
        purpose: str,
        basis: str | None = None,
        case_ref: str | None = None,
        expires_at: datetime | None = None,
        idempotency_key: str | None = None,
    ) -> NewWatches:
        """Watch 1 to 1,000 tokens for 180 days at most (90 by default); each charges one unit of the screen quota."""
        body = body_of(
            purpose=purpose,
            basis=basis,
            case_ref=case_ref,
            expires_at=None if expires_at is None else time_text(expires_at),
            tokens=[each.identifier() for each in tokens],
        )
        return NewWatches.read(self._session.write("POST", "watches", body, idempotency_key=idempotency_key))

    def list(self, *, limit: int | None = None) -> Iterator[Watch]:
        """Every watch of this institution."""
        return self._pages(Watch, "watches", limit=limit)

    def get(self, watch: Watch | NewWatch | str) -> Watch:
        """One watch and what it hit."""
        return Watch.read(self._session.get(f"watches/{named('W', 'watch', watch)}"))

    def extend(
        self,
        watch: Watch | str,
        *,
        expires_at: datetime,
        version: int | None = None,
        idempotency_key: str | None = None,
    ) -> Watch:
        """Set another end, 180 days from now at most."""
        reference, known = edited("W", "watch", watch, version)
        body = {"expires_at": time_text(expires_at)}
        return Watch.read(
            self._session.write("PATCH", f"watches/{reference}", body, idempotency_key=idempotency_key, version=known)
        )

    def cancel(self, watch: Watch | NewWatch | str, *, idempotency_key: str | None = None) -> Watch:
        """End a watch now."""
        path = f"watches/{named('W', 'watch', watch)}/cancel"
        return Watch.read(self._session.write("POST", path, {}, idempotency_key=idempotency_key))


def time_text(moment: datetime) -> str:
    """A time with its zone in the API's form. Raise ValueError for one without."""
    if moment.tzinfo is None:
        raise ValueError("a time needs its zone, for example datetime.now(UTC)")
    return moment.isoformat(timespec="seconds")
