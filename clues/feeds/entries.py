"""Put values on the feed: a member gives one in clear, or the desk takes reported content; a second person, at the desk, decides.

Nothing of a clue goes with it: a value in clear beside a clue would tell what its token stands for.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from aif_share.vocabulary import categories
from clues.matching.release import next_tick
from clues.models import Content, FeedEntry
from clues.notes import checked_note
from clues.submissions.rows import names_of
from members import audit
from members.models import User, reference
from members.permissions import Permission, check
from members.queries import Member

from .values import Value, read_value

FIELDS: Final = frozenset({"type", "value", "category", "note", "in_clear"})
LIFE: Final = timedelta(days=180)
"""How long an entry stands on the feed once it is approved."""


class EntryNotFound(Refusal):
    """No such entry, or none of this institution's."""

    def __init__(self) -> None:
        super().__init__("not-found", gettext_noop("No such entry of a feed."))


class EntryNotOpen(Refusal):
    """The entry stands elsewhere than the step needs."""

    def __init__(self) -> None:
        super().__init__("transition-refused", gettext_noop("This step is not open as the entry stands."))


def give(*, request: Mapping[str, Any], by: Member, now: datetime) -> FeedEntry:
    """Give a value in clear: `type`, `value`, `category`, `in_clear` (true: meant so), maybe `note`. Raise Refusal."""
    check(by, Permission.CLUE_SUBMIT)
    unknown = request.keys() - FIELDS
    if unknown:
        raise Refusal("unknown-field", gettext_noop("The body has fields that do not exist."), fields=names_of(unknown))
    if request.get("in_clear") is not True:
        raise Refusal(
            "field-invalid",
            gettext_noop("Say that the value is meant to leave your house in clear: `in_clear` is true."),
            field="in_clear",
        )
    value = read_value(request.get("type"), request.get("value"))
    category, note = request.get("category"), request.get("note") or ""
    if not isinstance(category, str) or category not in categories.BY_CODE:
        raise Refusal("category-unknown", gettext_noop("Take a code of the list in the vocabulary."), field="category")
    if not isinstance(note, str):
        raise Refusal("field-invalid", gettext_noop("A note is text."), field="note")
    fields = {"category": category, "note": checked_note(note, required=False), "institution_id": by.institution_id}
    with transaction.atomic():
        row = _put(value, by_ref=by.audit_ref, now=now, **fields)
        audit.record("feed.give", actor=by, subject_ref=row.ref, institution_id=by.institution_id,
                     detail={"type": row.type, "category": row.category})  # fmt: skip
    return row


@transaction.atomic
def propose_content(*, content: int, by: User, now: datetime) -> FeedEntry:
    """Propose reported content, by its row number, for the feed; for the desk. Raise Refusal."""
    check(by, Permission.CONTENT_WORK)
    found = Content.objects.filter(pk=content).first()
    if found is None:
        raise EntryNotFound
    value = Value(found.type, found.canonical if found.type == "domain" else found.link, found.platform)
    read_value(value.type, value.value)  # what a feed refuses of members it refuses of the desk
    row = _put(value, by_ref=by.audit_ref, now=now, category=found.category, content=found)
    audit.record("feed.propose", actor=by, subject_ref=row.ref, detail={"content": found.ref})
    return row


@transaction.atomic
def approve(*, entry: int, by: User, now: datetime) -> FeedEntry:
    """Put a proposed entry, by row number, on the feed, with the next tick. Raise Refusal."""
    row = _locked(entry, by, Permission.FEED_DECIDE, FeedEntry.PROPOSED)
    row.state, row.released_at, row.until = FeedEntry.LISTED, next_tick(), now + LIFE
    return _decided(row, "feed.approve", by, now)


@transaction.atomic
def reject(*, entry: int, reason: str, by: User, now: datetime) -> FeedEntry:
    """Turn a proposed entry down. Raise Refusal."""
    row = _locked(entry, by, Permission.FEED_DECIDE, FeedEntry.PROPOSED)
    row.state, row.reason = FeedEntry.REJECTED, checked_note(reason, required=True)
    return _decided(row, "feed.reject", by, now)


@transaction.atomic
def withdraw_at_desk(*, entry: int, reason: str, by: User, now: datetime) -> FeedEntry:
    """Take an entry off the feed. One person may: it blocks nobody. Raise Refusal."""
    check(by, Permission.CONTENT_WORK)
    row = FeedEntry.objects.select_for_update(no_key=True).filter(pk=entry).first()
    if row is None:
        raise EntryNotFound
    return _withdraw(row, checked_note(reason, required=True), by=by, now=now, institution=None)


@transaction.atomic
def withdraw(*, entry: str, by: Member, now: datetime) -> FeedEntry:
    """Take back what the own institution gave. Raise EntryNotFound, for strangers too."""
    check(by, Permission.CLUE_SUBMIT)
    own = FeedEntry.objects.select_for_update(no_key=True).filter(institution_id=by.institution_id)
    row = own.filter(pk=reference.decode("FE", entry) or 0).first()
    if row is None:
        raise EntryNotFound
    return _withdraw(row, "", by=by, now=now, institution=by.institution_id)


def _put(value: Value, *, by_ref: str, now: datetime, **fields: Any) -> FeedEntry:
    try:
        with transaction.atomic():
            return FeedEntry.objects.create(
                type=value.type, value=value.value, platform=value.platform, proposed_by_ref=by_ref, proposed_at=now, **fields
            )  # fmt: skip
    except IntegrityError as error:
        if "feed_entry_once" not in str(error):
            raise
        raise Refusal("already-listed", gettext_noop("This value waits or stands on the feed already."), field="value") from None  # fmt: skip


def _locked(entry: int, by: User, permission: Permission, state: str) -> FeedEntry:
    check(by, permission)
    row = FeedEntry.objects.select_for_update(no_key=True).filter(pk=entry).first()
    if row is None:
        raise EntryNotFound
    if row.state != state:
        raise EntryNotOpen
    if row.proposed_by_ref == by.audit_ref:
        raise Refusal("four-eyes", gettext_noop("You proposed this; a second person has to decide it."))
    return row


def _decided(row: FeedEntry, verb: str, by: User, now: datetime) -> FeedEntry:
    row.decided_by_ref, row.decided_at = by.audit_ref, now
    row.save(update_fields=["state", "reason", "decided_by_ref", "decided_at", "released_at", "until"])
    audit.record(verb, actor=by, subject_ref=row.ref, institution_id=row.institution_id, detail={"type": row.type})
    return row


def _withdraw(row: FeedEntry, reason: str, *, by: Any, now: datetime, institution: int | None) -> FeedEntry:
    if row.state not in (FeedEntry.PROPOSED, FeedEntry.LISTED):
        raise EntryNotOpen
    before, row.state, row.reason, row.withdrawn_at = row.state, FeedEntry.WITHDRAWN, reason, now
    row.save(update_fields=["state", "reason", "withdrawn_at"])
    audit.record("feed.withdraw", actor=by, subject_ref=row.ref, institution_id=institution, detail={"from": before})
    return row
