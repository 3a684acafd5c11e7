"""Write audit events. They share the fate of the change they tell of."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.db import connection

from members.audit.verbs import VERBS
from members.models import AuditEvent
from members.permissions import Actor


def record(
    verb: str,
    *,
    actor: Actor,
    subject_ref: str = "",
    institution_id: int | None = None,
    detail: Mapping[str, Any] | None = None,
) -> AuditEvent:
    """Add one event, and return it; the caller's transaction decides with its change whether it stays.

    `detail` holds codes, numbers and references: never an identifier, a token or a secret.
    A verb without a row in `VERBS` and a call outside a transaction are errors of the program.
    """
    if verb not in VERBS:
        raise ValueError(f"{verb} has no row in members.audit.verbs")
    if not connection.in_atomic_block:
        raise RuntimeError("An audit event must be in the transaction of the change it tells of.")
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('audit_event_id_seq'), now()")
        number, now = cursor.fetchone()
    event = AuditEvent(
        pk=number,
        at=now,
        salt=uuid.uuid4(),
        verb=verb,
        actor_kind=actor.audit_kind,
        actor_ref=actor.audit_ref,
        institution_id=institution_id,
        subject_ref=subject_ref,
        detail=dict(detail or {}),
    )
    # Without the last word Django reads the row back, and web may not read what concerns another institution.
    AuditEvent.objects.bulk_create([event], ignore_conflicts=True)
    return event
