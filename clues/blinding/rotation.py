"""Rotation of keys by two people: a key epoch is announced, opened or retired when a second person approves.

An announcement is the ordinary way: it names the dates, members are told, and the worker opens and retires at these hours.
Opening and retiring at once is for the first day and for an emergency.

The desk decides that; it holds no key. Custodians make the epoch's seeds, and the directory is signed and published where
the alliance's signing key lies (`manage.py publish_directory`), which lists what is in force then.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from clues.blinding import epochs
from clues.models import KeyEpoch
from members.models import Approval, User
from members.operations import approvals
from members.permissions import Actor, Permission

KIND = "key-rotation"
ANNOUNCE, OPEN, RETIRE = "announce", "open", "retire"
ACTIONS = {ANNOUNCE: _("Announce a key epoch"), OPEN: _("Open a key epoch"), RETIRE: _("Retire a key epoch")}


def propose(
    *,
    action: str,
    epoch: int,
    reason: str,
    by: Actor,
    now: datetime,
    opens_at: datetime | None = None,
    overlaps_until: datetime | None = None,
) -> Approval:
    """Propose to announce, open or retire an epoch. Raise Refusal `field-invalid` for one that is there, or is not in force.

    An announcement names from when on the epoch is the present one, and until when the older one stands beside it.
    """
    payload: dict[str, Any] = {"action": action, "epoch": epoch}
    _check(action, epoch)
    if action == ANNOUNCE:
        if opens_at is None or overlaps_until is None:
            raise Refusal("field-invalid", gettext_noop("An announcement names both dates."), field="opens_at")
        epochs.check_dates(opens_at, overlaps_until, now=now)
        payload |= {"opens_at": opens_at.isoformat(), "overlaps_until": overlaps_until.isoformat()}
    return approvals.propose(
        kind=KIND,
        subject_ref=f"epoch-{epoch}",
        payload=payload,
        reason=reason,
        by=by,
        now=now,
    )


def _check(action: str, epoch: int) -> None:
    rows = KeyEpoch.objects.filter(epoch=epoch)
    if action in (ANNOUNCE, OPEN) and (not 1 <= epoch < 2**31 or rows.exists()):
        raise Refusal("field-invalid", gettext_noop("This epoch exists already; take the next number."), field="epoch")
    if action == RETIRE and not rows.exclude(state=KeyEpoch.RETIRED).exists():
        raise Refusal("field-invalid", gettext_noop("No such epoch is in force."), field="epoch")


def _rotate(approval: Approval, *, by: User, now: datetime) -> None:
    action, epoch = approval.payload["action"], approval.payload["epoch"]
    _check(action, epoch)
    if action == ANNOUNCE:
        opens_at, overlaps_until = _dates(approval)
        epochs.announce_epoch(epoch=epoch, opens_at=opens_at, overlaps_until=overlaps_until, by=by, now=now)
    else:
        {OPEN: epochs.open_epoch, RETIRE: epochs.retire_epoch}[action](epoch=epoch, by=by, now=now)


def _dates(approval: Approval) -> tuple[datetime, datetime]:
    return tuple(datetime.fromisoformat(approval.payload[name]) for name in ("opens_at", "overlaps_until"))  # type: ignore[return-value]


def _describe(approval: Approval) -> list[tuple[Any, Any]]:
    said: list[tuple[Any, Any]] = [(ACTIONS[approval.payload["action"]], approval.payload["epoch"])]
    if approval.payload["action"] == ANNOUNCE:
        opens_at, overlaps_until = _dates(approval)
        said += [(_("Opens"), opens_at), (_("The older one ends"), overlaps_until)]
    return said


approvals.register(
    approvals.Kind(
        code=KIND,
        zh="密钥轮换",
        en="Rotation of keys",
        propose=Permission.ROTATION_PROPOSE,
        decide=Permission.ROTATION_DECIDE,
        describe=_describe,
        execute=_rotate,
    )
)
