"""Tasks of a case: the lead or the alliance gives them, their party answers, and each side hears of it at the tick."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from aif_share.vocabulary import task_kinds
from clues.cases import task_queries, tasks
from clues.cases.transition import perform
from clues.models import CaseTask
from clues.working_days import ZONE
from members.operations import institutions
from tests.clues.alliance import caller
from tests.clues.joint import Joint, now, own, postpone, refused, told, who
from tests.clues.scene import wait_for_tick
from tests.factories import acting_as, make_user


def give(joint: Joint, **fields: Any) -> CaseTask:
    """Let Alice at the lead give Birch a task, and the tick pass."""
    request = {"party": joint.code(joint.birch), "kind": "confirm-amounts", **fields}
    row = tasks.give(case=joint.case, request=request, by=who(joint.alice), now=now())
    wait_for_tick()
    return row


def answer(joint: Joint, row: CaseTask, answer: str = "done", note: str = "", **arguments: Any) -> Any:
    """Let Bea answer it."""
    given = {"case": joint.case, "task": str(row), "version": 1, "by": who(joint.bea), "now": now()} | arguments
    return tasks.answer(request={"answer": answer, "note": note}, **given)


def to_do(person: Any) -> list[task_queries.TaskView]:
    return task_queries.list_to_do(viewer=who(person))


def test_the_lead_asks_and_the_party_answers(joint: Joint, audited: Any) -> None:
    row = give(joint, note="Up to October.", due_on=(timezone.now().astimezone(ZONE).date()).isoformat())
    (seen,) = to_do(joint.bea)
    assert (seen.task, seen.kind, seen.note, seen.state) == (str(row), "confirm-amounts", "Up to October.", "open")
    assert seen.due_at == row.due_at and seen.is_mine and not seen.by_alliance
    assert seen.giver and seen.giver.is_lead and seen.giver.name is None and "Aster" not in repr(seen)
    assert told("case.task-given") == ["Birch Finance"] and audited("case.task.give") == [joint.alice.ref]
    done = answer(joint, row, note="Confirmed: three transfers.")
    assert (done.state, done.ended_by_id, done.version) == ("done", joint.bea.pk, 2)
    wait_for_tick()
    (seen,) = task_queries.list_tasks(case=joint.case, viewer=who(joint.alice))
    assert (seen.state, seen.answer, seen.is_given) == ("done", "Confirmed: three transfers.", True)
    assert told("case.task-answered") == ["Aster Bank"] and audited("case.task.done") == [joint.bea.ref]
    assert to_do(joint.bea) == []


def test_due_by_its_kind(joint: Joint) -> None:
    row = give(joint)
    last = row.due_at.astimezone(ZONE) - timedelta(microseconds=1)
    assert last.date() == timezone.now().astimezone(ZONE).date() + timedelta(days=7)
    assert {row.days for row in task_kinds.ROWS} == {5, 7, 10}


def test_nothing_before_the_tick(joint: Joint) -> None:
    row = give(joint)
    released = row.released_at
    postpone("case_task")
    assert to_do(joint.bea) == []
    assert task_queries.list_tasks(case=joint.case, viewer=who(joint.bea)) == []
    refused("not-found", answer, joint=joint, row=row)
    assert len(task_queries.list_tasks(case=joint.case, viewer=who(joint.alice))) == 1, "the giver knows"
    own("UPDATE case_task SET released_at = %s", released)
    answer(joint, row, "declined", "Another institution holds the accounts.")
    postpone("case_task", "ended_released_at")
    (theirs,) = task_queries.list_tasks(case=joint.case, viewer=who(joint.alice))
    (ours,) = task_queries.list_tasks(case=joint.case, viewer=who(joint.bea))
    assert (theirs.state, theirs.answer, theirs.ended_at) == ("open", "", None)
    assert (ours.state, ours.answer) == ("declined", "Another institution holds the accounts.")


def test_only_the_lead_gives_tasks(joint: Joint) -> None:
    request = {"party": joint.code(joint.aster), "kind": "draft-facts"}
    auditor = make_user("auditor", institution=joint.aster)
    for person, code in (
        (joint.bea, "not-the-lead"), (joint.cy, "not-found"), (joint.amir, "permission-missing"),
        (auditor, "permission-missing"),
    ):  # fmt: skip
        refused(code, tasks.give, case=joint.case, request=request, by=who(person), now=now())
    assert tasks.give(case=joint.case, request=request, by=who(joint.alice), now=now()).giver_id == joint.aster.pk
    by_key = tasks.give(case=joint.case, request=request, by=caller(joint.aster), now=now())
    assert by_key.given_by_id is None and told("case.task-given") == []


def test_the_alliance_gives_and_takes_back(joint: Joint, audited: Any) -> None:
    with acting_as("aif_desk"):
        for person in (joint.pavel, joint.alice):
            request = {"party": joint.code(joint.birch), "kind": "other", "note": "Call us."}
            refused(
                "permission-missing", tasks.give_for_alliance, case=joint.case, request=request, by=person, now=now()
            )
        refused("field-invalid", tasks.give_for_alliance, case=joint.case, by=joint.olga, now=now(),
                request={"party": "member-z", "kind": "other", "note": "x"})  # fmt: skip
        refused("not-found", tasks.give_for_alliance, case="CASE-1", request=request, by=joint.olga, now=now())
        row = tasks.give_for_alliance(case=joint.case, request=request, by=joint.olga, now=now())
    wait_for_tick()
    (seen,) = to_do(joint.bea)
    assert seen.by_alliance and seen.giver is None
    (lead,) = task_queries.list_tasks(case=joint.case, viewer=who(joint.alice))
    assert not lead.is_mine and not lead.is_given
    refused(
        "not-found", tasks.cancel, case=joint.case, task=str(row), reason="x", version=1, by=who(joint.alice), now=now()
    )
    with acting_as("aif_desk"):
        tasks.cancel_for_alliance(task=row.pk, reason="Settled by phone.", version=1, by=joint.olga, now=now())
    wait_for_tick()
    assert to_do(joint.bea) == [] and told("case.task-canceled") == ["Birch Finance"]
    assert audited("case.task.cancel") == [joint.olga.ref]
    with acting_as("aif_desk"):
        institutions.suspend(institution_id=joint.birch.pk, reason="drill", by=joint.olga, now=now())
        refused("field-invalid", tasks.give_for_alliance, case=joint.case, request=request, by=joint.olga, now=now())


def test_the_giver_takes_a_task_back_with_a_reason(joint: Joint) -> None:
    row = give(joint)
    arguments: dict[str, Any] = {"case": joint.case, "task": str(row), "now": now()}
    refused("field-invalid", tasks.cancel, **arguments, reason=" ", version=1, by=who(joint.alice))
    refused("version-changed", tasks.cancel, **arguments, reason="mistake", version=2, by=who(joint.alice))
    refused("not-found", tasks.cancel, **arguments, reason="mistake", version=1, by=who(joint.bea))
    assert tasks.cancel(**arguments, reason="mistake", version=1, by=who(joint.alice)).state == "canceled"
    refused("transition-refused", tasks.cancel, **arguments, reason="mistake", version=2, by=who(joint.alice))
    refused("transition-refused", answer, joint=joint, row=row, version=2)


def test_nothing_goes_on_in_a_case_that_rests(joint: Joint) -> None:
    row = give(joint)
    with acting_as("aif_desk"):
        perform(case=joint.case, action="dismiss", by=joint.pavel, now=now(), note="the same people as before")
    common: dict[str, Any] = {"case": joint.case, "task": str(row), "version": 1}
    refused("transition-refused", tasks.cancel, **common, reason="mistake", by=who(joint.alice), now=now())
    refused("transition-refused", tasks.assign, **common, assignee=None, by=who(joint.bea))
    refused("transition-refused", answer, joint=joint, row=row)
    with acting_as("aif_desk"):
        refused(
            "transition-refused",
            tasks.cancel_for_alliance,
            task=row.pk,
            reason="x",
            version=1,
            by=joint.olga,
            now=now(),
        )


def test_who_may_answer(joint: Joint) -> None:
    row = give(joint)
    for person, code in (
        (joint.alice, "not-found"), (joint.cy, "not-found"), (joint.bert, "permission-missing"),
        (make_user("submitter", institution=joint.birch), "permission-missing"),
    ):  # fmt: skip
        refused(code, answer, joint=joint, row=row, by=who(person))
    refused("not-found", answer, joint=joint, row=row, task="T-1")
    refused("version-changed", answer, joint=joint, row=row, version=2)
    refused("field-invalid", answer, joint=joint, row=row, answer="declined")
    refused("field-invalid", answer, joint=joint, row=row, answer="canceled")
    refused("raw-identifier", answer, joint=joint, row=row, note="he is 13800138000")
    assert answer(joint, row, by=caller(joint.birch)).ended_by_id is None
    refused("transition-refused", answer, joint=joint, row=row, version=2)


def test_what_is_not_right_is_not_given(joint: Joint) -> None:
    today = timezone.now().astimezone(ZONE).date()
    for fields, code in (
        ({"kind": "arrest"}, "field-invalid"), ({"kind": ["other"]}, "field-invalid"), ({"party": "member-c"}, "field-invalid"),
        ({"party": None}, "field-invalid"), ({"party": ["member-a"]}, "field-invalid"), ({"kind": "other"}, "field-invalid"),
        ({"note": "ask 13800138000"}, "raw-identifier"), ({"note": "x" * 501}, "field-invalid"), ({"note": 3}, "field-invalid"),
        ({"due_on": "soon"}, "field-invalid"), ({"due_on": (today - timedelta(days=1)).isoformat()}, "field-invalid"),
        ({"due_on": (today + timedelta(days=366)).isoformat()}, "field-invalid"), ({"due_on": 5}, "field-invalid"),
        ({"state": "done"}, "unknown-field"),
    ):  # fmt: skip
        refused(code, give, joint=joint, **fields)


def test_a_colleague_takes_it(joint: Joint) -> None:
    row, by = give(joint), who(joint.bea)
    ben = make_user("analyst", institution=joint.birch, name="ben")
    assert [name for _ref, name in task_queries.list_colleagues(viewer=by)] == ["bea", "ben"]
    arguments: dict[str, Any] = {"case": joint.case, "task": str(row), "by": by}
    for wrong in (joint.bert.ref, joint.alice.ref, "U-1"):
        refused("field-invalid", tasks.assign, **arguments, assignee=wrong, version=1)
    assert tasks.assign(**arguments, assignee=ben.ref, version=1).version == 2
    assert to_do(joint.bea)[0].assignee == ben.ref
    (lead,) = task_queries.list_tasks(case=joint.case, viewer=who(joint.alice))
    assert lead.assignee is None, "nobody else's business"
    assert tasks.assign(**arguments, assignee=None, version=2).assignee_id is None


def test_who_runs_late_is_told_once(joint: Joint) -> None:
    def remind() -> int:
        with acting_as("aif_match"):
            return tasks.tell_overdue(limit=10, now=now())

    late, _other = give(joint), give(joint)
    assert remind() == 0
    own("UPDATE case_task SET due_at = now() - interval '1 second' WHERE id = %s", late.pk)
    assert (remind(), remind()) == (2, 0), "the party and the lead, once"
    assert told("case.task-overdue") == ["Aster Bank", "Birch Finance"]
    seen = to_do(joint.bea)
    assert [task.is_overdue(now()) for task in seen] == [True, False] and seen[0].task == str(late)


def test_nobody_is_asked_for_a_case_that_is_over(joint: Joint) -> None:
    row = give(joint)
    own("UPDATE case_task SET due_at = now() - interval '1 second'")
    own("UPDATE case_file SET state = 'dismissed', due_at = NULL, closed_reason = 'x', closed_code = ''")
    with acting_as("aif_match"):
        assert tasks.tell_overdue(limit=10, now=now()) == 0
    assert to_do(joint.bea) == []
    refused("transition-refused", answer, joint=joint, row=row)
    refused("transition-refused", give, joint=joint)
    assert isinstance(row.due_at.date(), date)
