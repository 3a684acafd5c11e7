"""Approve, reject, take off: what the alliance decides of proposals, and what an institution takes back.

Whatever changes what stands in force leaves `applied_at` empty, and the matcher recounts what was reported before.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from clues.models import NoiseEntry
from members import audit
from members.models import User, reference
from members.permissions import Actor, Permission, check
from members.queries import Member

OPEN = (NoiseEntry.PROPOSED, NoiseEntry.IN_FORCE)


class EntryNotFound(Refusal):
    """No such entry, or not this institution's."""

    def __init__(self) -> None:
        super().__init__("not-found", gettext_noop("No such noise entry."))


@transaction.atomic
def approve(*, entry_id: int, by: User, now: datetime) -> NoiseEntry:
    """Put a proposed entry in force. Raise Refusal: `four-eyes` for its own proposer, `transition-refused`."""
    check(by, Permission.NOISE_DECIDE)
    entry = _lock_proposed(entry_id, by)
    _decide(entry, NoiseEntry.IN_FORCE, by, now)
    _record("noise.approve", entry, by)
    return entry


@transaction.atomic
def approve_all(*, list_code: str, count: int, by: User, now: datetime) -> int:
    """Put in force all proposals of a list that are not the approver's own; return how many.

    `count` is how many the approver saw: with another number, somebody proposed more since, and it is refused.
    """
    check(by, Permission.NOISE_DECIDE)
    waiting = NoiseEntry.objects.select_for_update().filter(list=list_code, state=NoiseEntry.PROPOSED)
    entries = list(waiting.exclude(proposed_by=by).order_by("id"))
    if len(entries) != count:
        raise Refusal(
            "conflict", gettext_noop("That many proposals do not wait on this list. Look again."), field="count"
        )
    if not entries:
        raise Refusal("empty", gettext_noop("No proposals wait on this list."), field="count")
    NoiseEntry.objects.filter(pk__in=[entry.pk for entry in entries]).update(
        state=NoiseEntry.IN_FORCE, decided_by=by, decided_at=now, applied_at=None
    )
    audit.record("noise.approve", actor=by, subject_ref=list_code, detail={"list": list_code, "entries": len(entries)})
    return len(entries)


@transaction.atomic
def reject(*, entry_id: int, reason: str, by: User, now: datetime) -> NoiseEntry:
    """Turn a proposed entry down. Raise Refusal as `approve`."""
    check(by, Permission.NOISE_DECIDE)
    entry = _lock_proposed(entry_id, by)
    _decide(entry, NoiseEntry.REJECTED, by, now)
    _record("noise.reject", entry, by, reason=reason)
    return entry


@transaction.atomic
def remove(*, entry_id: int, reason: str, by: User, now: datetime) -> NoiseEntry:
    """Take an entry off its list, by a person of the desk: what was reported of it counts again. Raise Refusal."""
    check(by, Permission.NOISE_DECIDE)
    entry = NoiseEntry.objects.select_for_update().filter(pk=entry_id).first()
    if entry is None:
        raise EntryNotFound
    _take_off(entry, now)
    _record("noise.remove", entry, by, reason=reason)
    return entry


@transaction.atomic
def remove_own(*, entry: str, by: Member, now: datetime) -> NoiseEntry:
    """Take an entry of the caller's institution (`Q-…`) off its list, or take its proposal back. Raise Refusal."""
    check(by, Permission.CLUE_SUBMIT)
    own = NoiseEntry.objects.select_for_update().filter(institution_id=by.institution_id)
    found = own.filter(pk=reference.decode("Q", entry) or 0).first()
    if found is None:
        raise EntryNotFound
    _take_off(found, now)
    _record("noise.remove", found, by)
    return found


def _lock_proposed(entry_id: int, by: User) -> NoiseEntry:
    entry = NoiseEntry.objects.select_for_update().filter(pk=entry_id).first()
    if entry is None:
        raise EntryNotFound
    if entry.state != NoiseEntry.PROPOSED:
        raise Refusal("transition-refused", gettext_noop("The entry is decided already."))
    if entry.proposed_by_id == by.pk:
        raise Refusal("four-eyes", gettext_noop("Somebody else than the proposer has to decide."))
    return entry


def _decide(entry: NoiseEntry, state: str, by: User, now: datetime) -> None:
    entry.state, entry.decided_by, entry.decided_at = state, by, now
    entry.applied_at = None if state == NoiseEntry.IN_FORCE else now  # a rejected one never acted
    entry.save(update_fields=["state", "decided_by", "decided_at", "applied_at"])


def _take_off(entry: NoiseEntry, now: datetime) -> None:
    if entry.state not in OPEN:
        raise Refusal("transition-refused", gettext_noop("The entry stands on no list any more."))
    entry.applied_at = now if entry.state == NoiseEntry.PROPOSED else None
    entry.state, entry.removed_at = NoiseEntry.REMOVED, now
    entry.save(update_fields=["state", "removed_at", "applied_at"])


def _record(verb: str, entry: NoiseEntry, by: Actor, **detail: str) -> None:
    audit.record(
        verb,
        actor=by,
        subject_ref=reference.encode("Q", entry.pk),
        institution_id=entry.institution_id,
        detail={"list": entry.list, "mode": entry.mode, "type": entry.type} | detail,
    )
