"""What is refused around a case at the desk stands in the trail of the case, and changes nothing; so does a forged form."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from clues.cases import tasks
from clues.models import ProcedureEntry
from clues.procedures import lead
from members.models import AuditEvent
from tests.clues.joint import Joint, count_refusals, last_refusal, now, stands, who
from tests.clues.procedures.recording import enter, fields
from tests.clues.scene import Scene, make_case, step

CRIMINAL = "police-criminal"


def test_of_tasks_and_names(scene: Scene, desk: Any) -> None:
    case = make_case(scene, at="joint")
    joint = Joint(scene, case.ref, scene.cast.pavel)
    asked = {"party": joint.code(joint.birch), "kind": "confirm-amounts"}
    task = tasks.give(case=case.ref, request=asked, by=who(joint.alice), now=now())
    step(case, "dismiss", scene.cast.pavel, "the same people as before")
    before = stands()
    for number, (person, model, row, name, sent, action, code) in enumerate(
        (
            (joint.pavel, "case", case, "give-task", asked, "task-give", "permission-missing"),
            (joint.olga, "case", case, "give-task", asked, "task-give", "transition-refused"),
            (joint.olga, "case", case, "unmask", {"reason": "x"}, "name-all", "transition-refused"),
            (joint.pavel, "casetask", task, "cancel", {"reason": "x"}, "task-cancel", "permission-missing"),
            (joint.olga, "casetask", task, "cancel", {"reason": "x"}, "task-cancel", "transition-refused"),
            (joint.olga, "case", case, f"open-{CRIMINAL}-submitted", {}, "entry-record", "transition-refused"),
        ),
        start=1,
    ):
        address = reverse(f"admin:clues_{model}_do", args=[row.pk, name])
        assert desk(person).post(address, sent).status_code in (302, 403, 422)
        assert (count_refusals(), last_refusal()) == (number, (person.ref, case.ref, action, code)), name
        assert stands() == before, name


def test_of_entries(scene: Scene, desk: Any) -> None:
    case = make_case(scene, at="reported")
    cast = scene.cast
    (entry,) = enter(case, cast.olga, CRIMINAL, "submitted")
    waiting = lead.record_as_lead(case=case.ref, request=fields("civil", "suit"), by=who(cast.alice), now=now())
    following = reverse("admin:clues_proceeding_do", args=[entry.proceeding_id, f"then-{CRIMINAL}-accepted"])
    out_of_order = reverse("admin:clues_proceeding_do", args=[entry.proceeding_id, f"then-{CRIMINAL}-filed"])
    answers = {name: str(value) for name, value in fields(CRIMINAL, "accepted").items()}
    for number, (address, sent, action, code) in enumerate(
        (
            (out_of_order, answers, "entry-record", "transition-refused"),
            (following, answers | {"document_no": ""}, "entry-record", "field-missing"),
            (_of_entry(entry, "confirm"), {}, "entry-confirm", "transition-refused"),
        ),
        start=1,
    ):
        assert desk(cast.olga).post(address, sent).status_code in (302, 422)
        assert (count_refusals(), last_refusal()) == (number, (cast.olga.ref, case.ref, action, code))
    assert ProcedureEntry.objects.count() == 2 and waiting.pk


def test_a_forged_form_is_refused_and_in_the_trail(scene: Scene, desk: Any) -> None:
    case = make_case(scene, at="triage")
    rows = {"steps-TOTAL_FORMS": "1", "steps-INITIAL_FORMS": "0", "steps-0-action": "approve", "_save": "1"}
    for name, args in (("add", []), ("change", [case.pk]), ("delete", [case.pk])):
        assert desk(scene.cast.pavel).post(reverse(f"admin:clues_case_{name}", args=args), rows).status_code == 403
        event = AuditEvent.objects.latest("id")
        assert (event.verb, event.actor_ref) == ("desk.refuse", scene.cast.pavel.ref)
        assert event.subject_ref == (case.ref if args else "")
        assert event.detail == {"about": "case", "operation": name, "code": "permission-missing"}
    assert case.steps.count() == 2


def _of_entry(entry: ProcedureEntry, name: str) -> str:
    return reverse("admin:clues_procedureentry_do", args=[entry.pk, name])
