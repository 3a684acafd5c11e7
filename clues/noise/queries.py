"""Reads of noise entries: an institution sees its own, and nobody sees a token."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from aif_share.vocabulary import noise_lists
from clues.models import NoiseEntry
from members.models import reference
from members.permissions import Viewer


@dataclass(frozen=True, slots=True)
class EntryView:
    """One entry as its own institution sees it; the codes are of the vocabulary."""

    id: int
    entry: str
    list: str
    mode: str
    type: str
    epoch: int
    state: str
    proposed_at: datetime
    decided_at: datetime | None
    removed_at: datetime | None


STATES = (NoiseEntry.PROPOSED, NoiseEntry.IN_FORCE, NoiseEntry.REJECTED, NoiseEntry.REMOVED)


def list_entries(
    *,
    viewer: Viewer,
    list_code: str | None = None,
    state: str | None = None,
    before: int | None = None,
    limit: int = 100,
) -> list[EntryView]:
    """Return own entries, newest first, of one list or of all; `before` is an id (exclusive). Raise Refusal."""
    entries = NoiseEntry.objects.filter(institution_id=viewer.institution_id).order_by("-id")
    if list_code is not None:
        if list_code not in noise_lists.BY_CODE:
            raise Refusal("field-invalid", gettext_noop("There is no such noise list."), field="list")
        entries = entries.filter(list=list_code)
    if state is not None:
        entries = entries.filter(state=state)
    if before is not None:
        entries = entries.filter(pk__lt=before)
    return [view(entry) for entry in entries[:limit]]


def get_entry(*, entry: str, viewer: Viewer) -> EntryView:
    """Return one own entry. Raise Refusal `not-found`."""
    row = NoiseEntry.objects.filter(pk=reference.decode("Q", entry) or 0, institution_id=viewer.institution_id).first()
    if row is None:
        raise Refusal("not-found", gettext_noop("No such noise entry."))
    return view(row)


def view(entry: NoiseEntry) -> EntryView:
    """Return the entry as its institution sees it."""
    return EntryView(
        id=entry.pk,
        entry=reference.encode("Q", entry.pk),
        list=entry.list,
        mode=entry.mode,
        type=entry.type,
        epoch=entry.epoch,
        state=entry.state,
        proposed_at=entry.proposed_at,
        decided_at=entry.decided_at,
        removed_at=entry.removed_at,
    )


def count_waiting() -> dict[str, int]:
    """Return how many proposals wait on each list that has any, for the desk."""
    waiting = NoiseEntry.objects.filter(state=NoiseEntry.PROPOSED).values_list("list").annotate(Count("pk"))
    return dict(waiting.order_by("list"))
