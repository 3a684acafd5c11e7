"""Write audit events. They share the fate of the change they tell of."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
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
    (event,) = _events(verb, [(institution_id, subject_ref)], actor, detail or {})
    # Without the last word Django reads the row back, and web may not read what concerns another institution.
    AuditEvent.objects.bulk_create([event], ignore_conflicts=True)
    return event


def record_each(
    verb: str, *, actor: Actor, concerned: Sequence[tuple[int, str]], detail: Mapping[str, Any] | None = None
) -> None:
    """Add one event for each institution and reference, as `record` does, in one go."""
    AuditEvent.objects.bulk_create(_events(verb, concerned, actor, detail or {}), ignore_conflicts=True)


def _events(
    verb: str, concerned: Sequence[tuple[int | None, str]], actor: Actor, detail: Mapping[str, Any]
) -> list[AuditEvent]:
    if verb not in VERBS:
        raise ValueError(f"{verb} has no row in members.audit.verbs")
    if not connection.in_atomic_block:
        raise RuntimeError("An audit event must be in the transaction of the change it tells of.")
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('audit_event_id_seq'), now() FROM generate_series(1, %s)", [len(concerned)])
        numbered = zip(cursor.fetchall(), concerned, strict=True)
    return [
        AuditEvent(
            pk=number,
            at=now,
            salt=uuid.uuid4(),
            verb=verb,
            actor_kind=actor.audit_kind,
            actor_ref=actor.audit_ref,
            institution_id=institution,
            subject_ref=subject,
            detail=dict(detail),
        )
        for (number, now), (institution, subject) in numbered
    ]
