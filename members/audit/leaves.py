"""What a leaf of the transparency log says: one event as canonical JSON, the bytes that are hashed.

Names in order, no spaces, UTF-8 (as RFC 8785 has it for the strings, integers, lists and objects that events hold). The
salt keeps whoever sees hashes of others' leaves from guessing what they say.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC

from members.models import AuditEvent, reference

KIND = "AE"


def content(event: AuditEvent) -> bytes:
    """Return the bytes of the event's leaf."""
    institution = event.institution_id
    said = {
        "actor": f"{event.actor_kind}:{event.actor_ref}",
        "at": event.at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z"),
        "detail": event.detail,
        "event": reference.encode(KIND, event.pk),
        "institution": None if institution is None else reference.encode("I", institution),
        "salt": str(event.salt),
        "subject": event.subject_ref,
        "verb": event.verb,
    }
    return json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def leaf_hash(text: bytes) -> bytes:
    """Return the hash of a leaf (RFC 9162, section 2.1.1)."""
    return hashlib.sha256(b"\x00" + text).digest()
