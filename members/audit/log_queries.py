"""Reads of the transparency log: what was signed, an institution's own leaves, and proofs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from members.audit.leaves import KIND, content
from members.audit.notes import is_signed_by
from members.audit.tree import Tree, get_size
from members.audit.verbs import VERBS
from members.models import AuditCheckpoint, AuditEvent, AuditLeaf, AuditLogKey, reference
from members.permissions import Permission, check

if TYPE_CHECKING:
    from members.queries import Member

PAGE = 1_000
SCREENINGS = "screening.ask"  # one event for a purpose and a second; who asked stands in the ledger it seals


class NotSequenced(Refusal):
    """There is no such leaf, or it is not the asker's."""

    def __init__(self) -> None:
        super().__init__("not-found")


@dataclass(frozen=True)
class Entry:
    """One leaf: its place in the log, from 0, and its bytes as text."""

    seq: int
    leaf: str


@dataclass(frozen=True)
class Shown:
    """One event for people: its place, and what was done when, by whom, to what.

    `purpose` is a code where the event says one, as those of screenings do, which stand for all `rows` of a second.
    """

    seq: int
    at: datetime
    what: Any
    actor_kind: str
    actor_ref: str
    subject_ref: str
    purpose: str = ""
    rows: int | None = None


def get_checkpoint() -> AuditCheckpoint:
    """Return the newest signed checkpoint. Raise NotSequenced: nothing was signed yet."""
    found = AuditCheckpoint.objects.order_by("-size").first()
    if found is None:
        raise NotSequenced
    return found


def get_verifier(note: str) -> str:
    """Return the verifier key line of the newest key that signed a checkpoint."""
    lines = AuditLogKey.objects.order_by("-pk").values_list("verifier", flat=True)
    return next((line for line in lines if is_signed_by(note, line)), "")


def list_key_ids() -> list[str]:
    """Return the ids of the keys that signed the newest checkpoint, oldest first, as their verifier lines have them in hex."""
    newest = AuditCheckpoint.objects.order_by("-size").values_list("note", flat=True).first() or ""
    lines = AuditLogKey.objects.order_by("pk").values_list("verifier", flat=True)
    return [line.split("+")[1] for line in lines if is_signed_by(newest, line)]


def list_successions() -> list[str]:
    """Return the notes by which each key of the log named the next one, oldest first."""
    return list(AuditLogKey.objects.exclude(succession="").order_by("pk").values_list("succession", flat=True))


def list_entries(*, viewer: Member, after: int = -1, limit: int = PAGE) -> list[Entry]:
    """Return the leaves of the viewer's institution behind the place `after`, in their order."""
    check(viewer, Permission.AUDIT_VIEW)
    rows: Any = AuditEvent.objects.raw(  # with `seq`, which is no column of events
        "SELECT * FROM audit_entries(%s, %s, %s)", [viewer.institution_id, after, min(limit, PAGE)]
    )
    return [Entry(row.seq, content(row).decode()) for row in rows]


def list_newest(*, viewer: Member, before: int | None = None, limit: int = 50) -> list[Shown]:
    """Return the viewer's institution's events in the log, newest first, from below the place `before`."""
    check(viewer, Permission.AUDIT_VIEW)
    rows: Any = AuditEvent.objects.raw(
        "SELECT * FROM audit_entries_before(%s, %s, %s)",
        [viewer.institution_id, 2**62 if before is None else before, min(limit, PAGE)],
    )
    return [
        Shown(
            row.seq,
            row.at,
            VERBS.get(row.verb, row.verb),
            row.actor_kind,
            row.actor_ref,
            row.subject_ref,
            **({"purpose": row.detail["purpose"], "rows": row.detail["rows"]} if row.verb == SCREENINGS else {}),
        )
        for row in rows
    ]


def prove_inclusion(*, event: str, size: int, viewer: Member) -> tuple[Entry, list[bytes]]:
    """Return (leaf with its place, path) of an own event in the log of `size` leaves.

    Raise Refusal: NotSequenced (no own event, or not among the first `size`), `field-invalid` (size).
    """
    check(viewer, Permission.AUDIT_VIEW)
    _check_size(size)
    own = AuditLeaf.objects.filter(event_id=reference.decode(KIND, event) or 0, institution_id=viewer.institution_id)
    place = own.values_list("seq", flat=True).first()
    if place is None or place >= size:
        raise NotSequenced
    (entry,) = list_entries(viewer=viewer, after=place - 1, limit=1)
    return entry, Tree(size).inclusion(place)


def prove_consistency(*, old: int, size: int) -> list[bytes]:
    """Return the proof that the log of `old` leaves is the beginning of that of `size`. Raise Refusal `field-invalid`."""
    _check_size(size)
    if not 0 <= old <= size:
        raise Refusal("field-invalid", gettext_noop("The older log is not the smaller one."), field="from")
    return Tree(size).consistency(old)


def _check_size(size: int) -> None:
    if not 0 < size <= get_size():
        raise Refusal("field-invalid", gettext_noop("The log never had this size."), field="size")
