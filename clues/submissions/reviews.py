"""The second pair of eyes on clues: confirm, return, take a review back; for grade A the alliance has the last word.

Grades from B2 up answer screenings after a review (`aif_answering` says when exactly). A review is by another person than
whoever submitted the clue and whoever corrected it last; what a key submitted has no personal author. Grades B1 and A name
the authority's document. What a review says holds for what was reviewed: `void` is for whoever changes that.

Each operation is one transaction: the clues' rows under their locks, in the order of their ids, a review and a row of
history for each, and one audit event. Screenings see it at once; watchers are told by the matcher.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_noop

from aif_share.errors import Refusal
from clues.models import Clue, ClueChange, ClueReview
from members import audit
from members.models import User, reference
from members.permissions import Actor, Permission, check
from members.queries import Person

from . import review_queue
from .clues import ClueNotFound
from .verdicts import DOCUMENT_GRADES, REVIEWED_GRADES, Verdict, need_document

MOST_SELECTED = 100
SLICE = 5_000  # clues in one transaction

# Of the clues named, those that this person may review, locked. Whoever corrected a clue last waits for somebody else, too.
LOCK = f"""
SELECT c.id, c.grade FROM clue c JOIN batch b ON b.id = c.batch_id
WHERE c.id = ANY(%(clues)s) AND c.institution_id = %(institution)s AND c.state = 'active' AND c.review = 'waiting'
    AND c.grade = ANY(%(grades)s) AND b.key_id <> %(by_ref)s AND {review_queue.LAST_CORRECTED_BY_OTHERS}
