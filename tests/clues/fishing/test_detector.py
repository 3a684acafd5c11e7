"""The detector: who asks about a customer list is stopped, and who has cause to ask is not."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from aif_share.errors import Refusal
from clues.fishing import thresholds as numbers
from clues.fishing.standing import get_for_me, get_standing
from clues.models import Event, FishingTally, ScreeningSuspension
from clues.screening.screen import screen
from clues.watches.create import create
from members.api.me import Suspension
from members.models import AuditEvent
from members.queries import person_of
from tests.clues.alliance import caller, token
from tests.clues.fishing.world import Call, play
from tests.clues.scene import Scene
from tests.factories import acting_as

NOON = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)  # in China


def one_by_one(count: int, every: int, **fields: Any) -> list[Call]:
    """`count` questions about one token each, of which each `every`th is a hit; 0: none is."""
    row = {"purpose": "investigation", "asker": "key00001"} | fields
    return [
        Call(
            NOON + timedelta(days=number // 200, seconds=number % 200), case_ref=f"T-{number}", tokens=1,
            hits=int(every > 0 and number % every == every - 1), **row,
        )
        for number in range(count)
    ]  # fmt: skip


def spread_thin() -> list[Call]:
    """Four keys that fish with a little each: none reaches the threshold, and a colleague's hits hide them in the sum of all."""
    honest = one_by_one(1_600, 8, asker="U-HONEST")
    fished = [
        call._replace(asker=f"key0000{number % 4}", case_ref=f"F{number}")
        for number, call in enumerate(one_by_one(1_600, 0))
    ]
    return [call for pair in zip(honest, fished, strict=True) for call in pair]


def test_a_customer_list_is_stopped_and_everybody_concerned_knows(scene: Scene) -> None:
    aster = scene.cast.aster
    asked, stopped = play(aster.pk, one_by_one(2_000, 500))
    assert stopped and numbers.LEAST_TOKENS <= asked < 1_000
    now = NOON + timedelta(days=30)
    found = get_standing(viewer=person_of(scene.cast.alice), now=now)
    assert found is not None and found.cause == "detector" and found.purpose == "investigation"
    assert found.points >= found.threshold == numbers.THRESHOLD and found.terms["hit-rate"] >= found.threshold - 1
    assert found.tokens >= numbers.LEAST_TOKENS and found.hits <= 2 and found.askers is None, "one key alone"
    assert get_standing(viewer=person_of(scene.cast.bea), now=now) is None
    told = get_for_me(institution_id=aster.pk, now=now)
    assert told is not None and told["suspension"].startswith("SS-")
    with acting_as("aif_match"):
        assert Event.objects.filter(institution_id=aster.pk, kind="screening.suspended").count() == 1
    with acting_as("aif_desk"):
        (event,) = AuditEvent.objects.filter(verb="screening.suspend")
    assert event.institution_id == aster.pk and event.detail["points"] >= numbers.THRESHOLD


def test_a_suspended_institution_screens_and_watches_nothing_more(scene: Scene) -> None:
    play(scene.cast.aster.pk, one_by_one(2_000, 0))
    by = caller(scene.cast.aster)
    request = {"purpose": "complaint-handling", "tokens": [token("x")]}
    for ask in (lambda: screen(request=request, by=by), lambda: create(request=request, by=by, now=datetime.now(UTC))):
        with pytest.raises(Refusal) as refused, transaction.atomic():
            ask()
        assert refused.value.code == "screening-suspended"
    assert screen(request=request, by=caller(scene.cast.birch)).results


@pytest.mark.parametrize("every", [4, 10, 25])
def test_who_has_cause_to_ask_is_not_stopped(scene: Scene, every: int) -> None:
    assert play(scene.cast.aster.pk, one_by_one(1_000, every)) == (1_000, False)


def test_who_screens_all_new_customers_is_not_stopped(scene: Scene) -> None:
    calls = one_by_one(1_500, 300, purpose="onboarding")
    assert play(scene.cast.aster.pk, calls) == (1_500, False)


@pytest.mark.parametrize("case_ref", ["", "ONE-FOR-ALL"])
def test_a_list_under_onboarding_is_told_by_its_case_numbers(scene: Scene, case_ref: str) -> None:
    calls = [call._replace(case_ref=case_ref) for call in one_by_one(2_000, 300, purpose="onboarding")]
    asked, stopped = play(scene.cast.aster.pk, calls)
    assert stopped and asked < 700


def test_one_person_among_honest_questions_is_found(scene: Scene) -> None:
    honest, fished = one_by_one(2_000, 8), one_by_one(2_000, 400, asker="U-INSIDER")
    mixed = [call for pair in zip(honest, fished, strict=True) for call in pair]
    _asked, stopped = play(scene.cast.aster.pk, mixed)
    assert stopped
    with acting_as("aif_desk"):
        assert ScreeningSuspension.objects.get().asker == "U-INSIDER"


def test_who_asks_in_turns_for_all_purposes_is_stopped(scene: Scene) -> None:
    """Each purpose by itself stays below what anybody is judged on."""
    purposes = [code for code, weights in numbers.PURPOSES.items() if weights.hits]
    calls = [
        call._replace(purpose=purposes[number % len(purposes)])
        for number, call in enumerate(one_by_one(numbers.LEAST_TOKENS * len(purposes) - 1, 500))
    ]
    asked, stopped = play(scene.cast.aster.pk, calls)
    assert stopped and numbers.LEAST_TOKENS <= asked < 1_000
    with acting_as("aif_desk"):
        assert ScreeningSuspension.objects.get().purpose == ""


