"""Requests in the portal: sent by plain forms, shown as threads, answered by whoever may, hidden from everybody else."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clues.models import MemberRequest, RequestParty, RequestStep
from members.models import reference
from tests.clues.requests.world import (
    TEXT,
    World,
    act,
    audited,
    escalate,
    make_world,
    over_match,
    referral,
    run_out,
    send,
)
from tests.clues.scene import make_case, wait_for_tick
from tests.factories import make_user

LIST, SENT, NEW = "/portal/requests", "/portal/requests/sent", "/portal/requests/new"
REFERRAL = {
    "kind": "complaint-referral", "clock": "normal", "category": "harassing-call", "reference": "TC-7",
    "received_on": "2026-11-20", "consumer_contacted": "", "handling": "stop-calls", "text": TEXT, "clues": "",
}  # fmt: skip


@pytest.fixture
def world(db: None, settings: Any, monkeypatch: Any) -> World:
    """The scene with a telecom operator; no broker."""
    from clues import tasks

    monkeypatch.setattr(tasks, "ring", lambda: None)
    settings.AIF_DISCLOSURE_TICK = 0.01
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return make_world()


def text_of(answer: Any) -> str:
    page = answer.content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page[page.index("<main") : page.index("</main")]))


def test_a_referral_by_form_once_however_often_it_is_sent(world: World, portal: Any) -> None:
    browser = portal(world.dana_user)
    kinds = browser.get(NEW).context["kinds"]
    assert [row.code for row in kinds] == ["provide", "alert", "complaint-referral"]
    page = browser.get(NEW, {"kind": "complaint-referral"})
    assert [each.name for each in page.context["addressees"]] == ["Aster Bank", "Birch Finance", "Cedar Pay"]
    form = REFERRAL | {"to": reference.encode("I", world.scene.cast.aster.pk), "once": page.context["once"]}
    answers = [browser.post(NEW, form) for _ in range(2)]
    made = MemberRequest.objects.get()
    assert [answer["Location"] for answer in answers] == [f"{LIST}/{made.ref}"] * 2
    assert (made.category, made.complaint_ref, made.handling) == ("harassing-call", "TC-7", "stop-calls")
    assert browser.post(NEW, form | {"text": "Another one."}).status_code == 422 and MemberRequest.objects.count() == 1
    assert browser.post(NEW, form | {"once": "x"}).status_code == 404
    assert "Aster Bank" in text_of(browser.get(SENT))
    shown = text_of(browser.get(f"{LIST}/{made.ref}"))
    assert "TC-7" in shown and "working days left" in shown and TEXT in shown


def test_a_form_that_is_not_right_comes_back_as_it_was(world: World, portal: Any) -> None:
    browser = portal(world.dana_user)
    once = browser.get(NEW, {"kind": "complaint-referral"}).context["once"]
    to = reference.encode("I", world.scene.cast.aster.pk)
    for wrong in ({"text": "call 138 0013 8000"}, {"to": ""}, {"reference": ""}, {"clues": "C-1"}, {"clock": "soon"}):
        answer = browser.post(NEW, REFERRAL | {"to": to, "once": once} | wrong)
        assert answer.status_code == 422 and 'role="alert"' in answer.content.decode(), wrong
        assert "TC-7" in answer.content.decode() or wrong == {"reference": ""}
    assert MemberRequest.objects.count() == 0
    assert browser.get(NEW, {"kind": "rumor"}).status_code == 404


def test_over_a_match_nobody_is_named_and_the_thread_goes_on(world: World, portal: Any) -> None:
    match, cast = world.scene.match, world.scene.cast
    alice = portal(cast.alice)
    assert f"{NEW}?match={match}" in alice.get(f"/portal/matches/{match}").content.decode()
    page = alice.get(NEW, {"match": match, "kind": "request"})
    assert page.context["addressees"] == [] and "do not learn who they are" in text_of(page)
    form = {"kind": "request", "match": match, "purpose": "investigation", "clock": "urgent", "text": TEXT}
    address = alice.post(NEW, form | {"once": page.context["once"], "clues": "C-1; x"})
    assert address.status_code == 422
    address = alice.post(NEW, form | {"once": page.context["once"]})["Location"]
    wait_for_tick()
    bea = portal(cast.bea)
    listed = bea.get(LIST)
    assert listed.context["to_answer"] == 1 and "minutes left" in text_of(listed)
    assert "Requests of other institutions" in text_of(bea.get("/"))
    assert "Aster" not in bea.get(address).content.decode()
    assert bea.post(f"{address}/take-up").status_code == 302
    wrong = bea.post(f"{address}/answer", {"answer": "found", "text": "13800138000"})
    assert wrong.status_code == 422 and 'role="alert"' in wrong.content.decode()
    assert bea.post(f"{address}/answer", {"answer": "found", "text": "Two accounts.", "basis": ""}).status_code == 302
    again = bea.post(f"{address}/decline", {"reason": "not-ours"}, follow=True)
    assert "not open in the present state" in again.content.decode()
    wait_for_tick()
    alice = portal(cast.alice)
    shown = alice.get(address)
    assert "other institution 1" in text_of(shown) and "Two accounts." in text_of(shown)
    assert "Birch" not in shown.content.decode()
    assert alice.post(f"{address}/close").status_code == 302
    assert [step.action for step in RequestStep.objects.order_by("pk")] == ["send", "take-up", "answer", "close"]
    further = alice.get(NEW, {"previous": address.rsplit("/", 1)[1], "kind": "request"})
    assert further.status_code == 200 and further.context["fixed"]


def test_what_is_late_says_so_and_a_referral_is_passed_on(world: World, portal: Any) -> None:
    made = send(referral(world.scene.cast.aster), by=world.dana)
    run_out(made)
    assert escalate() == 1
    alice = portal(world.scene.cast.alice)
    page = alice.get(f"{LIST}/{made.ref}")
    assert "You can still answer" in text_of(page) and "Delta Telecom" in text_of(page)
    forward = alice.get(NEW, {"previous": made.ref, "forward": "1", "kind": "complaint-referral"})
    assert forward.context["given"]["reference"] == "TC-2026-118"
    assert [each.name for each in forward.context["addressees"]] == ["Delta Telecom"]
    dana = portal(world.dana_user)
    assert "the alliance" in text_of(dana.get(f"{LIST}/{made.ref}")).lower()
    page = dana.get(f"{LIST}/{made.ref}/withdraw")
    assert page.status_code == 200 and dana.post(f"{LIST}/{made.ref}/withdraw").status_code == 302
    assert RequestParty.objects.get().state == "withdrawn"
    assert audited(made)[-1] == ("request.withdraw", world.dana_user.ref)


def test_within_a_case(world: World, portal: Any) -> None:
    case = make_case(world.scene)
    alice = portal(world.scene.cast.alice)
    page = alice.get(f"/portal/cases/{case.ref}")
    assert f"{NEW}?case={case.ref}" in page.content.decode()
    made = send({"kind": "request", "case": case.ref, "purpose": "investigation", "text": TEXT}, by=world.alice)
    assert made.ref in alice.get(f"/portal/cases/{case.ref}").content.decode()
    assert made.ref in portal(world.scene.cast.bea).get(f"/portal/cases/{case.ref}").content.decode()
    alice = portal(world.scene.cast.alice)
    assert "the other parties of the case, not named" in text_of(alice.get(f"{LIST}/{made.ref}"))


def test_parties_of_a_joint_case_by_their_letters(world: World, portal: Any) -> None:
    """One of them alone; each side is called as on the page of the case, and nobody by name."""
    from clues.requests import queries
    from tests.clues.joint import make_joint

    joint = make_joint(world.scene)
    birch, aster = joint.code(world.scene.cast.birch), joint.code(world.scene.cast.aster)
    alice = portal(world.scene.cast.alice)
    page = alice.get(NEW, {"case": joint.case, "kind": "request"})
    assert [each.party for each in page.context["parties"]] == [birch]
    form = {"kind": "request", "case": joint.case, "purpose": "investigation", "clock": "normal", "text": TEXT}
    form |= {"once": page.context["once"]}
    assert alice.post(NEW, form | {"party": aster}).status_code == 422
    assert alice.post(NEW, form | {"party": "member-z"}).status_code == 404
    answer = alice.post(NEW, form | {"party": birch})
    wait_for_tick()
    made = MemberRequest.objects.get()
    assert answer["Location"].endswith(made.ref)
    called = f"Member {birch[-1].upper()}"
    assert called in text_of(alice.get(answer["Location"]))
    act(made, "answer", by=world.bea, answer="no-record")
    own = queries.get_request(request=made.ref, viewer=world.alice)
    assert (own.party.party, own.steps[-1].party.party, own.steps[-1].other) == (birch, birch, None)  # type: ignore[union-attr]
    seen = portal(world.scene.cast.bea).get(answer["Location"])
    assert f"Member {aster[-1].upper()}" in text_of(seen) and "Aster" not in seen.content.decode()


def test_strangers_and_roles(world: World, portal: Any) -> None:
    made = send(over_match(world), by=world.alice)
    address = f"{LIST}/{made.ref}"
    cy = portal(world.scene.cast.cy)
    assert [cy.get(one).status_code for one in (address, f"{address}/withdraw", f"{LIST}/RQ-1")] == [404] * 3
    assert [cy.post(f"{address}/{verb}").status_code for verb in ("take-up", "answer", "withdraw")] == [404] * 3
    assert cy.get(NEW, {"match": world.scene.match, "kind": "request"}).status_code == 404
    assert cy.get(NEW, {"previous": made.ref}).status_code == 404
    assert portal(world.scene.cast.bea).get(f"{address}/withdraw").status_code == 404  # the other side's
    auditor = portal(make_user("auditor", institution=world.scene.cast.birch))
    page = auditor.get(address)
    assert page.status_code == 200 and "An analyst or an approver" in text_of(page)
    assert auditor.post(f"{address}/take-up").status_code == 403 and auditor.get(NEW).status_code == 403
    submitter = portal(make_user("submitter", institution=world.scene.cast.birch))
    assert [submitter.get(one).status_code for one in (LIST, SENT, NEW, address)] == [403] * 4
    assert portal(world.scene.cast.olga).get(LIST).status_code == 404
    alice = portal(world.scene.cast.alice)
    assert [alice.get(one).status_code for one in (f"{LIST}?show=asleep", f"{address}/escalate")] == [404, 405]
    assert alice.post(f"{address}/escalate").status_code == 404
    assert RequestStep.objects.count() == 1


def test_queries_do_not_grow(world: World, portal: Any) -> None:
    for number in range(30):
        made = send(over_match(world), by=world.alice) if number < 2 else _send_quickly(world)
    wait_for_tick()
    act(made, "take-up", by=world.bea)
    for person, address in ((world.scene.cast.alice, SENT), (world.scene.cast.bea, LIST)):
        browser = portal(person)
        browser.get(address)
        with CaptureQueriesContext(connection) as queries:
            page = browser.get(address)
        assert len(page.context["page"].rows) == 25 and len(queries) <= 11, [each["sql"][:90] for each in queries]


def _send_quickly(world: World) -> MemberRequest:
    from django.utils import timezone

    from clues.requests import sending

    return sending.send(request=over_match(world), by=world.alice, now=timezone.now())
