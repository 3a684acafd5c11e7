"""Noise lists: by two people, by list, and never by count; what stands in force acts on what was and what will be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from aif_share.errors import Refusal
from aif_share.identifiers import normalize
from aif_share.vocabulary import noise_lists
from clues import noise
from clues.matching.changes import apply_noise
from clues.matching.run import match_pending
from clues.models import NoiseEntry
from clues.noise import decide, propose, queries
from clues.screening.screen import screen
from clues.submissions import results
from clues.submissions.queries import get_batch
from clues.submissions.tokens import read_tokens
from members.models import User
from tests.clues.alliance import clue, join, open_epoch, submit, token
from tests.clues.reviewing import confirm
from tests.factories import acting_as, make_user

NUMBER = token("hotline", kind="service-number")
CROWD = 12


@pytest.fixture
def members(fresh_database: Any) -> list[Any]:
    """As many independent institutions as a crowd takes."""
    with acting_as("aif_desk"):
        open_epoch()
        return [join(f"Institution {n}") for n in range(CROWD)]


@pytest.fixture
def desk(members: Any) -> dict[str, User]:
    return {"olga": make_user("alliance-operator"), "pavel": make_user("alliance-approver")}


def work() -> None:
    with acting_as("aif_match"):
        match_pending(limit=100)
        apply_noise(limit=1_000, now=timezone.now())


def report(member: Any, *identifiers: dict[str, Any], **fields: Any) -> None:
    submit(member, [clue(*identifiers, **fields)])
    work()
    confirm(member)


def list_it(desk: dict[str, User], identifier: dict[str, Any], *, mode: str = "block") -> NoiseEntry:
    """Put a token on the alliance's list of hotlines, by its two people."""
    with acting_as("aif_desk"):
        propose.propose_public(
            list_code="hotline",
            tokens=read_tokens([identifier], most=1),
            by=desk["olga"],
            now=timezone.now(),
            mode=mode,
        )
        entry = NoiseEntry.objects.latest("pk")
        decide.approve(entry_id=entry.pk, by=desk["pavel"], now=timezone.now())
    work()
    return entry


def hits(member: Any, identifier: dict[str, Any]) -> bool:
    asked = {name: identifier[name] for name in ("type", "epoch", "token")}
    return bool(screen(request={"purpose": "investigation", "tokens": [asked]}, by=member).results[0].hit)


def one(sql: str) -> Any:
    with acting_as("aif_owner"), connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


def test_a_popular_identifier_is_never_noise_by_count(members: Any) -> None:
    """Whatever many institutions report is the best signal there is: it counts, matches and answers."""
    for member in members:
        report(member, NUMBER)
    assert NoiseEntry.objects.count() == 0
    assert one("SELECT count(*) FROM sighting WHERE counted") == CROWD
    assert one("SELECT count(*) FROM match_party") == CROWD
    assert hits(members[0], NUMBER)


def test_a_listed_identifier_stops_counting_and_counts_again(members: Any, desk: Any) -> None:
    """What was reported before, and what is reported after; taken off the list, all of it counts."""
    report(members[0], NUMBER)
    report(members[1], NUMBER)
    assert hits(members[2], NUMBER) and one("SELECT count(*) FROM match_party") == 2
    entry = list_it(desk, NUMBER)
    assert not hits(members[2], NUMBER)
    report(members[3], NUMBER)
    assert one("SELECT count(*) FROM sighting WHERE counted") == 0
    assert one("SELECT count(*) FROM match_party") == 0
    with acting_as("aif_desk"):
        decide.remove(entry_id=entry.pk, reason="not a hotline any more", by=desk["pavel"], now=timezone.now())
    work()
    assert one("SELECT count(*) FROM sighting WHERE counted") == 3
    assert hits(members[2], NUMBER)


def test_inform_counts(members: Any, desk: Any) -> None:
    report(members[0], NUMBER)
    list_it(desk, NUMBER, mode="inform")
    report(members[1], NUMBER)
    assert one("SELECT count(*) FROM sighting WHERE counted") == 2


@pytest.mark.parametrize(("mode", "code"), [("block", "noise"), ("inform", "noise-informed")])
def test_whoever_reports_it_is_told(members: Any, desk: Any, mode: str, code: str) -> None:
    """The row is accepted, with a code; rows beside it have none, and the batch's counts say accepted."""
    list_it(desk, NUMBER, mode=mode)
    rows = [clue(token("a")), clue(NUMBER, token("b")), clue(NUMBER | {"role": "victim"}), clue(token("c"), grade="?")]
    batch = submit(members[0], rows).batch
    work()
    found, _next = results.list_results(batch=batch, viewer=members[0])
    assert [(row.outcome, row.code) for row in found] == [
        ("accepted", None), ("accepted", code), ("accepted", code), ("refused", "grade-unknown"),
    ]  # fmt: skip
    view = get_batch(batch=batch, viewer=members[0])
    assert (view.accepted, view.duplicates, view.refused) == (3, 0, 1)


