"""Pull a feed, whole and as it stands now, and say what was done about its entries.

A receiver sees what stands on the feed of its platforms and types, and what was withdrawn after it had applied it, until it
says that this is lifted. Who gave a value it does not see.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection, transaction
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from aif_share.vocabulary import takedown_refusals
from clues.models import FeedAcknowledgment, FeedReceiver
from clues.submissions.rows import names_of
from members import audit
from members.models import reference
from members.permissions import Permission, Viewer, check
from members.queries import Member

MOST_ENTRIES: Final = 50_000
MOST_ACKNOWLEDGED: Final = 1_000
LISTED, WITHDRAWN = "listed", "withdrawn"
STANDING: Final = """
SELECT e.id, e.type, e.value, e.platform, e.category, e.released_at, e.until,
    e.state = 'listed' AND e.until > clock_timestamp() AS listed, coalesce(a.outcome, ''), coalesce(a.reason, ''), a.at
FROM feed_entry e
JOIN feed_receiver r ON r.institution_id = %(institution)s AND r.opened_at IS NOT NULL
    AND (e.platform = ANY(r.platforms) OR e.type = ANY(r.types))
LEFT JOIN LATERAL (
    SELECT outcome, reason, at FROM feed_acknowledgment k WHERE k.entry_id = e.id AND k.institution_id = r.institution_id
    ORDER BY k.id DESC LIMIT 1) a ON true
WHERE e.released_at <= clock_timestamp()
    AND ((e.state = 'listed' AND e.until > clock_timestamp()) OR a.outcome = 'applied')
    AND (%(after)s::bigint IS NULL OR e.id > %(after)s) AND (%(entries)s::bigint[] IS NULL OR e.id = ANY(%(entries)s))
ORDER BY e.id LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class Pulled:
    """An entry as its receiver sees it. `state`: `listed`, or `withdrawn` after it was applied; `outcome`: what we said last."""

    id: int
    entry: str
    type: str
    value: str
    platform: str | None
    category: str
    state: str
    since: datetime
    until: datetime
    outcome: str | None
    reason: str | None
    acknowledged_at: datetime | None


class NoFeed(Refusal):
    """The institution is no receiver, or its feed is not open."""

    def __init__(self) -> None:
        super().__init__("not-found", gettext_noop("No feed is open for this institution."))


def is_receiver(*, viewer: Viewer) -> bool:
    """Whether a feed is open for the viewer's institution."""
    return FeedReceiver.objects.filter(pk=viewer.institution_id, opened_at__isnull=False).exists()


def list_entries(*, viewer: Viewer, after: int | None = None, limit: int = 100) -> list[Pulled]:
    """Return entries in the order of their numbers, behind `after`. Raise NoFeed."""
    check(viewer, Permission.CLUE_VIEW)
    if not is_receiver(viewer=viewer):
        raise NoFeed
    return _read(viewer, after=after, entries=None, limit=limit)


def pull(*, by: Member, form: str) -> list[Pulled]:
    """Return the whole feed for a file of a form, and put the pull on the trail. Raise NoFeed, `too-large`."""
    found = list_entries(viewer=by, limit=MOST_ENTRIES + 1)
    if len(found) > MOST_ENTRIES:
        raise Refusal("too-large", gettext_noop("The feed has too many entries for one file."), limit=MOST_ENTRIES)
    record_pull(by=by, form=form, rows=len(found))
    return found


@transaction.atomic
def record_pull(*, by: Member, form: str, rows: int) -> None:
    """Put a pull on the trail."""
    detail = {"form": form, "rows": rows}
    audit.record("feed.pull", actor=by, institution_id=by.institution_id, detail=detail)


