"""When the ground falls, whoever acted on it is told to lift, once; and everybody who has not is seen."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from clues.cases.transition import perform
from clues.dispositions import lifting, queries
from clues.disputes import apply as disputes
from clues.disputes import decisions, opening
from clues.models import Clue, Disposition, DisputedClue, LiftNotice, Match
from members.models import reference
from tests.clues.alliance import allow, caller, clue, submit, token
from tests.clues.dispositions.doing import act, answer, apply, notices, record, refused, told, withdraw, work
from tests.clues.scene import Scene, make_case
from tests.clues.scene import work as match_all
from tests.factories import acting_as


def test_an_undone_match_is_told_to_every_institution_that_acted_once(scene: Scene, audited: Any) -> None:
    rows = [record(scene), record(scene, by=scene.cast.birch), record(scene, client_ref="aster-1")]
    record(scene, kind="dissuasion"), record(scene, client_ref="aster-1", identifier=1)
    assert work() == 0, "what stands is nobody's to lift"
    withdraw("birch-1")
    assert work() == 3 and work() == 0
    assert {notice.disposition_id: notice.cause for notice in notices()} == {row.pk: "undone" for row in rows}
    assert told(scene.cast.aster) == ["disposition.lift-due"] * 2 and told(scene.cast.birch) == ["disposition.lift-due"]
    viewer = caller(scene.cast.aster)
    assert queries.count_to_lift(viewer=viewer) == 2
    found = queries.list_dispositions(viewer=viewer, now=timezone.now(), show="lift")
    assert [row.id for row in found] == [rows[2].pk, rows[0].pk] and all(row.to_lift for row in found)
    assert found[0].lift is not None and found[0].lift.due_at > timezone.now() + timedelta(days=2)
    assert audited("disposition.lift.raise") == ["lifts"]


def test_what_was_lifted_before_is_left_alone(scene: Scene) -> None:
    act(record(scene), "lift", note="no longer needed")
    withdraw("birch-1")
    assert work() == 0 and notices() == []


@pytest.mark.parametrize("end", ["withdrawn", "expired", "refuted", "lapsed"])
def test_the_cause_of_an_own_clue(scene: Scene, end: str) -> None:
    """However the own clue ends; the match, which goes with it, is the lesser word."""
    row = record(scene, client_ref="aster-1")
    if end == "withdrawn":
        withdraw("aster-1")
    elif end == "expired":
        with acting_as("aif_owner"):
            Clue.objects.filter(client_ref="aster-1").update(expires_at=timezone.now())
        with acting_as("aif_match"):
            from clues.matching import changes

            changes.expire(limit=10, now=timezone.now())
    else:
        _dispute(scene, end)
    work()
    (notice,) = notices()
    assert (notice.disposition_id, notice.cause) == (row.pk, end)


def _dispute(scene: Scene, end: str) -> None:
    """Cedar disputes what stands at the identifier; the alliance finds it wrong, or nobody answers."""
    allow()
    with acting_as("aif_web"):
        opening.open_dispute(
            request={"match": scene.match, "reason": "wrong-person"}, by=caller(scene.cast.birch), now=timezone.now()
        )
    with acting_as("aif_match"):
        disputes.suspend_pending(limit=10)
    apply()
    if end == "refuted":
        with acting_as("aif_owner"):
            DisputedClue.objects.update(state="maintained")
        with acting_as("aif_desk"):
            for each in DisputedClue.objects.all():
                decisions.decide(
                    disputed_clue=each.pk, verdict="upheld", reason="r", by=scene.cast.pavel, now=timezone.now()
                )
    else:
        with acting_as("aif_owner"):
            DisputedClue.objects.update(due_at=timezone.now() - timedelta(days=1))
    with acting_as("aif_match"):
        disputes.settle_pending(limit=10)
    apply()


def test_a_dispute_tells_at_once_and_calls_off_when_it_was_in_vain(scene: Scene) -> None:
    """The person concerned does not wait for the decision; if the match is back, the notice is over, and the next fall is told anew."""
    row = record(scene, by=scene.cast.birch)
    with acting_as("aif_web"):
        opening.open_dispute(
            request={"match": scene.match, "reason": "wrong-person"}, by=caller(scene.cast.birch), now=timezone.now()
        )
    with acting_as("aif_match"):
        disputes.suspend_pending(limit=10)
    apply()
    assert work() == 1
    with acting_as("aif_owner"):
        DisputedClue.objects.update(state="maintained")
    with acting_as("aif_desk"):
        decisions.decide(
            disputed_clue=DisputedClue.objects.get().pk, verdict="rejected", reason="r", by=scene.cast.pavel,
            now=timezone.now(),
        )  # fmt: skip
    with acting_as("aif_match"):
        disputes.settle_pending(limit=10)
    apply()
    assert work() == 0
    (notice,) = notices()
    assert notice.ended_at is not None and notice.answered_at is None
    assert told(scene.cast.birch) == ["disposition.lift-due", "disposition.lift-called-off"]
    assert refused(answer, row, "lifted") == "transition-refused", "nothing waits any more"
    withdraw("aster-1")
    assert work() == 1 and len(notices()) == 2


def test_kept_is_not_asked_again_until_the_ground_was_back(scene: Scene, audited: Any) -> None:
    row = record(scene)
    withdraw("birch-1")
    work()
    assert refused(answer, row, "kept") == "field-invalid", "on which grounds?"
    assert refused(answer, row, "kept", reason="because") == "field-invalid"
    assert refused(answer, row, "perhaps") == "field-invalid"
    assert refused(answer, row, "kept", reason="own-evidence", note="13800138000") == "raw-identifier"
    assert refused(answer, row, "kept", reason="own-evidence", by=caller(scene.cast.birch)) == "not-found"
    answer(row, "kept", reason="own-evidence", note="device log of ours")
    assert work() == 0
    (notice,) = notices()
    assert (notice.answer, notice.reason, notice.answered_by_ref) == ("kept", "own-evidence", "testtest")
    assert refused(answer, row, "lifted") == "transition-refused"
    row.refresh_from_db()
    assert row.state == "done" and audited("disposition.keep") == ["testtest"]
    (shown,) = queries.list_about(viewer=caller(scene.cast.aster), match=row.match_id)
    assert not shown.to_lift and shown.lift is not None and shown.lift.reason == "own-evidence"
    submit(caller(scene.cast.birch), [clue(token("one person", kind="resident-id"), client_ref="birch-2")])
    match_all()
    work()
    assert told(scene.cast.aster) == ["disposition.lift-due"], "an answered notice ends in silence"
    withdraw("birch-2")
    assert work() == 1


def test_lifted_by_the_answer_or_by_the_step(scene: Scene, audited: Any) -> None:
    by_answer, by_step = record(scene), record(scene, by=scene.cast.birch)
    withdraw("birch-1")
    work()
    assert refused(answer, by_answer, "lifted", reason="own-evidence") == "field-invalid"
    lifted = answer(by_answer, "lifted")
    assert lifted.state == "lifted" and lifted.version == 2
    act(by_step, "lift", note="the clue was wrong")
    assert [notice.answer for notice in notices()] == ["lifted", "lifted"]
    assert work() == 0 and queries.count_to_lift(viewer=caller(scene.cast.aster)) == 0
    assert len(audited("disposition.lift")) == 2
    steps = queries.list_steps(disposition=by_answer.pk, viewer=caller(scene.cast.aster))
    assert [(step.action, step.to_state, step.note) for step in steps] == [
        ("record", "done", ""),
        ("lift", "lifted", "undone"),
    ]


def test_a_dismissed_case(scene: Scene) -> None:
    row = record(scene, case=make_case(scene).ref)
    assert work() == 0
    with acting_as("aif_desk"):
        perform(case=reference.encode("CASE", row.case_id or 0), action="dismiss", by=scene.cast.olga, now=timezone.now(),
                note="not our matter")  # fmt: skip
    assert work() == 1 and notices()[0].cause == "dismissed"


@pytest.mark.parametrize(("at", "falls"), [("triage", True), ("approved", False)])
def test_a_case_stands_by_itself_once_it_is_approved(scene: Scene, at: str, falls: bool) -> None:
    record(scene, case=make_case(scene, at=at).ref)
    withdraw("birch-1")
    assert work() == int(falls)


def test_only_who_lost_the_ground(scene: Scene) -> None:
    """A third party leaves: the match still stands for the others, not for the one that took its report back."""
    submit(caller(scene.cast.cedar), [clue(token("one person", kind="resident-id"), client_ref="cedar-2")])
    match_all()
    record(scene), record(scene, by=scene.cast.cedar)
    withdraw("cedar-2")
    assert work() == 1 and notices()[0].institution_id == scene.cast.cedar.pk


def test_reviews_are_told_once_for_each_date(scene: Scene) -> None:
    row = record(scene, review_date=timezone.localdate().isoformat())
    work(), work()
    assert told(scene.cast.aster) == ["disposition.review-due"]
    act(row, "review")
    act(row, "confirm", review_date=(timezone.localdate() + timedelta(days=5)).isoformat())
    work()
    assert told(scene.cast.aster) == ["disposition.review-due"]
    with acting_as("aif_owner"):
        Disposition.objects.update(review_date=timezone.localdate())
    work()
    assert told(scene.cast.aster) == ["disposition.review-due"] * 2


def test_two_workers_raise_one_notice_each(fresh_database: str, settings: Any) -> None:
    """Whoever comes second finds the first one's notices, or waits for them; nobody is told twice."""
    from tests.clues.scene import make_scene

    settings.AIF_DISCLOSURE_TICK = 0.01
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    scene = make_scene()
    for by in (scene.cast.aster, scene.cast.birch):
        record(scene, by=by), record(scene, by=by, kind="partner-removed")
    withdraw("birch-1")
    barrier, counts = threading.Barrier(4), []

    def worker() -> None:
        try:
            with acting_as("aif_match"):
                barrier.wait(timeout=20)
                counts.append(lifting.raise_lifts(limit=100, now=timezone.now()))
        finally:
            connection.close()

    threads = [threading.Thread(target=worker) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(counts) == 4 and LiftNotice.objects.count() == 4
    work()
    assert [len(told(of)) for of in (scene.cast.aster, scene.cast.birch)] == [2, 2]
    assert Match.objects.count() == 1
