"""The clock: what ran out goes to the alliance's queue, once, and both sides are told. In the matcher's role."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models.functions import Now

from clues.models import RequestParty
from members.permissions import Job

from . import steps, telling, workflow
from .workflow import Side

JOB = Job("requests")


@transaction.atomic
def escalate_due(*, limit: int, now: datetime) -> int:
    """Escalate up to `limit` receivers whose clock ran out, by the clock of the database; return how many.

    A row that another worker holds is that worker's; one that was escalated never is again.
    """
    due = RequestParty.objects.select_for_update(skip_locked=True, no_key=True, of=("self",)).filter(
        state__in=(RequestParty.SENT, RequestParty.TAKEN_UP), escalated_at__isnull=True, due_at__lte=Now()
    )
    parties = list(due.select_related("request").order_by("due_at", "pk")[:limit])
    told: set[int] = set(
        RequestParty.objects.filter(
            request_id__in={party.request_id for party in parties}, escalated_at__isnull=False
        ).values_list("request_id", flat=True)
    )
    for party in parties:
        row, why = workflow.find(workflow.ESCALATE, side=Side.CLOCK, request=party.request, party=party)
        if row is None:
            raise steps.StepNotOpen(why)
        steps.move(party.request, party, row, actor=JOB, institution_id=None, now=now)
        telling.tell(party.request, workflow.ESCALATE, [party], now=now, sender=party.request_id not in told)
        told.add(party.request_id)
    return len(parties)