def acknowledge(*, request: Mapping[str, Any], by: Member, now: datetime) -> int:
    """Take 1 to MOST_ACKNOWLEDGED `entries`, each with `entry` and `outcome`, refused ones with a `reason`; return how many.

    `applied`: taken down or blocked; `refused`, with a code of takedown-refusals; `lifted`: what was withdrawn no longer
    acts. All are taken or none. Raise Refusal with the `index` of the first that is not right.
    """
    check(by, Permission.CLUE_SUBMIT)
    if unknown := request.keys() - {"entries"}:
        raise Refusal("unknown-field", gettext_noop("The body has fields that do not exist."), fields=names_of(unknown))
    given = request.get("entries")
    if not isinstance(given, list) or not given:
        raise Refusal("empty", gettext_noop("Send at least one entry."), field="entries")
    if len(given) > MOST_ACKNOWLEDGED:
        raise Refusal("too-large", gettext_noop("Send fewer entries: `limit` is the most."), limit=MOST_ACKNOWLEDGED)
    if not is_receiver(viewer=by):
        raise NoFeed
    numbers = [_number(each, index) for index, each in enumerate(given)]
    with transaction.atomic():
        seen = {row.id: row for row in _read(by, after=None, entries=numbers, limit=len(numbers))}
        rows = [
            _row(seen.get(number), each, index, by=by, now=now)
            for index, (number, each) in enumerate(zip(numbers, given, strict=True))
        ]
        FeedAcknowledgment.objects.bulk_create(rows)
        outcomes = [row.outcome for row in rows]
        counts = {name: outcomes.count(name) for name in FeedAcknowledgment.OUTCOMES if name in outcomes}
        audit.record("feed.acknowledge", actor=by, institution_id=by.institution_id, detail=counts)
    return len(rows)


def _number(given: Any, index: int) -> int:
    if not isinstance(given, Mapping) or given.keys() - {"entry", "outcome", "reason"}:
        raise Refusal("unknown-field", gettext_noop("An entry has `entry`, `outcome` and maybe `reason`."), index=index)
    return reference.decode("FE", str(given.get("entry"))) or 0


def _row(seen: Pulled | None, given: Mapping[str, Any], index: int, *, by: Member, now: datetime) -> FeedAcknowledgment:
    if seen is None:
        raise Refusal("not-found", gettext_noop("No such entry of a feed."), index=index)
    outcome, reason = given.get("outcome"), given.get("reason") or ""
    allowed = (
        (FeedAcknowledgment.APPLIED, FeedAcknowledgment.REFUSED)
        if seen.state == LISTED
        else (FeedAcknowledgment.LIFTED,)
    )
    if outcome not in allowed:
        raise Refusal(
            "field-invalid",
            gettext_noop("What is listed is applied or refused; what was withdrawn is lifted."),
            field="outcome",
            index=index,
        )
    if (outcome == FeedAcknowledgment.REFUSED) != bool(reason) or (reason and reason not in takedown_refusals.BY_CODE):
        raise Refusal(
            "field-invalid", gettext_noop("A reason goes with turning it down: a code of the list."), field="reason",
            index=index,
        )  # fmt: skip
    return FeedAcknowledgment(
        entry_id=seen.id,
        institution_id=by.institution_id,
        outcome=str(outcome),
        reason=reason,
        by_ref=by.audit_ref,
        at=now,
    )


def _read(viewer: Viewer, *, after: int | None, entries: list[int] | None, limit: int) -> list[Pulled]:
    names = {"institution": viewer.institution_id, "after": after, "entries": entries, "limit": limit}
    with connection.cursor() as cursor:
        cursor.execute(STANDING, names)
        rows = cursor.fetchall()
    return [
        Pulled(
            id=number,
            entry=reference.encode("FE", number),
            type=kind,
            value=value,
            platform=platform or None,
            category=category,
            state=LISTED if listed else WITHDRAWN,
            since=since,
            until=until,
            outcome=outcome or None,
            reason=reason or None,
            acknowledged_at=at,
        )
        for number, kind, value, platform, category, since, until, listed, outcome, reason, at in rows
    ]
