"""Evidence and checklists at the desk: who holds what, opened for a reason, held; charges, and what is missing before approval."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from clues.checklists import charges
from clues.models import Case, CaseCharge, CustodyEntry, EvidenceItem
from tests.clues.exhibits import add, on_disk
from tests.clues.joint import Joint, last_refusal, make_joint, now, who
from tests.clues.scene import Scene, step
from tests.factories import acting_as


@pytest.fixture
def joint(scene: Scene, tmp_path: Path, settings: Any) -> Joint:
    settings.AIF_EVIDENCE = tmp_path / "evidence"
    return make_joint(scene)


def put(joint: Joint, by: Any, **fields: Any) -> EvidenceItem:
    with acting_as("aif_web"):
        return add(joint.case, by, **fields)


def page_of(item: EvidenceItem) -> str:
    return reverse("admin:clues_evidenceitem_change", args=[item.pk])


def do(item: EvidenceItem, name: str) -> str:
    return reverse("admin:clues_evidenceitem_do", args=[item.pk, name])


def text_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())))


def test_the_desk_looks_and_opens_for_a_reason(joint: Joint, desk: Any) -> None:
    item = put(
        joint,
        joint.bea,
        content=b"<svg xmlns='http://www.w3.org/2000/svg'></svg>",
        file_name="a.svg",
        title="A drawing",
    )
    browser = desk(joint.olga)
    listed = browser.get(reverse("admin:clues_evidenceitem_changelist"))
    assert "Birch Finance" in text_of(listed) and "A drawing" not in text_of(listed)
    assert (
        len(browser.get(reverse("admin:clues_evidenceitem_changelist"), {"q": item.ref}).context["cl"].result_list) == 1
    )
    page = text_of(browser.get(page_of(item)))
    assert "A drawing" in page and item.sm3 in page and "经办人王某" in page
    answer = browser.post(do(item, "open"), {"reason": ""})
    assert answer.status_code == 422 and "Content-Disposition" not in answer
    answer = browser.post(do(item, "open"), {"reason": "To see whether it fits the charge"})
    assert b"".join(answer.streaming_content).startswith(b"<svg")
    assert answer["Content-Type"] == "application/octet-stream" and "sandbox" in answer["Content-Security-Policy"]
    assert answer["Content-Disposition"].startswith("attachment") and answer["X-Content-Type-Options"] == "nosniff"
    last = CustodyEntry.objects.filter(item=item).latest("seq")
    assert (last.action, last.institution_id, last.actor_ref) == ("opened", None, joint.olga.ref)
    assert "To see whether it fits the charge" in text_of(browser.get(page_of(item)))
    case = Case.objects.get()
    assert item.ref in browser.get(reverse("admin:clues_case_change", args=[case.pk])).content.decode()
    assert browser.get(reverse("admin:find"), {"q": item.ref})["Location"] == page_of(item)


def test_what_was_altered_is_told_and_not_given_out(joint: Joint, desk: Any) -> None:
    item = put(joint, joint.bea)
    (file,) = on_disk()
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    answer = desk(joint.olga).post(do(item, "open"), {"reason": "To look"})
    assert answer.status_code == 422 and not answer.streaming
    assert CustodyEntry.objects.filter(item=item).count() == 2


def test_the_alliance_holds_what_only_it_lifts(joint: Joint, desk: Any) -> None:
    item = put(joint, joint.bea)
    assert desk(joint.olga).post(do(item, "hold"), {"reason": "A court asked"}).status_code == 403
    assert last_refusal() == (joint.olga.ref, joint.case, "evidence-hold", "permission-missing")
    desk(joint.pavel).post(do(item, "hold"), {"reason": "A court asked"})
    assert EvidenceItem.objects.get().legal_hold
    assert desk(joint.pavel).post(do(item, "hold"), {"reason": "Once more"}).status_code == 302
    assert last_refusal()[2:] == ("evidence-hold", "transition-refused")
    desk(joint.pavel).post(do(item, "lift"), {"reason": "The court is done"})
    assert not EvidenceItem.objects.get().legal_hold


def test_charges_are_chosen_and_what_is_missing_is_said_before_approval(joint: Joint, desk: Any) -> None:
    case = Case.objects.get()
    address = reverse("admin:clues_case_do", args=[case.pk, "add-charge"])
    browser = desk(joint.olga)
    form = browser.get(address).content.decode()
    assert 'value="insurance-fraud"' in form
    browser.post(f"{address}?version={case.version}", {"charge": "insurance-fraud"})
    assert CaseCharge.objects.get().institution_id is None
    assert 'value="insurance-fraud"' not in browser.get(address).content.decode()
    assert desk(joint.pavel).post(address, {"charge": "fraud"}).status_code == 403
    assert last_refusal() == (joint.pavel.ref, joint.case, "charge-add", "permission-missing")
    with acting_as("aif_web"):
        charges.add(case=joint.case, charge="fraud", by=who(joint.alice), now=now())
    page = text_of(desk(joint.olga).get(reverse("admin:clues_case_change", args=[case.pk])))
    assert "保险诈骗罪" in page and "尚缺" in page
    link = re.search(
        r'href="([^"]*/give-task/[?]kind=[^"]*)"',
        browser.get(reverse("admin:clues_case_change", args=[case.pk])).content.decode(),
    )
    assert link is not None
    form = desk(joint.olga).get(unescape(link[1])).content.decode()
    assert "专案中尚无材料证明" in unescape(form) and 'value="provide-evidence" selected' in form
    case = step(case, "ready", joint.alice)
    form = text_of(desk(joint.olga).get(reverse("admin:clues_case_do", args=[case.pk, "evidence-ready-propose"])))
    assert "10 个构成要件，尚有 10 个没有证明" in form
    drop = reverse("admin:clues_case_do", args=[case.pk, "drop-charge"])
    assert desk(joint.olga).post(drop, {"charge": "fraud"}).status_code == 302 and CaseCharge.objects.count() == 2
