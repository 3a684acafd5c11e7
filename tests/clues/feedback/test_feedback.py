"""Verdicts of parties, what they say of the sources, and how that reaches the scores of matches."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from aif_share.errors import Refusal
from clues.disputes.queries import list_received
from clues.feedback import giving, quality
from clues.matching import rescore
from clues.matching.queries import list_matches
from clues.models import Feedback, SourceQuality
from members.models import AuditEvent
from tests.clues.alliance import token
from tests.factories import acting_as


def give(by: Any, match: str, verdict: str = "confirm", **fields: Any) -> Feedback:
    return giving.give(match=match, request={"verdict": verdict} | fields, by=by, now=timezone.now())


def reckon() -> list[int]:
    with acting_as("aif_match"):
        moved = quality.reckon()
        rescore.forget_scores_of(moved)
        rescore.rescore_pending()
        return moved


def qualities(world: Any) -> dict[str, tuple[int, int, int]]:
    with acting_as("aif_desk"):
        rows = {row.institution_id: (row.confirmed, row.refuted, row.step) for row in SourceQuality.objects.all()}
    return {name: rows.get(getattr(world, name).institution_id, (0, 0, 1)) for name in ("aster", "birch", "cedar")}


def refs(viewer: Any) -> list[str]:
    return [row.match for row in list_matches(viewer=viewer)]


def terms(viewer: Any) -> list[dict[str, int]]:
    """Return the terms of every match of the viewer, which must add up to its score."""
    found = []
    for row in list_matches(viewer=viewer):
        assert row.score is not None and row.score == sum(term["points"] for term in row.terms)
        found.append({term["term"]: term["points"] for term in row.terms})
    return found


def score(world: Any) -> None:
    with acting_as("aif_match"):
        while rescore.rescore_pending():
            pass


def test_the_last_verdict_counts(world: Any) -> None:
    x = token("x")
    world.report(world.aster, x)
    world.report(world.birch, x)
    (match,) = refs(world.aster)
    first = give(world.aster, match, reason="same-actor")
    assert list_matches(viewer=world.aster)[0].my_feedback.verdict == "confirm"  # type: ignore[union-attr]
    give(world.aster, match, "false-positive")
    own = list_matches(viewer=world.aster)[0].my_feedback
    assert own is not None and (own.verdict, own.reason) == ("false-positive", None) and own.given_at > first.given_at
    assert list_matches(viewer=world.birch)[0].my_feedback is None, "nobody else is told"
    assert Feedback.objects.count() == 1
    with acting_as("aif_audit"):
        assert AuditEvent.objects.filter(verb="feedback.give", subject_ref=match).count() == 2


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        ({"verdict": "maybe"}, "field-invalid"),
        ({}, "field-invalid"),
        ({"verdict": ["confirm"]}, "field-invalid"),
        ({"verdict": "confirm", "reason": "because"}, "field-invalid"),
        ({"verdict": "confirm", "note": "x"}, "unknown-field"),
    ],
)
def test_refused(world: Any, request_: Any, code: str) -> None:
    x = token("x")
    world.report(world.aster, x)
    world.report(world.birch, x)
    (match,) = refs(world.aster)
    for by, ref, expected in ((world.aster, match, code), (world.cedar, match, None), (world.aster, "M-NONE", None)):
        with pytest.raises(Refusal) as caught:
            giving.give(match=ref, request=request_, by=by, now=timezone.now())
        assert expected is None or caught.value.code == expected
    with pytest.raises(Refusal) as caught:
        give(world.cedar, match)
    assert caught.value.code == "not-found" and Feedback.objects.count() == 0


def test_quality_counts_independent_voices_once(world: Any) -> None:
    """Not of oneself, not of one's group, once for a match and group, the latest only; then decided disputes."""
    for n in range(3):
        world.report(world.aster, token(n))
        world.report(world.birch, token(n))
    world.report(world.sister, token(0))
    for match in refs(world.aster):
        give(world.aster, match)
    give(world.sister, refs(world.sister)[0])
    give(world.birch, refs(world.birch)[2], "false-positive")
    give(world.birch, refs(world.birch)[1], "acted")
    assert reckon() == []
    found = qualities(world)
    assert found["birch"] == (3, 0, 1), "three matches, Aster's group once each; too few to leave the middle"
    assert found["aster"] == (0, 1, 1)
    give(world.aster, refs(world.aster)[0], "false-positive")
    give(world.sister, refs(world.sister)[0], "no-action")
    reckon()
    assert qualities(world)["birch"] == (2, 1, 1)
    with acting_as("aif_match"):
        assert not quality.has_changed() and not reckon()


def test_a_verdict_is_about_those_who_were_there(world: Any) -> None:
    """Cedar joins a match that Aster called wrong before: nobody has said anything of Cedar yet."""
    x = token("x")
    world.report(world.aster, x)
    world.report(world.birch, x)
    give(world.aster, refs(world.aster)[0], "false-positive")
    world.report(world.cedar, x)
    reckon()
    assert (qualities(world)["birch"], qualities(world)["cedar"]) == ((0, 1, 1), (0, 0, 1))
    give(world.aster, refs(world.aster)[0], "false-positive")
    reckon()
    assert qualities(world)["cedar"] == (0, 1, 1)