def test_a_proposal_changes_nothing(members: Any, desk: Any) -> None:
    report(members[0], NUMBER)
    with acting_as("aif_desk"):
        propose.propose_public(
            list_code="hotline", tokens=read_tokens([NUMBER], most=1), by=desk["olga"], now=timezone.now()
        )
    work()
    assert hits(members[2], NUMBER)


class TestTwoPeople:
    """A member's proposal takes one person of the desk; the desk's own takes two."""

    def propose(self, by: User) -> NoiseEntry:
        with acting_as("aif_desk"):
            propose.propose_public(list_code="hotline", tokens=read_tokens([NUMBER], most=1), by=by, now=timezone.now())
            return NoiseEntry.objects.latest("pk")

    def decide(self, entry: NoiseEntry, by: User) -> NoiseEntry:
        with acting_as("aif_desk"):
            return decide.approve(entry_id=entry.pk, by=by, now=timezone.now())

    def test_never_the_proposer(self, desk: dict[str, User]) -> None:
        entry = self.propose(desk["olga"])
        with acting_as("aif_owner"), connection.cursor() as cursor:
            cursor.execute("UPDATE user_account SET role = 'alliance-approver' WHERE id = %s", [desk["olga"].pk])
        desk["olga"].refresh_from_db()
        with pytest.raises(Refusal) as refusal:
            self.decide(entry, desk["olga"])
        assert refusal.value.code == "four-eyes"
        with pytest.raises(Refusal) as refusal, acting_as("aif_desk"):
            decide.approve_all(list_code="hotline", count=1, by=desk["olga"], now=timezone.now())
        assert refusal.value.code == "conflict"  # her own are not among those she may approve
        with pytest.raises(IntegrityError), transaction.atomic(), acting_as("aif_owner"):
            NoiseEntry.objects.filter(pk=entry.pk).update(decided_by=desk["olga"])

    def test_who_may(self, desk: dict[str, User]) -> None:
        entry = self.propose(desk["olga"])
        for act in (lambda: self.propose(desk["pavel"]), lambda: self.decide(entry, make_user("alliance-operator"))):
            with pytest.raises(Refusal) as refusal:
                act()
            assert refusal.value.code == "permission-missing"

    def test_decided_once(self, desk: dict[str, User]) -> None:
        entry = self.propose(desk["olga"])
        with acting_as("aif_desk"):
            decide.reject(entry_id=entry.pk, reason="who says so", by=desk["pavel"], now=timezone.now())
        with pytest.raises(Refusal) as refusal:
            self.decide(entry, desk["pavel"])
        assert refusal.value.code == "transition-refused"

    def test_a_whole_list_is_what_was_seen(self, desk: dict[str, User]) -> None:
        with acting_as("aif_desk"):
            for n in range(3):
                tokens = read_tokens([token(n, kind="service-number")], most=1)
                propose.propose_public(list_code="hotline", tokens=tokens, by=desk["olga"], now=timezone.now())
            assert queries.count_waiting() == {"hotline": 3}
            with pytest.raises(Refusal) as refusal:
                decide.approve_all(list_code="hotline", count=2, by=desk["pavel"], now=timezone.now())
            assert refusal.value.code == "conflict"
            assert decide.approve_all(list_code="hotline", count=3, by=desk["pavel"], now=timezone.now()) == 3
        assert set(NoiseEntry.objects.values_list("state", flat=True)) == {"in-force"}


def test_the_same_entry_twice_is_one(members: Any, desk: Any) -> None:
    with acting_as("aif_desk"):
        first = propose.propose_public(
            list_code="hotline", tokens=read_tokens([NUMBER, NUMBER], most=2), by=desk["olga"], now=timezone.now()
        )
        again = propose.propose_public(
            list_code="hotline", tokens=read_tokens([NUMBER], most=1), by=desk["olga"], now=timezone.now()
        )
    assert NoiseEntry.objects.count() == 1
    assert [each.index for each in first] == [0, 1] and {each.entry for each in first} == {again[0].entry}


@pytest.mark.parametrize("kind", ["resident-id", "domain"])
def test_a_list_takes_its_own_types(members: Any, desk: Any, kind: str) -> None:
    tokens = read_tokens([NUMBER, token("x", kind=kind)], most=2)
    with pytest.raises(Refusal) as refusal, acting_as("aif_desk"):
        propose.propose_public(list_code="hotline", tokens=tokens, by=desk["olga"], now=timezone.now())
    assert (refusal.value.code, refusal.value.extra["index"]) == ("field-invalid", 1)
    assert NoiseEntry.objects.count() == 0


def test_the_starter_lists_are_values_of_their_lists() -> None:
    """Public values, each of a type its list takes, none twice."""
    files = sorted((Path(noise.__file__).parent / "starter").glob("*.txt"))
    assert {file.stem for file in files} == {row.code for row in noise_lists.ROWS if not row.members}
    for file in files:
        kept = noise_lists.BY_CODE[file.stem]
        lines = [line for line in file.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
        assert lines and len(lines) == len(set(lines))
        for line in lines:
            kind, _space, value = line.partition(" ")
            assert not kept.types or kind in kept.types
            assert normalize(kind, value)
