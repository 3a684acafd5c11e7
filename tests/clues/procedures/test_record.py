"""What is recorded of a case by the desk: in order, with its document, never changed; what is refused writes nothing."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, ProgrammingError, connection, transaction
from django.utils import timezone

from aif_share.errors import Refusal
from clues.cases.transition import CaseNotFound
from clues.models import Case, Event, ProcedureEntry, Proceeding
from clues.procedures import queries, record
from members.models import AuditEvent
from members.permissions import PermissionMissing
from members.row_security import act_for
from tests.clues.alliance import caller
from tests.clues.procedures.recording import enter, fields
from tests.clues.scene import Scene, make_case, wait_for_tick
from tests.factories import acting_as

CRIMINAL, ADMINISTRATIVE = "police-criminal", "police-administrative"


def counts() -> tuple[int, ...]:
    with acting_as("aif_desk"):
        return tuple(kind.objects.count() for kind in (Proceeding, ProcedureEntry, AuditEvent, Event))


def try_record(scene: Scene, case: Case, **request: Any) -> Refusal | None:
    """Record as Olga; return the refusal, which must have written nothing."""
    before = counts()
    try:
        with acting_as("aif_desk"):
            record.record(case=case.ref, request=request, by=scene.cast.olga, now=timezone.now())
    except Refusal as refusal:
        assert counts() == before
        return refusal
    return None


def seen(scene: Scene, case: Case) -> list[tuple[str, str]]:
    """What Birch, a party, sees: the states with their status."""
    rows = queries.list_entries(case=case.ref, viewer=caller(scene.cast.birch), now=timezone.now())
    return [(row.state, row.status) for row in rows]


def test_a_criminal_proceeding_with_an_administrative_sibling(scene: Scene) -> None:
    case = make_case(scene, at="reported")
    states = ("submitted", "accepted", "filed", "sent-for-prosecution", "prosecuted", "judgment")
    entries = enter(case, scene.cast.olga, CRIMINAL, *states)
    (sibling,) = enter(case, scene.cast.olga, ADMINISTRATIVE, "accepted")
    assert {entry.proceeding_id for entry in entries} == {entries[0].proceeding_id} != {sibling.proceeding_id}
    assert [entry.number for entry in entries] == [1, 2, 3, 4, 5, 6]
    wait_for_tick()
    views = queries.list_proceedings(case=case.ref, viewer=caller(scene.cast.birch), now=timezone.now())
    assert [(view.track, [entry.state for entry in view.entries]) for view in views] == [
        (CRIMINAL, list(states)), (ADMINISTRATIVE, ["accepted"])
    ]  # fmt: skip
    assert [state.code for state in views[1].next] == ["penalty", "no-penalty", "turned-criminal"]
    with acting_as("aif_desk"):
        trail = AuditEvent.objects.filter(verb="procedure.record", subject_ref=case.ref)
        assert trail.count() == 7
        assert "X-" not in str(list(trail.values_list("detail", flat=True))), "codes only"
        assert Event.objects.filter(kind="case.moved", institution=scene.cast.birch).count() >= 7


@pytest.mark.parametrize("at", ["candidate", "approved", "dismissed"])
def test_nothing_is_recorded_before_the_case_goes_out(scene: Scene, at: str) -> None:
    refusal = try_record(scene, make_case(scene, at=at), **fields(CRIMINAL, "submitted"))
    assert refusal is not None and refusal.code == "transition-refused"


def test_courts_take_longer_than_the_case(scene: Scene) -> None:
    assert try_record(scene, make_case(scene, at="closed"), **fields(CRIMINAL, "submitted")) is None


def test_out_of_order(scene: Scene) -> None:
    case = make_case(scene, at="reported")
    refusal = try_record(scene, case, **fields(CRIMINAL, "filed"))
    assert refusal is not None and refusal.code == "transition-refused"
    assert refusal.extra["next"] == ["in-preparation", "submitted"]
    (entry,) = enter(case, scene.cast.olga, CRIMINAL, "submitted")
    refusal = try_record(scene, case, **fields(CRIMINAL, "filed", proceeding=str(entry.proceeding)))
    assert refusal is not None and refusal.extra["next"] == ["accepted"]


WRONG: dict[str, tuple[dict[str, Any], str, str]] = {
    "no document": ({"document_no": ""}, "field-missing", "document_no"),
    "a phone for a document": ({"document_no": "13800138000"}, "raw-identifier", "document_no"),
    "no authority": ({"authority": ""}, "field-missing", "authority"),
    "an authority there is not": ({"authority": "scotland-yard"}, "field-invalid", "authority"),
    "no date": ({"date": None}, "field-missing", "date"),
    "a date to come": ({"date": (date.today() + timedelta(days=2)).isoformat()}, "field-invalid", "date"),
    "no day": ({"date": "2026-02-30"}, "field-invalid", "date"),
    "before what it rests on": ({"date": "2020-01-01"}, "field-invalid", "date"),
    "persons where none count": ({"persons": 2}, "field-invalid", "persons"),
    "a number as text": ({"gangs": "2"}, "field-invalid", "gangs"),
    "true for a number": ({"gangs": True}, "field-invalid", "gangs"),
    "an amount as a number": ({"amount_lost_cny": 5}, "field-invalid", "amount_lost_cny"),
    "a negative amount": ({"amount_lost_cny": "-5"}, "field-invalid", "amount_lost_cny"),
    "no province": ({"province": "CN-99"}, "field-invalid", "province"),
    "a phone in the note": ({"note": "call 138 0013 8000"}, "raw-identifier", "note"),
    "no such state": ({"state": "arrested"}, "field-invalid", "state"),
    "another track": ({"track": ADMINISTRATIVE}, "field-invalid", "track"),
    "another case's proceeding": ({"proceeding": "P-AAAAAAAAAAAAAAAAAAAAAAAAAA"}, "not-found", ""),
    "a field there is not": ({"court": "x"}, "unknown-field", ""),
    "receipt where nothing runs from it": ({"received_date": date.today().isoformat()}, "field-invalid", "received_date"),
}  # fmt: skip


def test_a_wrong_field_is_refused_by_its_name(scene: Scene) -> None:
    case = make_case(scene, at="reported")
    (entry,) = enter(case, scene.cast.olga, CRIMINAL, "submitted")
    for what, (given, code, field) in WRONG.items():
        request = fields(CRIMINAL, "accepted", proceeding=str(entry.proceeding)) | given
        refusal = try_record(scene, case, **request)
        assert refusal is not None, what
        assert (refusal.code, refusal.extra.get("field", "")) == (code, field), what


def test_persons_have_to_be_said_where_they_count(scene: Scene) -> None:
    case = make_case(scene, at="reported")
    (entry,) = enter(case, scene.cast.olga, ADMINISTRATIVE, "accepted")
    request = fields(ADMINISTRATIVE, "penalty", proceeding=str(entry.proceeding))
    refusal = try_record(scene, case, **request | {"persons": None})
    assert refusal is not None and (refusal.code, refusal.extra["field"]) == ("field-missing", "persons")
    refusal = try_record(scene, case, **request | {"persons": 2, "persons_detained": 3})
    assert refusal is not None and refusal.extra["field"] == "persons_detained"
    assert try_record(scene, case, **request | {"persons": 3, "persons_detained": 3}) is None


def test_who_may_record(scene: Scene) -> None:
    case = make_case(scene, at="reported")
    with acting_as("aif_desk"):
        for person in (scene.cast.alice, scene.cast.amir):
            with pytest.raises(PermissionMissing):
                record.record(case=case.ref, request=fields(CRIMINAL, "submitted"), by=person, now=timezone.now())
        with pytest.raises(CaseNotFound):
            record.record(
                case="CASE-NONE", request=fields(CRIMINAL, "submitted"), by=scene.cast.olga, now=timezone.now()
            )


def test_a_wrong_entry_is_voided_by_a_second_one(scene: Scene) -> None:
    case = make_case(scene, at="reported")
    entries = enter(case, scene.cast.olga, CRIMINAL, "submitted", "accepted", "refused")
    with acting_as("aif_desk"):
        before = list(ProcedureEntry.objects.order_by("id").values())
        voiding = record.void(entry=str(entries[2]), reason="wrong case", by=scene.cast.pavel, now=timezone.now())
        assert list(ProcedureEntry.objects.exclude(pk=voiding.pk).order_by("id").values()) == before
    wait_for_tick()
    assert seen(scene, case) == [("submitted", "standing"), ("accepted", "standing"), ("refused", "voided")]
    (filed,) = enter(case, scene.cast.olga, CRIMINAL, "filed", proceeding=str(entries[0].proceeding))
    assert filed.number == 5, "the void took number 4"


def test_what_later_entries_rest_on_stays(scene: Scene) -> None:
    case = make_case(scene, at="reported")
    entries = enter(case, scene.cast.olga, CRIMINAL, "submitted", "accepted", "filed")
    before = counts()
    with acting_as("aif_desk"):
        for entry, reason, code in (
            (str(entries[1]), "wrong", "transition-refused"),
            (str(entries[2]), " ", "field-invalid"),
            (str(entries[2]), "ask 13800138000", "raw-identifier"),
            ("PE-AAAAAAAAAAAAAAAAAAAAAAAAAA", "wrong", "not-found"),
        ):
            with pytest.raises(Refusal) as refused:
                record.void(entry=entry, reason=reason, by=scene.cast.olga, now=timezone.now())
            assert refused.value.code == code
        assert counts() == before
        for entry in reversed(entries):
            record.void(entry=str(entry), reason="all of it was wrong", by=scene.cast.olga, now=timezone.now())
        with pytest.raises(Refusal, match="void already"):
            record.void(entry=str(entries[0]), reason="again", by=scene.cast.olga, now=timezone.now())
    refusal = try_record(scene, case, **fields(CRIMINAL, "accepted", proceeding=str(entries[0].proceeding)))
    assert refusal is not None and refusal.code == "transition-refused"


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["aif_web", "aif_desk", "aif_match"])
@pytest.mark.parametrize("table", ["procedure_entry", "proceeding"])
def test_no_login_changes_what_was_recorded(role: str, table: str) -> None:
    for statement in (f"UPDATE {table} SET id = id", f"DELETE FROM {table}"):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            with acting_as(role), connection.cursor() as cursor:
                cursor.execute(statement)


def test_its_owner_does_not_either(scene: Scene) -> None:
    enter(make_case(scene, at="reported"), scene.cast.olga, CRIMINAL, "submitted")
    for statement in ("UPDATE procedure_entry SET persons = 9", "DELETE FROM procedure_entry"):
        with pytest.raises(DatabaseError, match="only ever added"), transaction.atomic():
            with acting_as("aif_owner"), connection.cursor() as cursor:
                cursor.execute(statement)


def test_the_database_knows_what_may_be_said_of_an_entry(scene: Scene) -> None:
    case = make_case(scene, at="reported")
    one, other = (enter(case, scene.cast.olga, CRIMINAL, "submitted")[0] for _turn in range(2))
    now = timezone.now()
    line = {
        "proceeding_id": one.proceeding_id,
        "number": 2,
        "recorded_by_ref": "U-1",
        "recorded_at": now,
        "released_at": now,
    }
    with acting_as("aif_desk"):
        for wrong in (
            {"kind": "confirmation", "about": one},  # the desk's own needs none
            {"kind": "void", "about": other, "note": "x"},  # of another proceeding
            {"kind": "void", "about": one},  # without a reason
            {"kind": "state"},  # without anything
            {"kind": "void", "about": one, "note": "x", "number": 1},
        ):
            with pytest.raises((DatabaseError, IntegrityError)), transaction.atomic():
                ProcedureEntry.objects.create(**line | wrong)
    act_for(institution=scene.cast.aster.pk)
    with acting_as("aif_web", held=True), pytest.raises(DatabaseError, match="of their own"), transaction.atomic():
        ProcedureEntry.objects.create(**line, kind="void", about=one, note="by the portal")


def test_strangers_and_the_tick(scene: Scene, settings: Any) -> None:
    case = make_case(scene, at="reported")
    wait_for_tick()
    settings.AIF_DISCLOSURE_TICK = 60
    enter(case, scene.cast.olga, CRIMINAL, "submitted")
    assert seen(scene, case) == []
    with acting_as("aif_desk"):
        (view,) = queries.list_of_case(case=case.pk, now=timezone.now())
    assert [entry.state for entry in view.entries] == ["submitted"]
    for read in (queries.list_proceedings, queries.list_entries):
        with pytest.raises(CaseNotFound):
            read(case=case.ref, viewer=caller(scene.cast.cedar), now=timezone.now())


def test_a_deadline_runs_until_it_is_met(scene: Scene) -> None:
    case = make_case(scene, at="reported")
    day = (date.today() - timedelta(days=40)).isoformat()
    first = {"date": day}
    entries = enter(case, scene.cast.olga, CRIMINAL, "submitted", **first)
    proceeding = str(entries[0].proceeding)
    enter(case, scene.cast.olga, CRIMINAL, "accepted", proceeding=proceeding, **first)
    enter(case, scene.cast.olga, CRIMINAL, "refused", proceeding=proceeding, received_date=day, **first)
    wait_for_tick()

    def due() -> dict[str, bool]:
        rows = queries.list_entries(case=case.ref, viewer=caller(scene.cast.aster), now=timezone.now())
        return {row.state: row.overdue for row in rows if row.due_date is not None}

    assert due() == {"refused": True}, "the decision whether to file came"
    enter(case, scene.cast.olga, CRIMINAL, "reconsideration", proceeding=proceeding)
    wait_for_tick()
    assert due() == {"reconsideration": False}
