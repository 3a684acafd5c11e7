"""A ground that weakens, or falls further; who is compared at all, and that a hundred thousand others are not."""

from __future__ import annotations

import time
from typing import Any

from django.db import connection
from django.utils import timezone

from aif_share.vocabulary import dispositions
from clues.dispositions import grounds, lifting
from clues.models import Disposition, GroundCheck
from members.models import Institution
from tests.clues.alliance import caller, clue, submit, token
from tests.clues.dispositions.doing import answer, notices, record, told, withdraw, work
from tests.clues.scene import Scene
from tests.clues.scene import work as match_all
from tests.factories import acting_as, make_institution

MANY = """
INSERT INTO disposition (institution_id, kind, subject, client_ref, position, match_id, match_band, match_grade, type,
    category, state, document_no, started_at, reappearances, recorded_by_ref, recorded_at, changed_at, version, done_at,
    clue_id)
SELECT institution_id, (%s::text[])[1 + n / 30000], 'clue', client_ref, n %% 30000, match_id, match_band, match_grade, type, category, state, '',
    started_at, 0, recorded_by_ref, recorded_at, changed_at, 1, done_at, clue_id
FROM disposition, generate_series(1, %s) AS n
"""


def report(institution: Institution, client_ref: str, **fields: Any) -> None:
    """One more institution reports the scene's identifier."""
    submit(caller(institution), [clue(token("one person", kind="resident-id"), client_ref=client_ref, **fields)])
    match_all()


def test_a_band_that_falls_is_looked_at_once_and_the_rest_may_suffice(scene: Scene) -> None:
    """Five institutions: bands show. One of three withdraws, and what is left says less than when the others acted."""
    make_institution("Dale Bank"), make_institution("Elm Bank")
    report(scene.cast.cedar, "cedar-2")
    row = record(scene)
    work()
    withdraw("cedar-2")
    assert work() == 1 and work() == 0
    (notice,) = notices()
    assert (notice.disposition_id, notice.cause) == (row.pk, "weakened") and told(scene.cast.aster) == [
        "disposition.lift-due"
    ]
    answer(row, "kept", reason="rest-suffices")
    assert work() == 0, "what was found to suffice is the ground now"
    withdraw("birch-1")
    assert work() == 1 and [each.cause for each in notices()] == ["weakened", "undone"]


def test_a_band_that_is_back_calls_it_off(scene: Scene) -> None:
    make_institution("Dale Bank"), make_institution("Elm Bank")
    report(scene.cast.cedar, "cedar-2")
    record(scene)
    withdraw("cedar-2")
    work()
    report(scene.cast.cedar, "cedar-3")
    work()
    assert told(scene.cast.aster) == ["disposition.lift-due", "disposition.lift-called-off"]


def test_a_best_grade_that_is_gone(scene: Scene) -> None:
    """Of what a small alliance shows, the grade can fall; that there are fewer it does not tell (test_lifting)."""
    report(scene.cast.cedar, "cedar-2", grade="A")
    record(scene)
    withdraw("cedar-2")
    assert work() == 1 and notices()[0].cause == "weakened"


def test_what_falls_further_is_told_although_it_was_kept(scene: Scene) -> None:
    """Kept as the own clue stood; then that one goes, too."""
    row = record(scene, client_ref="aster-1")
    withdraw("birch-1")
    work()
    answer(row, "kept", reason="own-clue-stands")
    withdraw("aster-1")
    assert work() == 1
    first, second = notices()
    assert (first.cause, first.ended_at is None) == ("undone", False)
    assert (second.cause, second.answered_at) == ("withdrawn", None)


def test_falling_further_gives_no_more_time(scene: Scene) -> None:
    row = record(scene, client_ref="aster-1")
    withdraw("birch-1")
    work()
    with acting_as("aif_owner"), connection.cursor() as cursor:
        cursor.execute("UPDATE lift_notice SET due_at = now() + interval '1 hour'")
    due = notices()[0].due_at
    withdraw("aster-1")
    assert work() == 1 and [each.due_at for each in notices()] == [due, due] and notices()[1].disposition_id == row.pk


