"""Report content: links in clear, each alone. What others reported already becomes known under one canonical identifier."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection, transaction
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from aif_share.vocabulary import categories
from aif_share.wire.limits import EARLIEST_OBSERVED
from clues import events, quotas
from clues.matching.release import next_tick
from clues.models import Content, ContentReport, ContentStep
from clues.notes import checked_note
from clues.submissions.rows import names_of
from members import audit
from members.permissions import Permission, check
from members.queries import Member

from .links import Link, read_link

FIELDS: Final = frozenset({"links"})
LINK_FIELDS: Final = frozenset({"link", "category", "account_shown", "capture_sha256", "observed_at", "note"})
MAX_LINKS: Final = 100
SHA256: Final = re.compile(r"[0-9a-fA-F]{64}")
TAKEN, KNOWN, REFUSED = "reported", "known", "refused"

# The first report makes the content; whoever comes later finds it. Sorted by the caller, so that two cannot deadlock.
PUT = """
INSERT INTO content (type, canonical, link, platform, category, state, reason, first_reported_at, requests, removals,
    reappearances, changed_at, version)
VALUES (%(type)s, %(canonical)s, %(link)s, %(platform)s, %(category)s, 'reported', '', %(now)s, 0, 0, 0, %(now)s, 1)
ON CONFLICT (type, canonical) DO NOTHING
RETURNING id
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one link: `reported`, `known` (the institution had reported it) or `refused` with a code and why."""

    index: int
    outcome: str
    content: str | None = None
    code: str | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class _Row:
    index: int
    link: Link
    fields: Mapping[str, Any]


def report(*, request: Mapping[str, Any], by: Member, now: datetime) -> list[Outcome]:
    """Report 1 to MAX_LINKS `links`; return the outcome of each, in their order. Raise Refusal for the whole.

    A link has a `link` and a `category`, and maybe `observed_at`, `capture_sha256`, `account_shown` and `note`. One that is
    not right is refused alone. One that was removed and is reported as seen later has re-appeared. Each link costs one unit
    of the submit quota.
    """
    check(by, Permission.CLUE_SUBMIT)
    _check_names(request, FIELDS)
    links = request.get("links")
    if not isinstance(links, list) or not links:
        raise Refusal("empty", gettext_noop("Send at least one link."), field="links")
    if len(links) > MAX_LINKS:
        raise Refusal("too-large", gettext_noop("Send fewer links: `limit` is the most."), limit=MAX_LINKS)
    outcomes: dict[int, Outcome] = {}
    rows: list[_Row] = []
    for index, given in enumerate(links):
        try:
            rows.append(_read(index, given, now))
        except Refusal as refusal:
            outcomes[index] = Outcome(index, REFUSED, code=refusal.code, detail=refusal.detail)
    with transaction.atomic():
        for row in sorted(rows, key=lambda each: (each.link.type, each.link.canonical, each.index)):
            outcomes[row.index] = _take(row, by, now)
        taken = [each for each in outcomes.values() if each.outcome == TAKEN]
        if taken:
            audit.record("content.report", actor=by, institution_id=by.institution_id, detail={"links": len(taken)})
        quotas.charge(institution_id=by.institution_id, kind=quotas.SUBMIT, amount=len(links), limit=by.submit_quota)
    return [outcomes[index] for index in range(len(links))]


def _read(index: int, given: Any, now: datetime) -> _Row:
    if not isinstance(given, Mapping):
        raise Refusal("malformed", gettext_noop("A link is an object."))
    _check_names(given, LINK_FIELDS)
    link = read_link(given.get("link"))
    category = given.get("category")
    if not isinstance(category, str) or category not in categories.BY_CODE:
        raise Refusal("category-unknown", gettext_noop("Take a code of the list in the vocabulary."), field="category")
    digest = given.get("capture_sha256") or None
    if digest is not None and (not isinstance(digest, str) or SHA256.fullmatch(digest) is None):
        raise Refusal(
            "evidence-digest-invalid", gettext_noop("The digest is 64 hexadecimal digits."), field="capture_sha256"
        )
    shown = given.get("account_shown")
    if shown is not None and not isinstance(shown, bool):
        raise Refusal("field-invalid", gettext_noop("`account_shown` is true or false."), field="account_shown")
    note = given.get("note") or ""
    if not isinstance(note, str):
        raise Refusal("field-invalid", gettext_noop("A note is text."), field="note")
    return _Row(
        index,
        link,
        {
            "category": category,
            "capture_sha256": None if digest is None else bytes.fromhex(digest),
            "account_shown": shown,
            "observed_at": _observed(given.get("observed_at"), now),
            "note": checked_note(note, required=False),
        },
    )


def _observed(value: Any, now: datetime) -> datetime | None:
    if value is None or value == "":
        return None
    try:
        moment = parse_datetime(value) if isinstance(value, str) else None
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or not EARLIEST_OBSERVED <= moment <= now:
        raise Refusal(
            "observed-at-invalid", gettext_noop("`observed_at` is a moment with its zone, not in the future."),
            field="observed_at",
        )  # fmt: skip
    return moment


def _take(row: _Row, by: Member, now: datetime) -> Outcome:
    found = _find_or_put(row, by, now)
    again = ContentReport.objects.filter(content=found, institution_id=by.institution_id).first()
    seen_at = row.fields["observed_at"] or now
    if found.state == Content.REMOVED and found.removed_at is not None and seen_at > found.removed_at:
        _reappear(found, by, now)
        if again is not None:
            for name, value in row.fields.items():
                setattr(again, name, value)
            again.save(update_fields=list(row.fields))
            return Outcome(row.index, TAKEN, content=found.ref)
    if again is not None:
        return Outcome(row.index, KNOWN, content=found.ref)
    ContentReport.objects.create(
        content=found, institution_id=by.institution_id, reported_by_ref=by.audit_ref, reported_at=now,
        released_at=next_tick(), **row.fields,
    )  # fmt: skip
    return Outcome(row.index, TAKEN, content=found.ref)


def _find_or_put(row: _Row, by: Member, now: datetime) -> Content:
    link = row.link
    names = {
        "type": link.type, "canonical": link.canonical, "link": link.link, "platform": link.platform,
        "category": row.fields["category"], "now": now,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(PUT, names)
        made = cursor.fetchone()
    found = Content.objects.select_for_update(no_key=True).get(type=link.type, canonical=link.canonical)
    if made is not None:
        ContentStep.objects.create(
            content=found, action="report", to_state=Content.REPORTED, by_ref=by.audit_ref, at=now
        )
    return found


def _reappear(found: Content, by: Member, now: datetime) -> None:
    """Seen again after it was removed: everybody who reported it is told with the next tick."""
    found.state, found.reappeared_at, found.changed_at = Content.REAPPEARED, now, now
    found.reappearances, found.version = found.reappearances + 1, found.version + 1
    found.save(update_fields=["state", "reappeared_at", "changed_at", "reappearances", "version"])
    ContentStep.objects.create(
        content=found, action="reappear", from_state=Content.REMOVED, to_state=Content.REAPPEARED, by_ref=by.audit_ref,
        at=now,
    )  # fmt: skip
    tell(found, events.CONTENT_REAPPEARED, now)
    audit.record("content.reappear", actor=by, institution_id=by.institution_id, subject_ref=found.ref)


def tell(content: Content, kind: str, now: datetime) -> None:
    """Tell everybody who reported it, with the next release of events."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT aif_tell_reporters(%s, %s, %s)", [content.pk, kind, now])


def _check_names(given: Mapping[str, Any], known: frozenset[str]) -> None:
    unknown = given.keys() - known
    if unknown:
        raise Refusal("unknown-field", gettext_noop("The body has fields that do not exist."), fields=names_of(unknown))
