"""Official requests: what authorities ask of this institution, its reply, and what of its own was disclosed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from aif_share.client.answers import Answer
from aif_share.client.resources.base import Resource, body_of, named


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficialDisclosure(Answer):
    """What of yours went to the authority, and in which package."""

    item: str
    number: int
    package: str | None = None
    package_sha256: str | None = None
    disclosed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficialRequest(Answer):
    """One of them: what is asked, where it stands for you, and what of yours went."""

    official_request: str
    kind: str
    authority: str
    unit: str
    document_no: str
    state: str
    document_date: str | None = None
    basis: str | None = None
    items: tuple[str, ...] = ()
    question: str | None = None
    case: str | None = None
    own_state: str = ""
    due_at: datetime | None = None
    late: bool = False
    actions: tuple[str, ...] = ()
    disclosures: tuple[OfficialDisclosure, ...] = ()


class OfficialRequests(Resource):
    """`client.official_requests`."""

    def list(self, *, limit: int | None = None) -> Iterator[OfficialRequest]:
        """All of them, newest first."""
        return self._pages(OfficialRequest, "official-requests", limit=limit)

    def get(self, request: OfficialRequest | str) -> OfficialRequest:
        """One of them."""
        return OfficialRequest.read(self._session.get(self._path(request)))

    def confirm(self, request: OfficialRequest | str, *, idempotency_key: str | None = None) -> OfficialRequest:
        """Say that you hold something, and are at it."""
        return self._reply(request, "confirm", idempotency_key=idempotency_key)

    def supply(
        self, request: OfficialRequest | str, text: str, *, idempotency_key: str | None = None
    ) -> OfficialRequest:
        """Say what you supplied: it stands approved in your part of the case."""
        return self._reply(request, "supply", text=text, idempotency_key=idempotency_key)

    def decline(
        self,
        request: OfficialRequest | str,
        *,
        reason: str,
        text: str | None = None,
        idempotency_key: str | None = None,
    ) -> OfficialRequest:
        """Decline, by a code of `request-declines`."""
        return self._reply(request, "decline", reason=reason, text=text, idempotency_key=idempotency_key)

    def _path(self, request: OfficialRequest | str) -> str:
        return f"official-requests/{named('OR', 'official_request', request)}"

    def _reply(
        self,
        request: OfficialRequest | str,
        reply: str,
        *,
        reason: str | None = None,
        text: str | None = None,
        idempotency_key: str | None,
    ) -> OfficialRequest:
        body = body_of(reply=reply, reason=reason, text=text)
        path = f"{self._path(request)}/reply"
        return OfficialRequest.read(self._session.write("POST", path, body, idempotency_key=idempotency_key))
