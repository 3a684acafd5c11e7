"""How long documents of authorities are kept: the file and the officers' names go with their key, the register stays.

What was asked, by whom, what became of it and what was disclosed hold no name of a person; that record has no end.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from clues.models import OfficialRequest, StoredObject
from clues.vault import objects
from members import audit
from members.permissions import Job

JOB = Job("retention")
KEPT: Final = timedelta(days=3 * 366)
"""After the end of a request (Personal Information Protection Law, article 56: records are kept for three years at least)."""


@transaction.atomic
def destroy_due(*, limit: int, now: datetime) -> int:
    """Destroy the keys of up to `limit` documents that had their time; return how many. In the matcher's role."""
    rows = OfficialRequest.objects.select_related("document", "document__key").filter(
        over_at__lt=now - KEPT, document__state=StoredObject.COMPLETE
    )
    found = list(rows.order_by("pk")[:limit])
    for row in found:
        objects.destroy(row.document, now)
        audit.record(
            "official.document.destroy", actor=JOB, subject_ref=row.ref, detail={"sha256": row.document.sha256}
        )
    return len(found)
