"""Refused calls of the API as events of the caller's institution: a handful for a flood, each with how many there were (ADR 0059)."""

from __future__ import annotations

import time
from typing import Final

from members.audit.refusals import record_refused
from members.audit.tally import Tally
from members.permissions import Actor

TOLD: Final = frozenset(
    {"not-found", "scope-missing", "permission-missing", "address-refused", "key-revoked", "key-expired"}
)
"""Codes that tell of a key, or a script of the portal, where it has no business. Slips of the pen are not among them."""

tally = Tally()


def note(*, by: Actor, institution_id: int, code: str, subject_ref: str) -> None:
    """Count a refused call, and add an event where its number asks for one: in a transaction of its own."""
    number = tally.count(by.audit_ref, code, at=time.time())
    if number is not None:
        record_refused(
            "api.refuse",
            actor=by,
            subject_ref=subject_ref,
            institution_id=institution_id,
            detail={"code": code, "count": number},
        )
