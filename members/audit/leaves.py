"""What a leaf of the transparency log says: one event as canonical JSON, the bytes that are hashed.

Names in order, no spaces, UTF-8 (as RFC 8785 has it for the strings, integers, lists and objects that events hold). The
salt keeps whoever sees hashes of others' leaves from guessing what they say.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from members.models import AuditEvent, reference

KIND = "AE"


def content(event: AuditEvent) -> bytes:
    """Return the bytes of the event's leaf."""
    institution = event.institution_id
    said = {
        "actor": f"{event.actor_kind}:{event.actor_ref}",
        "at": moment(event.at),
        "detail": event.detail,
        "event": reference.encode(KIND, event.pk),
        "institution": None if institution is None else reference.encode("I", institution),
        "salt": str(event.salt),
        "subject": event.subject_ref,
        "verb": event.verb,
    }
    return canonical(said)


def canonical(said: Mapping[str, Any]) -> bytes:
    """Return what is said as the bytes that are hashed."""
    return json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def moment(at: datetime) -> str:
    """Return a moment as leaves say it: UTC, six digits of a second."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def leaf_hash(text: bytes) -> bytes:
    """Return the hash of a leaf (RFC 9162, section 2.1.1)."""
    return hashlib.sha256(b"\x00" + text).digest()
