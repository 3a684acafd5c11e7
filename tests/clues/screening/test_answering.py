"""Which reports answer a screening: grade, review, a second institution, the alliance. Asked both ways, the whole and at once."""

from __future__ import annotations

import dataclasses
import time
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone

from aif_share.wire import keys
from clues.matching import changes, release
from clues.matching.run import match_pending
from clues.models import Clue
from clues.screening.at_once import screen_at_once
from clues.screening.screen import Answer, screen
from clues.submissions import edits, reviews
from clues.submissions.verdicts import read_verdict
from members.models import Institution, reference
from tests.clues.alliance import allow, clue, join, open_epoch, submit, token
from tests.clues.reviewing import DOCUMENT_NO, certify, reviewer
from tests.clues.scene import wait_for_tick
from tests.factories import acting_as, make_key

BANK, SISTER, OTHER, ASKER, FIFTH = "Bank", "Sister", "Other", "Asker", "Fifth"


@dataclass
class World:
    """Bank reports; Sister is of its group, Other is not; Asker asks, with a key that was used already."""

    members: dict[str, Any]
    bearer: str
    seen: dict[str, Any] = field(default_factory=lambda: token(uuid4().hex))

    def report(self, who: str, grade: str, **fields: Any) -> str:
        row = clue(self.seen, grade=grade, **fields)
        submit(self.members[who], [row])
        self.work()
        return reference.encode("C", Clue.objects.get(client_ref=row["client_ref"]).pk)

    def work(self) -> None:
        with acting_as("aif_match"):
            match_pending(limit=100)
            changes.apply_changes(limit=100, now=timezone.now())
            release.release_pending()
        wait_for_tick()

    def review(self, ref: str, decision: str = "confirmed") -> None:
        found = Clue.objects.get(pk=reference.decode("C", ref))
        reason, document_no = ("wrong-category", "") if decision == "returned" else ("", DOCUMENT_NO)
        reviews.review(
            clue=ref,
            version=found.version,
            verdict=read_verdict(decision, reason=reason, document_no=document_no),
            by=reviewer(found.institution_id),
            now=timezone.now(),
        )

    def take_back(self, ref: str) -> None:
        found = Clue.objects.get(pk=reference.decode("C", ref))
        reviews.take_back(clue=ref, version=found.version, by=reviewer(found.institution_id), now=timezone.now())

    def ask(self) -> str | None:
        """Return the grade that answers, None if nothing does; both ways must say the same."""
        request = {"purpose": "investigation", "tokens": [self.seen]}
        whole = screen(request=request, by=self.members[ASKER])
        at_once = screen_at_once(bearer=self.bearer, ip="127.0.0.1", request=request)
        assert at_once is not None
        assert _results(whole) == _results(at_once.answer)
        hit = whole.results[0]
        assert hit.hit == (hit.best_grade is not None)
        return hit.best_grade


def _results(answer: Answer) -> Any:
    return [dataclasses.asdict(result) for result in answer.results]


def make_world() -> World:
    with acting_as("aif_desk"):
        open_epoch()
        members = {name: join(name, group="Bank's" if name in (BANK, SISTER) else None)
                   for name in (BANK, SISTER, OTHER, ASKER, FIFTH)}  # fmt: skip
    allow()
    key = make_key(Institution.objects.get(pk=members[ASKER].institution_id), scopes=["screen"])
    with acting_as("aif_owner"), connection.cursor() as cursor:
        cursor.execute("UPDATE credential SET last_used_at = now()")
    return World(members, key.bearer_for(keys.PLATFORM))


@pytest.fixture(autouse=True)
def short_tick(settings: Any) -> None:
    settings.AIF_DISCLOSURE_TICK = 0.01


@pytest.fixture(scope="class")
def alliance(class_database: Any) -> World:
    return make_world()


@pytest.fixture
def new_world(fresh_database: Any) -> World:
    return make_world()


# grade, review of one's own second person, who else reports and at which grade -> the grade that answers.
# `certified` and `refused` are the alliance's words on a confirmed A.
ANSWERS = [
    ("C", "none", None, None),
    ("C", "none", (OTHER, "C"), None),
    ("C", "none", (OTHER, "B2"), "B2"),  # the other's report, which stands beside a second institution
    ("B2", "none", None, None),
    ("B2", "none", (SISTER, "B2"), None),
    ("B2", "none", (OTHER, "C"), "B2"),
    ("B2", "none", (OTHER, "B2"), "B2"),
    ("B2", "confirmed", None, "B2"),
    ("B2", "confirmed", (OTHER, "B2"), "B2"),
    ("B2", "returned", None, None),
    ("B2", "returned", (OTHER, "C"), None),
    ("B2", "withdrawn", None, None),
    ("B2", "withdrawn", (OTHER, "C"), "B2"),
    ("B1", "none", None, None),
    ("B1", "none", (SISTER, "B1"), None),
    ("B1", "none", (OTHER, "C"), "B2"),
    ("B1", "none", (OTHER, "B2"), "B2"),
    ("B1", "confirmed", None, "B1"),
    ("B1", "confirmed", (OTHER, "C"), "B1"),
    ("B1", "returned", (OTHER, "C"), None),
    ("B1", "withdrawn", None, None),
    ("A", "none", None, None),
    ("A", "none", (OTHER, "C"), "B2"),
    ("A", "confirmed", None, None),
    ("A", "confirmed", (OTHER, "C"), "B2"),
    ("A", "certified", None, "A"),
    ("A", "certified", (OTHER, "B2"), "A"),
    ("A", "refused", None, None),
    ("A", "refused", (OTHER, "C"), None),
    ("A", "withdrawn", None, None),
]


