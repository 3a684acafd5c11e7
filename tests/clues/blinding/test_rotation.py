"""A rotation as a journey: announced by two people, told to members, opened and retired at its hours."""

import time
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from aif_share.errors import Refusal
from aif_share.identifiers import types
from clues.blinding import directory, epochs, rotation
from clues.events import feed
from clues.matching import release
from clues.models import KeyEpoch
from members.models import Approval, AuditEvent
from members.operations import approvals
from tests.clues.alliance import join, open_epoch
from tests.factories import acting_as, make_user

DAY = timedelta(days=1)


@pytest.fixture
def member(fresh_database: Any, as_role: Any, settings: Any) -> Any:
    settings.AIF_DISCLOSURE_TICK = 0.05
    with as_role("aif_desk"):
        open_epoch()
        return join("Aster Bank")


def announce(**changes: Any) -> Approval:
    now = timezone.now()
    given: dict[str, Any] = {"epoch": 2, "opens_at": now + 30 * DAY, "overlaps_until": now + 90 * DAY}
    return rotation.propose(
        action=rotation.ANNOUNCE, reason="yearly", by=make_user("alliance-operator"), now=now, **(given | changes)
    )


def approve(proposal: Approval) -> None:
    approvals.approve(
        approval_id=proposal.pk, version=proposal.version, by=make_user("alliance-approver"), now=timezone.now()
    )


def test_two_people_announce_and_members_are_told(member: Any, as_role: Any) -> None:
    """Red without the event, or if one person alone could do it."""
    with acting_as("aif_desk"):
        proposal = announce()
        assert epochs.get_rotation() is None, "a proposal changes nothing"
        approve(proposal)
    coming = epochs.get_rotation()
    assert coming is not None and (coming.epoch, coming.is_open) == (2, False)
    assert coming.overlaps_until - coming.opens_at == 60 * DAY
    with as_role("aif_match"):
        release.release_pending()
        epochs.turn(now=coming.opens_at)
        release.release_pending()
    time.sleep(0.2)
    told = [row.kind for row in feed.read_feed(viewer=member, limit=100).rows]
    assert told == ["epoch.announced", "epoch.opened"]
    opened = epochs.get_rotation()
    assert opened is not None and opened.is_open
    with as_role("aif_match"):
        epochs.turn(now=coming.overlaps_until)
    assert epochs.get_rotation() is None
    with as_role("aif_desk"):
        verbs = AuditEvent.objects.filter(subject_ref="epoch-2", verb__startswith="epoch.").values_list(
            "verb", flat=True
        )
        assert list(verbs) == ["epoch.announce", "epoch.open"]


def test_the_directory_names_what_is_announced_and_the_new_end(member: Any, as_role: Any) -> None:
    """Members see the dates in what the alliance signs, before any token is made in the new epoch."""
    with acting_as("aif_desk"):
        proposal = announce()
        approve(proposal)
        assert directory.epochs_to_publish() == [1, 2]
        rows = {row.epoch: row for row in KeyEpoch.objects.filter(type="domain")}
    assert rows[1].not_after == proposal_date(proposal, "overlaps_until")
    assert rows[2].not_before == proposal_date(proposal, "opens_at")
    assert {number for _, number in epochs.read_epochs()} == {1}


def proposal_date(proposal: Approval, name: str) -> Any:
    return datetime.fromisoformat(proposal.payload[name])


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"opens_at": timezone.now() - DAY}, "opens_at"),
        ({"opens_at": None}, "opens_at"),
        ({"overlaps_until": timezone.now() + 40 * DAY}, "overlaps_until"),
        ({"epoch": 1}, "epoch"),
    ],
)
def test_an_announcement_leaves_members_time(member: Any, as_role: Any, changes: Any, field: str) -> None:
    with acting_as("aif_desk"), pytest.raises(Refusal) as refusal:
        announce(**changes)
    assert (refusal.value.code, refusal.value.extra["field"]) == ("field-invalid", field)
    assert KeyEpoch.objects.count() == len(types())
