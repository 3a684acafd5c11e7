"""Watchers hear of a report once it answers: confirmed, beside another institution's, or joined by one; and only once."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from clues.matching import changes, release, reviewed
from clues.matching.run import match_pending
from clues.models import Clue, ClueReview, WatchHit
from clues.submissions import reviews
from clues.submissions.verdicts import read_verdict
from clues.watches.create import create
from members.models import reference
from tests.clues.alliance import allow, clue, join, open_epoch, submit, token
from tests.clues.reviewing import DOCUMENT_NO, certify, reviewer
from tests.clues.scene import wait_for_tick
from tests.factories import acting_as

SEEN = token("watched")


@pytest.fixture
def members(fresh_database: Any, settings: Any) -> dict[str, Any]:
    """Five institutions, the first of which watches."""
    settings.AIF_DISCLOSURE_TICK = 0.01
    with acting_as("aif_desk"):
        open_epoch()
        found = {name: join(name) for name in ("Watcher", "Bank", "Other", "Third", "Fifth")}
    allow()
    create(request={"purpose": "investigation", "tokens": [SEEN]}, by=found["Watcher"], now=timezone.now())
    with acting_as("aif_match"):
        changes.activate_watches(limit=10)
    return found


def report(by: Any, grade: str = "B2", **fields: Any) -> str:
    row = clue(SEEN, grade=grade, **fields)
    submit(by, [row])
    work()
    return reference.encode("C", Clue.objects.get(client_ref=row["client_ref"]).pk)


def work() -> None:
    with acting_as("aif_match"):
        match_pending(limit=10)
        while reviewed.tell_watchers(limit=10, now=timezone.now()):
            pass
        release.release_pending()
    wait_for_tick()


def confirm(ref: str, decision: str = "confirmed") -> None:
    row = Clue.objects.get(pk=reference.decode("C", ref))
    reason, number = ("wrong-role", "") if decision == "returned" else ("", DOCUMENT_NO)
    reviews.review(
        clue=ref, version=row.version, verdict=read_verdict(decision, reason=reason, document_no=number),
        by=reviewer(row.institution_id), now=timezone.now(),
    )  # fmt: skip
    work()


def told() -> list[tuple[str, str]]:
    return list(WatchHit.objects.filter(released_at__isnull=False).order_by("id").values_list("category", "grade"))


def test_alone_it_is_told_when_it_is_confirmed(members: dict[str, Any]) -> None:
    ref = report(members["Bank"], "B1", category="malware")
    assert told() == []
    confirm(ref)
    assert told() == [("malware", "B1")]
    work()
    assert told() == [("malware", "B1")] and ClueReview.objects.get().told_at is not None


def test_grade_a_is_told_when_the_alliance_confirms_it(members: dict[str, Any]) -> None:
    ref = report(members["Bank"], "A")
    confirm(ref)
    assert told() == []
    certify()
    work()
    assert told() == [("telecom-fraud", "A")]


def test_what_is_returned_or_suspected_is_never_told(members: dict[str, Any]) -> None:
    confirm(report(members["Bank"]), "returned")
    report(members["Other"], "C")
    assert told() == []


def test_joined_by_another_institution_both_are_told_once(members: dict[str, Any]) -> None:
    report(members["Bank"], category="malware")
    assert told() == []
    report(members["Other"], "C", category="spam-sms")
    assert told() == [("malware", "B2")], "the suspicion lets the report answer, and does not answer itself"
    report(members["Third"], "A", category="extortion")
    assert told() == [("malware", "B2"), ("extortion", "B2")], "what was told is not told again"


def test_confirmed_after_it_was_told_says_only_what_is_more(members: dict[str, Any]) -> None:
    first, second = report(members["Bank"], category="malware"), report(members["Other"], "B1", category="extortion")
    assert sorted(told()) == [("extortion", "B2"), ("malware", "B2")]
    confirm(first)
    assert len(told()) == 2
    confirm(second)
    assert told()[2:] == [("extortion", "B1")]


def test_ones_own_report_is_no_hit(members: dict[str, Any]) -> None:
    confirm(report(members["Watcher"]))
    assert told() == []
    report(members["Bank"], category="malware")
    assert told() == [("malware", "B2")]
