"""Reads of a member's data by others are events as well, in the institution's own trail: written before anything is shown."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from members.audit.log import record
from members.permissions import Actor


@transaction.atomic
def record_look(subject: str, *, institutions: Iterable[int], by: Actor) -> None:
    """Note for each institution concerned that a person of the alliance looks at something of its own."""
    for institution in sorted(set(institutions)):
        record("desk.look", actor=by, subject_ref=subject, institution_id=institution)
