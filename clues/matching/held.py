"""Chunks that matching gives up: their batch waits for the alliance, as one that is out of the ordinary does."""

from __future__ import annotations

import logging
from typing import Final

from django.db import transaction
from django.db.models.functions import Now

from clues import events
from clues.models import Batch, BatchChunk, BatchHold, Event
from members import audit
from members.models import reference
from members.permissions import Job

log = logging.getLogger(__name__)

JOB: Final = Job("matching")


@transaction.atomic
def hold(chunk_id: int, *, cause: str = BatchHold.FAILED) -> None:
    """Set a waiting chunk aside for a `cause` of BatchHold, show its batch as held and tell its institution.

    What a search found is forgotten: whoever lets the batch go has repaired something, and it is tried as if it were new.
    """
    chunk = BatchChunk.objects.select_for_update().get(pk=chunk_id)
    if chunk.state != BatchChunk.RECEIVED:
        return
    chunk.state, chunk.search = BatchChunk.HELD, None
    chunk.save(update_fields=["state", "search"])
    batch, institution = chunk.batch_id, chunk.institution_id
    Batch.objects.filter(pk=batch).update(state=Batch.HELD)  # from here on we are alone with the batch
    if not BatchHold.objects.filter(institution_id=institution, batch_id=batch, decision="").exists():
        BatchHold.objects.create(
            batch_id=batch, institution_id=institution, cause=cause, rows=chunk.rows, held_at=Now()
        )  # fmt: skip
        Event.objects.create(
            institution_id=institution, kind=events.BATCH_HELD, subject_kind="B", subject_id=batch, created_at=Now()
        )
    audit.record(
        "batch.hold", actor=JOB, subject_ref=reference.encode("B", batch), institution_id=institution,
        detail={"rows": chunk.rows, "cause": cause},
    )  # fmt: skip
    log.error("chunk %d held: %s", chunk_id, cause)