class TestAnswers:
    """Five institutions for all of them, an identifier for each."""

    @pytest.fixture
    def world(self, alliance: World) -> World:
        return World(alliance.members, alliance.bearer)

    @pytest.mark.parametrize(("grade", "said", "beside", "answers"), ANSWERS)
    def test_what_answers(
        self, world: World, grade: str, said: str, beside: tuple[str, str] | None, answers: str | None
    ) -> None:
        ref = world.report(BANK, grade)
        if beside is not None:
            world.report(*beside)
        if said in ("confirmed", "returned"):
            world.review(ref, said)
        elif said == "certified":
            world.review(ref)
            certify()
        elif said == "refused":
            world.review(ref)
            certify("returned", "no judgment enclosed")
        elif said == "withdrawn":
            world.review(ref)
            certify()
            world.take_back(ref)
        assert world.ask() == answers

    def test_a_review_acts_at_once_and_so_does_taking_it_back(self, world: World) -> None:
        ref = world.report(BANK, "B2")
        assert world.ask() is None
        world.review(ref)
        assert world.ask() == "B2"
        world.take_back(ref)
        assert world.ask() is None
        world.review(ref)
        assert world.ask() == "B2"

    @pytest.mark.parametrize(
        ("grade", "changes", "answers"),
        [
            ("B2", {"grade": "B1"}, None),
            ("B2", {"category": "spam-sms"}, None),
            ("B2", {"identifiers": "one more"}, None),
            ("B2", {"roles": [{"identifier": 0, "role": "agent"}]}, None),
            ("B2", {"region": "CN-31"}, "B2"),
            ("B1", {"grade": "B2"}, "B2"),
            ("B2", {"grade": "C"}, None),
        ],
    )
    def test_what_a_correction_leaves_of_a_review(
        self, world: World, grade: str, changes: Any, answers: str | None
    ) -> None:
        ref = world.report(BANK, grade)
        world.review(ref)
        assert world.ask() == grade
        if "identifiers" in changes:
            changes = {"identifiers": [world.seen, token("another")]}
        found = Clue.objects.get(pk=reference.decode("C", ref))
        edits.correct(clue=ref, changes=changes, version=found.version, by=world.members[BANK], now=timezone.now())
        world.work()
        assert world.ask() == answers


def test_a_second_institution_answers_from_the_tick_on_and_not_once_it_is_suspended(
    new_world: World, settings: Any
) -> None:
    tick = settings.AIF_DISCLOSURE_TICK = 4
    new_world.report(BANK, "B2")
    time.sleep(tick - time.time() % tick)  # ticks are multiples: begin behind one, with all the time to the next
    new_world.report(OTHER, "B2")
    assert new_world.ask() is None
    time.sleep(tick + 0.1)
    assert new_world.ask() == "B2"
    with acting_as("aif_owner"), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE institution SET state = 'suspended', suspended_at = now(), suspended_reason = 'test' WHERE id = %s",
            [new_world.members[OTHER].institution_id],
        )
    assert new_world.ask() is None


def test_the_matrix_is_asked_for_the_grade_that_answers(new_world: World) -> None:
    """An A that is not certified may answer as B2 only where B2 is allowed."""
    allow("allowed * * A *")
    ref = new_world.report(BANK, "A")
    new_world.report(OTHER, "C")
    assert new_world.ask() is None
    new_world.review(ref)
    certify()
    assert new_world.ask() == "A"


def test_a_dispute_by_token_reaches_what_a_screening_shows(new_world: World) -> None:
    from clues.disputes import apply, opening
    from clues.models import DisputedClue

    new_world.report(BANK, "B2")
    for expected in (0, 1):
        request = {"reason": "wrong-person", "identifier": new_world.seen, "purpose": "investigation"}
        opening.open_dispute(request=request, by=new_world.members[ASKER], now=timezone.now())
        with acting_as("aif_match"):
            apply.suspend_pending(limit=10)
        assert DisputedClue.objects.count() == expected
        if not expected:
            new_world.review(reference.encode("C", Clue.objects.get().pk))
