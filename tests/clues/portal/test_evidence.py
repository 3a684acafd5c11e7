"""Evidence in the portal: what each party sees of it, opened for a reason, shared, held, destroyed; never shown as a page."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from clues.cases.naming import list_parties
from clues.models import CustodyEntry, EvidenceItem
from tests.clues.exhibits import add, begin
from tests.clues.joint import Joint, approve, last_refusal, make_joint, who
from tests.clues.scene import Scene
from tests.factories import acting_as, make_user


@pytest.fixture
def joint(scene: Scene, tmp_path: Path, settings: Any) -> Joint:
    settings.AIF_EVIDENCE = tmp_path / "evidence"
    return make_joint(scene)


@pytest.fixture(autouse=True)
def no_broker(monkeypatch: Any) -> None:
    from clues import tasks

    monkeypatch.setattr(tasks, "ring", lambda: None)


def text_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())))


def of_case(joint: Joint, end: str = "") -> str:
    return f"/portal/cases/{joint.case}/evidence{end}"


def again(item: EvidenceItem) -> EvidenceItem:
    with acting_as("aif_desk"):
        return EvidenceItem.objects.get(pk=item.pk)


def chain(item: EvidenceItem) -> list[str]:
    return list(CustodyEntry.objects.filter(item=item).order_by("seq").values_list("action", flat=True))


def test_who_sees_what(joint: Joint, portal: Any) -> None:
    item = add(joint.case, joint.alice, title="Letter of the agency", file_name="letter.txt")
    page = text_of(portal(joint.alice).get(of_case(joint)))
    assert "Letter of the agency" in page and "In the vault" in page
    one = f"/portal/evidence/{item.ref}"
    assert "letter.txt" in text_of(portal(joint.alice).get(one)) and "Whole and unchanged" in text_of(
        portal(joint.amir).get(one)
    )
    for other in (joint.bea, joint.cy):
        assert portal(other).get(one).status_code == 404, "before the part is approved nobody else knows of it"
    approve(joint, joint.alice, joint.amir)
    page = portal(joint.bea).get(one)
    assert item.sha256 in page.content.decode() and "Its holder has not shared the content" in text_of(page)
    assert not re.search(
        "Letter of|letter.txt|Aster|alice", page.content.decode()
    ) and "Chain of custody" not in text_of(page)
    assert portal(joint.bea).post(f"{one}/open", {"reason": "Look"}).status_code == 404
    assert portal(joint.cy).get(one).status_code == portal(joint.cy).get(of_case(joint)).status_code == 404
    assert item.ref[:8] in portal(joint.bea).get(f"/portal/cases/{joint.case}").content.decode()


def test_it_is_opened_for_a_reason_and_never_shown(joint: Joint, portal: Any, audited: Any) -> None:
    script = b"<html><script>alert(1)</script></html>"
    item = add(joint.case, joint.alice, content=script, file_name="页面 1.html", title="A page")
    address = f"/portal/evidence/{item.ref}/open"
    refused = portal(joint.alice).post(address, {"reason": ""})
    assert refused.status_code == 422 and "Content-Disposition" not in refused
    assert portal(joint.alice).post(address, {"reason": "Call 13800138000"}).status_code == 422
    assert chain(item)[-1] == "added" and not audited("evidence.open")
    answer = portal(joint.alice).post(address, {"reason": "To compare it with our copy"})
    assert b"".join(answer.streaming_content) == script
    assert answer["Content-Type"] == "application/octet-stream" and answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"].startswith("attachment; filename*=UTF-8''%E9%A1%B5")
    assert "sandbox" in answer["Content-Security-Policy"] and answer["Cache-Control"] == "no-store"
    assert audited("evidence.open") == [joint.alice.ref] and chain(item)[-1] == "opened"
    page = portal(joint.alice).get(f"/portal/evidence/{item.ref}")
    assert "To compare it with our copy" in text_of(page) and "can run programs" in text_of(page)
    assert "alert(1)" not in page.content.decode()
    assert portal(joint.alice).get(address).status_code == 405


def test_it_is_shared_held_and_destroyed_by_who_may(joint: Joint, portal: Any) -> None:
    item = add(joint.case, joint.alice)
    one = f"/portal/evidence/{item.ref}"
    answer = portal(joint.alice).post(f"{one}/do/share", {"version": item.version}, follow=True)
    assert "Our part is a draft again" in text_of(answer) and again(item).shared_with_parties
    approve(joint, joint.alice, joint.amir)
    assert "Chain of custody" in text_of(portal(joint.bea).get(one))
    opened = portal(joint.bea).post(f"{one}/open", {"reason": "Compare"})
    assert b"".join(opened.streaming_content)
    assert portal(joint.alice).post(f"{one}/do/hold", {"reason": "Court"}).status_code == 403
    assert portal(joint.amir).post(f"{one}/do/hold", {"reason": ""}).status_code == 422
    portal(joint.amir).post(f"{one}/do/hold", {"reason": "A court asked for it"})
    assert again(item).legal_hold
    page = portal(joint.amir).get(one).content.decode()
    assert "/do/lift" in page and "/do/destroy" not in page
    refused = portal(joint.amir).post(f"{one}/do/destroy", {"reason": "Old", "version": again(item).version})
    assert refused.status_code == 422 and last_refusal()[2:] == ("evidence-destroy", "legal-hold")
    portal(joint.amir).post(f"{one}/do/lift", {"reason": "The court is done"})
    answer = portal(joint.amir).post(
        f"{one}/do/destroy", {"reason": "Added twice", "version": again(item).version}, follow=True
    )
    assert "It is destroyed with its key" in text_of(answer) and again(item).state == "destroyed"
    assert 'href="/portal/evidence' in portal(joint.alice).get(of_case(joint)).content.decode()
    assert "</form>" not in portal(joint.alice).get(one).content.decode().split("<main")[1].split("</main")[0]


def test_others_acts_are_refused_as_if_it_were_not_there(joint: Joint, portal: Any) -> None:
    item = add(joint.case, joint.alice)
    for action in ("share", "hold", "lift", "destroy"):
        for person in (joint.bea, joint.cy):
            sent = {"version": item.version, "reason": "Mine"}
            assert portal(person).post(f"/portal/evidence/{item.ref}/do/{action}", sent).status_code in (403, 404)
    assert portal(joint.alice).post(f"/portal/evidence/{item.ref}/do/burn").status_code == 404
    assert portal(joint.alice).post("/portal/evidence/EV-NOWHERE/do/share", {"version": 1}).status_code == 404
    assert (again(item).version, chain(item)) == (item.version, ["collected", "added"])


def test_an_analyst_adds_while_parts_are_written(joint: Joint, portal: Any) -> None:
    page = portal(joint.alice).get(of_case(joint, "/new")).content.decode()
    assert f'data-begin="/portal/api/cases/{joint.case}/evidence"' in page and "<noscript>" in page
    assert portal(joint.amir).get(of_case(joint, "/new")).status_code == 403
    assert portal(joint.cy).get(of_case(joint, "/new")).status_code == 404
    upload = begin(joint.case, joint.alice)
    page = portal(joint.alice).get(of_case(joint)).content.decode()
    assert f"?upload={upload}" in page
    page = portal(joint.alice).get(of_case(joint, f"/new?upload={upload}")).content.decode()
    assert f'data-upload="{upload}"' in page and 'name="title"' not in page
    assert portal(joint.bea).get(of_case(joint, f"/new?upload={upload}")).status_code == 404
    assert len(list_parties(case=joint.case, viewer=who(joint.bea))) == 2


def test_an_auditor_looks_and_opens_nothing(joint: Joint, portal: Any) -> None:
    item = add(joint.case, joint.alice)
    auditor = make_user("auditor", institution=joint.aster, name="audrey")
    page = portal(auditor).get(f"/portal/evidence/{item.ref}").content.decode()
    main = page[page.index("<main") : page.index("</main")]
    assert "Chain of custody" in main and "<form" not in main
    assert portal(auditor).post(f"/portal/evidence/{item.ref}/open", {"reason": "Look"}).status_code == 403
