"""What waits at the desk: members' entries to confirm, and deadlines that are over. Rows, for the desk's lists to page."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from aif_share.vocabulary import tracks
from clues.models import ProcedureEntry


def states() -> QuerySet[Any]:
    """Return the states, with what was said of each: `is_void`, `is_confirmed`."""
    said = ProcedureEntry.objects.filter(about=OuterRef("pk"))
    return ProcedureEntry.objects.filter(kind=ProcedureEntry.STATE).annotate(
        is_void=Exists(said.filter(kind=ProcedureEntry.VOID)),
        is_confirmed=Exists(said.filter(kind=ProcedureEntry.CONFIRMATION)),
    )


def to_confirm() -> QuerySet[Any]:
    """Return members' entries that nobody confirmed or voided."""
    return states().filter(institution__isnull=False, is_void=False, is_confirmed=False)


def overdue(today: date) -> QuerySet[Any]:
    """Return entries whose deadline is over, and that no later entry of the proceeding met."""
    void = ProcedureEntry.objects.filter(about=OuterRef("pk"), kind=ProcedureEntry.VOID)
    later = ProcedureEntry.objects.filter(
        proceeding=OuterRef("proceeding"), number__gt=OuterRef("number"), kind=ProcedureEntry.STATE
    ).filter(~Exists(void))
    unmet = Q(pk__in=[])
    for track in tracks.ROWS:
        for state in track.states:
            if state.deadline is not None:
                met: Any = Exists(later.filter(state__in=state.deadline.met_by))
                unmet |= Q(proceeding__track=track.code, state=state.code) & ~met
    return states().filter(unmet, due_date__lt=today, is_void=False).order_by(F("due_date").asc(), "id")
