"""One institution's clue in two key epochs: pairs that straddle them are found, nobody is told twice, it counts once."""

import dataclasses
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from aif_share.client.resources.clues import Clue as ClientClue
from aif_share.client.resubmission import fields_of
from clues import tasks
from clues.blinding import epochs
from clues.events import feed
from clues.matching import oracle, queries, release
from clues.matching.run import match_pending
from clues.models import Clue, KeyEpoch
from clues.rings import build
from clues.submissions import clues as own
from clues.submissions import edits
from clues.submissions import results as row_results
from members.models import AuditEvent
from members.permissions import Console
from tests.clues.alliance import clue, join, open_epoch, submit, token
from tests.clues.scene import wait_for_tick

BY = Console("tests")


@pytest.fixture
def members(fresh_database: Any, as_role: Any, settings: Any) -> list[Any]:
    settings.AIF_DISCLOSURE_TICK = 0.05
    with as_role("aif_desk"):
        open_epoch(1)
        made = [join(f"Institution {n}") for n in range(4)]
    return made


def rotate(as_role: Any) -> None:
    with as_role("aif_desk"):
        open_epoch(2)
    epochs._cache.value = None


def turn(as_role: Any) -> None:
    with as_role("aif_match"):
        match_pending(limit=100)
        while tasks.CHANGES.do():
            pass
        with connection.cursor() as cursor:
            # Its turn comes twice a minute: the next one here too.
            cursor.execute("UPDATE job SET ran_at = ran_at - interval '1 hour' WHERE name = 'key-epochs'")
        build.build_pending(limit=1000, now=timezone.now())
        release.release_pending()
        assert oracle.compare().clean
    wait_for_tick()


def outcomes(member: Any, received: Any) -> list[tuple[str, str | None]]:
    results, _ = row_results.list_results(batch=received.batch, viewer=member)
    return [(row.outcome, row.code) for row in results]


def heard(member: Any) -> list[str]:
    return [row.kind for row in feed.read_feed(viewer=member, limit=100).rows if row.kind.startswith("match.")]


def again(one: dict[str, Any], *identifiers: dict[str, Any]) -> dict[str, Any]:
    return one | {"identifiers": list(identifiers)}


def test_a_pair_that_straddles_epochs_is_found_when_one_of_them_reports_again(members: Any, as_role: Any) -> None:
    """Red without `rekeying`: the row is refused as a reused reference, and the pair is never found."""
    old, new = members[:2]
    first = clue(token("x"))
    submit(old, [first])
    turn(as_role)
    rotate(as_role)
    submit(new, [clue(token("x", epoch=2))])
    turn(as_role)
    assert heard(old) == heard(new) == []
    taken = submit(old, [again(first, token("x", epoch=2))])
    turn(as_role)
    assert outcomes(old, taken) == [("accepted", "epoch-added")]
    assert heard(old) == heard(new) == ["match.released"]
    (view,) = own.list_clues(viewer=old)
    assert [(each.epoch, each.epochs, each.counted) for each in view.identifiers] == [(2, (1, 2), True)]
    assert [step.change for step in own.list_history(clue=view.clue, viewer=old)] == ["resubmitted"]


def test_who_reports_again_in_either_epoch_is_a_duplicate(members: Any, as_role: Any) -> None:
    member = members[0]
    one = clue(token("x"), token("y", kind="cn-mobile"))
    submit(member, [one])
    turn(as_role)
    rotate(as_role)
    new = again(one, token("x", epoch=2), token("y", kind="cn-mobile", epoch=2))
    assert outcomes(member, submit(member, [new])) == []
    turn(as_role)
    for row in (one, new):
        taken = submit(member, [row])
        turn(as_role)
        assert outcomes(member, taken) == [("duplicate", None)]
    with as_role("aif_desk"):
        assert Clue.objects.count() == 1


