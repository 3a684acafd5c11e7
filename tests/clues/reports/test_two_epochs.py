"""One fact that stands in two key epochs is two matches in the list and one in every figure, while they overlap."""

from __future__ import annotations

import time
from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from clues import tasks
from clues.blinding import epochs
from clues.feedback import giving, quality
from clues.matching import changes, inbox, queries, release, work
from clues.matching.run import match_pending
from clues.matching.sql import EPOCHS_OVERLAP
from clues.models import SourceQuality
from clues.reports import figures
from clues.reports.contribution import get_contribution, list_days
from clues.statements import quarterly
from clues.statements.periods import begin_of, quarter_of
from clues.submissions import clues, edits
from members.models import Institution
from members.permissions import Console
from members.queries import Caller, person_of
from members.row_security import act_for, leave
from tests.clues.alliance import clue, join, open_epoch, submit, token
from tests.factories import acting_as, make_user

Names = dict[str, int]


def turn() -> None:
    with acting_as("aif_match"):
        match_pending(limit=100)
        while tasks.CHANGES.do():
            pass
        release.release_pending()
    time.sleep(0.12)


@pytest.fixture
def members(fresh_database: str, settings: Any) -> list[Caller]:
    """Aster and Birch share "both" in both epochs and "first" in the first; Cedar knows "late" in the second alone.

    Aster alone has "own" in both; "late" was Aster's alone in the first epoch, and is shared in the second.
    """
    settings.AIF_DISCLOSURE_TICK = 0.05
    with acting_as("aif_desk"):
        open_epoch(1)
        aster, birch, cedar = (join(name) for name in ("Aster", "Birch", "Cedar"))
    sent = {
        (member.institution_id, name): clue(token(name))
        for member, names in ((aster, ("both", "first", "own", "late")), (birch, ("both", "first")))
        for name in names
    }
    submit(aster, [each for (who, _name), each in sent.items() if who == aster.institution_id])
    submit(birch, [each for (who, _name), each in sent.items() if who == birch.institution_id])
    turn()
    with acting_as("aif_desk"):
        open_epoch(2)
    epochs._cache.value = None
    submit(cedar, [clue(token("late", epoch=2))])
    for member in (aster, birch):
        again = [
            one | {"identifiers": [token(name, epoch=2)]}
            for (who, name), one in sent.items()
            if who == member.institution_id and name != "first"
        ]
        submit(member, again)
    turn()
    return [aster, birch, cedar]


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


def statement(member: Caller, day: date | None = None) -> dict[str, dict[str, str | None]]:
    row = Institution.objects.get(pk=member.institution_id)
    with acting_as("aif_match"):
        made = quarterly.sections(quarter_of(day or timezone.localdate()), row, as_of=timezone.now())
    return {each.code: {code: values[0] for code, values in each.rows} for each in made}


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


def retire() -> None:
    """Retire the older epoch; nothing of it is taken out yet."""
    with acting_as("aif_desk"):
        epochs.retire_epoch(epoch=1, by=Console("tests"), now=timezone.now())
    epochs._cache.value = None


def sweep() -> None:
    with acting_as("aif_match"):
        while changes.end_retired(limit=100, now=timezone.now()):
            pass


def overlap() -> bool:
    with acting_as("aif_web"), connection.cursor() as cursor:
        cursor.execute(EPOCHS_OVERLAP)
        return bool(cursor.fetchone()[0])


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
