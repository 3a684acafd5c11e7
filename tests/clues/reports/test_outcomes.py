"""Counters of outcomes: the published figure sets, each by one query; against a count in Python; and case by case."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from aif_share.vocabulary import outcome_counters, tracks
from clues.models import Case
from clues.procedures import record
from clues.procedures.chain import next_states
from clues.reports import outcomes
from clues.reports.outcomes import Scope
from members.queries import person_of
from tests.clues.procedures.recording import enter, fields
from tests.clues.reports.recount import recount
from tests.clues.scene import Scene, make_case, make_scene, step, wait_for_tick
from tests.clues.scene_paths import give
from tests.factories import acting_as

pytestmark = pytest.mark.django_db
CRIMINAL, ADMINISTRATIVE = "police-criminal", "police-administrative"


@pytest.fixture
def scene(settings: Any) -> Iterator[Scene]:
    settings.AIF_DISCLOSURE_TICK = 0.01
    yield make_scene()


def counted(scene: Scene, scope: Scope = outcomes.EVERYTHING) -> dict[str, Decimal]:
    """What is not nothing."""
    with acting_as("aif_desk"):
        found = outcomes.get_counters(by=scene.cast.olga, scope=scope)
    return {code: value for code, value in found.items() if value}


def one_query(queries: Any, scene: Scene, scope: Scope) -> dict[str, Decimal]:
    with acting_as("aif_desk"), queries(1):
        return outcomes.get_counters(by=scene.cast.olga, scope=scope)


def test_the_published_figures_are_one_query_each(scene: Scene, django_assert_num_queries: Any) -> None:
    """Three sets of earlier joint work, each in a year of its own, replayed as entries."""
    case = make_case(scene, at="reported")
    olga = scene.cast.olga

    def years(track: str, states: str, year: int, times: int, **given: Any) -> None:
        for _turn in range(times):
            made = enter(case, olga, track, states.split()[0], date=f"{year}-03-01")
            if more := states.split()[1:]:
                for state in more[:-1]:
                    enter(case, olga, track, state, proceeding=str(made[0].proceeding))
                enter(case, olga, track, more[-1], proceeding=str(made[0].proceeding), **given)

    years(CRIMINAL, "submitted accepted filed", 2022, 42)
    years(ADMINISTRATIVE, "accepted", 2022, 159)
    years(CRIMINAL, "submitted accepted filed", 2023, 3)
    years(CRIMINAL, "submitted accepted filed coercive-measures", 2023, 1, persons=1)
    years(ADMINISTRATIVE, "accepted", 2023, 26)
    years(ADMINISTRATIVE, "accepted penalty", 2023, 7, persons=2, persons_detained=2)
    years(ADMINISTRATIVE, "accepted penalty", 2023, 1, persons=3, persons_detained=1)
    years(CRIMINAL, "in-preparation submitted accepted filed", 2024, 2, gangs=1)
    years(CRIMINAL, "in-preparation submitted accepted filed", 2024, 1)
    years(CRIMINAL, "in-preparation", 2024, 8)
    enter(case, olga, CRIMINAL, "in-preparation", date="2024-03-01", gangs=1)

    def of(year: int) -> dict[str, Decimal]:
        scope = Scope(since=date(year, 1, 1), until=date(year + 1, 1, 1))
        return one_query(django_assert_num_queries, scene, scope)

    first = of(2022)
    assert (first["cases-filed"], first["cases-administrative"], first["cases-police"]) == (42, 159, 201)
    second = of(2023)
    assert (second["cases-filed"], second["cases-administrative"]) == (4, 34)
    assert (second["persons-coercive"], second["persons-detained"], second["persons-penalized"]) == (1, 15, 17)
    third = of(2024)
    assert (third["cases-pushed"], third["cases-filed"]) == (12, 3)
    assert (third["cases-in-preparation"], third["cases-gang"]) == (9, 3)
    with acting_as("aif_desk"):
        assert outcomes.get_counters(by=olga) == recount(), "and a count in Python says the same of all of it"


def test_any_record_counts_as_in_python_and_case_by_case(scene: Scene) -> None:
    """Random records, some voided: every counter agrees, and is the sum of its cases."""
    draw = random.Random(7)
    for at in ("closed", "reported"):
        make_case(scene, at=at)
    now = timezone.now()
    with acting_as("aif_desk"):
        cases = list(Case.objects.all())
        for _turn in range(25):
            track, states, proceeding = draw.choice(tracks.ROWS), [], ""
            case = draw.choice(cases)
            for _step in range(draw.randint(1, 5)):
                after = next_states(track, states)
                if not after:
                    break
                state = draw.choice(after)
                given: dict[str, Any] = {"proceeding": proceeding} if proceeding else {}
                if state.persons:
                    given["persons"] = draw.randint(1, 9)
                if state.detains:
                    given["persons_detained"] = draw.randint(1, given["persons"])
                if state.items:
                    given["items"] = draw.choice([None, 4])
                given |= {
                    "gangs": draw.choice([None, None, 1, 2]), "province": draw.choice(["", "CN-31", "CN-32", "CN-44"]),
                    "amount_lost_cny": draw.choice([None, "12.50"]), "amount_claimed_cny": draw.choice([None, "7.00"]),
                    "amount_prevented_cny": draw.choice([None, "3.10"]), "self_reported": draw.random() < 0.5,
                }  # fmt: skip
                request = fields(track.code, state.code, **given)
                entry = record.record(case=case.ref, request=request, by=scene.cast.olga, now=now)
                states, proceeding = [*states, state.code], str(entry.proceeding)
            if draw.random() < 0.3:
                record.void(entry=str(entry), reason="wrong", by=scene.cast.pavel, now=now)
        found = outcomes.get_counters(by=scene.cast.olga)
        assert found == recount()
        assert sum(1 for value in found.values() if value) > 20, "the records must say something"
        for code, value in found.items():
            shares = outcomes.list_cases(counter=code, by=scene.cast.olga)
            if outcomes.is_sum(code):
                assert sum(share.part for share in shares) == value, code
            assert {share.case for share in shares} <= {case.ref for case in cases}


def test_the_journey_changes_the_counters_by_exactly_that(scene: Scene) -> None:
    """Reported, 受案, 立案, 移送审查起诉, judgment, with an administrative sibling; then the case is closed."""
    case = make_case(scene, at="reported")
    olga = scene.cast.olga
    counted_so_far: dict[str, Decimal] = {}

    def adds(**expected: int) -> None:
        nonlocal counted_so_far
        now = counted(scene)
        change = {code: now.get(code, 0) - counted_so_far.get(code, 0) for code in now.keys() | counted_so_far.keys()}
        assert {code: value for code, value in change.items() if value} == {
            name.replace("_", "-"): value for name, value in expected.items()
        }
        counted_so_far = now

    adds()
    (entry,) = enter(case, olga, CRIMINAL, "in-preparation")
    adds(cases_pushed=1, cases_in_preparation=1)
    proceeding = str(entry.proceeding)
    enter(case, olga, CRIMINAL, "submitted", proceeding=proceeding)
    adds(cases_reported=1, cases_in_preparation=-1)
    enter(case, olga, CRIMINAL, "accepted", proceeding=proceeding, province="CN-31")
    adds(cases_accepted=1, provinces=1)
    enter(case, olga, ADMINISTRATIVE, "accepted", province="CN-31")
    adds(cases_administrative=1, cases_police=1)
    enter(case, olga, CRIMINAL, "filed", proceeding=proceeding, gangs=1, amount_lost_cny="1000.00")
    adds(cases_filed=1, cases_police=1, cases_gang=1, gangs=1, amount_lost=1000)
    (wrong,) = enter(case, olga, CRIMINAL, "coercive-measures", proceeding=proceeding, persons=4)
    adds(persons_coercive=4)
    with acting_as("aif_desk"):
        record.void(entry=str(wrong), reason="three, not four", by=olga, now=timezone.now())
    adds(persons_coercive=-4)
    enter(case, olga, CRIMINAL, "coercive-measures", proceeding=proceeding, persons=3)
    adds(persons_coercive=3)
    enter(case, olga, CRIMINAL, "sent-for-prosecution", proceeding=proceeding, persons=3)
    adds(persons_sent=3)
    enter(case, olga, CRIMINAL, "prosecuted", proceeding=proceeding, persons=2)
    adds(persons_prosecuted=2)
    enter(case, olga, CRIMINAL, "not-prosecuted", proceeding=proceeding, persons=1)
    adds()
    enter(case, olga, CRIMINAL, "judgment", proceeding=proceeding, persons=2, amount_lost_cny="1200.00")
    adds(cases_judged=1, persons_convicted=2, amount_lost=200)
    step(case, "close", scene.cast.pavel, "judged", **give("close"))
    adds()


def test_an_institution_counts_its_own_cases_from_their_tick_on(scene: Scene, settings: Any) -> None:
    case = make_case(scene, at="reported")
    wait_for_tick()
    settings.AIF_DISCLOSURE_TICK = 86_400
    enter(case, scene.cast.olga, CRIMINAL, "submitted")
    settings.AIF_DISCLOSURE_TICK = 0.01
    bea, cy = person_of(scene.cast.bea), person_of(scene.cast.cy)
    assert outcomes.get_own_counters(viewer=bea)["cases-reported"] == 0, "not before the tick"
    enter(case, scene.cast.olga, CRIMINAL, "submitted")
    wait_for_tick()
    assert outcomes.get_own_counters(viewer=bea)["cases-reported"] == 1
    assert outcomes.get_own_counters(viewer=cy)["cases-reported"] == 0
    assert [share.case for share in outcomes.list_own_cases(counter="cases-reported", viewer=bea)] == [case.ref]
    assert outcomes.list_own_cases(counter="cases-reported", viewer=cy) == []


def test_scopes(scene: Scene) -> None:
    case = make_case(scene, at="reported")
    day = date.today() - timedelta(days=100)
    enter(case, scene.cast.olga, CRIMINAL, "submitted", date=day.isoformat(), province="CN-31")
    enter(case, scene.cast.olga, ADMINISTRATIVE, "accepted", province="CN-44")
    everything = {"cases-pushed": 1, "cases-reported": 1, "cases-administrative": 1, "cases-police": 1, "provinces": 2}
    assert counted(scene) == everything
    assert counted(scene, Scope(category="telecom-fraud")) == everything
    for scope, codes in (
        (Scope(category="spam-sms"), ""),
        (Scope(province="CN-44"), "cases-administrative cases-police provinces"),
        (Scope(track=CRIMINAL), "cases-pushed cases-reported provinces"),
        (Scope(until=day), ""),
        (Scope(since=day, until=day + timedelta(days=1)), "cases-pushed cases-reported provinces"),
    ):
        assert set(counted(scene, scope)) == set(codes.split()), scope


def test_every_counter_has_its_expression() -> None:
    assert sorted(outcomes.CODES) == sorted(row.code for row in outcome_counters.ROWS)