def test_disputes_weigh_in(world: Any) -> None:
    """Rejected confirms; upheld and lapsed refute; withdrawn in answer says nothing."""
    clues = [world.report(world.birch, token(n)) for n in range(4)]
    disputes = [world.dispute_token(world.aster, token(n)) for n in range(4)]
    world.work()
    world.answer(world.birch, disputes[0], clues[0], "withdraw", "mistake")
    world.maintain(world.birch, disputes[1], clues[1])
    world.maintain(world.birch, disputes[2], clues[2])
    world.decide(disputes[1], "upheld")
    world.decide(disputes[2], "rejected")
    world.pass_days(30)
    world.work()
    with acting_as("aif_match"):
        assert quality.has_changed()
    reckon()
    assert qualities(world)["birch"] == (1, 2, 1)


def test_a_proven_source_lifts_its_matches(world: Any) -> None:
    for n in range(5):
        world.report(world.birch, token(n))
        world.report(world.aster, token(n))
    score(world)
    assert {each["source-quality"] for each in terms(world.aster)} == {5}
    for match in refs(world.aster):
        give(world.aster, match)
    assert len(reckon()) == 1 and qualities(world)["birch"] == (5, 0, 2)
    assert {each["source-quality"] for each in terms(world.aster)} == {10}
    assert terms(world.aster) == terms(world.birch)


def test_a_score_follows_what_happens(world: Any) -> None:
    """A third group, a dispute, a better grade: the stored terms follow, never ahead of the tick."""
    x = token("x")
    world.report(world.birch, x)
    world.report(world.cedar, x, grade="B1")
    score(world)
    (first,) = terms(world.birch)
    assert first == {"independent-groups": 12, "grade": 22, "source-quality": 5, "recency": 20, "specificity": 2}
    world.report(world.elm, x, grade="A")
    score(world)
    (grown,) = terms(world.birch)
    assert (grown["independent-groups"], grown["grade"]) == (24, 27)
    world.dispute_token(world.aster, x)
    world.work()
    assert refs(world.cedar) == []


def test_a_dispute_of_one_clue_shows_in_the_score_of_the_rest(world: Any) -> None:
    x = token("x")
    for by in (world.birch, world.cedar, world.elm):
        world.report(by, x)
    world.report(world.aster, x)
    dispute = world.dispute_match(world.aster)
    world.work()
    for by in (world.birch, world.cedar):
        (received,) = list_received(viewer=by)
        world.maintain(by, dispute, received.client_ref)
    world.decide(dispute, "rejected")
    world.work()
    score(world)
    (found,) = terms(world.aster)
    assert found["disputes"] == -10, "Elm's clue is still under dispute"


def test_before_the_tick_a_score_does_not_move(world: Any, settings: Any) -> None:
    x = token("x")
    world.report(world.birch, x)
    world.report(world.cedar, x)
    score(world)
    before = terms(world.birch)
    settings.AIF_DISCLOSURE_TICK = 86_400 * 365
    world.report(world.elm, x, grade="A")
    score(world)
    assert terms(world.birch) == before
    world.report(world.birch, token("new"))
    world.report(world.cedar, token("new"))
    score(world)
    with acting_as("aif_match"), connection.cursor() as cursor:
        cursor.execute("UPDATE match SET released_at = now() WHERE released_at > now()")
        cursor.execute("UPDATE match_party SET released_at = now() WHERE released_at > now()")
    assert len(terms(world.birch)) == 2, "scored ahead of the tick that nobody was to see it before"
    score(world)
    assert sorted(each["grade"] for each in terms(world.birch)) == [16, 27]


def test_scores_age(world: Any) -> None:
    x = token("x")
    world.report(world.birch, x)
    world.report(world.cedar, x)
    score(world)
    with acting_as("aif_owner"), connection.cursor() as cursor:
        cursor.execute("UPDATE identifier SET last_seen_at = last_seen_at - interval '50 days'")
    with acting_as("aif_match"):
        assert rescore.rescore_all() == 1 and rescore.rescore_all() == 0
    assert terms(world.birch)[0]["recency"] == 12


def test_stale_scores_are_marked_in_spite_of_a_deadlock(world: Any, connect: Any) -> None:
    """Matching writes the same matches in another order; what was reckoned must not stay without its consequence."""
    for n in range(2):
        world.report(world.aster, token(n))
        world.report(world.birch, token(n))
    score(world)
    other = connect("aif_match")
    other.autocommit = False
    with other.cursor() as theirs:
        theirs.execute("SELECT id FROM match ORDER BY id")
        first, last = (number for (number,) in theirs.fetchall())
        theirs.execute("UPDATE match SET scored_at = scored_at WHERE id = %s", [last])
        marking = threading.Thread(target=_forget, args=[world.birch.institution_id])
        marking.start()
        time.sleep(0.4)
        theirs.execute("UPDATE match SET scored_at = scored_at WHERE id = %s", [first])
    other.commit()
    marking.join(10)
    with acting_as("aif_match"), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM match WHERE scored_at IS NULL")
        assert cursor.fetchone() == (2,)


def _forget(institution: int) -> None:
    try:
        with acting_as("aif_match"):
            rescore.forget_scores_of([institution])
    finally:
        connection.close()
