"""What parties learn, and when: the same tick for all, bands and sectors within their limits."""

import time
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from clues.events import shown_tick
from clues.matching import queries, release, standing
from clues.matching.run import match_pending
from clues.matching.visibility import Alliance
from clues.models import Event, MatchParty
from clues.submissions import queries as submissions
from tests.clues.alliance import clue, join, open_epoch, submit, token


@pytest.fixture
def members(fresh_database: Any, as_role: Any, settings: Any) -> list[Any]:
    """Six institutions; the last two are one group."""
    settings.AIF_DISCLOSURE_TICK = 0.2
    with as_role("aif_desk"):
        open_epoch()
        alone = [join(f"Institution {n}") for n in range(4)]
        return [*alone, join("North", group="Compass"), join("South", group="Compass")]


def match(as_role: Any) -> None:
    """Match what waits and let the tick pass."""
    with as_role("aif_match"):
        match_pending(limit=100)
        assert not release.release_pending(), "each chunk is released right after its commit"
    time.sleep(0.3)


def seen(member: Any) -> list[Any]:
    return queries.list_matches(viewer=member)


def test_two_independent_institutions_match_and_nobody_else_knows(members: Any, as_role: Any) -> None:
    ours, theirs = clue(token(0), token(1)), clue(token(1), grade="B1", category="spam-sms")
    submit(members[0], [ours])
    submit(members[1], [theirs])
    submit(members[2], [clue(token(2))])
    match(as_role)
    (one,), (other,) = seen(members[0]), seen(members[1])
    assert one.match == other.match and one.released_at == other.released_at
    assert [(m.client_ref, m.identifier) for m in one.mine] == [(ours["client_ref"], 1)]
    assert [(m.client_ref, m.identifier) for m in other.mine] == [(theirs["client_ref"], 0)]
    assert one.categories == ["spam-sms", "telecom-fraud"]
    assert (one.band, one.best_grade, one.type) == ("1", "B1", "domain")
    assert one.first_seen_month == timezone.now().strftime("%Y-%m")
    for stranger in members[2:]:
        assert seen(stranger) == []
        with pytest.raises(queries.MatchNotFound):
            queries.get_match(match=one.match, viewer=stranger)
    assert queries.get_match(match=one.match, viewer=members[0]) == one


def test_nothing_is_seen_before_the_tick(members: Any, as_role: Any, settings: Any) -> None:
    """Matches, notices and the batch's own count wait for the same moment."""
    settings.AIF_DISCLOSURE_TICK = 3600
    submit(members[0], [clue(token(1))])
    batch = submit(members[1], [clue(token(1))]).batch
    with as_role("aif_match"):
        match_pending(limit=10)
    assert MatchParty.objects.filter(released_at__gt=timezone.now()).count() == 2
    assert len(set(MatchParty.objects.values_list("released_at", flat=True))) == 1
    moments = [row.objects.values_list("released_at", flat=True) for row in (Event, MatchParty)]
    ticks = [{shown_tick(at) for at in found if at is not None} for found in moments]
    assert ticks[0] == ticks[1] and len(ticks[0]) == 1
    assert seen(members[0]) == seen(members[1]) == []
    view = submissions.get_batch(batch=batch, viewer=members[1])
    assert (view.state, view.matched, view.released) == ("done", 0, False)


def test_the_tick_is_a_multiple_after_the_commit(members: Any, as_role: Any) -> None:
    submit(members[0], [clue(token(1))])
    submit(members[1], [clue(token(1))])
    before = timezone.now()
    match(as_role)
    (party,) = MatchParty.objects.filter(institution_id=members[0].institution_id)
    assert party.released_at is not None
    assert before < party.released_at <= before + timedelta(seconds=5)
    assert round(shown_tick(party.released_at).timestamp() * 1_000_000) % 200_000 == 0


@pytest.mark.parametrize("roles", [("victim", "actor"), ("actor", "represented-consumer")])
def test_roles_that_never_score_do_not_match(members: Any, as_role: Any, roles: Any) -> None:
    for member, role in zip(members, roles, strict=False):
        submit(member, [clue(token(1) | {"role": role})])
    match(as_role)
    assert seen(members[0]) == seen(members[1]) == []


def test_one_group_counts_once(members: Any, as_role: Any) -> None:
    """Two institutions of a group alone do not match; with a third party both are parties."""
    submit(members[4], [clue(token(1))])
    submit(members[5], [clue(token(1))])
    match(as_role)
    assert seen(members[4]) == []
    submit(members[0], [clue(token(1))])
    match(as_role)
    assert [seen(members[n])[0].band for n in (0, 4, 5)] == ["1", "1", "1"]


def test_bands_count_the_groups_without_ones_own(members: Any, as_role: Any) -> None:
    for member in members[:3]:
        submit(member, [clue(token(1))])
    match(as_role)
    assert seen(members[0])[0].band == "2-4"
    kinds = Event.objects.filter(institution_id=members[0].institution_id, subject_kind="M")
    assert set(kinds.values_list("kind", flat=True)) <= {"match.released", "match.grew"}


