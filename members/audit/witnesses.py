"""Witnesses: institutions whose systems check the log's checkpoints and keep them, and say so.

What they say changes nothing in the log. It tells whether anybody would notice if its end were cut off.
"""

from __future__ import annotations

import hmac
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from django.db import connection, transaction
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from members.audit.log import record
from members.audit.refusals import record_refused
from members.models import AuditCheckpoint, AuditEvent, AuditPending, AuditWitness
from members.permissions import Permission, check

if TYPE_CHECKING:
    from members.queries import Member

log = logging.getLogger(__name__)
RECENT: Final = timedelta(hours=24)
WANTED: Final = 2
"""So many institutions should have looked within RECENT: one alone may be the one that is deceived."""


class LogDiffers(Refusal):
    """The witness was shown another log than the one that stands here: the worst that a log can do."""

    def __init__(self) -> None:
        super().__init__("log-differs", gettext_noop("This is not what was signed here. Keep your checkpoint."))


@dataclass(frozen=True)
class LogState:
    """The newest checkpoint, what the viewer's institution keeps, and how many institutions looked within a day.

    `witnessed`: how many events WANTED institutions keep a checkpoint of, at whatever time they looked; those after them are
    unwitnessed, and could be cut off unnoticed. `kept`: the most that any institution keeps.
    """

    size: int
    signed_at: datetime | None
    own_size: int | None
    own_at: datetime | None
    recent: int
    witnessed: int
    kept: int

    @property
    def is_witnessed(self) -> bool:
        """Whether enough institutions looked lately."""
        return self.recent >= WANTED

    @property
    def unwitnessed(self) -> int:
        """How many events at the end are known to fewer than WANTED institutions."""
        return max(0, self.size - self.witnessed)

    @property
    def is_cut(self) -> bool:
        """Whether an institution keeps more events than there are: the end was taken off."""
        return self.kept > self.size


@transaction.atomic
def witness(*, size: int, root: bytes, by: Member, now: datetime) -> None:
    """Note that the caller's institution checked the checkpoint of `size` leaves and keeps it.

    Raise Refusal: `field-invalid` (no checkpoint has this size), LogDiffers (one has, with another root); that one is
    for `alarm`, once everything else is undone.
    """
    known = AuditCheckpoint.objects.filter(size=size).values_list("root", flat=True).first()
    if known is None:
        raise Refusal("field-invalid", gettext_noop("No checkpoint of this size was signed."), field="size")
    if not hmac.compare_digest(bytes(known), root):
        raise LogDiffers
    kept, made = AuditWitness.objects.get_or_create(
        institution_id=by.institution_id, defaults={"size": size, "at": now}
    )
    if not made and size >= kept.size:
        AuditWitness.objects.filter(pk=kept.pk).update(size=size, at=now)
    record("log.witness", actor=by, institution_id=by.institution_id, detail={"size": size})


def alarm(*, size: int, by: Member) -> None:
    """Keep that somebody was shown another log, in a transaction of its own, and in the process's log."""
    log.error("a witness was shown another log than the one that stands here")
    record_refused("log.differ", actor=by, institution_id=by.institution_id, detail={"size": size})


def get_state(*, viewer: Member, now: datetime) -> LogState:
    """Return how the log stands, for an institution's auditor. Raise PermissionMissing."""
    check(viewer, Permission.AUDIT_VIEW)
    own = AuditWitness.objects.filter(pk=viewer.institution_id).first()
    return _state(now, own)


def look(now: datetime) -> tuple[LogState, datetime | None]:
    """Return how the log stands, for the desk, and since when the oldest event waits for its leaf."""
    waiting = AuditPending.objects.order_by("event_id").values_list("event_id", flat=True).first()
    since = None if waiting is None else AuditEvent.objects.filter(pk=waiting).values_list("at", flat=True).first()
    return _state(now, None), since


def _state(now: datetime, own: AuditWitness | None) -> LogState:
    with connection.cursor() as cursor:
        cursor.execute("SELECT recent, witnessed, kept FROM aif_witnessing(%s, %s)", [now - RECENT, WANTED])
        recent, witnessed, kept = cursor.fetchone()
    # After the witnesses: a checkpoint that is signed and kept in between must not look like one that is gone.
    head = AuditCheckpoint.objects.order_by("-size").values_list("size", "at").first()
    return LogState(
        size=head[0] if head else 0,
        signed_at=head[1] if head else None,
        own_size=own.size if own else None,
        own_at=own.at if own else None,
        recent=recent,
        witnessed=witnessed,
        kept=kept,
    )
