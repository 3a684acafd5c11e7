"""What is known of backups inside: that one was taken, as an event of the audit trail."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction

from members.audit import record
from members.models import AuditEvent
from members.permissions import Console

SUBJECT: Final = "backup"


@transaction.atomic
def record_backup(*, name: str, size: int, files: int, seconds: float, by: Console) -> None:
    """Keep that a base backup was taken and checked: its name (the time at which it began), bytes, files, seconds."""
    detail = {"name": name, "bytes": size, "files": files, "seconds": round(seconds, 1)}
    record("backup.record", actor=by, subject_ref=SUBJECT, detail=detail)


def get_newest() -> datetime | None:
    """Return when the newest backup was recorded; None if none was."""
    found = AuditEvent.objects.filter(subject_ref=SUBJECT, verb="backup.record").order_by("-pk")
    return found.values_list("at", flat=True).first()
