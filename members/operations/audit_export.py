"""The audit trail as a file: of one institution or of all, between two days; much of it by two people."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from aif_share.wire.csv_cells import quoted_cell
from members.models import AuditEvent, User, reference
from members.operations import approvals
from members.permissions import Permission, check

WHAT = "audit-trail"
MOST = 200_000
HEAD = "at,verb,actor_kind,actor,subject,detail\r\n"


def export(*, institution: str, since: date, until: date, reason: str, by: User, now: datetime) -> Iterator[str]:
    """Return the lines of a CSV file, oldest event first, both days included, in China time; `institution` may be empty.

    Raise Refusal: `field-invalid`, `too-large` above MOST rows, `approval-missing` above what one person may take.
    """
    check(by, Permission.AUDIT_VIEW)
    if since > until:
        raise Refusal("field-invalid", gettext_noop("The last day comes before the first."), field="until")
    begin, end = (
        timezone.make_aware(datetime.combine(day, datetime.min.time())) for day in (since, until + timedelta(days=1))
    )
    rows = AuditEvent.objects.filter(at__gte=begin, at__lt=end)
    if institution:
        number = reference.decode("I", institution)
        if number is None:
            raise Refusal("field-invalid", gettext_noop("Give a reference like I-…, or nothing."), field="institution")
        rows = rows.filter(institution_id=number)
    count = len(rows.values_list("pk", flat=True)[: MOST + 1])
    if count > MOST:
        raise Refusal("too-large", gettext_noop("Choose fewer days: a file holds 200,000 events at most."), limit=MOST)
    approvals.require_export(
        what=WHAT,
        rows=count,
        by=by,
        now=now,
        parameters={"institution": institution, "since": since.isoformat(), "until": until.isoformat()},
        reason=reason,
    )
    found = rows.order_by("id").values_list("at", "verb", "actor_kind", "actor_ref", "subject_ref", "detail")
    return _lines(list(found))


def _lines(rows: list[tuple[datetime, str, str, str, str, object]]) -> Iterator[str]:
    yield HEAD
    for at, verb, kind, actor, subject, detail in rows:
        text = json.dumps(detail, ensure_ascii=False, sort_keys=True)
        cells = (at.isoformat(), verb, kind, actor, subject, text)
        yield ",".join(quoted_cell(cell) for cell in cells) + "\r\n"
