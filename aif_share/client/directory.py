"""The alliance's key directory as a member trusts it: signature, pin, and the entry to use now.

The first use of a platform pins the alliance's signing key, for this address and this key id, and says so.
From then on another signing key stops everything: it would let somebody else choose the custodians' keys.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aif_share.client.private_file import replace_json
from aif_share.client.session import Session
from aif_share.errors import PinError, RefusedError, UnknownType
from aif_share.identifiers import get_type
from aif_share.oprf.suite import SUITE
from aif_share.wire.directory import Directory, DirectoryEntry, open_signed

Notice = Callable[[str], None]
"""Takes one sentence for a person to read; the CLI writes it to stderr."""


def data_home() -> Path:
    """`$XDG_DATA_HOME/aif-share`, or its default below the home folder (XDG Base Directory Specification 0.8)."""
    base = os.environ.get("XDG_DATA_HOME", "")
    return (Path(base) if Path(base).is_absolute() else Path.home() / ".local" / "share") / "aif-share"


class PinStore:
    """`<data home>/<key id>/pin.json`: `{"<platform url>": "<public key>"}`."""

    def __init__(self, home: Path, key_id: str) -> None:
        self.path = home / key_id / "pin.json"

    def get(self, url: str) -> str | None:
        """The pinned key of a platform; None before its first use. A file that cannot be read is no first use."""
        try:
            pins = json.loads(self.path.read_text("utf-8"))
        except FileNotFoundError:
            return None
        except (OSError, ValueError):
            raise PinError(f"{self.path} cannot be read; restore it, or delete it to pin anew") from None
        if not isinstance(pins, dict):
            raise PinError(f"{self.path} holds no pins; restore it, or delete it to pin anew")
        pin = pins.get(url)
        return None if pin is None else str(pin)

    def put(self, url: str, public_key: str) -> None:
        """Keep a pin, atomically and for this user alone."""
        pins = json.loads(self.path.read_text("utf-8")) if self.path.exists() else {}
        replace_json(self.path, pins | {url: public_key})


def fetch_directory(session: Session, *, pins: PinStore, pin: str | None, notice: Notice) -> Directory:
    """Fetch, check and pin. `pin` fixes the signing key beforehand and then nothing is kept.

    Raise PinError for another signing key, ProofError for a signature that does not hold.
    """
    document: Mapping[str, Any] = session.get("oprf/directory")
    if not isinstance(document, dict):
        raise RefusedError(status=200, code="malformed", detail="the directory is not of the form expected")
    known = pin or pins.get(session.url)
    try:
        directory = open_signed(document, known)
    except PinError:
        where = "AIF_SHARE_PIN or the profile" if pin else str(pins.path)
        raise PinError(
            f"the directory of {session.url} is signed by another key than the one pinned in {where}; "
            "nothing was sent. Ask the alliance by another way before you change the pin"
        ) from None
    if known is None:
        public_key = str(document["public_key"])
        pins.put(session.url, public_key)
        notice(f"First use of {session.url}: pinned the alliance's signing key {public_key} in {pins.path}")
    return directory


def current_entry(
    directory: Directory, type: str, *, now: datetime | None = None, epoch: int | None = None
) -> DirectoryEntry:
    """The newest valid entry of a type, or that of one epoch. Raise UnknownType if there is none."""
    get_type(type)
    now = now or datetime.now(UTC)
    entry = directory.current(type, now) if epoch is None else directory.entry(type, epoch)
    if entry is None or entry.suite != SUITE or not entry.is_valid_at(now):
        raise UnknownType(f"the directory has no valid key for the type {type}; ask the alliance")
    return entry
