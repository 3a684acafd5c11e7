"""What a figure, a statement and an inbox say of a fact stays, once the older of its two key epochs is swept."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from clues.feedback import giving, quality
from clues.matching import inbox, queries, work
from clues.models import FunnelFigure, MatchRead, SourceQuality
from clues.reports import figures, funnel
from clues.reports.contribution import list_days
from clues.statements import quarterly
from clues.statements.periods import begin_of, quarter_of
from members.models import Institution
from members.queries import Caller, Person, person_of
from members.row_security import act_for, leave
from tests.clues.reports.rotation import make_members, retire, statement, sweep, turn
from tests.factories import acting_as, make_user


@pytest.fixture
def members(fresh_database: str, settings: Any) -> list[Caller]:
    return make_members(settings)


def test_what_was_made_of_a_match_outlives_its_epoch(members: list[Caller]) -> None:
    """Red without `KEEP_VERDICTS`: with the matches of an epoch everybody's standing goes, and all has to be said again."""
    aster, birch, _cedar = members
    older = queries.list_matches(viewer=birch)[:2]
    for match in older:
        giving.give(match=match.match, request={"verdict": "confirm"}, by=birch, now=match.released_at)
    (stays,) = [each for each in queries.list_matches(viewer=birch) if each.my_feedback is None]
    retire()
    for confirmed in (2, 1):  # “first” ends with its epoch
        with acting_as("aif_match"):
            quality.reckon()
        with acting_as("aif_owner"):
            assert SourceQuality.objects.get(pk=aster.institution_id).confirmed == confirmed
        sweep()
    (found,) = queries.list_matches(viewer=birch)
    assert found.match == stays.match and found.my_feedback is not None and found.my_feedback.verdict == "confirm"


def test_who_saw_to_a_match_did_so_once_its_epoch_is_gone(members: list[Caller]) -> None:
    """Red without `KEEP_WORK` and `KEEP_READ`: what was acknowledged is open again, and no statement knows that it was read."""
    birch = Institution.objects.get(pk=members[1].institution_id)
    viewer, colleague = person_of(make_user("analyst", institution=birch)), make_user("analyst", institution=birch)
    other = person_of(colleague)
    with acting_as("aif_owner"), connection.cursor() as cursor:
        cursor.execute(
            """UPDATE match_party p SET released_at = p.released_at - interval '60 seconds' FROM match m
            WHERE m.id = p.match_id AND m.epoch = 1"""
        )

    def shown(state: str, of: Person = viewer) -> list[inbox.InboxRow]:
        act_for(institution=of.institution_id, person=of.user_id)
        try:
            with acting_as("aif_web", held=True):
                return inbox.list_inbox(viewer=of, filters=inbox.Filters(state=state)).rows
        finally:
            leave()

    newest, *older = shown("all")
    for row in older:
        at = row.match.released_at + timedelta(seconds=30)
        work.assign(matches={row.match.match: 0}, assignee=colleague.ref, by=viewer, now=at)
        work.acknowledge(matches={row.match.match: 1}, by=other, now=at)
        work.mark_read(matches=[row.match.match], viewer=other, now=at)
    said = statement(members[1])["speed"]["acknowledgment-time"]
    assert said == "30" and [row.match.match for row in shown("open")] == [newest.match.match]
    retire()
    sweep()
    turn()
    assert shown("open") == shown("unassigned") == []
    (row,) = shown("acknowledged")
    assert row.match.match == newest.match.match and row.work.acknowledged_at is not None
    assert row.work.acknowledged_at < row.match.released_at and row.work.assignee is not None
    assert row.work.unread and statement(members[1])["speed"]["acknowledgment-time"] == said
    with acting_as("aif_owner"):
        assert MatchRead.objects.filter(user_id=other.user_id, match_id=row.match.id).exists()


def test_a_funnel_is_no_slower_once_the_older_epoch_is_gone(members: list[Caller]) -> None:
    """Red without `known_since`: “both” would count as matched and told of when its other match was."""
    with acting_as("aif_owner"), connection.cursor() as cursor:
        cursor.execute(
            """UPDATE clue c SET received_at = received_at - CASE WHEN EXISTS (
                    SELECT 1 FROM sighting s JOIN match m USING (type, epoch, token) WHERE s.clue_id = c.id AND m.epoch = 1)
                THEN interval '100 days' ELSE interval '10 days' END;
            UPDATE match SET created_at = created_at - interval '90 days' WHERE epoch = 1;
            UPDATE match_party p SET released_at = p.released_at - interval '90 days' FROM match m
            WHERE m.id = p.match_id AND m.epoch = 1"""
        )
    before = told_after()
    assert before == {"match": 10, "warned": 10}
    retire()
    sweep()
    turn()
    assert told_after() == before


def told_after() -> dict[str, int]:
    """The median of both stages, in days."""
    with acting_as("aif_match"):
        funnel.reckon(now=timezone.now())
    with acting_as("aif_desk"):
        found = FunnelFigure.objects.filter(stage__in=("match", "warned")).values_list("stage", "median_seconds")
        return {stage: round(seconds / 86_400) for stage, seconds in found}


def received(member: Caller, day: date) -> tuple[str | None, int]:
    """(matches told of in the quarter of a day, facts of others of the sector in it), the latter as in larger alliances."""
    period = quarter_of(day)
    names = {
        "institution": member.institution_id, "group": member.group_id, "as_of": timezone.now(),
        "since": begin_of(period.since), "until": begin_of(period.until),
    }  # fmt: skip
    with acting_as("aif_match"), connection.cursor() as cursor:
        cursor.execute(quarterly.SECTORS, names)
        met = sum(count for _sector, count in cursor.fetchall())
    return statement(member, day)["received"]["matches"], met


def test_a_fact_of_last_quarter_is_none_of_this_one_once_the_older_epoch_is_swept(members: list[Caller]) -> None:
    """Red without `known_since`: with the match that told of it gone, the other one counts as news of its own day."""
    now = timezone.localdate()
    earlier = now - timedelta(days=100)
    with acting_as("aif_owner"), connection.cursor() as cursor:
        cursor.execute(
            """UPDATE match_party p SET released_at = p.released_at - interval '100 days' FROM match m
            WHERE m.id = p.match_id AND m.epoch = 1"""
        )
    with acting_as("aif_match"):
        figures.reckon(now=timezone.now())
    assert [received(each, now) for each in members] == [("1", 1), ("0", 0), ("1", 1)]
    assert [received(each, earlier) for each in members] == [("2", 2), ("2", 2), ("0", 0)]
    retire()
    sweep()
    turn()
    assert [len(queries.list_matches(viewer=each)) for each in members] == [2, 1, 1]
    assert [received(each, now) for each in members] == [("1", 1), ("0", 0), ("1", 1)]
    assert [received(each, earlier) for each in members] == [("1", 1), ("1", 1), ("0", 0)], (
        "“first” ended with its epoch"
    )
    with acting_as("aif_match"):
        figures.reckon(now=timezone.now())
    assert [days_of(each) for each in members] == [1, 0, 1], "nor is it news in the figures of today"


def days_of(member: Caller) -> int:
    with acting_as("aif_match"):
        return sum(day.matches for day in list_days(viewer=member, now=timezone.now()))
