"""The chain of custody: every hand an item passed through, each entry sealed by a digest over the one before it.

    digest = SHA-256 of the canonical JSON [previous, item, seq, action, at, actor, note]

`at` is UTC with microseconds, `actor` the SHA-256 of "item object|institution|actor", so that a package can show the chain
of a party that is not named and still prove it. The table only grows; the database refuses anything else.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from clues.models import CustodyEntry, EvidenceItem
from members.models import reference
from members.permissions import Actor

START: Final = "0" * 64


def binding(case: int, institution: int) -> str:
    """Return what the object of an institution's evidence in a case is bound to, by row numbers."""
    return f"case:{case}|party:{institution}"


def add(
    item: EvidenceItem, action: str, *, by: Actor, now: datetime, institution_id: int | None, note: str = ""
) -> CustodyEntry:
    """Add an entry in the caller's transaction, which holds the item's row: nobody else adds one meanwhile.

    `action` is a code of `aif_share.vocabulary.custody_actions`; `institution_id` is None for the alliance and its jobs.
    """
    last = CustodyEntry.objects.filter(item=item).order_by("-seq").first()
    seq, previous = (last.seq + 1, last.digest) if last else (1, START)
    person = reference.decode("U", by.audit_ref) if by.audit_kind == "user" else None
    row = CustodyEntry(
        item=item,
        seq=seq,
        action=action,
        at=now,
        institution_id=institution_id,
        person_id=person,
        actor_ref=by.audit_ref,
        note=note,
        previous=previous,
    )
    row.digest = digest_of(row, item)
    row.save(force_insert=True)
    return row


def digest_of(row: CustodyEntry, item: EvidenceItem) -> str:
    """Return what the digest of an entry has to be."""
    fields = [row.previous, item.ref, row.seq, row.action, stamp(row.at), actor_digest(row, item), row.note]
    return hashlib.sha256(json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def actor_digest(row: CustodyEntry, item: EvidenceItem) -> str:
    """Return the SHA-256 that stands for who acted; the object's id is the salt."""
    institution = "" if row.institution_id is None else reference.encode("I", row.institution_id)
    return hashlib.sha256(f"{item.object_id}|{institution}|{row.actor_ref}".encode()).hexdigest()


def stamp(at: datetime) -> str:
    """Return a time as the digest takes it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def holds(item: EvidenceItem, entries: Iterable[CustodyEntry]) -> bool:
    """Whether a chain, in order and from its first entry on, is whole and unchanged."""
    previous = START
    for seq, row in enumerate(entries, start=1):
        if (row.seq, row.previous, row.digest) != (seq, previous, digest_of(row, item)):
            return False
        previous = row.digest
    return previous != START
