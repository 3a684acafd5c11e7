"""Registering a document: sealed, its officers verified, and nothing left behind by what is refused."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from clues.models import DataKey, OfficialOfficer, OfficialRequest, StoredObject
from clues.official_requests import documents, registering
from tests.clues.official_requests.world import OFFICERS, audited, fields, refusal, register, verify
from tests.clues.scene import Scene, make_case
from tests.factories import PDF, acting_as


def files(vault: Path) -> list[Path]:
    return [each for each in vault.rglob("*") if each.is_file()] if vault.exists() else []


def officers_of(request: OfficialRequest) -> list[OfficialOfficer]:
    with acting_as("aif_desk"):
        return list(OfficialOfficer.objects.filter(request=request).order_by("position"))


def test_the_document_lies_sealed_and_the_officers_names_with_it(scene: Scene, vault: Path) -> None:
    request = register(scene, document=PDF + b"canary-of-the-document")
    (stored,) = files(vault)
    assert b"canary" not in stored.read_bytes() and b"PDF" not in stored.read_bytes()
    row = OfficialRequest.objects.get()
    officers = officers_of(row)
    for sealed in (row.sealed_details, *(each.sealed for each in officers)):
        assert "警官".encode() not in bytes(sealed) and "通知书".encode() not in bytes(sealed)
    with acting_as("aif_desk"):
        read = documents.read_officers(row, officers)
    assert [(each.name, each.card_no) for each in read if each] == [
        (each["name"], each["card_no"]) for each in OFFICERS
    ]
    assert (row.state, row.authority_kind, row.media_type) == ("registered", "public-security", "application/pdf")
    assert audited(request) == ["official.register"]


def test_officers_do_not_open_in_each_others_place(scene: Scene) -> None:
    from clues.vault.failures import IntegrityFailed

    request = register(scene)
    officers = officers_of(request)
    officers[0].sealed, officers[1].sealed = officers[1].sealed, officers[0].sealed
    with acting_as("aif_desk"), pytest.raises(IntegrityFailed):
        documents.read_officers(request, officers)


def test_without_a_day_the_answer_is_due_in_the_working_days_of_its_kind(scene: Scene) -> None:
    from clues.working_days import working_days_left

    for kind, basis, days in (("evidence", "police-notice", 5), ("assistance", "criminal-procedure", 10)):
        row = register(scene, kind=kind, basis=basis, items=["case-facts"])
        end = timezone.make_aware(
            timezone.datetime.combine(row.due_on + timedelta(days=1), timezone.datetime.min.time())
        )
        assert working_days_left(end, now=timezone.now()) == days
    assert register(scene, due_on=date.today().isoformat()).due_on == date.today()


@pytest.mark.parametrize(
    ("wrong", "code", "field"),
    [
        ({"kind": "no-such"}, "field-invalid", "kind"),
        ({"authority": "no-such"}, "field-invalid", "authority"),
        ({"unit": ""}, "field-missing", "unit"),
        ({"unit": "Unit\nof two lines"}, "field-invalid", "unit"),
        ({"document_no": " "}, "field-missing", "document_no"),
        ({"document_date": "2099-01-01"}, "field-invalid", "received_on"),
        ({"received_on": "2099-01-01"}, "field-invalid", "received_on"),
        ({"basis": "no-such"}, "field-invalid", "basis"),
        ({"items": []}, "field-missing", "items"),
        ({"items": ["everything"]}, "field-invalid", "items"),
        ({"question": ""}, "field-missing", "question"),
        ({"question": "Whose is 13800138000?"}, "raw-identifier", "question"),
        ({"subjects": -1}, "field-invalid", "subjects"),
        ({"until_date": ""}, "field-invalid", "until_date"),
        ({"until_date": "2020-01-01"}, "field-invalid", "until_date"),
        ({"due_on": "2020-01-01"}, "field-invalid", "due_on"),
        ({"case": "CASE-NONE"}, "field-invalid", "case"),
        ({"officers": [OFFICERS[0]]}, "field-invalid", "officers"),
        ({"officers": [OFFICERS[0], OFFICERS[0]]}, "field-invalid", "officers"),
        ({"officers": [OFFICERS[0], {"name": "李警官", "card_no": ""}]}, "field-invalid", "officers"),
        ({"more": 1}, "unknown-field", None),
    ],
)
def test_what_is_not_right_leaves_nothing(
    scene: Scene, vault: Path, wrong: dict[str, Any], code: str, field: str | None
) -> None:
    with acting_as("aif_desk"):
        refused = refusal(
            registering.register, request=fields(**wrong), document=PDF, file_name="x", by=scene.cast.olga
        )
    assert (refused.code, refused.extra.get("field")) == (code, field)
    assert not files(vault) and not OfficialRequest.objects.exists() and not StoredObject.objects.exists()


@pytest.mark.parametrize("document", [b"", b"<html><script>", b"MZ\x90\x00", b"%PDF-" + bytes(20 * 1024 * 1024)])
def test_other_files_and_large_ones_are_refused(scene: Scene, vault: Path, document: bytes) -> None:
    with acting_as("aif_desk"):
        refused = refusal(registering.register, request=fields(), document=document, file_name="x", by=scene.cast.olga)
    assert refused.code == ("too-large" if len(document) > 100 else "field-invalid")
    assert refused.extra["field"] == "document" and not files(vault)


def test_a_document_is_registered_once(scene: Scene, vault: Path) -> None:
    given = fields()
    register(scene, **given)
    with acting_as("aif_desk"):
        refused = refusal(registering.register, request=given, document=PDF, file_name="x", by=scene.cast.olga)
    assert (refused.code, refused.extra["field"]) == ("field-invalid", "document_no")
    assert OfficialRequest.objects.count() == StoredObject.objects.count() == DataKey.objects.count() == 1
    assert len(files(vault)) == 1


def test_without_a_kek_nothing_is_registered(scene: Scene, vault: Path, settings: Any) -> None:
    settings.AIF_KEKS = {}
    with acting_as("aif_desk"):
        refused = refusal(registering.register, request=fields(), document=PDF, file_name="x", by=scene.cast.olga)
    assert refused.code == "kek-missing" and not files(vault) and not OfficialRequest.objects.exists()


def test_a_case_may_stand_behind_it_unless_it_rests_elsewhere(scene: Scene) -> None:
    case = make_case(scene, at="dismissed")
    with acting_as("aif_desk"):
        refused = refusal(
            registering.register, request=fields(case=case.ref), document=PDF, file_name="x", by=scene.cast.olga
        )
    assert (refused.code, refused.extra["field"]) == ("field-invalid", "case")


def test_an_officer_is_verified_once_and_by_a_known_way(scene: Scene) -> None:
    request, olga = register(scene), scene.cast.olga
    with acting_as("aif_desk"):
        call = registering.verify_officer
        assert refusal(call, request=request.ref, position=1, way="by-hearsay", by=olga).extra["field"] == "way"
        assert refusal(call, request=request.ref, position=3, way="in-person", by=olga).code == "transition-refused"
        assert refusal(call, request="OR-NONE", position=1, way="in-person", by=olga).code == "not-found"
        assert refusal(call, request=request.ref, position=1, way="in-person", by=scene.cast.pavel).code == (
            "permission-missing"
        )
    verify(scene, request, 1)
    with acting_as("aif_desk"):
        assert refusal(call, request=request.ref, position=1, way="in-person", by=olga).code == "transition-refused"
    first, second = officers_of(request)
    assert (first.way, first.verified_by_id, second.way) == ("called-back", olga.pk, "")


def test_what_a_document_says_is_never_changed(scene: Scene) -> None:
    request = register(scene)
    for column, value in (("unit", "another"), ("document_no", "2"), ("question", "more"), ("subjects", 9)):
        with pytest.raises(Exception, match="permission denied"), transaction.atomic(), acting_as("aif_desk"):
            OfficialRequest.objects.filter(pk=request.pk).update(**{column: value})
    for table in ("official_step", "official_disclosure"):
        for role in ("aif_desk", "aif_web", "aif_match", "aif_owner"):
            with pytest.raises(Exception, match=r"permission denied|append_only"), transaction.atomic():
                with acting_as(role), connection.cursor() as cursor:
                    cursor.execute(f"DELETE FROM {table}")


def test_the_database_wants_two_verified_officers(scene: Scene) -> None:
    from tests.clues.official_requests.world import propose

    request = register(scene)
    verify(scene, request)
    propose(scene, request)
    with acting_as("aif_owner"):
        OfficialOfficer.objects.filter(request=request, position=2).update(way="", verified_by=None, verified_at=None)
        with pytest.raises(IntegrityError, match="two_officers"), transaction.atomic():
            OfficialRequest.objects.filter(pk=request.pk).update(
                state="routed", decided_by=scene.cast.pavel, decided_at=timezone.now(), released_at=timezone.now()
            )
