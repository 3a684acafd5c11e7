"""Rotation of keys by two people: a key epoch is opened or retired when a second person approves.

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
OPEN, RETIRE = "open", "retire"
ACTIONS = {OPEN: _("Open a key epoch"), RETIRE: _("Retire a key epoch")}


def propose(*, action: str, epoch: int, reason: str, by: Actor, now: datetime) -> Approval:
    """Propose to open or retire an epoch. Raise Refusal `field-invalid` for one that is there, or is not in force."""
    _check(action, epoch)
    return approvals.propose(
        kind=KIND,
        subject_ref=f"epoch-{epoch}",
        payload={"action": action, "epoch": epoch},
        reason=reason,
        by=by,
        now=now,
    )


def _check(action: str, epoch: int) -> None:
    rows = KeyEpoch.objects.filter(epoch=epoch)
    if action == OPEN and (not 1 <= epoch < 2**31 or rows.exists()):
        raise Refusal("field-invalid", gettext_noop("This epoch exists already; take the next number."), field="epoch")
    if action == RETIRE and not rows.exclude(state=KeyEpoch.RETIRED).exists():
        raise Refusal("field-invalid", gettext_noop("No such epoch is in force."), field="epoch")


def _rotate(approval: Approval, *, by: User, now: datetime) -> None:
    action, epoch = approval.payload["action"], approval.payload["epoch"]
    _check(action, epoch)
    {OPEN: epochs.open_epoch, RETIRE: epochs.retire_epoch}[action](epoch=epoch, by=by, now=now)


def _describe(approval: Approval) -> list[tuple[Any, Any]]:
    return [(ACTIONS[approval.payload["action"]], approval.payload["epoch"])]


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
