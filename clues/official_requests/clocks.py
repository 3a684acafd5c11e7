"""Members' clocks: whoever is late with an official request is told once. In the matcher's role."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models.functions import Now

from clues import events
from clues.models import Event, OfficialParty

from . import workflow


@transaction.atomic
def remind_due(*, limit: int, now: datetime) -> int:
    """Tell up to `limit` institutions whose time is over, by the clock of the database; return how many."""
    due = OfficialParty.objects.select_for_update(skip_locked=True, no_key=True, of=("self",)).filter(
        state__in=sorted(workflow.OPEN_AT_MEMBERS), reminded_at__isnull=True, due_at__lte=Now()
    )
    parties = list(due.order_by("due_at", "pk")[:limit])
    OfficialParty.objects.filter(pk__in=[each.pk for each in parties]).update(reminded_at=now)
    Event.objects.bulk_create(
        Event(
            institution_id=each.institution_id, kind=events.OFFICIAL_OVERDUE, subject_kind="OR",
            subject_id=each.request_id, created_at=now,
        )
        for each in parties
    )  # fmt: skip
    return len(parties)