ORDER BY c.id FOR NO KEY UPDATE OF c
"""  # noqa: S608 - put together from literals
RECORD = """
WITH found AS (
    SELECT id, institution_id, version, grade FROM clue WHERE id = ANY(%(clues)s) ORDER BY id
), reviewed AS (
    INSERT INTO clue_review (clue_id, institution_id, version, grade, author_ref, editor_ref, reviewer_id, reviewer_ref,
        decision, reason, document_no, decided_at, desk_decision, desk_reason, voided_by_ref)
    SELECT id, institution_id, version, grade, '', '', %(by)s, %(by_ref)s, %(decision)s, %(reason)s,
        CASE WHEN grade = ANY(%(document_grades)s) THEN %(document_no)s ELSE '' END, %(now)s, '', '', ''
    FROM found
), marked AS (
    UPDATE clue c SET version = c.version + 1,
        review = CASE WHEN %(decision)s = 'returned' THEN 'returned' WHEN c.grade = 'A' THEN 'at-desk' ELSE 'confirmed' END
    FROM found WHERE c.id = found.id
    RETURNING c.id, c.institution_id, c.version
)
INSERT INTO clue_change (clue_id, institution_id, kind, reason, version, before, actor_ref, created_at, applied_at)
SELECT id, institution_id, %(decision)s, %(reason)s, version, '{}', %(by_ref)s, %(now)s, %(now)s FROM marked
"""


def review(*, clue: str, version: int, verdict: Verdict, by: Person, now: datetime) -> None:
    """Confirm or return one waiting clue of the reviewer's institution, as it stood when it was read.

    Raise ClueNotFound; Refusal `version-changed`, `transition-refused` (it does not wait), `four-eyes` or `field-missing`
    (a grade that needs a document number).
    """
    check(by, Permission.CLUE_REVIEW)
    with transaction.atomic():
        found = _own(clue, by)
        if found.version != version:
            raise Refusal("version-changed", gettext_noop("It was changed meanwhile. Look at it again."))
        if found.state != Clue.ACTIVE or found.review != Clue.WAITING or found.grade not in REVIEWED_GRADES:
            raise Refusal("transition-refused", gettext_noop("This clue does not wait for a review."))
        need_document(verdict, [found.grade])
        if not _record([row[0] for row in _lock(by, [found.pk])], verdict, by, now):
            raise Refusal(
                "four-eyes", gettext_noop("You submitted or last corrected this clue. Somebody else has to review it.")
            )
        _audit(verdict, by, subject=clue, detail={"grade": found.grade})


def review_selected(*, clues: Sequence[str], verdict: Verdict, by: Person, now: datetime) -> int:
    """Confirm or return up to 100 waiting clues at once; return how many.

    What is the reviewer's own, or does not wait any more, is left as it is. Raise Refusal `field-missing` if a document
    number is needed and there is none; then nothing changes.
    """
    check(by, Permission.CLUE_REVIEW)
    if len(clues) > MOST_SELECTED:
        raise Refusal("too-large", gettext_noop("Choose at most 100 clues."))
    numbers = [number for ref in clues if (number := reference.decode("C", ref)) is not None]
    with transaction.atomic():
        rows = _lock(by, numbers)
        need_document(verdict, [grade for _, grade in rows])
        done = _record([number for number, _ in rows], verdict, by, now)
        if done:
            _audit(verdict, by, subject="", detail={"clues": done})
    return done


def review_batch(
    *, batch: str, grade: str | None = None, count: int, verdict: Verdict, by: Person, now: datetime
) -> int:
    """Confirm or return the waiting clues of one batch, of one grade or of all; return how many.

    `count` is how many the reviewer saw waiting that are not the reviewer's own (`count_waiting`, 10,000 at most): if it
    is another number by now, nothing changes (Refusal `conflict`). A slice is a transaction. Raise Refusal
    `field-missing` as `review_selected`.
    """
    check(by, Permission.CLUE_REVIEW)
    waiting = review_queue.count_waiting(batch=batch, viewer=by)
    chosen = {code: held for code, held in waiting.items() if grade is None or code == grade}
    if not chosen or sum(chosen.values()) != count:
        raise Refusal("conflict", gettext_noop("Not that many clues wait in this batch. Look again."))
    need_document(verdict, list(chosen))
    done = 0
    while done < count:
        picked = review_queue.pick_waiting(batch=batch, grades=list(chosen), limit=min(SLICE, count - done), viewer=by)
        with transaction.atomic():
            made = _record([number for number, _ in _lock(by, picked)], verdict, by, now)
            if made:
                _audit(verdict, by, subject=batch, detail={"clues": made, "grade": grade or ""})
        if not made:
            break
        done += made
    return done


def take_back(*, clue: str, version: int, by: Person, now: datetime) -> None:
    """Withdraw the review that stands: the clue waits again, and stops answering at once if only the review let it.

    Raise ClueNotFound; Refusal `version-changed` or `transition-refused`.
    """
    check(by, Permission.CLUE_REVIEW)
    with transaction.atomic():
        found = _own(clue, by)
        if found.version != version:
            raise Refusal("version-changed", gettext_noop("It was changed meanwhile. Look at it again."))
        if not void(found, by=by, now=now):
            raise Refusal("transition-refused", gettext_noop("No review of this clue stands."))
        found.version += 1
        found.save(update_fields=["review", "version"])
        _change(found, ClueChange.REVIEW_WITHDRAWN, by, now)
        audit.record("clue.review.withdraw", actor=by, institution_id=by.institution_id, subject_ref=clue)


def void(clue: Clue, *, by: Actor, now: datetime) -> bool:
    """Void the review that stands, if one does, and let the clue wait; the caller holds its row and saves `review`."""
    if clue.review == Clue.WAITING:
        return False
    standing = ClueReview.objects.filter(clue_id=clue.pk, voided_at__isnull=True)
    standing.update(voided_at=now, voided_by_ref=by.audit_ref)
    clue.review = Clue.WAITING
    return True


def certify(*, review: int, decision: str, reason: str = "", by: User, now: datetime) -> None:
    """Let the alliance confirm or return a clue of grade A that its institution confirmed. Raise Refusal."""
    check(by, Permission.GRADE_CERTIFY)
    if decision == ClueReview.RETURNED and not reason.strip():
        raise Refusal("field-missing", gettext_noop("Say why you return it."), field="reason")
    with transaction.atomic():
        # As everywhere the clue's row first.
        number = ClueReview.objects.filter(pk=review).values_list("clue_id", flat=True).first()
        clue = Clue.objects.select_for_update(no_key=True).filter(pk=number or 0).first()
        row = ClueReview.objects.select_for_update(no_key=True).filter(pk=review, voided_at__isnull=True).first()
        if clue is None or row is None or clue.state != Clue.ACTIVE or clue.review != Clue.AT_DESK:
            raise Refusal("transition-refused", gettext_noop("This review does not wait for the alliance."))
        row.desk_by, row.desk_at, row.desk_decision, row.desk_reason = by, now, decision, reason.strip()
        row.save(update_fields=["desk_by", "desk_at", "desk_decision", "desk_reason"])
        clue.review = Clue.CONFIRMED if decision == ClueReview.CONFIRMED else Clue.RETURNED
        clue.version += 1
        clue.save(update_fields=["review", "version"])
        _change(clue, decision, by, now)
        audit.record(
            "clue.certify",
            actor=by,
            institution_id=clue.institution_id,
            subject_ref=reference.encode("C", clue.pk),
            detail={"decision": decision},
        )


def _own(clue: str, by: Person) -> Clue:
    own = Clue.objects.select_for_update(no_key=True).filter(institution_id=by.institution_id)
    found = own.filter(pk=reference.decode("C", clue) or 0).first()
    if found is None:
        raise ClueNotFound
    return found


def _lock(by: Person, clues: Sequence[int]) -> list[tuple[int, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            LOCK,
            {
                "clues": list(clues),
                "institution": by.institution_id,
                "grades": REVIEWED_GRADES,
                "by_ref": by.audit_ref,
            },
        )
        rows: list[tuple[int, str]] = cursor.fetchall()
    return rows


def _record(clues: Sequence[int], verdict: Verdict, by: Person, now: datetime) -> int:
    if not clues:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            RECORD,
            {
                "clues": list(clues),
                "by": by.user_id,
                "by_ref": by.audit_ref,
                **verdict._asdict(),
                "document_grades": DOCUMENT_GRADES,
                "now": now,
            },
        )
        return int(cursor.rowcount)


def _change(clue: Clue, kind: str, by: Actor, now: datetime) -> None:
    ClueChange.objects.create(
        clue=clue, institution_id=clue.institution_id, kind=kind, version=clue.version, actor_ref=by.audit_ref,
        created_at=now, applied_at=now,
    )  # fmt: skip


def _audit(verdict: Verdict, by: Person, *, subject: str, detail: dict[str, Any]) -> None:
    verb = "clue.confirm" if verdict.confirms else "clue.return"
    audit.record(
        verb,
        actor=by,
        institution_id=by.institution_id,
        subject_ref=subject,
        detail=detail | ({} if verdict.confirms else {"reason": verdict.reason}),
    )
