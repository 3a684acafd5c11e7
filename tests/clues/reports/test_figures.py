"""Figures: as a count over everything would say, before the job's first run, after it, and between two runs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.utils import timezone

from clues.matching import quarantine
from clues.models import AllianceWeek, Batch, BatchChunk, DailyFigure, Job, QuarantinedRow
from clues.reports import contribution, figures
from members.queries import person_of
from tests.clues.alliance import caller, clue, submit, token
from tests.clues.scene import Scene, make_scene, work
from tests.factories import acting_as, make_institution

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(settings: pytest.FixtureRequest) -> Iterator[Scene]:
    settings.AIF_DISCLOSURE_TICK = 0.01  # type: ignore[attr-defined]
    yield make_scene()


def reckon(now: datetime | None = None) -> None:
    with acting_as("aif_match"):
        figures.reckon(now=now or timezone.now())


def figures_of(scene: Scene) -> tuple[int, int, int, int, int]:
    found = contribution.get_contribution(viewer=person_of(scene.cast.alice))
    return found.batches, found.accepted, found.duplicates, found.refused, found.working


def matches_of(scene: Scene) -> list[int]:
    return [row.matches for row in contribution.list_days(viewer=person_of(scene.cast.alice), now=timezone.now())]


def submit_more(scene: Scene) -> None:
    again = clue(token("more"), client_ref="more-1")
    meeting = token("another person", kind="resident-id")
    submit(caller(scene.cast.aster), [again, clue(meeting, client_ref="more-2")])
    submit(caller(scene.cast.aster), [again])
    submit(caller(scene.cast.birch), [clue(meeting)])
    work()


def test_the_same_with_the_job_and_without_it(scene: Scene) -> None:
    assert figures_of(scene) == (1, 1, 0, 0, 0) and matches_of(scene) == [0] * 6 + [1]
    reckon()
    assert figures_of(scene) == (1, 1, 0, 0, 0) and matches_of(scene) == [0] * 6 + [1]
    submit_more(scene)
    expected = (3, 3, 1, 0, 0)
    assert figures_of(scene) == expected and matches_of(scene) == [0] * 6 + [2]
    for _again in range(2):
        reckon()
        assert figures_of(scene) == expected and matches_of(scene) == [0] * 6 + [2]


def test_work_that_waits_is_counted_at_once(scene: Scene) -> None:
    submit(caller(scene.cast.aster), [clue(token("x"))])
    assert figures_of(scene) == (1, 1, 0, 0, 1)


def test_what_only_we_know_and_of_which_kind(scene: Scene) -> None:
    viewer = person_of(scene.cast.alice)
    assert contribution.get_contribution(viewer=viewer).as_of is None
    submit(caller(scene.cast.aster), [clue(token("own"), category="spam-sms")])
    work()
    reckon()
    found = contribution.get_contribution(viewer=viewer)
    assert found.as_of is not None
    assert (found.matched, found.unique) == (1, 2)  # the meeting; the phone number and the domain
    assert found.categories == (("spam-sms", 1), ("telecom-fraud", 1))


def test_strangers_have_their_own(scene: Scene) -> None:
    reckon()
    found = contribution.get_contribution(viewer=person_of(scene.cast.cy))
    assert (found.batches, found.accepted, found.matched, found.unique) == (1, 1, 0, 1)


def test_days_are_of_shanghai() -> None:
    late = datetime(2026, 11, 22, 16, 30, tzinfo=ZoneInfo("UTC"))
    assert figures.day_of(late) == date(2026, 11, 23)


def test_weeks_only_of_five_and_rounded() -> None:
    monday = date(2026, 11, 16)
    with acting_as("aif_match"), connection.cursor() as cursor:
        for number in range(5):
            cursor.execute(
                """INSERT INTO daily_figure (institution_id, day, batches, accepted, duplicates, refused, matches)
                VALUES (%s, %s, 1, %s, 0, 0, %s)""",
                [make_institution().pk, monday + timedelta(days=number), 1000 + number, 7 if number < 4 else 0],
            )
        cursor.execute(figures.WEEKS, {"monday": monday})
    (row,) = AllianceWeek.objects.all()
    assert (row.clues, row.clue_institutions, row.matches, row.match_institutions) == (5010, 5, 28, 4)
    weeks = contribution.list_weeks(now=datetime(2026, 11, 24, 12, tzinfo=ZoneInfo("UTC")))
    assert len(weeks) == contribution.WEEKS
    assert weeks[-1] == contribution.Week(monday, 5000, None)
    assert weeks[0] == contribution.Week(monday - timedelta(weeks=11), None, None)
    running = contribution.list_weeks(now=datetime(2026, 11, 18, 12, tzinfo=ZoneInfo("UTC")))
    assert all(week.clues is None for week in running), "a week that goes on tells of single days"


@pytest.mark.parametrize(("number", "shown"), [(0, 0), (4, 0), (96, 100), (144, 140), (5010, 5000), (123_456, 120_000)])
def test_rounding(number: int, shown: int) -> None:
    assert contribution.round_sum(number) == shown


def test_the_job_leaves_itself_time(scene: Scene) -> None:
    with acting_as("aif_match"):
        assert figures.seconds_between_runs() == 60
        Job.objects.create(name=figures.JOB, ran_at=timezone.now(), result={"seconds": 10})
        assert figures.seconds_between_runs() == 500


def test_only_the_last_days_are_reckoned_anew(scene: Scene) -> None:
    reckon()
    old = figures.day_of(timezone.now()) - timedelta(days=30)
    with acting_as("aif_match"):
        DailyFigure.objects.create(
            institution_id=scene.cast.aster.pk, day=old, batches=9, accepted=9, duplicates=0, refused=0, matches=9
        )
    reckon()
    assert figures_of(scene)[:2] == (10, 10)


def test_a_row_set_aside_counts_on_the_day_of_its_batch(scene: Scene) -> None:
    """Red without `EARLIER_DAYS`: what came through after more than a day never reached the figures of any day."""
    taken = submit(caller(scene.cast.aster), [clue(token(f"row {number}")) for number in range(3)])
    with acting_as("aif_match"):
        BatchChunk.objects.filter(batch=taken.id).update(search={"open": [], "rows": [2]})  # as the search found it
        work()
        batch = Batch.objects.get(pk=taken.id)
        assert (batch.accepted, batch.quarantined) == (2, 1)
        batch.done_at -= timedelta(days=20)
        batch.save(update_fields=["done_at"])
    for _run in range(2):
        reckon()
        assert figures_of(scene)[:2] == (2, 3)
    day = figures.day_of(batch.done_at)
    with acting_as("aif_match"):
        DailyFigure.objects.filter(institution=scene.cast.aster, day=day).update(matches=5)
        QuarantinedRow.objects.update(quarantined_at=timezone.now() - timedelta(days=19))
        assert quarantine.retry_pending(limit=1) == 1
    for _run in range(2):
        reckon()
        assert figures_of(scene)[:2] == (2, 4)
        row = DailyFigure.objects.get(institution=scene.cast.aster, day=day)
        assert (row.batches, row.accepted, row.matches) == (1, 3, 5), "matches stay as they were told on the day"
        assert AllianceWeek.objects.get(monday=day - timedelta(days=day.weekday())).clues == 3
