"""Disputes: saying that something reported is wrong, and answering when others say so of an own clue."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from aif_share.client.answers import Answer
from aif_share.client.resources.base import Resource, body_of, named
from aif_share.client.tokenize import Token
from aif_share.errors import InvalidInput


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute(Answer):
    """A dispute this institution opened. `state`: open or closed."""

    dispute: str
    state: str
    match: str | None = None
    type: str | None = None
    reason: str | None = None
    case_ref: str | None = None
    opened_at: datetime | None = None
    due_at: datetime | None = None
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedDispute(Answer):
    """A dispute about an own clue. Until `due_at` it is answered, or the clue lapses."""

    disputed: str
    clue: str
    state: str
    client_ref: str | None = None
    reason: str | None = None
    due_at: datetime | None = None
    answered_at: datetime | None = None
    answer_reason: str | None = None
    decided_at: datetime | None = None


class Disputes(Resource):
    """`client.disputes`."""

    def open(
        self,
        about: Answer | Token | str,
        *,
        reason: str,
        purpose: str | None = None,
        case_ref: str | None = None,
        idempotency_key: str | None = None,
    ) -> Dispute:
        """Dispute a match (the object or M-…), or a token, which needs a `purpose` and charges one screening.

        Within five seconds what others reported stops answering screenings and counting, until it is decided.
        """
        if isinstance(about, Token):
            if purpose is None:
                raise InvalidInput("disputing a token needs purpose=")
            body = body_of(identifier=about.identifier(), purpose=purpose, reason=reason, case_ref=case_ref)
        else:
            body = body_of(match=named("M", "match", about), reason=reason, case_ref=case_ref)
        return Dispute.read(self._session.write("POST", "disputes", body, idempotency_key=idempotency_key))

    def list(self, *, limit: int | None = None) -> Iterator[Dispute]:
        """Disputes this institution opened."""
        return self._pages(Dispute, "disputes", limit=limit)

    def get(self, dispute: Dispute | str) -> Dispute:
        """One dispute this institution opened."""
        return Dispute.read(self._session.get(f"disputes/{named('D', 'dispute', dispute)}"))

    def received(self, *, limit: int | None = None) -> Iterator[ReceivedDispute]:
        """Disputes about own clues."""
        return self._pages(ReceivedDispute, "disputes/received", limit=limit)

    def answer(
        self,
        dispute: ReceivedDispute | str,
        answer: str,
        *,
        reason: str,
        clue: str | None = None,
        idempotency_key: str | None = None,
    ) -> ReceivedDispute:
        """`maintain` or `withdraw` an own clue under dispute; with a reference D-…, `clue` names which.

        `reason` is a code of `maintain-reasons` or `withdrawal-reasons`.
        """
        if isinstance(dispute, ReceivedDispute):
            clue = clue or dispute.clue
        if clue is None:
            raise InvalidInput("with a dispute's reference, clue= names which of your clues you answer for")
        body = {"clue": named("C", "clue", clue), "answer": answer, "reason": reason}
        path = f"disputes/{named('D', 'disputed', dispute)}/answer"
        return ReceivedDispute.read(self._session.write("POST", path, body, idempotency_key=idempotency_key))
