"""Raw values in the own part: sealed, confirmed, covered by the approval, and nobody else's to know of."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError

from clues.cases import part_identifiers as values
from clues.cases import part_queries, parts
from clues.models import CasePart, DataKey, PartIdentifier
from clues.retention import delete
from clues.retention.rules import RULES
from members.models import AuditEvent
from tests.clues.joint import Joint, approve, make_joint, now, own, refused, version_of, who, write
from tests.clues.scene import Scene
from tests.factories import acting_as

PHONE, CANONICAL = "138 0013 8000", "+8613800138000"


@pytest.fixture
def joint(scene: Scene) -> Joint:
    return make_joint(scene)


def add(joint: Joint, by: Any, value: str = PHONE, **more: Any) -> values.Change:
    asked = {"type": "cn-mobile", "role": "organizer", "confirmed": True, "version": version_of(by), **more}
    return values.add(case=joint.case, value=value, by=who(by), now=now(), **asked)


def test_the_value_is_sealed_and_shown_to_the_own_people_alone(joint: Joint, audited: Any) -> None:
    done = add(joint, joint.alice)
    assert done.version == CasePart.objects.get().version and CANONICAL not in repr(done)
    (listed,) = values.list_own(case=joint.case, viewer=who(joint.alice))
    assert (listed.type, listed.role, listed.value) == ("cn-mobile", "organizer", None)
    (opened,) = values.open_own(case=joint.case, by=who(joint.amir))
    assert opened.value == CANONICAL and audited("case.part.identifiers.open") == [joint.amir.ref]
    assert values.list_own(case=joint.case, viewer=who(joint.bea)) == []
    assert values.open_own(case=joint.case, by=who(joint.bea)) == []
    refused("not-found", values.list_own, case=joint.case, viewer=who(joint.cy))
    refused("not-found", values.open_own, case=joint.case, by=who(joint.cy))


def test_nothing_stored_holds_it(joint: Joint) -> None:
    add(joint, joint.alice)
    with acting_as("aif_owner"), connection.cursor() as cursor:
        for table in ("part_identifier", "data_key", "audit_event", "case_part", "event"):
            cursor.execute(f"SELECT string_agg(x::text, ' ') FROM {table} x")
            text = str(cursor.fetchone()[0])
            for form in (CANONICAL, "13800138000", CANONICAL.encode().hex()):
                assert form not in text, table


def test_it_changes_the_part_and_takes_the_approval_back(joint: Joint) -> None:
    approve(joint, joint.alice, joint.amir)
    add(joint, joint.alice)
    row = CasePart.objects.get()
    assert (row.state, row.approved_by_id, row.editor_id) == ("draft", None, joint.alice.pk)
    row = parts.mark_ready(case=joint.case, version=row.version, by=who(joint.alice))
    row = parts.approve(case=joint.case, version=row.version, by=who(joint.amir), now=now())
    (kept,) = values.list_own(case=joint.case, viewer=who(joint.alice))
    values.remove(case=joint.case, identifier=kept.identifier, version=row.version, by=who(joint.alice), now=now())
    assert CasePart.objects.get().state == "draft" and not PartIdentifier.objects.exists()
    assert DataKey.objects.get().destroyed_at is not None and bytes(DataKey.objects.get().wrapped) == b""


def test_the_others_read_nothing_of_it(joint: Joint) -> None:
    add(joint, joint.alice)
    approve(joint, joint.alice, joint.amir)
    (shared,) = part_queries.list_shared_parts(case=joint.case, viewer=who(joint.bea))
    assert shared.content is not None and "identif" not in repr(shared)


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("confirmation-missing", {"confirmed": False}),
        ("confirmation-missing", {"confirmed": "yes"}),
        ("type-unknown", {"type": "shoe-size"}),
        ("identifier-invalid", {"value": "12"}),
        ("field-invalid", {"role": "king"}),
        ("field-invalid", {"value": " "}),
        ("field-invalid", {"value": "1" * 3000}),
        ("field-invalid", {"value": 13800138000}),
        ("version-changed", {"version": 7}),
    ],
)
def test_refused(joint: Joint, code: str, change: dict[str, Any]) -> None:
    refusal = refused(code, add, joint=joint, by=joint.alice, **change)
    assert "138" not in repr(refusal) + str(refusal.extra)
    assert not PartIdentifier.objects.exists() and not DataKey.objects.exists()


def test_who_may_and_when(joint: Joint) -> None:
    refused("permission-missing", add, joint=joint, by=joint.amir)
    refused("not-found", add, joint=joint, by=joint.cy)
    done = add(joint, joint.alice)
    refused("not-found", values.remove, case=joint.case, identifier=done.identifier.identifier,
            version=version_of(joint.bea), by=who(joint.bea), now=now())  # fmt: skip
    refused("conflict", add, joint=joint, by=joint.alice, value="+86-138-0013-8000")
    add(joint, joint.alice, role="victim")
    own("UPDATE case_file SET state = 'evidence-ready'")
    refused("transition-refused", add, joint=joint, by=joint.alice)


def test_no_more_than_that(joint: Joint, monkeypatch: Any) -> None:
    monkeypatch.setattr(values, "MOST", 1)
    add(joint, joint.alice)
    refused("field-invalid", add, joint=joint, by=joint.alice, value="139 0013 9000")


def test_without_a_kek_nothing_changes(joint: Joint, settings: Any) -> None:
    settings.AIF_KEKS = {}
    refused("kek-missing", add, joint=joint, by=joint.alice)
    assert not PartIdentifier.objects.exists()


def test_a_value_of_another_part_does_not_open(joint: Joint) -> None:
    add(joint, joint.alice)
    write(joint.case, joint.bea)
    row = PartIdentifier.objects.get()
    row.part = CasePart.objects.get(institution=joint.birch)
    with pytest.raises(Exception) as caught:
        values.read_value(row)
    assert getattr(caught.value, "code", "") == "integrity-failed"


def test_the_database_keeps_what_was_approved(joint: Joint) -> None:
    add(joint, joint.alice)
    approve(joint, joint.alice, joint.amir)
    for statement in ("DELETE FROM part_identifier", "UPDATE part_identifier SET role = 'victim'"):
        with pytest.raises(IntegrityError, match="part_identifier_"), transaction.atomic():
            own(statement)


def test_it_goes_a_year_after_the_case_rests(joint: Joint) -> None:
    add(joint, joint.alice)
    rule = tuple(each for each in RULES if each.name == "part-identifiers")
    later = now() + timedelta(days=400)
    with acting_as("aif_match"):
        assert delete.delete_ended(now=later, rules=rule) == {"part-identifiers": 0}
    own("UPDATE case_file SET state = 'dismissed', closed_reason = 'x', due_at = NULL, lead_id = NULL")
    with acting_as("aif_match"):
        assert delete.delete_ended(now=now(), rules=rule) == {"part-identifiers": 0}
        assert delete.delete_ended(now=later, rules=rule) == {"part-identifiers": 1}
    with acting_as("aif_owner"):
        assert not PartIdentifier.objects.exists() and DataKey.objects.get().destroyed_at is not None
        assert AuditEvent.objects.filter(verb="retention.delete").exists()