@pytest.mark.parametrize("indicators", [None, [], ["unlawful-representation"]])
def test_what_the_client_sends_of_a_clue_as_it_stands_is_taken(members: Any, as_role: Any, indicators: Any) -> None:
    """Red if a field that the API shows came back in another form: no clue with it could be reported again."""
    member = members[0]
    full = {
        "category": "telecom-fraud", "grade": "A", "level": "primary", "channel": "sms",
        "observed_at": "2026-11-01T08:00:00.123456+08:00", "region": "CN-31", "amount_cny": "1000.5",
        "crime_indicator": True, "indicators": indicators, "tlp": "amber", "evidence_sha256": "ab" * 32, "basis": "art-16",
    }  # fmt: skip
    for fields in ({}, {name: value for name, value in full.items() if value is not None}):
        one = clue(token(str(fields)), **fields)
        submit(member, [one])
        turn(as_role)
        (shown, *_) = own.list_clues(viewer=member, client_ref=one["client_ref"])
        names = {each.name for each in dataclasses.fields(ClientClue)} - {"body", "identifiers", "indicators"}
        given = {name: getattr(shown, name) for name in names if hasattr(shown, name)}
        sent = fields_of(ClientClue(body={}, **given, indicators=tuple(shown.indicators or ())))
        if not KeyEpoch.objects.filter(epoch=2).exists():
            rotate(as_role)
        taken = submit(member, [sent | {"identifiers": [token(str(fields), epoch=2)]}])
        turn(as_role)
        assert outcomes(member, taken) == [("accepted", "epoch-added")]


@pytest.mark.parametrize(
    "change",
    [
        {"grade": "B1"},
        {"identifiers": [token("x", epoch=2), token("z", epoch=2)]},
        {"identifiers": [token("x", kind="cn-mobile", epoch=2)]},
        {"identifiers": [token("x", epoch=2) | {"role": "victim"}]},
    ],
)
def test_other_content_in_the_new_epoch_is_refused(members: Any, as_role: Any, change: Any) -> None:
    member = members[0]
    one = clue(token("x"))
    submit(member, [one])
    turn(as_role)
    rotate(as_role)
    taken = submit(member, [again(one, token("x", epoch=2)) | change])
    turn(as_role)
    assert outcomes(member, taken) == [("refused", "client-ref-reused")]


def test_a_place_takes_one_token_of_an_epoch(members: Any, as_role: Any) -> None:
    """Else one reviewed clue could be given any number of identifiers."""
    member = members[0]
    one = clue(token("x"))
    submit(member, [one])
    turn(as_role)
    rotate(as_role)
    rows = [again(one, token("x", epoch=2)), again(one, token("z", epoch=2))]
    taken = [submit(member, [row]) for row in rows]
    turn(as_role)
    assert [outcomes(member, each) for each in taken] == [
        [("accepted", "epoch-added")],
        [("refused", "client-ref-reused")],
    ]


def test_nobody_is_told_again_of_what_a_match_of_the_other_epoch_told(members: Any, as_role: Any) -> None:
    """Red without `find_known_elsewhere`: both hear of a new match, and at retirement that one was undone."""
    one, two = clue(token("x")), clue(token("x"))
    submit(members[0], [one])
    submit(members[1], [two])
    turn(as_role)
    assert [heard(each) for each in members[:2]] == [["match.released"]] * 2
    rotate(as_role)
    submit(members[0], [again(one, token("x", epoch=2))])
    submit(members[1], [again(two, token("x", epoch=2))])
    turn(as_role)
    assert [heard(each) for each in members[:2]] == [["match.released"]] * 2
    submit(members[2], [clue(token("x", epoch=2))])
    turn(as_role)
    assert heard(members[2]) == ["match.released"]
    with as_role("aif_desk"):
        epochs.retire_epoch(epoch=1, by=BY, now=timezone.now())
    turn(as_role)
    assert "match.undone" not in heard(members[0]) + heard(members[1])
    assert len(queries.list_matches(viewer=members[0])) == 1


def test_a_newcomer_of_the_new_epoch_is_told_of(members: Any, as_role: Any) -> None:
    """What is new is told, though the rest of the match is known from the other epoch."""
    one, two = clue(token("x")), clue(token("x"))
    submit(members[0], [one])
    submit(members[1], [two])
    turn(as_role)
    rotate(as_role)
    submit(members[2], [clue(token("x", epoch=2))])
    turn(as_role)
    submit(members[0], [again(one, token("x", epoch=2))])
    turn(as_role)
    assert heard(members[0]) == ["match.released"] * 2
    assert heard(members[2]) == ["match.released"]
    assert heard(members[1]) == ["match.released"]