def test_who_is_not_there_is_not_asked(scene: Scene) -> None:
    """The one that left cannot answer; whoever comes back is found by the sweep."""
    record(scene)
    now, there = (
        timezone.now(),
        {"departed_at": None, "leaving_at": None, "leaving_announced_at": None, "leaving_clues": ""},
    )
    gone = {"departed_at": now, "leaving_at": now, "leaving_announced_at": now, "leaving_clues": "keep"}
    with acting_as("aif_owner"):
        Institution.objects.filter(pk=scene.cast.aster.pk).update(**gone)
    withdraw("birch-1")
    assert work() == 0
    with acting_as("aif_owner"):
        Institution.objects.filter(pk=scene.cast.aster.pk).update(**there)
    with acting_as("aif_match"):
        assert lifting.sweep(after=0, limit=10, now=timezone.now()) == (1, 0)


def test_the_sweep_comes_by_slices_to_what_no_trigger_noted(scene: Scene) -> None:
    rows = [record(scene), record(scene, kind="partner-removed")]
    withdraw("birch-1")
    with acting_as("aif_match"):
        GroundCheck.objects.all().delete()
        assert lifting.raise_lifts(limit=10, now=timezone.now()) == 0
        assert lifting.sweep(after=0, limit=1, now=timezone.now()) == (1, rows[0].pk)
        assert lifting.sweep(after=rows[0].pk, limit=1, now=timezone.now()) == (1, rows[1].pk)
        assert lifting.sweep(after=rows[1].pk, limit=1, now=timezone.now()) == (0, 0)


def test_only_what_was_touched_is_compared(scene: Scene, scale: Any, record_property: Any) -> None:
    """Whatever the number of measures: the statements take those noted, by their keys."""
    record(scene, client_ref="cedar-1", by=scene.cast.cedar)
    with acting_as("aif_owner"), connection.cursor() as cursor:
        cursor.execute(MANY, [list(dispositions.TO_LIFT), scale(5_000, full=100_000)])
        cursor.execute("DELETE FROM ground_check; ANALYZE disposition; ANALYZE lift_notice; ANALYZE ground_check")
    row = record(scene)
    work()
    withdraw("birch-1")
    with acting_as("aif_match"):
        assert list(GroundCheck.objects.values_list("disposition_id", flat=True)) == [row.pk]
    names = {"measures": [row.pk], "now": timezone.now(), "due": timezone.now(), "kind": "disposition.lift-due",
             "kinds": list(dispositions.TO_LIFT), "early": grounds.EARLY}  # fmt: skip
    with acting_as("aif_match"), connection.cursor() as cursor:
        for statement in (lifting.GIVE_WAY, lifting.RAISE):
            cursor.execute(f"EXPLAIN {statement}", names)
            assert not any("Seq Scan on disposition" in line for (line,) in cursor.fetchall())
    seconds = []
    with acting_as("aif_match"):
        for expected in (1, 0, 0):
            began = time.monotonic()
            assert lifting.raise_lifts(limit=5_000, now=timezone.now()) == expected
            lifting.sweep(after=0, limit=500, now=timezone.now())
            lifting.call_off(limit=5_000, now=timezone.now())
            seconds.append(round(time.monotonic() - began, 4))
    record_property("lifts", {"measures": Disposition.objects.count(), "seconds": seconds})


def test_a_measure_of_before_has_nothing_to_compare_with(scene: Scene) -> None:
    """Measures recorded before what was shown was kept are told of a fall alone."""
    report(scene.cast.cedar, "cedar-2", grade="A")
    row = record(scene)
    with acting_as("aif_owner"):
        Disposition.objects.filter(pk=row.pk).update(match_band=0, match_grade="")
    withdraw("cedar-2")
    assert work() == 0
