"""The key directory: which custodians stand for which type and epoch, signed by the alliance.

Signed is the exact text in `signed` (Ed25519, RFC 8032), never a re-serialization of it. A member pins the
signing key; a key that comes with an evaluation is never trusted.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from aif_share.errors import PinError, ProofError
from aif_share.oprf import encoding
from aif_share.oprf.suite import SUITE

VERSION: Final = 1
_NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")
_MALFORMED: Final = "the directory is signed, but not of a form this version reads"


@dataclass(frozen=True, slots=True)
class CustodianKey:
    """One hop of a chain. `public_key` is text as on the wire (43 characters), `public` the same as 32 bytes."""

    name: str
    url: str
    public_key: str

    @property
    def public(self) -> bytes:
        """The public key as 32 bytes."""
        return encoding.decode(self.public_key)


@dataclass(frozen=True, slots=True)
class DirectoryEntry:
    """The chain of one identifier type in one epoch, in the order the hops are walked, and its canary.

    `canary_input` is the raw first example of the type, `canary_token` its token as text. `not_after` None:
    no end is known yet.
    """

    type: str
    epoch: int
    custodians: tuple[CustodianKey, ...]
    not_before: datetime
    not_after: datetime | None
    canary_input: str
    canary_token: str
    suite: str = SUITE

    def is_valid_at(self, now: datetime) -> bool:
        """Whether tokens of this entry are taken at `now`."""
        return self.not_before <= now and (self.not_after is None or now < self.not_after)


@dataclass(frozen=True, slots=True)
class Directory:
    """All entries, as one signed whole."""

    issued_at: datetime
    entries: tuple[DirectoryEntry, ...]

    def entry(self, type: str, epoch: int) -> DirectoryEntry | None:
        """The entry of one type and epoch, or None."""
        return next((each for each in self.entries if (each.type, each.epoch) == (type, epoch)), None)

    def current(self, type: str, now: datetime) -> DirectoryEntry | None:
        """The newest entry of `type` that is valid at `now` and of a suite known here, or None."""
        fitting = [each for each in self.entries if each.type == type and each.suite == SUITE and each.is_valid_at(now)]
        return max(fitting, key=lambda each: each.epoch, default=None)


def to_signed(directory: Directory, key: Ed25519PrivateKey) -> dict[str, str]:
    """Sign: `{"signed": <exact JSON text>, "public_key": …, "signature": …}`."""
    text = json.dumps(_to_json(directory), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return {
        "signed": text,
        "public_key": encoding.encode(key.public_key().public_bytes_raw()),
        "signature": encoding.encode(key.sign(text.encode())),
    }


def open_signed(document: Mapping[str, Any], pinned_public_key: str | None) -> Directory:
    """Check and read a signed directory.

    `pinned_public_key` is base64url text; None means first use, after which the caller pins
    `document["public_key"]`. Raise PinError for another signing key, ProofError for anything else that is wrong.
    """
    text, public_key, signature = (document.get(name) for name in ("signed", "public_key", "signature"))
    if not isinstance(text, str) or not isinstance(public_key, str) or not isinstance(signature, str):
        raise ProofError("the directory is not signed")
    if pinned_public_key is not None and public_key != pinned_public_key:
        raise PinError("the directory is signed by another key than the pinned one; ask the alliance before you go on")
    try:
        Ed25519PublicKey.from_public_bytes(encoding.decode(public_key)).verify(
            encoding.decode(signature), text.encode()
        )
    except (InvalidSignature, ValueError):
        raise ProofError("the signature of the directory does not hold") from None
    try:
        return _from_json(json.loads(text))
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
        raise ProofError(_MALFORMED) from None


def _to_json(directory: Directory) -> dict[str, Any]:
    return {
        "version": VERSION,
        "issued_at": _time_text(directory.issued_at),
        "entries": [
            {
                "type": entry.type,
                "epoch": entry.epoch,
                "suite": entry.suite,
                "custodians": [
                    {"name": hop.name, "url": hop.url, "public_key": hop.public_key} for hop in entry.custodians
                ],
                "not_before": _time_text(entry.not_before),
                "not_after": None if entry.not_after is None else _time_text(entry.not_after),
                "canary": {"input": entry.canary_input, "token": entry.canary_token},
            }
            for entry in directory.entries
        ],
    }


def _from_json(body: Any) -> Directory:
    if body["version"] != VERSION:
        raise ValueError("version")
    entries = tuple(_entry(row) for row in body["entries"])
    if len({(each.type, each.epoch) for each in entries}) != len(entries):
        raise ValueError("two entries for one type and epoch")
    return Directory(_time(body["issued_at"]), entries)


def _entry(row: Any) -> DirectoryEntry:
    custodians = tuple(_custodian(hop) for hop in row["custodians"])
    if not custodians or len({hop.name for hop in custodians}) != len(custodians):
        raise ValueError("custodians")
    epoch = row["epoch"]
    if type(epoch) is not int or epoch < 1:
        raise ValueError("epoch")
    return DirectoryEntry(
        type=_text(row["type"]),
        epoch=epoch,
        suite=_text(row["suite"]),
        custodians=custodians,
        not_before=_time(row["not_before"]),
        not_after=None if row["not_after"] is None else _time(row["not_after"]),
        canary_input=_text(row["canary"]["input"]),
        canary_token=_key_text(row["canary"]["token"]),
    )


def _custodian(hop: Any) -> CustodianKey:
    name, url = _text(hop["name"]), _text(hop["url"])
    if not _NAME.fullmatch(name) or not url.startswith(("https://", "http://")):
        raise ValueError("custodian")
    return CustodianKey(name, url.rstrip("/"), _key_text(hop["public_key"]))


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError("text")
    return value


def _key_text(value: Any) -> str:
    if encoding.decode_32(value) is None:
        raise ValueError("32 bytes")
    return _text(value)


def _time(value: Any) -> datetime:
    parsed = datetime.fromisoformat(_text(value))
    if parsed.tzinfo is None:
        raise ValueError("a time without its zone")
    return parsed.astimezone(UTC)


def _time_text(value: datetime) -> str:
    if value.tzinfo is None:
        raise ValueError("a time in the directory needs its zone")
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
