"""Requests between institutions: ask, provide, alert, refer a complaint; take up, answer, decline, withdraw, close."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aif_share.client.answers import Answer
from aif_share.client.resources.base import Resource, body_of, named
from aif_share.client.tokenize import Token


@dataclass(frozen=True, slots=True, kw_only=True)
class Institution(Answer):
    """An institution by name; in the directory also with the kinds of requests that may go to it."""

    institution: str
    name: str
    sector: str | None = None
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestStep(Answer):
    """One step. `side`: sender, receiver, alliance or clock; an unnamed receiver has a number in `other`."""

    at: datetime
    action: str
    side: str
    partner: Institution | None = None
    party: str | None = None
    other: int | None = None
    code: str | None = None
    basis: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberRequest(Answer):
    """A request this institution sent or received. `actions`: what this side can do now."""

    request: str
    side: str
    kind: str
    state: str
    via: str
    clock: str | None = None
    released_at: datetime | None = None
    due_at: datetime | None = None
    escalated_at: datetime | None = None
    partner: Institution | None = None
    party: str | None = None
    case: str | None = None
    match: str | None = None
    previous: str | None = None
    purpose: str | None = None
    basis: str | None = None
    steps: tuple[RequestStep, ...] = ()
    actions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressees(Answer):
    """The directory."""

    addressees: tuple[Institution, ...]


class Requests(Resource):
    """`client.requests`."""

    def send(
        self,
        kind: str,
        text: str,
        *,
        to: Institution | str | None = None,
        match: Answer | str | None = None,
        case: str | None = None,
        party: str | None = None,
        previous: MemberRequest | str | None = None,
        clock: str | None = None,
        purpose: str | None = None,
        basis: str | None = None,
        identifiers: Sequence[Token] = (),
        clues: Sequence[str] = (),
        complaint: Mapping[str, Any] | None = None,
        idempotency_key: str | None = None,
    ) -> MemberRequest:
        """Send a request to the others of a match or case, or to an institution by name; a complaint referral has `complaint`.

        `previous` alone goes to the other side of an earlier request, and keeps its thread.
        """
        body = body_of(
            kind=kind,
            text=text,
            to=None if to is None else named("I", "institution", to),
            match=None if match is None else named("M", "match", match),
            case=case,
            party=party,
            previous=None if previous is None else named("RQ", "request", previous),
            clock=clock,
            purpose=purpose,
            basis=basis,
            identifiers=[each.identifier() for each in identifiers] or None,
            clues=list(clues) or None,
            complaint=None if complaint is None else dict(complaint),
        )
        return MemberRequest.read(self._session.write("POST", "requests", body, idempotency_key=idempotency_key))

    def list(self, *, limit: int | None = None) -> Iterator[MemberRequest]:
        """Requests this institution sent, newest first."""
        return self._pages(MemberRequest, "requests", limit=limit)

    def received(self, *, limit: int | None = None) -> Iterator[MemberRequest]:
        """Requests this institution received, newest first."""
        return self._pages(MemberRequest, "requests/received", limit=limit)

    def get(self, request: MemberRequest | str) -> MemberRequest:
        """One of either."""
        return MemberRequest.read(self._session.get(f"requests/{named('RQ', 'request', request)}"))

    def addressees(self) -> tuple[Institution, ...]:
        """Institutions that can be addressed by name."""
        return Addressees.read(self._session.get("requests/addressees")).addressees

    def take_up(self, request: MemberRequest | str, *, idempotency_key: str | None = None) -> MemberRequest:
        """Say that somebody is at it; an alert is settled by that."""
        return self._step(request, "take-up", {}, idempotency_key)

    def answer(
        self,
        request: MemberRequest | str,
        answer: str,
        *,
        text: str | None = None,
        basis: str | None = None,
        idempotency_key: str | None = None,
    ) -> MemberRequest:
        """Answer by a code of `request-answers`, with words or a legal basis where the code asks for them."""
        return self._step(request, "answer", body_of(answer=answer, text=text, basis=basis), idempotency_key)

    def decline(
        self,
        request: MemberRequest | str,
        *,
        reason: str,
        text: str | None = None,
        idempotency_key: str | None = None,
    ) -> MemberRequest:
        """Decline, by a code of `request-declines`."""
        return self._step(request, "decline", body_of(reason=reason, text=text), idempotency_key)

    def withdraw(self, request: MemberRequest | str, *, idempotency_key: str | None = None) -> MemberRequest:
        """Take a request back wherever it is open."""
        return self._step(request, "withdraw", {}, idempotency_key)

    def close(self, request: MemberRequest | str, *, idempotency_key: str | None = None) -> MemberRequest:
        """Close a request that is answered."""
        return self._step(request, "close", {}, idempotency_key)

    def _step(
        self, request: MemberRequest | str, action: str, body: dict[str, Any], idempotency_key: str | None
    ) -> MemberRequest:
        path = f"requests/{named('RQ', 'request', request)}/{action}"
        return MemberRequest.read(self._session.write("POST", path, body, idempotency_key=idempotency_key))
