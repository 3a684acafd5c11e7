"""One fact that stands in two key epochs is two matches in the list and one in every figure, while they overlap."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from clues.feedback import giving, quality
from clues.matching import inbox, queries, work
from clues.matching.sql import EPOCHS_OVERLAP
from clues.models import SourceQuality
from clues.reports import figures
from clues.reports.contribution import get_contribution, list_days
from clues.submissions import clues, edits
from members.models import Institution
from members.queries import Caller, person_of
from members.row_security import act_for, leave
from tests.clues.reports.rotation import make_members, retire, statement, sweep, turn
from tests.factories import acting_as, make_user


@pytest.fixture
def members(fresh_database: str, settings: Any) -> list[Caller]:
    return make_members(settings)


def told(member: Caller) -> tuple[int, int]:
    """(matches, unique) as the portal's first page says them: of the job's run, and what came since."""
    act_for(institution=member.institution_id)
    try:
        with acting_as("aif_web", held=True):
            days = sum(day.matches for day in list_days(viewer=member, now=timezone.now()))
            found = get_contribution(viewer=member)
    finally:
        leave()
    assert found.as_of is None or found.matched == days
    return days, found.unique


def test_the_list_has_both_and_the_figures_have_one(members: list[Caller]) -> None:
    assert [len(queries.list_matches(viewer=each)) for each in members] == [4, 3, 1]
    assert [told(each)[0] for each in members] == [3, 2, 1], "before the job's first run"
    with acting_as("aif_match"):
        figures.reckon(now=timezone.now())
    assert [told(each) for each in members] == [(3, 1), (2, 0), (1, 0)]


def test_what_is_unread_is_counted_by_fact(members: list[Caller]) -> None:
    """Red if both matches of one fact count: "both" stands in both epochs, "first" and "late" in one each."""
    viewer = person_of(make_user("analyst", institution=Institution.objects.get(pk=members[0].institution_id)))

    def unread() -> int:
        act_for(institution=viewer.institution_id)
        try:
            with acting_as("aif_web", held=True):
                return inbox.count_unread(viewer=viewer)
        finally:
            leave()

    matches = queries.list_matches(viewer=viewer)
    times = Counter(each.mine[0].client_ref for each in matches)
    both = [each.match for each in matches if times[each.mine[0].client_ref] == 2]
    assert unread() == 3 and len(both) == 2
    for match, left in zip(both, (3, 2), strict=True):
        work.mark_read(matches=[match], viewer=viewer, now=timezone.now())
        assert unread() == left, "each of the two tells of it until it is read"
    work.mark_all_read(until=timezone.now(), viewer=viewer)
    assert unread() == 0


def test_a_statement_says_each_fact_once(members: list[Caller]) -> None:
    aster, birch, cedar = members
    said, other, late = statement(aster), statement(birch), statement(cedar)
    assert (said["received"]["matches"], other["received"]["matches"]) == ("3", "2")
    assert said["unique"]["first-reported"] == "4" and said["unique"]["only-ours"] == "1"
    assert other["unique"]["first-reported"] == "2" and other["unique"]["only-ours"] == "0"
    assert late["unique"]["first-reported"] == "1", "what others reported in the older epoch does not take it away"


def test_who_says_the_same_of_both_matches_says_it_once(members: list[Caller]) -> None:
    aster, birch, _cedar = members
    for match in queries.list_matches(viewer=birch):
        giving.give(match=match.match, request={"verdict": "confirm"}, by=birch, now=timezone.now())
    with acting_as("aif_match"):
        quality.reckon()
    with acting_as("aif_owner"):
        assert SourceQuality.objects.get(pk=aster.institution_id).confirmed == 2


def overlap() -> bool:
    with acting_as("aif_web"), connection.cursor() as cursor:
        cursor.execute(EPOCHS_OVERLAP)
        return bool(cursor.fetchone()[0])


def test_the_look_for_twins_ends_with_the_sweep(members: list[Caller]) -> None:
    """Red if a retired epoch counts for ever: every later match and figure would pay for a rotation that is over."""
    assert overlap()
    retire()
    assert overlap(), "what stands in it still has twins"
    sweep()
    assert not overlap()
    assert_no_look()


def test_what_comes_in_behind_the_sweep_is_looked_at_until_the_next(members: list[Caller]) -> None:
    """Red without `UNMARK_SWEPT`: an order that was given before brings identifiers of the older epoch in again."""
    retire()
    (view, *_) = [each for each in clues.list_clues(viewer=members[0]) if len(each.identifiers[0].epochs) == 2]
    edits.correct(
        clue=view.clue,
        changes={"roles": [{"identifier": 0, "role": "victim"}]},
        version=view.version,
        by=members[0],
        now=timezone.now(),
    )
    sweep()
    assert not overlap()
    turn()
    assert overlap()
    sweep()
    assert not overlap()


def test_with_one_epoch_nothing_more_is_looked_at(members: list[Caller]) -> None:
    """The look for other epochs stands behind a question that is asked once; nobody pays for a rotation that is not there."""
    with acting_as("aif_owner"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM key_epoch WHERE epoch = 2")
    assert_no_look()


def assert_no_look() -> None:
    with acting_as("aif_owner"), connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF) {figures.INSTITUTIONS}", {"as_of": timezone.now()})
        plan = "\n".join(row for (row,) in cursor.fetchall())
    scans = [line for line in plan.splitlines() if "on sighting" in line or "sighting_" in line]
    assert scans and all("never executed" in line for line in scans)
