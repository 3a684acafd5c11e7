"""Official requests in the portal: what is asked of us, our reply, the document as a file, what of ours went."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from clues.models import OfficialParty
from members.models import AuditEvent, reference
from members.queries import person_of
from tests.clues.official_requests.world import make_request, reply
from tests.clues.scene import Scene, make_case
from tests.factories import PDF, acting_as, make_user


@pytest.fixture(autouse=True)
def vault(settings: Any, tmp_path: Path) -> Path:
    settings.AIF_EVIDENCE = tmp_path / "evidence"
    return tmp_path / "evidence"


def test_the_list_says_what_waits(scene: Scene, portal: Any) -> None:
    browser = portal(scene.cast.alice)
    assert "No authority waits for you" in browser.get("/portal/official").content.decode()
    assert "No official request yet" in browser.get("/portal/official?show=all").content.decode()
    made = make_request(scene)
    text = browser.get("/portal/official").content.decode()
    assert f"/portal/official/{made.ref}" in text and "Police, economic crime" in text and "To be answered" in text
    reply(made, "decline", by=person_of(scene.cast.alice), reason="not-ours")
    assert made.ref not in browser.get("/portal/official").content.decode()
    assert "Supplies nothing" in browser.get("/portal/official?show=all").content.decode()
    assert browser.get("/portal/official?show=mine").status_code == 404
    assert made.ref not in portal(scene.cast.cy).get("/portal/official?show=all").content.decode()


def test_one_says_what_is_asked_and_takes_the_reply(scene: Scene, portal: Any) -> None:
    case = make_case(scene, at="reported")
    made = make_request(scene, case=case)
    browser, address = portal(scene.cast.alice), f"/portal/official/{made.ref}"
    text = browser.get(address).content.decode()
    for said in ("Facts and amounts of a case", "Items of evidence", "confidential", f"/portal/cases/{case.ref}/part",
                 "Notice of the police", made.document_no):  # fmt: skip
        assert said in text, said
    assert "警官" not in text and "Birch" not in text
    assert browser.post(f"{address}/reply/confirm").status_code == 302
    assert "Confirmed, in work" in browser.get(address).content.decode()
    wrong = browser.post(f"{address}/reply/supply", {"text": "Call 13800138000"})
    assert wrong.status_code == 422 and 'role="alert"' in wrong.content.decode()
    assert browser.post(f"{address}/reply/supply", {"text": "It stands in our part."}).status_code == 302
    text = browser.get(address).content.decode()
    assert "It stands in our part." in text and "/reply/" not in text
    late = browser.post(f"{address}/reply/decline", {"reason": "not-ours"}, follow=True)
    assert "not open in the present state" in late.content.decode()
    assert OfficialParty.objects.get(request=made, institution=scene.cast.aster).state == "supplied"


def test_the_document_is_a_file_with_its_reason_in_the_trail(scene: Scene, portal: Any) -> None:
    made = make_request(scene)
    browser, address = portal(scene.cast.amir), f"/portal/official/{made.ref}/document"
    assert browser.get(address).status_code == 405
    assert browser.post(address, {"reason": " "}).status_code == 422
    answer = browser.post(address, {"reason": "to find what is meant"})
    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Type"] == "application/octet-stream" and answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"].startswith("attachment") and "no-store" in answer["Cache-Control"]
    with acting_as("aif_desk"):
        event = AuditEvent.objects.get(verb="official.document.open")
    assert (event.institution_id, event.actor_ref) == (scene.cast.aster.pk, scene.cast.amir.ref)


def test_an_altered_document_is_not_given_out(scene: Scene, portal: Any, vault: Path) -> None:
    made = make_request(scene)
    (file,) = [each for each in vault.rglob("*") if each.is_file()]
    raw = bytearray(file.read_bytes())
    raw[-1] ^= 1
    file.write_bytes(bytes(raw))
    answer = portal(scene.cast.alice).post(f"/portal/official/{made.ref}/document", {"reason": "to see what is asked"})
    assert answer.status_code == 422 and "was altered" in answer.content.decode()
    with acting_as("aif_desk"):
        verbs = AuditEvent.objects.filter(verb__in=("official.document.open", "vault.integrity"))
        assert [each.verb for each in verbs] == ["vault.integrity"]


def test_strangers_and_lookers_on(scene: Scene, portal: Any) -> None:
    made, waiting = make_request(scene), make_request(scene, at="proposed")
    browser = portal(scene.cast.cy)
    main = re.compile(r"<main.*?</main>", re.S)
    refs = (made.ref, waiting.ref, reference.encode("OR", 10**9), "OR-1")
    pages = [browser.get(f"/portal/official/{ref}") for ref in refs]
    assert {page.status_code for page in pages} == {404}
    assert len({main.search(page.content.decode())[0] for page in pages}) == 1  # type: ignore[index]
    for ref in refs:
        assert browser.post(f"/portal/official/{ref}/document", {"reason": "curious"}).status_code == 404
        assert browser.post(f"/portal/official/{ref}/reply/confirm").status_code == 404
    auditor = portal(make_user("auditor", institution=scene.cast.aster))
    text = auditor.get(f"/portal/official/{made.ref}").content.decode()
    assert "An analyst or an approver of your institution answers." in text and "/document" not in text
    assert auditor.post(f"/portal/official/{made.ref}/document", {"reason": "curious"}).status_code == 403
    assert auditor.post(f"/portal/official/{made.ref}/reply/confirm").status_code == 403
    assert auditor.post(f"/portal/official/{made.ref}/reply/propose").status_code == 404
    assert portal(make_user("submitter", institution=scene.cast.aster)).get("/portal/official").status_code == 403
