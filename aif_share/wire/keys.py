"""A member's key, and the bearer each server gets instead of it.

The secret never travels: a server knows only the SHA-256 of a bearer derived from the secret and that server's
own name, so what one server learns opens no other. Not here: who a bearer belongs to, and what it may do.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass, field
from typing import Final, NoReturn

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from aif_share.errors import MalformedKey
from aif_share.oprf import encoding

PLATFORM: Final = "platform"
"""Server name of the API."""

SCOPES: Final = ("evaluate", "submit", "read", "screen", "keys", "audit")
"""What a registered key may be allowed to do."""

BROWSER_SCOPES: Final = ("evaluate",)
"""The scopes of a key that a browser holds: it makes tokens at custodians and opens nothing at the platform."""

PREFIX: Final = "aif_live_"
ID_ALPHABET: Final = "abcdefghijklmnopqrstuvwxyz0123456789"
ID_LENGTH: Final = 8

_KEY: Final = re.compile(r"aif_live_([a-z0-9]{8})_([A-Za-z0-9_-]{42}[AEIMQUYcgkosw048])")
_SERVER: Final = re.compile(r"platform|custodian:[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")
_VERIFIER: Final = re.compile(r"[0-9a-f]{64}")


def custodian_server(name: str) -> str:
    """Server name of the custodian called `name`."""
    return f"custodian:{name}"


@dataclass(frozen=True, slots=True)
class MemberKey:
    """A member's own key: `id` is public, the 32 secret bytes stay with the member and out of every repr."""

    id: str
    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z0-9]{8}", self.id) or len(self.secret) != 32:
            raise MalformedKey("a key has an id of 8 characters [a-z0-9] and a secret of 32 bytes")

    @classmethod
    def new(cls) -> MemberKey:
        """Make a key from the system's random source."""
        return cls("".join(secrets.choice(ID_ALPHABET) for _ in range(ID_LENGTH)), secrets.token_bytes(32))

    @classmethod
    def parse(cls, text: str) -> MemberKey:
        """Read `aif_live_<id>_<secret>`; raise MalformedKey, which never repeats the text."""
        match = _KEY.fullmatch(text.strip())
        if match is None:
            raise MalformedKey("a key looks like aif_live_<8 characters>_<43 characters>; check that it is complete")
        return cls(match[1], encoding.decode(match[2]))

    @property
    def text(self) -> str:
        """The whole key as the member keeps it; never send, log or store it elsewhere."""
        return f"{PREFIX}{self.id}_{encoding.encode(self.secret)}"

    def bearer_for(self, server: str) -> str:
        """The bearer for one server: `platform` or `custodian:<name>` (HKDF-SHA256 of the secret, RFC 5869)."""
        if not _SERVER.fullmatch(server):
            raise MalformedKey("a server is called platform or custodian:<name>")
        info = b"aif1|bearer|" + server.encode()
        part = HKDF(algorithm=SHA256(), length=32, salt=b"", info=info).derive(self.secret)
        return f"{PREFIX}{self.id}_{encoding.encode(part)}"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a member's key cannot be pickled")


def bearer_id(bearer: str) -> str | None:
    """The key id inside a well-formed bearer, else None."""
    match = _KEY.fullmatch(bearer)
    return match[1] if match else None


def verifier(bearer: str) -> str:
    """What a server stores of a bearer: the SHA-256 of the whole string, in hex."""
    return hashlib.sha256(bearer.encode()).hexdigest()


def is_verifier(text: str) -> bool:
    """Whether `text` has the form of a verifier: 64 lower-case hex digits."""
    return _VERIFIER.fullmatch(text) is not None
