"""Official requests at the desk: registered by a form, decided by two people, opened with a reason, answered."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from clues.models import OfficialOfficer, OfficialRequest
from members.admin import queues
from members.models import AuditEvent
from tests.clues.official_requests.world import fields, make_request, register
from tests.clues.scene import Scene, make_case
from tests.factories import PDF, acting_as

DO, ONE, LIST = (
    "admin:clues_officialrequest_do",
    "admin:clues_officialrequest_change",
    "admin:clues_officialrequest_changelist",
)


@pytest.fixture(autouse=True)
def vault(settings: Any, tmp_path: Any) -> None:
    settings.AIF_EVIDENCE = tmp_path / "evidence"


def form_of(**given: Any) -> dict[str, Any]:
    """What a person fills in."""
    made = fields(**given)
    officers = made.pop("officers")
    for number, officer in enumerate(officers, start=1):
        made |= {f"officer_{number}_{name}": value for name, value in officer.items()}
    return made | {"document": SimpleUploadedFile("通知书.pdf", PDF, content_type="text/html")}


def buttons(browser: Any, row: OfficialRequest) -> list[str]:
    page = browser.get(reverse(ONE, args=[row.pk]))
    assert page.status_code == 200
    return [button["url"].rstrip("/").rpartition("/")[2] for button in page.context["operations"]]


def test_from_the_document_to_the_members(scene: Scene, desk: Any) -> None:
    case = make_case(scene, at="reported")
    browser = desk(scene.cast.olga)
    address = reverse("admin:clues_officialrequest_do_list", args=["register"])
    assert browser.get(address).status_code == 200
    assert browser.post(address, form_of(case=case.ref)).status_code == 302
    row = OfficialRequest.objects.get()
    assert buttons(browser, row) == ["verify", "propose", "refuse", "open-document", "withdraw"]
    early = browser.post(reverse(DO, args=[row.pk, "propose"]), {"institutions": [scene.cast.aster.ref]})
    assert early.status_code == 422 and "核实" in str(early.context["form"].errors)
    for position in (1, 2):
        answer = browser.post(reverse(DO, args=[row.pk, "verify"]), {"position": position, "way": "called-back"})
        assert answer.status_code == 302
    asked = browser.get(reverse(DO, args=[row.pk, "propose"])).content.decode()
    assert "Aster Bank" in asked and "Birch Finance" in asked and "Cedar" not in asked, "the parties of its case"
    both = {"institutions": [scene.cast.aster.ref, scene.cast.birch.ref]}
    assert browser.post(reverse(DO, args=[row.pk, "propose"]), both).status_code == 302
    assert buttons(browser, row) == ["open-document", "withdraw"]
    assert {each.code: each.count for each in queues.look()}["official-proposed"] == 1
    pavel = desk(scene.cast.pavel)
    assert buttons(pavel, row) == ["approve", "return", "refuse-proposed", "read-document"]
    assert pavel.post(reverse(DO, args=[row.pk, "approve"])).status_code == 302
    row.refresh_from_db()
    assert row.state == OfficialRequest.ROUTED
    text = pavel.get(reverse(ONE, args=[row.pk]), HTTP_ACCEPT_LANGUAGE="en").content.decode()
    for said in ("王警官", "031002", "Called back", "Aster Bank", "To be answered", "in scope", row.document.sha256):
        assert said in text, said
    assert buttons(desk(scene.cast.olga), row) == ["answer", "open-document", "withdraw"]


def test_what_is_out_of_scope_is_said_and_turned_down(scene: Scene, desk: Any) -> None:
    row = register(scene, items=["case-facts", "communications-records"])
    browser = desk(scene.cast.olga)
    text = browser.get(reverse(ONE, args=[row.pk]), HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert "The alliance gives this to nobody" in text and "the operator or platform is asked" in text
    given = {"code": "out-of-scope", "note": "Ask the operator."}
    assert browser.post(reverse(DO, args=[row.pk, "refuse"]), given).status_code == 302
    text = browser.get(reverse(ONE, args=[row.pk]), HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert "Out of scope" in text and buttons(browser, row) == ["open-document"]


def test_the_document_leaves_as_a_file_with_a_reason_in_the_trail(scene: Scene, desk: Any) -> None:
    row = register(scene)
    for person, name in ((scene.cast.olga, "open-document"), (scene.cast.pavel, "read-document")):
        address = reverse(DO, args=[row.pk, name])
        browser = desk(person)
        assert browser.post(address, {"reason": ""}).status_code == 422
        answer = browser.post(address, {"reason": "to check the seal"})
        assert b"".join(answer.streaming_content) == PDF
        assert answer["Content-Type"] == "application/octet-stream" and answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Disposition"] == f'attachment; filename="{row.ref}.pdf"'
    with acting_as("aif_desk"):
        events = AuditEvent.objects.filter(verb="official.document.open")
        assert [each.detail["reason"] for each in events] == ["to check the seal"] * 2


def test_wrong_answers_stand_beside_their_field_and_attempts_in_the_trail(scene: Scene, desk: Any) -> None:
    browser = desk(scene.cast.olga)
    address = reverse("admin:clues_officialrequest_do_list", args=["register"])
    for wrong, field in (({"question": "Whose is 13800138000?"}, "question"), ({"due_on": "2020-01-01"}, "due_on"),
                         ({"document": SimpleUploadedFile("x.pdf", b"<html>")}, "document")):  # fmt: skip
        answer = browser.post(address, form_of() | wrong)
        assert answer.status_code == 422 and answer.context["form"].errors[field]
    assert browser.post(address, form_of() | {"officer_2_card_no": ""}).status_code == 422
    assert not OfficialRequest.objects.exists() and not OfficialOfficer.objects.exists()
    row = make_request(scene, at="proposed")
    with acting_as("aif_owner"):
        OfficialRequest.objects.filter(pk=row.pk).update(registered_by=scene.cast.pavel)
    pavel = desk(scene.cast.pavel)
    assert "approve" not in buttons(pavel, row)
    assert pavel.post(reverse(DO, args=[row.pk, "approve"])).status_code == 422
    refused = AuditEvent.objects.filter(verb="desk.refuse", subject_ref=row.ref)
    assert [each.detail["code"] for each in refused] == ["four-eyes"]
    assert desk(scene.cast.alice).post(reverse(DO, args=[row.pk, "approve"])).status_code == 302  # to the login


def test_the_register_lists_filters_and_finds(scene: Scene, desk: Any) -> None:
    first, second = register(scene), make_request(scene)
    browser = desk(scene.cast.pavel)
    listed = browser.get(reverse(LIST))
    assert [row.pk for row in listed.context["cl"].result_list] == [second.pk, first.pk]
    for query, found in (({"state": "routed"}, [second.pk]), ({"due": "late"}, []), ({"q": first.ref}, [first.pk]),
                         ({"due": "open"}, [first.pk, second.pk])):  # fmt: skip
        rows = browser.get(reverse(LIST), query).context["cl"].result_list
        assert sorted(row.pk for row in rows) == found, query
    assert browser.get(reverse("admin:clues_officialdisclosure_changelist")).status_code == 200
