"""What two people make of a suspension: released, or confirmed until a day; one person alone makes nothing of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from aif_share.errors import Refusal
from clues.fishing import review
from clues.fishing.standing import check_open, get_standing
from clues.models import Event, FishingTally, ScreeningSuspension
from members.models import Approval
from members.operations import approvals
from members.queries import person_of
from tests.clues.fishing.test_detector import one_by_one
from tests.clues.fishing.world import play
from tests.clues.scene import Scene
from tests.factories import acting_as

NOW: datetime = timezone.now()


@pytest.fixture
def suspended(scene: Scene) -> int:
    play(scene.cast.aster.pk, one_by_one(1_000, 0))
    with acting_as("aif_desk"):
        return int(ScreeningSuspension.objects.get().pk)


def approve(scene: Scene) -> None:
    (row,) = Approval.objects.filter(state="proposed")
    approvals.approve(approval_id=row.pk, version=row.version, by=scene.cast.pavel, now=timezone.now())


def test_released_by_two(scene: Scene, suspended: int, audited: Any) -> None:
    with acting_as("aif_desk"):
        review.propose_release(suspension_id=suspended, reason="A list of a court.", by=scene.cast.olga, now=NOW)
        assert ScreeningSuspension.objects.get().state == "pending"
        approve(scene)
        row = ScreeningSuspension.objects.get()
        assert (row.state, row.proposed_by, row.decided_by) == ("released", scene.cast.olga, scene.cast.pavel)
        assert not FishingTally.objects.filter(hit_points__gt=0).exists()
    check_open(scene.cast.aster.pk)
    assert get_standing(viewer=person_of(scene.cast.alice), now=NOW) is None
    with acting_as("aif_match"):
        assert Event.objects.filter(kind="screening.resumed", institution_id=scene.cast.aster.pk).count() == 1
    assert audited("screening.release") == [scene.cast.pavel.ref]


def test_confirmed_until_a_day(scene: Scene, suspended: int) -> None:
    with acting_as("aif_desk"):
        review.propose_confirmation(suspension_id=suspended, days=30, reason="No cause.", by=scene.cast.olga, now=NOW)
        approve(scene)
    with pytest.raises(Refusal, match="suspended"):
        check_open(scene.cast.aster.pk)
    viewer = person_of(scene.cast.alice)
    found = get_standing(viewer=viewer, now=NOW)
    assert found is not None and found.state == "confirmed" and found.reason == "No cause."
    assert get_standing(viewer=viewer, now=NOW + timedelta(days=31)) is None


def test_nobody_decides_alone(scene: Scene, suspended: int) -> None:
    with acting_as("aif_desk"):
        review.propose_release(suspension_id=suspended, reason="A list of a court.", by=scene.cast.pavel, now=NOW)
        with pytest.raises(Refusal) as refused, transaction.atomic():
            approve(scene)
        assert refused.value.code == "four-eyes"
        for fields in (
            {"proposed_by": scene.cast.olga, "decided_by": scene.cast.olga},
            {"decided_by": scene.cast.olga},
            {},
        ):
            with pytest.raises(IntegrityError), transaction.atomic():
                ScreeningSuspension.objects.update(state="released", decided_at=NOW, reason="Because.", **fields)


def test_a_reason_with_an_identifier_is_refused(scene: Scene, suspended: int) -> None:
    with acting_as("aif_desk"), pytest.raises(Refusal) as refused:
        review.propose_release(suspension_id=suspended, reason="Asked for 13812345678.", by=scene.cast.olga, now=NOW)
    assert refused.value.code == "raw-identifier"
