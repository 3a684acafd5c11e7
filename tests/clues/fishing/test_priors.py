"""What an institution hit so far: on the day the detector learns to add up purposes, and for whoever is new there."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module
from math import log
from typing import Any

import pytest
from django.db import connection

from clues.fishing import thresholds as numbers
from clues.models import FishingTally
from tests.clues.fishing.test_detector import NOON, one_by_one
from tests.clues.fishing.world import Call, play
from tests.clues.scene import Scene
from tests.factories import acting_as

FILL = import_module("clues.migrations.0062_fishing_priors").FILL
LEARNED = ("day", "day_tokens", "day_hits", "days", "habit", "base_tokens", "base_hits")
SELDOM = 45
"""One hit in so many: 2.2 %."""


def upgrade() -> None:
    """What migration 0062 does to the rows that are there."""
    with acting_as("aif_owner"), connection.cursor() as cursor:
        cursor.execute(FILL)


def forget_together() -> None:
    """As before 0059: no row of all purposes together."""
    with acting_as("aif_match"):
        FishingTally.objects.filter(purpose="").delete()


def learned(scene: Scene) -> dict[str, dict[str, Any]]:
    """What the rows of no purpose know, by asker."""
    with acting_as("aif_desk"):
        rows = FishingTally.objects.filter(institution_id=scene.cast.aster.pk, purpose="")
        return {row["asker"]: row for row in rows.values("asker", *LEARNED)}


def hit_points(scene: Scene, purpose: str, asker: str) -> float:
    with acting_as("aif_desk"):
        return float(
            FishingTally.objects.get(institution_id=scene.cast.aster.pk, purpose=purpose, asker=asker).hit_points
        )


def some_days(count: int, **fields: Any) -> list[Call]:
    return one_by_one(count, SELDOM, **fields)


def missed(count: int, day: int, **fields: Any) -> list[Call]:
    """So many questions without a hit on a later day."""
    return [
        call._replace(at=NOON + timedelta(days=day, seconds=number), case_ref=f"L{day}-{number}")
        for number, call in enumerate(one_by_one(count, 0, **fields))
    ]


def test_the_upgrade_knows_what_was_asked_before_it(scene: Scene) -> None:
    """Two purposes and two askers each day, one purpose that ended earlier, and comers, who do not count."""
    turns = [
        call._replace(purpose=("investigation", "complaint-handling")[number % 2], asker=f"key0000{number // 2 % 2}")
        for number, call in enumerate(some_days(1_500))
    ]
    ended = some_days(500, purpose="police-assistance", asker="U-ENDED")
    comers = some_days(300, purpose="onboarding", asker="U-COMERS")
    assert play(scene.cast.aster.pk, sorted(turns + ended + comers))[1] is False
    always = learned(scene)
    assert set(always) == {"", "key00000", "key00001", "U-ENDED"}
    forget_together()
    upgrade()
    found = learned(scene)
    assert set(found) == set(always)
    for asker, row in found.items():
        # Of the institution the habit is the sum of those of its purposes: what ended a while ago is still in it.
        left_out = {"asker"} | ({"habit"} if asker == "" else set())
        expected = {
            name: pytest.approx(value) if isinstance(value, float) else value for name, value in always[asker].items()
        }
        assert {name: row[name] for name in row if name not in left_out} == {
            name: expected[name] for name in expected if name not in left_out
        }, asker
    assert always[""]["habit"] <= found[""]["habit"] < 1.5 * always[""]["habit"]


def test_on_the_day_of_the_upgrade_the_own_rate_counts(scene: Scene) -> None:
    play(scene.cast.aster.pk, some_days(1_800))
    forget_together()
    upgrade()
    play(scene.cast.aster.pk, missed(60, 9))
    assert 0 < hit_points(scene, "", "") == pytest.approx(hit_points(scene, "investigation", "")), "no prior of 4 %"
    assert learned(scene)[""]["days"] == 9


def test_an_upgrade_that_is_repeated_changes_nothing(scene: Scene) -> None:
    play(scene.cast.aster.pk, some_days(600))
    forget_together()
    upgrade()
    play(scene.cast.aster.pk, missed(60, 4))
    before = learned(scene), hit_points(scene, "", "")
    upgrade()
    assert (learned(scene), hit_points(scene, "", "")) == before and before[1] > 0


def test_who_is_new_is_judged_by_the_rate_of_the_institution(scene: Scene) -> None:
    """And not by that of the alliance, which is higher: ten new people would look like a list in parts."""
    play(scene.cast.aster.pk, some_days(1_800))
    play(scene.cast.aster.pk, missed(60, 9, asker="U-NEW"))
    base = learned(scene)[""]
    rate = (base["base_hits"] + numbers.HONEST_RATE * numbers.PRIOR_TOKENS) / (
        base["base_tokens"] + numbers.PRIOR_TOKENS
    )
    assert 0.02 < rate < 0.025
    expected = 60 * log((1 - numbers.FISHER_RATE) / (1 - rate))
    assert hit_points(scene, "", "U-NEW") == pytest.approx(expected)
    assert hit_points(scene, "investigation", "U-NEW") == pytest.approx(expected)


def test_who_is_new_where_nothing_is_known_is_judged_by_the_alliance(scene: Scene) -> None:
    play(scene.cast.aster.pk, missed(60, 0, asker="U-NEW"))
    expected = 60 * log((1 - numbers.FISHER_RATE) / (1 - numbers.HONEST_RATE))
    assert hit_points(scene, "", "U-NEW") == pytest.approx(expected)
