"""From an approved case to a released package: what goes in, who lets it out, and what is left of it."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from clues.cases.guards import has_released_package
from clues.models import Case, Package
from clues.packages import asking, opening, queries, receipts
from tests.clues.exhibits import PDF, TEXT
from tests.clues.joint import Joint, now, own, told, who
from tests.clues.packaged import (
    PHONE,
    UNIT,
    ask,
    contents_of,
    decide,
    events,
    make,
    make_approved,
    make_released,
    propose,
    refused,
    take,
)
from tests.clues.packages.test_verify import verify
from tests.factories import acting_as, make_user


def test_what_is_in_it(joint: Joint, tmp_path: Path) -> None:
    items = make_approved(joint)
    package = make(ask(joint))
    assert (package.state, package.version, package.failure) == ("built", 1, "")
    document = contents_of(package, joint.olga)
    assert [party["name"] for party in document["parties"]] == ["成员甲", "成员乙"]
    assert {party["party"] for party in document["parties"] if party["is_lead"]} == {joint.code(joint.aster)}
    assert "Aster" not in str(document) and "Birch" not in str(document)
    assert [(each["party"], each["value"]) for each in document["identifiers"]] == [(joint.code(joint.aster), PHONE)]
    assert [each["sha256"] for each in document["evidence"]] == [
        hashlib.sha256(each).hexdigest() for each in (PDF, TEXT)
    ]
    assert document["evidence"][0]["title"] == "投诉信原件" and document["unit"] == UNIT
    assert len(document["reports"]) == 1 and document["reports"][0]["party"] == joint.code(joint.aster)
    shown = {each["element"]: each for each in document["elements"] if each["charge"] == "extortion"}
    assert shown["threat"]["evidence"] == [items[0].ref] and not shown["threat"]["missing"]
    assert shown["threat"]["stated_by"] == [joint.code(joint.aster)] and shown["amount"]["missing"]
    last = [each for each in document["custody"] if each["evidence"] == items[0].ref][-1]
    assert (last["action"], last["note"]) == ("packaged", package.ref)
    with take(package, joint.olga) as opened:
        opened.extractall(tmp_path / "package")
    code, said = verify(tmp_path / "package", "--fingerprint", package.signer_sha256)
    assert code == 0, said
    assert "2 chains of custody hold" in said
    assert hashlib.sha256((tmp_path / "package/manifest.json").read_bytes()).hexdigest() == package.manifest_sha256


def test_a_chain_that_was_rewritten_is_found(joint: Joint, tmp_path: Path, monkeypatch: Any) -> None:
    items = make_approved(joint)
    own("SET CONSTRAINTS ALL IMMEDIATE")
    own("ALTER TABLE custody_entry DISABLE TRIGGER custody_entry_append_only")
    own("UPDATE custody_entry SET at = at - interval '1 day' WHERE item_id = %s AND seq = 1", items[1].pk)
    package = make(ask(joint))
    with take(package, joint.olga) as opened:
        opened.extractall(tmp_path / "package")
    code, said = verify(tmp_path / "package")
    assert code == 1 and f"!! {items[1].ref}: " in said


def test_parties_that_the_alliance_named_stand_by_name(joint: Joint) -> None:
    make_approved(joint)
    own(
        "INSERT INTO case_unmasking (case_id, reason, proposed_by_id, decided_by_id, at, released_at) "
        "SELECT id, 'x', %s, %s, clock_timestamp(), clock_timestamp() FROM case_file", joint.olga.pk, joint.pavel.pk,
    )  # fmt: skip
    document = contents_of(make(ask(joint)), joint.olga)
    assert sorted(party["name"] for party in document["parties"]) == ["Aster Bank", "Birch Finance"]


def test_versions_follow_and_none_is_overwritten(joint: Joint) -> None:
    make_approved(joint)
    first = make(ask(joint))
    refused("conflict", lambda: (ask(joint), ask(joint)))
    second = make(ask(joint, unit="另一单位"))
    assert (first.version, second.version) == (1, 2) and first.sha256 != second.sha256
    for statement in (
        "UPDATE package SET sha256 = 'x' WHERE version = 1",
        "UPDATE package SET unit = 'x' WHERE version = 1",
        "UPDATE package SET state = 'asked', object_id = NULL WHERE version = 1",
        "DELETE FROM package",
    ):
        with pytest.raises(IntegrityError, match="package_"), transaction.atomic():
            own(statement)


def test_a_second_person_releases_it(joint: Joint) -> None:
    make_approved(joint)
    package = make(ask(joint, by=joint.olga))
    assert queries.list_packages(case=joint.case, viewer=who(joint.alice)) == []
    approval = propose(package, joint.olga)
    refused("permission-missing", decide, approval, by=joint.olga)
    decide(approval, joint.pavel)
    assert told("case.package-released") == ["Aster Bank", "Birch Finance"]
    for person in (joint.alice, joint.bea):
        (seen,) = queries.list_packages(case=joint.case, viewer=who(person))
        assert (seen.sha256, seen.version, seen.unit) == (package.sha256, 1, UNIT)
    refused("not-found", queries.list_packages, case=joint.case, viewer=who(joint.cy))
    assert events("package.release")[0]["sha256"] == package.sha256
    refused("transition-refused", propose, package, joint.olga)


def test_the_parties_wait_for_the_tick(joint: Joint, settings: Any) -> None:
    make_approved(joint)
    approval = propose(make(ask(joint)), joint.olga)
    settings.AIF_DISCLOSURE_TICK = 7 * 86_400
    decide(approval, joint.pavel)
    assert queries.list_packages(case=joint.case, viewer=who(joint.alice)) == []
    with acting_as("aif_web"):
        case = Case.objects.only("id").get()
        case.receiver = "public-security"
        assert has_released_package(case) is not None


def test_who_asked_for_it_does_not_release_it(joint: Joint) -> None:
    make_approved(joint)
    second = make_user("alliance-operator", name="oskar")
    package = make(ask(joint, by=joint.olga))
    own("UPDATE user_account SET role = 'alliance-approver' WHERE id = %s", joint.olga.pk)
    joint.olga.refresh_from_db()
    refused("four-eyes", decide, propose(package, second), by=joint.olga)
    for column in ("asked_by_id", "release_asked_by_id"):
        with pytest.raises(IntegrityError, match="package_release_needs_second_person"), transaction.atomic():
            own(
                f"UPDATE package SET state = 'released', released_at = clock_timestamp(), release_asked_by_id = %s, "
                f"released_by_id = {'asked_by_id' if column == 'asked_by_id' else '%s'}",
                *([second.pk] if column == "asked_by_id" else [second.pk, second.pk]),
            )


def test_taking_it_needs_a_reason_and_is_on_record_first(joint: Joint, monkeypatch: Any) -> None:
    package = make_released(joint)
    with acting_as("aif_desk"):
        refused("field-invalid", opening.open_package, package=package.ref, reason=" ", by=joint.olga, now=now())
        refused("raw-identifier", opening.open_package, package=package.ref, reason=PHONE, by=joint.olga, now=now())
        refused("permission-missing", opening.open_package, package=package.ref, reason="x", by=joint.alice, now=now())
        refused("not-found", opening.open_package, package="PK-NONE", reason="x", by=joint.olga, now=now())
    assert events("package.open") == []
    with take(package, joint.pavel) as opened:
        assert opened.testzip() is None
    assert events("package.open")[0]["reason"] == "To hand it over."

    def deny(*_given: Any, **_named: Any) -> None:
        raise IntegrityError("the trail cannot be written")

    monkeypatch.setattr(opening, "record", deny)
    with pytest.raises(IntegrityError):
        take(package, joint.pavel)


def test_the_receipt_is_recorded_once(joint: Joint) -> None:
    package = make_released(joint)
    today = now().date() + timedelta(days=0)
    receive = {"package": package.ref, "by": joint.olga, "now": now()}
    with acting_as("aif_desk"):
        refused("field-invalid", receipts.record_receipt, receipt_no="", received_date=today, **receive)
        refused("field-invalid", receipts.record_receipt, receipt_no="x", received_date=today - timedelta(9), **receive)
        refused("raw-identifier", receipts.record_receipt, receipt_no="13800138000", received_date=today, **receive)
        from clues.working_days import ZONE

        day = now().astimezone(ZONE).date()
        receipts.record_receipt(receipt_no="沪公（经）受案字〔2026〕1234号", received_date=day, **receive)
        refused("transition-refused", receipts.record_receipt, receipt_no="2", received_date=day, **receive)
    (seen,) = queries.list_packages(case=joint.case, viewer=who(joint.bea))
    assert (seen.receipt_no, seen.received_date) == ("沪公（经）受案字〔2026〕1234号", day)


def test_asking(joint: Joint) -> None:
    make_approved(joint)
    for code, change in (
        ("field-invalid", {"receiver": "nobody"}), ("field-missing", {"unit": " "}), ("field-invalid", {"unit": "a\nb"}),
        ("raw-identifier", {"unit": "call 13800138000"}),
    ):  # fmt: skip
        refused(code, ask, joint, **change)
    refused("permission-missing", ask, joint, by=joint.alice)
    refused("permission-missing", ask, joint, by=joint.pavel)
    with acting_as("aif_desk"):
        refused("not-found", asking.ask, case="CASE-NONE", receiver="nfra", unit="x", by=joint.olga, now=now())


def test_a_package_goes_with_its_key_and_its_row_stays(joint: Joint) -> None:
    from clues.retention import delete
    from clues.retention.rules import RULES

    package = make_released(joint)
    rule = tuple(each for each in RULES if each.name == "packages")
    with acting_as("aif_match"):
        assert delete.delete_ended(now=now() + timedelta(days=1000), rules=rule) == {"packages": 0}
        assert delete.delete_ended(now=now() + timedelta(days=6 * 366), rules=rule) == {"packages": 1}
    with acting_as("aif_desk"):
        row = Package.objects.select_related("object__key").get(pk=package.pk)
        assert row.state == "destroyed" and row.object is not None and row.object.key.destroyed_at is not None
        refused("transition-refused", opening.open_package, package=row.ref, reason="x", by=joint.olga, now=now())
    assert queries.list_packages(case=joint.case, viewer=who(joint.bea))[0].sha256 == package.sha256
