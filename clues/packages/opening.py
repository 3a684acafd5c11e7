"""Take a package out of the vault, for a reason that is on record before the first byte is out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from clues.models import Package
from clues.notes import checked_note
from clues.packages.asking import record
from clues.packages.queries import find
from clues.vault import objects
from members.models import User, reference
from members.permissions import Permission, PermissionMissing, can, check


@dataclass(frozen=True, slots=True)
class Opened:
    """A package to be handed out. The caller closes its `content`."""

    file_name: str
    size: int
    sha256: str
    content: objects.Reader


def open_package(*, package: str, reason: str, by: User, now: datetime) -> Opened:
    """Open a package to a person of the desk who proposes or decides on cases. Not to be called within a transaction.

    The event is committed when this returns. Raise PackageNotFound, PermissionMissing, NoteRefused, KekMissing, Destroyed,
    IntegrityFailed, Refusal `transition-refused` where there is none.
    """
    check(by, Permission.DESK_VIEW)
    if not (can(by, Permission.CASE_PROPOSE) or can(by, Permission.CASE_DECIDE)):
        raise PermissionMissing
    row = find(package)
    reason = checked_note(reason, required=True)
    if row.object is None or row.state not in (Package.BUILT, Package.RELEASED):
        raise Refusal("transition-refused", gettext_noop("There is nothing to take: it was not made, or is destroyed."))
    objects.verify(row.object)  # all of it: no half of something altered goes out
    content = objects.open_object(row.object)
    try:
        with transaction.atomic(durable=True):
            record("package.open", row, by=by, detail={"reason": reason, "sha256": row.sha256})
    except BaseException:
        content.close()
        raise
    name = f"{reference.encode('CASE', row.case_id)}-v{row.version}.zip"
    return Opened(name, row.object.size, row.object.sha256, content)