def test_an_institution_that_comes_later_is_told_and_the_others_hear_of_it(members: Any, as_role: Any) -> None:
    for member in members[:2]:
        submit(member, [clue(token(1))])
    match(as_role)
    submit(members[2], [clue(token(1))])
    match(as_role)
    assert seen(members[2])[0].band == seen(members[0])[0].band == "2-4"
    grew = Event.objects.filter(kind="match.grew").values_list("institution_id", flat=True)
    assert sorted(grew) == sorted(m.institution_id for m in members[:2])


def heard(member: Any) -> list[str]:
    found = Event.objects.filter(institution_id=member.institution_id, subject_kind="M", seq__isnull=False)
    return list(found.order_by("seq").values_list("kind", flat=True))


def test_another_group_within_the_band_is_no_news(members: Any, as_role: Any) -> None:
    """Or the notices would count for a party what the band hides. What it can see, a category, is told as such."""
    for member in members[:3]:
        submit(member, [clue(token(1))])
        match(as_role)
    assert heard(members[0]) == ["match.released", "match.grew"]
    submit(members[3], [clue(token(1))])
    match(as_role)
    submit(members[4], [clue(token(1), category="spam-sms")])
    match(as_role)
    assert heard(members[0]) == ["match.released", "match.grew", "match.changed"]
    assert heard(members[3]) == ["match.released", "match.changed"]


def test_a_small_alliance_hears_of_no_growth(members: Any, as_role: Any) -> None:
    with as_role("aif_desk"), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE institution SET state = 'suspended', suspended_at = now(), suspended_reason = 'test' WHERE id = ANY(%s)",
            [[m.institution_id for m in members[4:]]],
        )
    for member in members[:3]:
        submit(member, [clue(token(1))])
        match(as_role)
    assert [heard(m) for m in members[:3]] == [["match.released"]] * 3


def test_repeating_ones_own_report_changes_nothing_for_others(members: Any, as_role: Any) -> None:
    submit(members[0], [clue(token(1)), clue(token(1))])
    match(as_role)
    assert seen(members[0]) == []


def test_a_suspended_institution_stops_counting_at_once(members: Any, as_role: Any) -> None:
    submit(members[0], [clue(token(1))])
    submit(members[1], [clue(token(1))])
    match(as_role)
    assert seen(members[0])
    with as_role("aif_desk"), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE institution SET state = 'suspended', suspended_at = now(), suspended_reason = 'test' WHERE id = %s",
            [members[1].institution_id],
        )
    assert seen(members[0]) == []


def test_a_report_that_meets_a_suspended_one_tells_nobody_until_it_counts_again(members: Any, as_role: Any) -> None:
    """Neither in the count of the batch nor in a notice; a turn makes up for it when the institution is back."""
    submit(members[1], [clue(token(1))])
    match(as_role)
    with as_role("aif_desk"), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE institution SET state = 'suspended', suspended_at = now(), suspended_reason = 'test' WHERE id = %s",
            [members[1].institution_id],
        )
    with as_role("aif_match"):
        while standing.apply_standings(limit=100):
            pass
    told = submit(members[0], [clue(token(1))])
    match(as_role)
    assert submissions.get_batch(batch=told.batch, viewer=members[0]).matched == 0
    assert queries.list_matches(viewer=members[0]) == []
    assert not Event.objects.filter(institution_id=members[0].institution_id, subject_kind="M").exists()
    with as_role("aif_desk"), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE institution SET state = 'live', suspended_at = NULL, suspended_reason = '' WHERE id = %s",
            [members[1].institution_id],
        )
    with as_role("aif_match"):
        while standing.apply_standings(limit=100):
            pass
        release.release_pending()
    time.sleep(0.3)
    assert seen(members[0]) and seen(members[1])


def test_pages_follow_each_other_without_gap_or_repeat(members: Any, as_role: Any) -> None:
    for member in members[:2]:
        submit(member, [clue(token(n)) for n in range(7)])
    match(as_role)
    found: list[int] = []
    after = None
    while page := queries.list_matches(viewer=members[0], after=after, limit=3):
        found += [each.id for each in page]
        after = (page[-1].released_at, page[-1].id)
    assert len(found) == len(set(found)) == 7
    newest = [each.id for each in queries.list_newest(viewer=members[0])]
    assert newest == found[::-1]


SECTORS = ["bank", "bank", "bank", "insurer", "insurer"]


@pytest.mark.parametrize(
    ("sectors", "groups", "band", "shown"),
    [
        (SECTORS, 1, "1", ["bank"]),
        ([*SECTORS, "insurer"], 2, "2-4", ["bank", "insurer"]),
        (SECTORS, 4, "2-4", ["bank"]),
        (SECTORS, 5, "5+", ["bank"]),
        (SECTORS[:4], 2, None, []),
        (["bank", "bank", "insurer", "insurer", "telecom"], 1, "1", []),
    ],
)
def test_limits_of_small_alliances(sectors: Any, groups: int, band: Any, shown: Any) -> None:
    """The viewer, number 99, is a bank of its own and hides nobody."""
    live = [(n, sector) for n, sector in enumerate(sectors)]
    if len(sectors) >= 5:
        live.append((99, "bank"))
    alliance = Alliance(live=live)
    assert alliance.band(groups) == band
    assert alliance.sectors(["bank", "insurer"], viewer=99) == shown