def test_several_askers_with_a_little_each_are_stopped_among_honest_colleagues(scene: Scene) -> None:
    _asked, stopped = play(scene.cast.aster.pk, spread_thin())
    assert stopped
    with acting_as("aif_desk"):
        found = ScreeningSuspension.objects.get()
    assert (found.purpose, found.asker) == ("", "") and found.terms["askers"] >= 4
    assert found.terms["points"] >= found.terms["threshold"] > numbers.THRESHOLD
    seen = get_standing(viewer=person_of(scene.cast.alice), now=NOON + timedelta(days=30))
    told = get_for_me(institution_id=scene.cast.aster.pk, now=NOON + timedelta(days=30))
    assert seen is not None and told is not None and seen.askers == told["askers"] == found.terms["askers"]
    assert set(told) == set(Suspension().fields), "what is documented, no less"


def test_many_askers_with_cause_are_not_stopped(scene: Scene) -> None:
    calls = [
        call._replace(asker=f"U-{number % 12}", purpose=("investigation", "complaint-handling")[number % 2])
        for number, call in enumerate(one_by_one(1_500, 17))
    ]
    assert play(scene.cast.aster.pk, calls) == (1_500, False)


def test_nobody_is_judged_on_few_questions(scene: Scene) -> None:
    """Not even by the worst that a ledger can show."""
    calls = [
        call._replace(case_ref="", at=NOON + timedelta(hours=12))
        for call in one_by_one(numbers.LEAST_TOKENS - 1, 0, purpose="onboarding")
    ]
    assert play(scene.cast.aster.pk, calls) == (numbers.LEAST_TOKENS - 1, False)
    assert play(scene.cast.aster.pk, [calls[-1]]) == (1, True)


def test_web_reads_neither_tallies_nor_honey_and_unlocks_nothing(scene: Scene) -> None:
    play(scene.cast.aster.pk, one_by_one(2_000, 0))
    for statement in (
        "SELECT * FROM fishing_tally",
        "SELECT * FROM honey_token",
        "UPDATE screening_suspension SET state = 'released'",
        "DELETE FROM screening_suspension",
        "SELECT aif_suspend_screening(1, 'detector', 'investigation', '', '{}', now())",
    ):
        with (
            acting_as("aif_web"), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic(),
            connection.cursor() as cursor,
        ):  # fmt: skip
            cursor.execute(statement)


def test_the_trigger_has_the_numbers_of_the_committed_file(db: None) -> None:
    """Whoever changes one has to change the other, and gets other fishers in the evaluation."""
    with acting_as("aif_owner"), connection.cursor() as cursor:
        for purpose, weights in numbers.PURPOSES.items():
            cursor.execute("SELECT * FROM aif_fishing_weights(%s)", [purpose])
            assert cursor.fetchall() == [(weights.hits, weights.case_tokens, *weights.case_points, *weights.most)]
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = 'aif_weigh_screening'")
        (source,) = cursor.fetchone()
    for text in (
        f"v_score >= {numbers.THRESHOLD:g} AND t.tokens >= {numbers.LEAST_TOKENS}",
        f"least({numbers.HONEST_RATE}, greatest({numbers.LEAST_HONEST_RATE}, (t.base_hits + CASE WHEN v_asker = '' THEN "
        f"{numbers.HONEST_RATE} ELSE v_rate END * {numbers.PRIOR_TOKENS}) / (t.base_tokens + {numbers.PRIOR_TOKENS})",
        f"ln({numbers.FISHER_RATE} / v_rate)",
        f"ln({1 - numbers.FISHER_RATE} / (1 - v_rate))",
        f"v_hour >= {numbers.NIGHT_HOURS[0]} AND v_hour < {numbers.NIGHT_HOURS[1]} THEN {numbers.NIGHT_POINTS[0]} ELSE {numbers.NIGHT_POINTS[1]}",
        f"v_beyond * {numbers.VOLUME_POINTS[0]} - (NEW.tokens - v_beyond) * {-numbers.VOLUME_POINTS[1]}",
        f"{numbers.VOLUME_FACTOR} * CASE WHEN t.days >= {numbers.LEAST_DAYS} THEN greatest(t.habit, {numbers.LEAST_HABIT}) ELSE {numbers.USUAL_DAY}",
        f"{numbers.KEPT_A_DAY} ^",
        f"LIMIT {numbers.LOOK_BACK}",
        f"v_limit := {numbers.THRESHOLD:g} + {numbers.EACH_ASKER} * (v_askers - 1)",
        f"v_score >= v_limit AND v_tokens >= {numbers.LEAST_TOKENS}",
    ):
        assert re.sub(r"\s+", " ", text) in re.sub(r"\s+", " ", source), text


def test_the_tally_forgets_good_days(scene: Scene) -> None:
    """Hits of last month are no credit for fishing now."""
    play(scene.cast.aster.pk, one_by_one(1_000, 3))
    later = [
        call._replace(at=call.at + timedelta(days=30), case_ref=f"L{call.case_ref}") for call in one_by_one(1_500, 500)
    ]
    _asked, stopped = play(scene.cast.aster.pk, later)
    assert stopped
    with acting_as("aif_desk"):
        assert set(FishingTally.objects.filter(asker="").values_list("purpose", flat=True)) == {"investigation", ""}
