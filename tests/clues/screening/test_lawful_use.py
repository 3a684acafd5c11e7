"""The lawful-use gate on the real database: what is refused, what answers, and that it takes two people to change."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from aif_share.errors import Refusal
from clues.matching.run import match_pending
from clues.models import LawfulUseMatrix
from clues.screening.lawful_use import gate, signing
from clues.screening.lawful_use.rules import PURPOSES, TYPE_CLASSES
from clues.screening.screen import screen
from members.models import AuditEvent, User
from tests.clues.alliance import allow, clue, join, open_epoch, submit, token
from tests.clues.reviewing import confirm
from tests.factories import acting_as, make_user

RULES = "allowed * * * non-personal"


@pytest.fixture
def members(fresh_database: Any, as_role: Any) -> list[Any]:
    """Five live institutions, so that bands show."""
    with as_role("aif_desk"):
        open_epoch()
        return [join(f"Institution {n}") for n in range(5)]


@pytest.fixture
def desk(db: None) -> dict[str, User]:
    return {"olga": make_user("alliance-operator"), "pavel": make_user("alliance-approver")}


def report(member: Any, *identifiers: dict[str, Any], **fields: Any) -> None:
    submit(member, [clue(*identifiers, **fields)])
    with acting_as("aif_match"):
        match_pending(limit=10)
    confirm(member)


def ask(member: Any, *tokens: dict[str, Any], purpose: str = "investigation") -> Any:
    return screen(request={"purpose": purpose, "tokens": list(tokens)}, by=member)


def run(role: str, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    with acting_as(role), connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall() if cursor.description else []


def propose(by: User, rules: str = RULES, title: str = "Counsel's first") -> LawfulUseMatrix:
    with acting_as("aif_desk"):
        return signing.propose(title=title, rules=rules, by=by, now=timezone.now())


def sign(matrix: LawfulUseMatrix, by: User) -> LawfulUseMatrix:
    with acting_as("aif_desk"):
        return signing.sign(matrix_id=matrix.pk, by=by, now=timezone.now())


class TestTheGate:
    """As shipped: types that are not personal pass, personal ones are refused."""

    @pytest.mark.parametrize("purpose", PURPOSES)
    @pytest.mark.django_db
    def test_shipped(self, purpose: str) -> None:
        _number, use = gate.check(purpose=purpose, types=TYPE_CLASSES["non-personal"])
        assert use.matrix.startswith("LM-") and use.title
        assert use.human_review is use.never_sole_ground is (purpose == "onboarding")
        for kind in TYPE_CLASSES["personal"]:
            with pytest.raises(gate.LawfulUseUnresolved) as refusal:
                gate.check(purpose=purpose, types=["domain", "domain", kind, kind])
            assert (refusal.value.code, refusal.value.extra) == ("lawful-use-unresolved", {"index": 2})

    @pytest.mark.django_db
    def test_without_a_matrix_nothing_passes(self) -> None:
        run("aif_owner", "UPDATE lawful_use_matrix SET state = 'superseded'")
        with pytest.raises(gate.LawfulUseUnresolved):
            gate.check(purpose="investigation", types=["domain"])

    def test_a_refused_screening_costs_nothing_and_leaves_no_trace(self, members: Any) -> None:
        with pytest.raises(gate.LawfulUseUnresolved) as refusal:
            ask(members[0], token("a"), token("b", kind="cn-mobile"))
        assert refusal.value.extra["index"] == 1
        assert run("aif_desk", "SELECT count(*) FROM screening") == [(0,)]
        assert run("aif_desk", "SELECT count(*) FROM quota_use WHERE kind = 'screen'") == [(0,)]

    def test_the_ledger_and_the_answer_name_the_matrix(self, members: Any) -> None:
        answer = ask(members[0], token("a"))
        ((number,),) = run("aif_desk", "SELECT matrix_id FROM screening")
        assert answer.lawful_use.matrix == f"LM-{number}"
        assert number == LawfulUseMatrix.objects.get(state="in-force").pk

    def test_a_new_matrix_acts_on_the_next_screening(self, members: Any) -> None:
        """No process keeps the old one: red if the gate is cached."""
        ask(members[0], token("a"))
        allow("refused * * * domain\nallowed * * * cn-mobile")
        with pytest.raises(gate.LawfulUseUnresolved):
            ask(members[0], token("a"))
        ask(members[0], token("a", kind="cn-mobile"))


class TestCells:
    """Only what the cell allows answers: by purpose, category, grade and type."""

    @pytest.mark.parametrize(
        ("rules", "hit"),
        [
            ("allowed investigation telecom-fraud B2 domain", True),
            ("allowed investigation telecom-fraud B2 domain\nallowed * spam-sms * domain", True),
            ("allowed investigation spam-sms * domain", False),
            ("allowed investigation telecom-fraud A domain", False),
        ],
    )
    def test_category_and_grade(self, members: Any, rules: str, hit: bool) -> None:
        report(members[1], token("a"))
        allow(rules)
        assert ask(members[0], token("a")).results[0].hit is hit

    def test_what_is_not_allowed_adds_nothing(self, members: Any) -> None:
        """Neither its category nor its grade nor its group shows, not even in the band."""
        report(members[1], token("a"))
        report(members[2], token("a"), category="malware", grade="A")
        allow("allowed * telecom-fraud * domain")
        (result,) = ask(members[0], token("a")).results
        assert (result.categories, result.best_grade, result.band) == (["telecom-fraud"], "B2", "1")

    def test_onboarding_learns_of_three_categories_only(self, members: Any) -> None:
        report(members[1], token("a"), category="malware")
        report(members[1], token("b"), category="account-theft")
        allow()
        answer = ask(members[0], token("a"), token("b"), purpose="onboarding")
        assert [result.hit for result in answer.results] == [False, True]
        assert answer.lawful_use.human_review and answer.lawful_use.never_sole_ground


class TestWhatScreeningIgnores:
    """Screening looks at the clue itself, so it need not wait for the matcher."""

    @pytest.mark.parametrize(
        "change",
        ["state = 'withdrawn'", "state = 'disputed'", "state = 'expired'", "expires_at = now() - interval '1 second'"],
    )
    def test_clues_that_do_not_stand(self, members: Any, change: str) -> None:
        report(members[1], token("a"))
        assert ask(members[0], token("a")).results[0].hit
        run("aif_owner", f"UPDATE clue SET {change}")
        (result,) = ask(members[0], token("a")).results
        assert (result.hit, result.score, result.categories) == (False, None, ())

    def test_a_sighting_that_does_not_count(self, members: Any) -> None:
        report(members[1], token("a"))
        run("aif_owner", "UPDATE sighting SET counted = false")
        assert not ask(members[0], token("a")).results[0].hit

    def test_a_dispute_lowers_the_score_of_what_is_left(self, members: Any) -> None:
        report(members[1], token("a"))
        report(members[2], token("a"), category="malware", grade="A")
        (before,) = ask(members[0], token("a")).results
        assert (before.band, before.best_grade) == ("2-4", "A")
        disputed = "UPDATE clue SET state = 'disputed' WHERE category = 'malware'"
        run("aif_owner", disputed)
        run(
            "aif_owner",
            "UPDATE sighting s SET counted = false FROM clue c WHERE c.id = s.clue_id AND state = 'disputed'",
        )
        (after,) = ask(members[0], token("a")).results
        assert (after.band, after.best_grade, after.categories) == ("1", "B2", ["telecom-fraud"])
        assert [term.points for term in after.terms if term.term == "disputes"] == [-10]

    def test_a_disputed_victim_is_no_dispute_of_the_actor(self, members: Any) -> None:
        report(members[1], token("a"))
        report(members[2], token("a") | {"role": "victim"}, category="malware")
        run("aif_owner", "UPDATE clue SET state = 'disputed' WHERE category = 'malware'")
        (result,) = ask(members[0], token("a")).results
        assert "disputes" not in {term.term for term in result.terms}

    @pytest.mark.parametrize(("step", "points"), [(0, 0), (1, 5), (2, 10)])
    def test_the_best_source_scores(self, members: Any, step: int, points: int) -> None:
        report(members[1], token("a"))
        run(
            "aif_owner",
            "INSERT INTO source_quality (institution_id, confirmed, refuted, step, computed_at)"
            " VALUES (%s, 0, 0, %s, now())",
            members[1].institution_id, step,
        )  # fmt: skip
        (result,) = ask(members[0], token("a")).results
        assert sum(term.points for term in result.terms if term.term == "source-quality") == points


@pytest.mark.django_db
class TestTwoPeople:
    """Propose, then sign or reject by somebody else."""

    def test_signed(self, desk: dict[str, User]) -> None:
        before = LawfulUseMatrix.objects.get(state="in-force")
        matrix = propose(desk["olga"], RULES + "\nallowed investigation * A cn-mobile -- art. 13")
        change = signing.compare(matrix)
        assert {cell.type for cell in change.added} == {"cn-mobile"} and not change.removed
        assert gate.check(purpose="investigation", types=["domain"])[0] == before.pk  # nothing yet
        sign(matrix, desk["pavel"])
        assert gate.check(purpose="investigation", types=["cn-mobile"])[0] == matrix.pk
        before.refresh_from_db()
        assert before.state == "superseded"
        events = run("aif_desk", "SELECT verb, actor_ref, detail FROM audit_event WHERE subject_ref = %s ORDER BY id",
                     f"LM-{matrix.pk}")  # fmt: skip
        assert [event[0] for event in events] == ["lawful-use.propose", "lawful-use.sign"]
        assert events[0][1] != events[1][1]

    def test_rejected(self, desk: dict[str, User]) -> None:
        matrix = propose(desk["olga"])
        with acting_as("aif_desk"):
            signing.reject(matrix_id=matrix.pk, reason="no ground given", by=desk["pavel"], now=timezone.now())
            assert AuditEvent.objects.get(verb="lawful-use.reject").detail["reason"] == "no ground given"
        with pytest.raises(Refusal) as refusal:
            sign(matrix, desk["pavel"])
        assert refusal.value.code == "transition-refused"

    def test_never_one_person(self, desk: dict[str, User]) -> None:
        """Not even one whose role changed in between; and the database refuses, whatever the code does."""
        matrix = propose(desk["olga"])
        User.objects.filter(pk=desk["olga"].pk)
        run("aif_owner", "UPDATE user_account SET role = 'alliance-approver' WHERE id = %s", desk["olga"].pk)
        desk["olga"].refresh_from_db()
        with pytest.raises(Refusal) as refusal:
            sign(matrix, desk["olga"])
        assert refusal.value.code == "four-eyes"
        with pytest.raises(IntegrityError), transaction.atomic(), acting_as("aif_owner"):
            LawfulUseMatrix.objects.filter(pk=matrix.pk).update(signed_by=desk["olga"])

    def test_only_who_may(self, desk: dict[str, User]) -> None:
        matrix = propose(desk["olga"])
        for act in (lambda: propose(desk["pavel"]), lambda: sign(matrix, make_user("alliance-operator"))):
            with pytest.raises(Refusal) as refusal:
                act()
            assert refusal.value.code == "permission-missing"

    def test_a_proposal_that_was_overtaken(self, desk: dict[str, User]) -> None:
        first, second = propose(desk["olga"]), propose(desk["olga"], "refused * * * *\nallowed * * A domain")
        sign(second, desk["pavel"])
        with pytest.raises(Refusal) as refusal:
            sign(first, desk["pavel"])
        assert refusal.value.code == "conflict"
        assert LawfulUseMatrix.objects.get(state="in-force") == second

    @pytest.mark.parametrize("title", ["", "  ", "x" * 101, "13800138000", "a\x00b"])
    def test_titles(self, desk: dict[str, User], title: str) -> None:
        with pytest.raises(Refusal):
            propose(desk["olga"], title=title)

    def test_cells_cannot_be_added_by_web(self) -> None:
        from django.db import ProgrammingError

        for statement in (
            "INSERT INTO lawful_use_cell SELECT id, 'investigation', 'qq', 'malware', 'A' FROM lawful_use_matrix",
            "UPDATE lawful_use_matrix SET state = 'in-force'",
        ):
            with pytest.raises(ProgrammingError), transaction.atomic():
                run("aif_web", statement)


def test_of_two_signed_at_once_one_is_in_force(fresh_database: str) -> None:
    """The other one was overtaken, and is refused as such."""
    olga, signers = make_user("alliance-operator"), [make_user("alliance-approver") for _ in range(2)]
    for _ in range(5):
        matrices = [propose(olga), propose(olga)]
        barrier = threading.Barrier(2)

        def outcome(matrix: LawfulUseMatrix, by: User, barrier: threading.Barrier = barrier) -> str:
            try:
                barrier.wait(timeout=10)
                return sign(matrix, by).state
            except Refusal as refusal:
                return refusal.code
            finally:
                connection.close()

        with ThreadPoolExecutor(2) as pool:
            outcomes = list(pool.map(outcome, matrices, signers))
        assert sorted(outcomes) == ["conflict", "in-force"]
        assert LawfulUseMatrix.objects.get(state="in-force") == matrices[outcomes.index("in-force")]