def test_one_weak_identifier_in_two_epochs_links_nothing(members: Any, as_role: Any) -> None:
    """Red if an identifier weighed once for each epoch."""
    from aif_share.identifiers import types

    weak = next(code for code, kind in types().items() if kind.link == 1)
    one = clue(token("x", kind=weak))
    submit(members[0], [one])
    turn(as_role)
    rotate(as_role)
    submit(members[0], [again(one, token("x", kind=weak, epoch=2))])
    turn(as_role)
    with as_role("aif_match"), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM sighting")
        assert cursor.fetchone()[0] == 2
        cursor.execute("SELECT count(*) FROM ring_edge")
        assert cursor.fetchone()[0] == 0


def test_roles_change_in_both_epochs(members: Any, as_role: Any) -> None:
    member = members[0]
    one = clue(token("x"), token("y"))
    submit(member, [one])
    turn(as_role)
    rotate(as_role)
    submit(member, [again(one, token("x", epoch=2), token("y", epoch=2))])
    turn(as_role)
    (view,) = own.list_clues(viewer=member)
    edits.correct(
        clue=view.clue,
        changes={"roles": [{"identifier": 1, "role": "victim"}]},
        version=view.version,
        by=member,
        now=timezone.now(),
    )
    turn(as_role)
    (view,) = own.list_clues(viewer=member)
    assert [(each.role, each.epochs, each.counted) for each in view.identifiers] == [
        ("actor", (1, 2), True),
        ("victim", (1, 2), False),
    ]


def test_rows_of_a_retired_epoch_end_and_come_back_when_reported_again(members: Any, as_role: Any) -> None:
    """Red without `changes.end_retired`: they would stay for ever, found by nobody."""
    late, swift = members[:2]
    one, two = clue(token("x")), clue(token("x"))
    submit(late, [one])
    submit(swift, [two])
    turn(as_role)
    rotate(as_role)
    submit(swift, [again(two, token("x", epoch=2))])
    turn(as_role)
    with as_role("aif_desk"):
        epochs.retire_epoch(epoch=1, by=BY, now=timezone.now())
    epochs._cache.value = None
    turn(as_role)
    with as_role("aif_match"), connection.cursor() as cursor:
        cursor.execute("SELECT count(*), min(epoch) FROM sighting")
        assert cursor.fetchone() == (1, 2)
        cursor.execute("SELECT count(*) FROM identifier WHERE epoch = 1")
        assert cursor.fetchone()[0] == 0
    assert [view.state for view in own.list_clues(viewer=late)] == ["expired"]
    assert [view.state for view in own.list_clues(viewer=swift)] == ["active"]
    assert heard(swift)[-1] == "match.undone"
    with as_role("aif_desk"):
        assert AuditEvent.objects.filter(verb="epoch.sweep").get().detail == {"identifiers": 1, "clues_ended": 1}
    taken = submit(late, [again(one, token("x", epoch=2))])
    turn(as_role)
    assert outcomes(late, taken) == [("accepted", "epoch-added")]
    assert [view.state for view in own.list_clues(viewer=late)] == ["active"]
    assert heard(swift)[-1] == "match.released"


def test_what_was_announced_is_done_at_its_hour(members: Any, as_role: Any) -> None:
    now = timezone.now()
    opens, until = now + timedelta(days=30), now + timedelta(days=60)
    with as_role("aif_desk"):
        epochs.announce_epoch(epoch=2, opens_at=opens, overlaps_until=until, by=BY, now=now)
    assert {number for _, number in epochs.read_epochs()} == {1}, "nobody reports in it before it opens"

    def states(moment: Any) -> set[tuple[int, str]]:
        with as_role("aif_match"):
            epochs.turn(now=moment)
            epochs.turn(now=moment)
            return set(KeyEpoch.objects.values_list("epoch", "state"))

    assert states(now) == {(1, "active"), (2, "announced")}
    assert states(opens) == {(1, "overlap"), (2, "active")}
    assert {number for _, number in epochs.read_epochs()} == {1, 2}
    assert states(until) == {(1, "retired"), (2, "active")}
    with as_role("aif_desk"):
        done = list(AuditEvent.objects.filter(verb__startswith="epoch.", actor_ref="key-epochs").order_by("id"))
    told = [(event.verb, event.subject_ref) for event in done]
    assert told == [("epoch.open", "epoch-2"), ("epoch.retire", "epoch-1")]
