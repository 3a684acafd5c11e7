"""Keys as the platform knows them: register, rotate, revoke. The secrets stay with the member; only verifiers travel."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aif_share.client.answers import Answer
from aif_share.client.resources.base import Resource, body_of, named
from aif_share.client.resources.watches import time_text
from aif_share.wire.keys import PLATFORM, MemberKey, custodian_server, verifier


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential(Answer):
    """One registered key: its id is public, its secret is nowhere but with the member."""

    credential: str
    key_id: str
    state: str | None = None
    scopes: tuple[str, ...] = ()
    cidrs: tuple[str, ...] = ()
    not_before: datetime | None = None
    expires_at: datetime | None = None
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None
    default_basis: str | None = None
    evaluates: bool = False
    created_at: datetime | None = None
    revoked_reason: str | None = None


class Credentials(Resource):
    """`client.credentials`; needs a key with the scope `keys`."""

    def list(self, *, limit: int | None = None) -> Iterator[Credential]:
        """Every key of this institution, ended ones too."""
        return self._pages(Credential, "credentials", limit=limit)

    def get(self, credential: Credential | str) -> Credential:
        """One key, by its reference K-…."""
        return Credential.read(self._session.get(f"credentials/{named('K', 'credential', credential)}"))

    def register(
        self,
        key: MemberKey,
        *,
        scopes: Sequence[str],
        cidrs: Sequence[str] = (),
        expires_at: datetime | None = None,
        default_basis: str | None = None,
        idempotency_key: str | None = None,
    ) -> Credential:
        """Register a new key at the platform and its custodian. Other custodians take its verifier by another way."""
        body = verifiers(key) | body_of(
            scopes=[*scopes],
            cidrs=[*cidrs] or None,
            expires_at=None if expires_at is None else time_text(expires_at),
            default_basis=default_basis,
        )
        return Credential.read(self._session.write("POST", "credentials", body, idempotency_key=idempotency_key))

    def rotate(self, credential: Credential | str, key: MemberKey, *, idempotency_key: str | None = None) -> Credential:
        """Register a successor with the same rights; the old key ends within seven days."""
        path = f"credentials/{named('K', 'credential', credential)}/rotate"
        return Credential.read(self._session.write("POST", path, verifiers(key), idempotency_key=idempotency_key))

    def revoke(
        self,
        credential: Credential | str,
        *,
        reason: str,
        confirm_self: bool = False,
        idempotency_key: str | None = None,
    ) -> Credential:
        """End a key at once. `confirm_self` is needed for the key that asks."""
        path = f"credentials/{named('K', 'credential', credential)}/revoke"
        body: dict[str, Any] = {"reason": reason} | ({"confirm_self": True} if confirm_self else {})
        return Credential.read(self._session.write("POST", path, body, idempotency_key=idempotency_key))


def verifiers(key: MemberKey) -> dict[str, str]:
    """What the platform and its custodian get of a key: its id, and the SHA-256 of the bearer for each."""
    return {
        "key_id": key.id,
        "verifier": verifier(key.bearer_for(PLATFORM)),
        "custodian_verifier": verifier(key.bearer_for(custodian_server(PLATFORM))),
    }
