"""Dispositions: what this institution did about a match, a clue of its own or a case, and lifting it in time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aif_share.client.answers import Answer
from aif_share.client.resources.base import Resource, body_of, edited, named


@dataclass(frozen=True, slots=True, kw_only=True)
class Lift(Answer):
    """That the ground of a measure has fallen; to answer by `due_at` unless `answered_at` or `ended_at` is set."""

    cause: str
    raised_at: datetime | None = None
    due_at: datetime | None = None
    answer: str | None = None
    reason: str | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Disposition(Answer):
    """A disposition of this institution. `lift` says that its ground has fallen; `effects` are its own word."""

    disposition: str
    version: int
    kind: str
    state: str
    match: str | None = None
    client_ref: str | None = None
    identifier: int | None = None
    case: str | None = None
    type: str | None = None
    category: str | None = None
    document_no: str | None = None
    started_at: datetime | None = None
    done_at: datetime | None = None
    seconds_to_disposal: int | None = None
    review_date: str | None = None
    reappearances: int | None = None
    recorded_at: datetime | None = None
    effects: Mapping[str, Any] | None = None
    lift: Lift | None = None

    @property
    def to_lift(self) -> bool:
        """Whether its ground has fallen and nobody has answered."""
        return self.lift is not None and self.lift.answered_at is None and self.lift.ended_at is None


class Dispositions(Resource):
    """`client.dispositions`."""

    def record(
        self,
        kind: str,
        *,
        match: Answer | str | None = None,
        client_ref: str | None = None,
        identifier: int | None = None,
        case: str | None = None,
        idempotency_key: str | None = None,
        **fields: Any,
    ) -> Disposition:
        """Record a measure about exactly one of a match, a clue (with the place of its identifier) and a case.

        `fields`: state, done_at, category, document_no, review_date, note, calls_flagged, persons_warned,
        amount_prevented_cny, as in the API; times and dates as text.
        """
        body = body_of(
            kind=kind,
            match=None if match is None else named("M", "match", match),
            client_ref=client_ref,
            identifier=identifier,
            case=None if case is None else named("CASE", "case", case),
            **fields,
        )
        return Disposition.read(self._session.write("POST", "dispositions", body, idempotency_key=idempotency_key))

    def list(
        self, *, state: str | None = None, show: str | None = None, limit: int | None = None
    ) -> Iterator[Disposition]:
        """Own dispositions, newest first; `show` is `lift` or `review`."""
        return self._pages(Disposition, "dispositions", state=state, show=show, limit=limit)

    def get(self, disposition: Disposition | str) -> Disposition:
        """One own disposition."""
        return Disposition.read(self._session.get(f"dispositions/{named('DI', 'disposition', disposition)}"))

    def act(
        self,
        disposition: Disposition | str,
        action: str,
        *,
        version: int | None = None,
        idempotency_key: str | None = None,
        **fields: Any,
    ) -> Disposition:
        """Take a step: do, review, confirm, reappear, effects or lift (with `note`). Raise VersionChanged."""
        found, known = edited("DI", "disposition", disposition, version)
        path = f"dispositions/{found}/act"
        return Disposition.read(
            self._session.write(
                "POST", path, body_of(action=action, **fields), version=known, idempotency_key=idempotency_key
            )
        )

    def answer_lift(
        self,
        disposition: Disposition | str,
        answer: str,
        *,
        reason: str | None = None,
        note: str | None = None,
        idempotency_key: str | None = None,
    ) -> Disposition:
        """Say that a measure whose ground has fallen is `lifted`, or `kept` for a `reason` of keep-reasons."""
        path = f"dispositions/{named('DI', 'disposition', disposition)}/lift"
        body = body_of(answer=answer, reason=reason, note=note)
        return Disposition.read(self._session.write("POST", path, body, idempotency_key=idempotency_key))
