"""Reviews: a second person, a document where the grade asks for one, one or many; and what the database itself refuses."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, ProgrammingError, connection, transaction
from django.utils import timezone

from aif_share.errors import Refusal
from clues.models import Clue, ClueChange, ClueReview
from clues.submissions import edits, review_queue, reviews
from clues.submissions.verdicts import read_verdict
from members.models import AuditEvent, Institution, reference
from members.queries import Person, person_of
from tests.clues.alliance import clue, join, open_epoch, submit, token
from tests.clues.reviewing import DOCUMENT_NO, certify
from tests.clues.scene import work
from tests.factories import acting_as, make_user

CONFIRM = read_verdict("confirmed")
WITH_DOCUMENT = read_verdict("confirmed", document_no=DOCUMENT_NO)
RETURN = read_verdict("returned", reason="evidence-missing")


class Bank:
    """An institution with a key and three people."""

    def __init__(self, name: str = "Bank") -> None:
        self.key = join(name)
        self.institution = Institution.objects.get(pk=self.key.institution_id)
        self.ann, self.ben = self.person("analyst"), self.person("analyst")
        self.amir = self.person("approver")

    def person(self, role: str) -> Person:
        return person_of(make_user(role, institution=self.institution))

    def report(self, *grades: str, by: Any = None) -> list[str]:
        rows = [clue(token(f"{self.key.institution_id}-{grade}-{n}"), grade=grade) for n, grade in enumerate(grades)]
        self.batch = submit(by or self.key, rows).batch
        work()
        numbers = dict(Clue.objects.values_list("client_ref", "pk"))
        return [reference.encode("C", numbers[row["client_ref"]]) for row in rows]


@pytest.fixture
def bank(db: None) -> Bank:
    with acting_as("aif_desk"):
        open_epoch()
        return Bank()


def state(ref: str) -> tuple[str, int]:
    row = Clue.objects.get(pk=reference.decode("C", ref))
    return row.review, row.version


def review(ref: str, verdict: Any, by: Person, version: int | None = None) -> None:
    reviews.review(clue=ref, version=version or state(ref)[1], verdict=verdict, by=by, now=timezone.now())


def refused(call: Any, *arguments: Any, **named: Any) -> str:
    with pytest.raises(Refusal) as caught:
        call(*arguments, **named)
    return caught.value.code


def test_one_is_confirmed(bank: Bank) -> None:
    (ref,) = bank.report("B2")
    assert state(ref) == ("waiting", 1)
    review(ref, CONFIRM, bank.amir)
    assert state(ref) == ("confirmed", 2)
    row = ClueReview.objects.get()
    assert (row.decision, row.reviewer_ref, row.author_ref, row.grade, row.version) == (
        "confirmed", bank.amir.audit_ref, "testtest", "B2", 1,
    )  # fmt: skip
    step = ClueChange.objects.get()
    assert (step.kind, step.version, step.actor_ref) == ("confirmed", 2, bank.amir.audit_ref)
    with acting_as("aif_desk"):
        event = AuditEvent.objects.get(verb="clue.confirm")
    assert (event.actor_ref, event.subject_ref) == (bank.amir.audit_ref, ref)
    assert refused(review, ref, CONFIRM, bank.ben) == "transition-refused", "it does not wait any more"


def test_not_by_whoever_submitted_it(bank: Bank) -> None:
    (ref,) = bank.report("B2", by=bank.ann)
    assert refused(review, ref, CONFIRM, bank.ann) == "four-eyes"
    assert refused(review, ref, RETURN, bank.ann) == "four-eyes"
    assert reviews.review_selected(clues=[ref], verdict=CONFIRM, by=bank.ann, now=timezone.now()) == 0
    assert review_queue.count_waiting(batch=bank.batch, viewer=bank.ann) == {}
    assert review_queue.count_waiting(batch=bank.batch, viewer=bank.ben) == {"B2": 1}
    assert state(ref) == ("waiting", 1)
    review(ref, CONFIRM, bank.ben)
    assert state(ref) == ("confirmed", 2)


def test_not_by_whoever_corrected_it_last(bank: Bank) -> None:
    (ref,) = bank.report("B2", by=bank.ann)
    edits.correct(clue=ref, changes={"region": "CN-31"}, version=1, by=bank.ben, now=timezone.now())
    assert refused(review, ref, CONFIRM, bank.ben) == refused(review, ref, CONFIRM, bank.ann) == "four-eyes"
    assert review_queue.count_waiting(batch=bank.batch, viewer=bank.ben) == {}
    review(ref, CONFIRM, bank.amir)


def test_the_database_refuses_it_too(bank: Bank) -> None:
    """Whatever is claimed about author and editor, the trigger reads them from the tables."""
    (ref,) = bank.report("B2", by=bank.ann)
    edits.correct(clue=ref, changes={"region": "CN-31"}, version=1, by=bank.ben, now=timezone.now())
    for person in (bank.ann, bank.ben):
        with pytest.raises(IntegrityError, match="clue_review_by_a_second_person"), transaction.atomic():
            ClueReview.objects.create(
                clue_id=reference.decode("C", ref), institution_id=1, version=2, grade="B2", author_ref="nobody",
                editor_ref="nobody", reviewer_id=person.user_id, reviewer_ref=person.audit_ref, decision="confirmed",
                decided_at=timezone.now(),
            )  # fmt: skip
    with pytest.raises(IntegrityError, match="clue_review_names_the_document"), transaction.atomic():
        ClueReview.objects.create(
            clue_id=reference.decode("C", ref), institution_id=1, version=2, grade="B1", reviewer_id=bank.amir.user_id,
            reviewer_ref=bank.amir.audit_ref, decision="confirmed", decided_at=timezone.now(),
        )  # fmt: skip


@pytest.mark.parametrize(
    ("role", "statement"),
    [
        ("aif_web", "UPDATE clue_review SET decision = 'confirmed'"),
        ("aif_web", "UPDATE clue_review SET desk_decision = 'confirmed', desk_by_id = 1"),
        ("aif_web", "DELETE FROM clue_review"),
        ("aif_desk", "INSERT INTO clue_review DEFAULT VALUES"),
        ("aif_desk", "UPDATE clue SET grade = 'A'"),
        ("aif_match", "INSERT INTO clue_review DEFAULT VALUES"),
        ("aif_match", "UPDATE clue_review SET voided_at = NULL"),
        ("aif_desk", "SELECT * FROM saved_view"),
    ],
)
def test_what_roles_may_not(bank: Bank, role: str, statement: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic(), acting_as(role):
        connection.cursor().execute(statement)


def test_who_may_review(bank: Bank) -> None:
    (ref,) = bank.report("B2")
    for role in ("submitter", "member-admin", "auditor"):
        assert refused(review, ref, CONFIRM, bank.person(role)) == "permission-missing"
    with acting_as("aif_desk"):
        stranger = Bank("Other")
    assert refused(review, ref, CONFIRM, stranger.amir) == "not-found"
    assert reviews.review_selected(clues=[ref], verdict=CONFIRM, by=stranger.amir, now=timezone.now()) == 0
    assert refused(review, ref, CONFIRM, bank.amir, version=7) == "version-changed"
    (suspected,) = bank.report("C")
    assert refused(review, suspected, CONFIRM, bank.amir) == "transition-refused"


@pytest.mark.parametrize(
    ("document_no", "code"),
    [
        ("13800138000", "raw-identifier"),
        ("110101199003078515", "raw-identifier"),
        ("someone@example.com", "field-invalid"),
        ("no digits", "field-invalid"),
        ("abc", "field-invalid"),
        ("x" * 65, "field-invalid"),
        ("the case of 13800138000, 2026", "field-invalid"),
        (DOCUMENT_NO, None),
        ("(2026)沪0101刑初123号", None),
        ("京公(刑)立字〔2026〕123号", None),
        ("PSB-2026-000417", None),
    ],
)
def test_document_numbers(document_no: str, code: str | None) -> None:
    if code is None:
        assert read_verdict("confirmed", document_no=f" {document_no} ").document_no == document_no
    else:
        assert refused(read_verdict, "confirmed", document_no=document_no) == code


def test_grades_that_need_a_document(bank: Bank) -> None:
    b1, a = bank.report("B1", "A")
    for ref in (b1, a):
        assert refused(review, ref, CONFIRM, bank.amir) == "field-missing"
        assert (
            refused(reviews.review_selected, clues=[ref], verdict=CONFIRM, by=bank.amir, now=timezone.now())
            == "field-missing"
        )
        review(ref, WITH_DOCUMENT, bank.amir)
    assert (state(b1)[0], state(a)[0]) == ("confirmed", "at-desk")
    assert set(ClueReview.objects.values_list("document_no", flat=True)) == {DOCUMENT_NO}
    certify()
    assert state(a) == ("confirmed", 3)


def test_only_the_approver_of_the_alliance_certifies(bank: Bank) -> None:
    (ref,) = bank.report("A")
    review(ref, WITH_DOCUMENT, bank.amir)
    row = ClueReview.objects.get()
    for role in ("alliance-operator",):
        with acting_as("aif_desk"):
            by = make_user(role)
            assert (
                refused(reviews.certify, review=row.pk, decision="confirmed", by=by, now=timezone.now())
                == "permission-missing"
            )
    with acting_as("aif_desk"):
        by = make_user("alliance-approver")
        assert (
            refused(reviews.certify, review=row.pk, decision="returned", by=by, now=timezone.now()) == "field-missing"
        )
        reviews.certify(review=row.pk, decision="returned", reason="no judgment", by=by, now=timezone.now())
        assert (
            refused(reviews.certify, review=row.pk, decision="confirmed", by=by, now=timezone.now())
            == "transition-refused"
        )
    assert state(ref) == ("returned", 3)


def test_a_returned_clue_is_corrected_and_waits_again(bank: Bank) -> None:
    (ref,) = bank.report("B2", by=bank.ann)
    review(ref, RETURN, bank.amir)
    assert state(ref)[0] == "returned"
    edits.correct(clue=ref, changes={"region": "CN-31"}, version=2, by=bank.ann, now=timezone.now())
    assert state(ref) == ("waiting", 3)
    assert ClueReview.objects.get().voided_at is not None
    review(ref, CONFIRM, bank.amir)
    assert state(ref) == ("confirmed", 4)
    assert [each.kind for each in ClueChange.objects.order_by("id")] == ["returned", "corrected", "confirmed"]


def test_taken_back(bank: Bank) -> None:
    (ref,) = bank.report("B2")
    review(ref, CONFIRM, bank.amir)
    reviews.take_back(clue=ref, version=2, by=bank.ben, now=timezone.now())
    assert state(ref) == ("waiting", 3)
    assert refused(reviews.take_back, clue=ref, version=3, by=bank.ben, now=timezone.now()) == "transition-refused"
    review(ref, CONFIRM, bank.amir)
    assert ClueReview.objects.filter(voided_at=None).count() == 1


def test_a_whole_batch(bank: Bank, monkeypatch: Any) -> None:
    """In slices; only with the number that was seen; what is one's own or done already is left."""
    monkeypatch.setattr(reviews, "SLICE", 3)
    refs = bank.report(*["B2"] * 7, "B1", "C", "C")
    review(refs[0], RETURN, bank.amir)
    edits.correct(clue=refs[1], changes={"region": "CN-31"}, version=1, by=bank.ben, now=timezone.now())
    assert review_queue.count_waiting(batch=bank.batch, viewer=bank.ben) == {"B1": 1, "B2": 5}
    names = {"batch": bank.batch, "by": bank.ben, "now": timezone.now()}
    assert refused(reviews.review_batch, count=5, verdict=WITH_DOCUMENT, **names) == "conflict"
    assert refused(reviews.review_batch, count=6, verdict=CONFIRM, **names) == "field-missing"
    assert reviews.review_batch(grade="B2", count=5, verdict=CONFIRM, **names) == 5
    assert refused(reviews.review_batch, grade="B2", count=5, verdict=CONFIRM, **names) == "conflict"
    assert [state(ref)[0] for ref in refs] == ["returned", "waiting", *["confirmed"] * 5, *["waiting"] * 3]
    (waiting,) = review_queue.list_batches(viewer=bank.amir, limit=10)
    assert (waiting.batch, waiting.waiting, waiting.is_own) == (bank.batch, {"B1": 1, "B2": 1}, False)


def test_the_queue_lists_batches_with_something_waiting(bank: Bank) -> None:
    found = []
    for grade in ("B2", "C", "B2", "B1"):
        bank.report(grade)
        found.append(bank.batch)
    review(reference.encode("C", Clue.objects.order_by("id")[2].pk), CONFIRM, bank.amir)
    listed = review_queue.list_batches(viewer=bank.amir, limit=10)
    assert [row.batch for row in listed] == [found[3], found[0]]
    assert [row.batch for row in review_queue.list_batches(viewer=bank.amir, before=listed[0].id, limit=10)] == [
        found[0]
    ]
    assert len(review_queue.list_batches(viewer=bank.amir, limit=1)) == 1


def test_a_review_stands_once(bank: Bank) -> None:
    (ref,) = bank.report("B2")
    review(ref, CONFIRM, bank.amir)
    with pytest.raises(DatabaseError, match="clue_review_stands_once"), transaction.atomic():
        ClueReview.objects.create(
            clue_id=reference.decode("C", ref), institution_id=1, version=2, grade="B2", reviewer_id=bank.ben.user_id,
            reviewer_ref=bank.ben.audit_ref, decision="returned", decided_at=timezone.now(),
        )  # fmt: skip
