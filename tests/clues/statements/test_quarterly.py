"""An institution's own statement: its figures against what was done, others by sector and role alone, and nobody else's."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from clues.matching import work as match_work
from clues.models import Match, MatchParty, MatchRead, Statement
from clues.statements import making, queries
from clues.statements.periods import begin_of, quarter_of
from members.models import AuditEvent, Institution, User
from members.queries import person_of
from tests.clues.alliance import caller, clue, submit, token
from tests.clues.scene import Scene, work
from tests.factories import acting_as, make_institution, make_user

TODAY = timezone.localdate()
DUE = begin_of(quarter_of(TODAY).due) + timedelta(hours=1)


def make_all(now: datetime = DUE) -> int:
    with acting_as("aif_match"):
        return making.make_due(limit=100, now=now)


def figures(of: Institution) -> dict[str, dict[str, str | None]]:
    """Return the newest figures of an institution: section -> line -> value."""
    row = Statement.objects.filter(institution=of).order_by("-id")[0]
    return {section["code"]: dict(section["rows"]) for section in row.figures}


def test_what_was_given_and_received(scene: Scene) -> None:
    aster, alice = scene.cast.aster, scene.cast.alice
    submit(caller(aster), [clue(token(each), category="malware") for each in range(3)])
    work()
    match_work.acknowledge(matches={scene.match: 0}, by=person_of(alice), now=timezone.now())
    assert make_all() == 2 + Institution.objects.filter(state="live").count()
    found = figures(aster)
    assert (found["given"]["batches"], found["given"]["clues"], found["given"]["content"]) == ("2", "4", "0")
    assert found["given-by-category"] == {"malware": "3", "telecom-fraud": "1"}
    assert (found["received"]["matches"], found["received"]["screened"]) == ("1", "0")
    # Five identifiers of its own: two of the scene's clue, one of them Birch's too, and three more.
    assert found["unique"] == {"first-reported": "5", "only-ours": "4", "only-ours-share": "80"}
    assert found["speed"]["review-time"] is None and found["speed"]["acknowledgment-time"] is not None
    assert found["met-by-sector"] == found["met-by-role"] == {}, "too few institutions to say"
    assert figures(scene.cast.cedar)["received"]["matches"] == "0"


def test_others_by_sector_and_role_alone(scene: Scene) -> None:
    """Five more banks meet Aster's clue and look at it; telecom operators are too few to be told of."""
    banks = [make_institution(sector="bank") for _turn in range(5)]
    telecom = make_institution(sector="telecom")
    for each in (*banks, telecom):
        submit(caller(each), [clue(token("one person", kind="resident-id"))])
    work()
    match = Match.objects.get()
    for each in banks:
        read(match, make_user("analyst", institution=each))
    read(match, make_user("approver", institution=banks[0]))
    make_all()
    found = figures(scene.cast.aster)
    assert found["met-by-sector"] == {"bank": "1"}
    assert found["met-by-role"] == {"analyst": "<10"}, "one approver is too few"
    row = Statement.objects.get(institution=scene.cast.aster)
    everything = str(row.figures) + bytes(row.csv).decode()
    assert not any(each.name in everything for each in (scene.cast.birch, *banks, telecom))


def read(match: Match, person: User) -> None:
    with acting_as("aif_web"):
        MatchRead.objects.create(user=person, match=match, read_at=timezone.now())


def test_each_is_made_once_and_only_for_its_own(scene: Scene) -> None:
    assert make_all(begin_of(TODAY.replace(day=1))) == 0, "nobody was there in the quarter before"
    first = make_all()
    assert first == 2 + Institution.objects.filter(state="live").count() and make_all() == 0
    alice, bea = person_of(scene.cast.alice), person_of(scene.cast.bea)
    own = Statement.objects.get(institution=scene.cast.aster)
    assert {row.statement for row in queries.list_statements(viewer=alice) if row.kind == "quarterly"} == {own.ref}
    assert queries.get_statement(statement=own.ref, viewer=alice).sections
    with pytest.raises(queries.StatementNotFound):
        queries.take_file(statement=own.ref, form="pdf", by=bea)


def test_a_turn_makes_no_more_than_it_may(scene: Scene) -> None:
    with acting_as("aif_match"):
        assert making.make_due(limit=3, now=DUE) == 3
        assert making.make_due(limit=1, now=DUE) == 1


def test_what_was_before_and_after_does_not_count(scene: Scene) -> None:
    with acting_as("aif_owner"):
        MatchParty.objects.update(released_at=begin_of(quarter_of(TODAY).since) - timedelta(seconds=1))
    make_all()
    assert figures(scene.cast.aster)["received"]["matches"] == "0"


def test_the_period_is_whole(scene: Any) -> None:
    make_all()
    row = Statement.objects.get(institution=scene.cast.aster)
    assert (row.since, row.until) == (quarter_of(TODAY).since, quarter_of(TODAY).until) and isinstance(row.since, date)


def test_whose_statement_is_taken_at_the_desk_has_it_in_its_trail(scene: Scene) -> None:
    make_all()
    for row in (Statement.objects.get(institution=scene.cast.aster), Statement.objects.get(edition=Statement.EXACT)):
        with acting_as("aif_desk"):
            queries.take_file_at_desk(statement=row.pk, form="csv", by=scene.cast.olga)
        with acting_as("aif_owner"):
            event = AuditEvent.objects.get(verb="statement.take", subject_ref=row.ref)
        assert (event.institution_id, event.actor_ref) == (row.institution_id, scene.cast.olga.ref)
