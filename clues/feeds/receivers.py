"""Who pulls a feed: a platform, of its own content; a telecom operator, of types. One person at the desk proposes, another opens."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from aif_share.vocabulary import platforms
from clues.models import FeedReceiver
from clues.models.feed import CLEAR_TYPES
from members import audit
from members.models import Institution, User, reference
from members.permissions import Permission, check

SECTORS: Final = ("telecom", "internet-platform")
WAITING: Final = Q(opened_at__isnull=True) & ~Q(platforms=[], types=[])
"""Proposed, not opened yet; one that was closed holds nothing."""


class ReceiverNotFound(Refusal):
    """No such receiver."""

    def __init__(self) -> None:
        super().__init__("not-found", gettext_noop("No such receiver of a feed."))


@transaction.atomic
def propose(
    *, institution: int, of_platforms: Collection[str], of_types: Collection[str], by: User, now: datetime
) -> FeedReceiver:
    """Propose what an institution, by row number, is to pull; what it pulled until now stops until it is opened anew."""
    check(by, Permission.CONTENT_WORK)
    found = Institution.objects.filter(pk=institution, state="live").first()
    if found is None or found.sector not in SECTORS:
        raise Refusal(
            "field-invalid", gettext_noop("Feeds are for live platforms and telecom operators."), field="institution"
        )
    if not (of_platforms or of_types) or not set(of_platforms) <= set(platforms.BY_CODE) or not set(of_types) <= set(CLEAR_TYPES):  # fmt: skip
        raise Refusal("field-invalid", gettext_noop("Choose platforms or types of the lists."), field="types")
    row, _made = FeedReceiver.objects.update_or_create(
        institution=found,
        defaults={
            "platforms": sorted(of_platforms), "types": sorted(of_types), "proposed_by": by, "proposed_at": now,
            "opened_by": None, "opened_at": None,
        },
    )  # fmt: skip
    _record("feed.receiver.propose", row, by)
    return row


@transaction.atomic
def open_feed(*, receiver: int, by: User, now: datetime) -> FeedReceiver:
    """Open a proposed feed, by the institution's row number. Raise Refusal."""
    check(by, Permission.FEED_DECIDE)
    row = _locked(receiver)
    if row.opened_at is not None:
        raise Refusal("transition-refused", gettext_noop("The feed is open already."))
    if not (row.platforms or row.types):
        raise Refusal("transition-refused", gettext_noop("The feed was closed; propose anew what it is to hold."))
    if row.proposed_by_id == by.pk:
        raise Refusal("four-eyes", gettext_noop("You proposed this; a second person has to decide it."))
    row.opened_by, row.opened_at = by, now
    row.save(update_fields=["opened_by", "opened_at"])
    _record("feed.receiver.open", row, by)
    return row


@transaction.atomic
def close_feed(*, receiver: int, by: User, now: datetime) -> FeedReceiver:
    """Close a feed, with nothing left in it: opening one takes a new proposal. One person may. Raise Refusal."""
    check(by, Permission.CONTENT_WORK)
    row = _locked(receiver)
    if row.opened_at is None:
        raise Refusal("transition-refused", gettext_noop("The feed is not open."))
    _record("feed.receiver.close", row, by)
    row.opened_by, row.opened_at, row.platforms, row.types = None, None, [], []
    row.save(update_fields=["opened_by", "opened_at", "platforms", "types"])
    return row


def _locked(receiver: int) -> FeedReceiver:
    row = FeedReceiver.objects.select_for_update(no_key=True).filter(pk=receiver).first()
    if row is None:
        raise ReceiverNotFound
    return row


def _record(verb: str, row: FeedReceiver, by: User) -> None:
    audit.record(
        verb,
        actor=by,
        subject_ref=reference.encode("I", row.institution_id),
        institution_id=row.institution_id,
        detail={"platforms": row.platforms, "types": row.types},
    )
