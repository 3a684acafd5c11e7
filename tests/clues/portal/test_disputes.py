"""Disputes in the portal: opened about a match by a plain form, answered in time, and what each side is shown."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clues.disputes import apply
from clues.disputes.opening import open_dispute
from clues.matching import changes, release
from clues.models import Clue, Dispute, DisputedClue
from members.models import reference
from members.queries import person_of
from tests.clues.alliance import allow, token
from tests.clues.scene import Scene, wait_for_tick
from tests.factories import acting_as, make_user

LIST, NEW, RECEIVED = "/portal/disputes", "/portal/disputes/new", "/portal/disputes/received"


def settle() -> None:
    """Do what the worker does with disputes."""
    with acting_as("aif_match"):
        while (
            apply.suspend_pending(limit=100)
            + apply.settle_pending(limit=100)
            + changes.apply_changes(limit=1000, now=timezone.now())
            + apply.close_pending(limit=100)
        ):
            pass
        release.release_pending()
    wait_for_tick()


def open_one(scene: Scene, browser: Any, **given: str) -> Any:
    """Send the form of a match as the page gave it."""
    page = browser.get(NEW, {"match": scene.match})
    fields = {"match": scene.match, "once": page.context["once"], "reason": "recycled-number", "case_ref": ""} | given
    return browser.post(NEW, fields)


def disputed(scene: Scene, portal: Any) -> str:
    """Alice disputes the match; return the address where Birch answers."""
    answer = open_one(scene, portal(scene.cast.alice))
    settle()
    row = DisputedClue.objects.get()
    return f"{LIST}/{answer['Location'].rsplit('/', 1)[1]}/answer/{reference.encode('C', row.clue_id)}"


@pytest.fixture(autouse=True)
def no_broker(monkeypatch: Any) -> None:
    from clues import tasks

    monkeypatch.setattr(tasks, "ring", lambda: None)


def test_open_about_a_match(scene: Scene, portal: Any, audited: Any) -> None:
    browser = portal(scene.cast.alice)
    page = browser.get(NEW, {"match": scene.match})
    assert scene.match in page.content.decode() and "costs no quota" in page.content.decode()
    answer = open_one(scene, browser, case_ref="2026-C-3")
    row = Dispute.objects.get()
    assert answer["Location"] == f"{LIST}/{row}" and (row.reason, row.case_ref) == ("recycled-number", "2026-C-3")
    assert row.key_id == scene.cast.alice.ref
    shown = browser.get(answer["Location"])
    text = shown.content.decode()
    assert shown.context["left"] is not None and "stopped answering" in text and "Birch" not in text
    assert "working days left" in browser.get(LIST).content.decode()
    assert audited("dispute.open") == [scene.cast.alice.ref]


def test_a_form_that_is_sent_twice_opens_one(scene: Scene, portal: Any) -> None:
    browser = portal(scene.cast.alice)
    once = browser.get(NEW, {"match": scene.match}).context["once"]
    first = open_one(scene, browser, once=once)
    again = open_one(scene, browser, once=once)
    assert first["Location"] == again["Location"] and Dispute.objects.count() == 1
    other = open_one(scene, browser, once=once, reason="wrong-person")  # the back button, and something else chosen
    assert other.status_code == 422 and Dispute.objects.count() == 1


@pytest.mark.parametrize(
    "given",
    [{"reason": ""}, {"reason": "because"}, {"case_ref": "13800138000"}, {"case_ref": "a b"}],
    ids=["no reason", "unknown reason", "raw", "spaces"],
)
def test_a_form_that_is_not_right_opens_nothing(scene: Scene, portal: Any, audited: Any, given: dict[str, str]) -> None:
    answer = open_one(scene, portal(scene.cast.alice), **given)
    assert answer.status_code == 422 and 'role="alert"' in answer.content.decode()
    assert Dispute.objects.count() == 0 and audited("dispute.open") == []


def test_without_its_mark_a_form_opens_nothing(scene: Scene, portal: Any) -> None:
    assert open_one(scene, portal(scene.cast.alice), once="x").status_code == 404
    assert Dispute.objects.count() == 0


def test_about_an_identifier_the_form_is_the_scripts(scene: Scene, portal: Any) -> None:
    browser = portal(scene.cast.alice)
    text = browser.get(NEW).content.decode()
    assert 'data-asking="dispute"' in text and "aif/pages/disputes.js" in text
    assert browser.post(NEW, {"reason": "wrong-person"}).status_code == 404


def test_what_the_filer_sees_and_answers(scene: Scene, portal: Any, audited: Any) -> None:
    address = disputed(scene, portal)
    browser = portal(scene.cast.bea)
    listed = browser.get(RECEIVED)
    text = listed.content.decode()
    assert listed.context["to_answer"] == 1 and "birch-1" in text and "Aster" not in text
    page = browser.get(address)
    assert page.context["is_answerable"] and "The clue is suspended" in page.content.decode()
    answer = browser.post(address, {"answer": "withdraw", "reason-withdraw": "wrong-person"}, follow=True)
    assert "The clue has ended" in answer.content.decode() and not answer.context["is_answerable"]
    assert Clue.objects.get(client_ref="birch-1").state == "withdrawn"
    assert audited("dispute.withdraw") == [scene.cast.bea.ref]
    again = browser.post(address, {"answer": "maintain", "reason-maintain": "evidence-held"})
    assert again.status_code == 422 and "answered already" in again.content.decode()


def test_to_stand_by_a_clue_leaves_it_suspended(scene: Scene, portal: Any) -> None:
    address = disputed(scene, portal)
    answer = portal(scene.cast.bea).post(
        address, {"answer": "maintain", "reason-maintain": "evidence-held"}, follow=True
    )
    assert "until the alliance decides" in answer.content.decode()
    assert Clue.objects.get(client_ref="birch-1").state == "disputed"


@pytest.mark.parametrize(
    "given",
    [{}, {"answer": "maintain"}, {"answer": "maintain", "reason-withdraw": "mistake"}, {"answer": "shrug"}],
)
def test_an_answer_without_its_reason_changes_nothing(scene: Scene, portal: Any, given: dict[str, str]) -> None:
    address = disputed(scene, portal)
    answer = portal(scene.cast.bea).post(address, given)
    assert answer.status_code == 422 and "Choose an answer and its reason" in answer.content.decode()
    assert DisputedClue.objects.get().state == "open"


def test_too_late(scene: Scene, portal: Any) -> None:
    address = disputed(scene, portal)
    with acting_as("aif_owner"):
        DisputedClue.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    browser = portal(scene.cast.bea)
    assert not browser.get(address).context["is_answerable"]
    assert browser.post(address, {"answer": "maintain", "reason-maintain": "evidence-held"}).status_code == 422
    settle()
    assert "has lapsed" in browser.get(address).content.decode()
    assert browser.get(RECEIVED).context["to_answer"] == 0
    assert [row.state for row, _ in browser.get(RECEIVED, {"state": "lapsed"}).context["rows"]] == ["lapsed"]


def test_strangers_find_nothing(scene: Scene, portal: Any) -> None:
    address = disputed(scene, portal)
    opened = f"{LIST}/{Dispute.objects.get()}"
    cy = portal(scene.cast.cy)
    assert [cy.get(one).status_code for one in (opened, address)] == [404, 404]
    assert cy.get(NEW, {"match": scene.match}).status_code == 404
    assert cy.post(NEW, {"match": scene.match, "once": "x" * 20, "reason": "other"}).status_code == 404
    assert cy.post(address, {"answer": "maintain", "reason-maintain": "evidence-held"}).status_code == 404
    assert cy.get(LIST).context["rows"] == [] and cy.get(RECEIVED).context["rows"] == []
    # Neither side sees the other's page.
    assert portal(scene.cast.bea).get(opened).status_code == 404
    assert portal(scene.cast.alice).get(address).status_code == 404
    assert Dispute.objects.count() == 1 and DisputedClue.objects.get().state == "open"


def test_roles(scene: Scene, portal: Any) -> None:
    address = disputed(scene, portal)
    opened = f"{LIST}/{Dispute.objects.get()}"
    for role in ("submitter", "auditor", "member-admin"):
        browser = portal(make_user(role, institution=scene.cast.aster))
        assert [browser.get(one).status_code for one in (LIST, NEW, opened)] == [403, 403, 403]
        assert open_one_blind(browser, scene) == 403
    for role in ("approver", "auditor", "member-admin"):
        browser = portal(make_user(role, institution=scene.cast.birch))
        page = browser.get(address)  # they see it, and who may answer
        assert page.status_code == 200 and "a submitter or an analyst" in page.content.decode()
        assert browser.post(address, {"answer": "withdraw", "reason-withdraw": "mistake"}).status_code == 403
    assert DisputedClue.objects.get().state == "open" and Dispute.objects.count() == 1
    submitter = portal(make_user("submitter", institution=scene.cast.birch))
    assert submitter.post(address, {"answer": "withdraw", "reason-withdraw": "mistake"}).status_code == 302


def open_one_blind(browser: Any, scene: Scene) -> int:
    return int(browser.post(NEW, {"match": scene.match, "once": "x" * 20, "reason": "other"}).status_code)


def test_methods_and_nonsense(scene: Scene, portal: Any) -> None:
    browser = portal(scene.cast.alice)
    for address in (LIST, RECEIVED, f"{LIST}/D-1"):
        assert browser.post(address).status_code == 405
    for address in (f"{LIST}/D-1", f"{LIST}/D-1/answer/C-1", f"{LIST}?state=asleep", f"{RECEIVED}?state=asleep"):
        assert browser.get(address).status_code == 404
    assert portal(scene.cast.olga).get(LIST).status_code == 404


def test_queries_do_not_grow(scene: Scene, portal: Any) -> None:
    allow()
    by = person_of(scene.cast.alice)
    for number in range(40):
        request = {"identifier": token(number), "purpose": "investigation", "reason": "other"}
        open_dispute(request=request, by=by, now=timezone.now())
    browser = portal(scene.cast.alice)
    for address in (LIST, RECEIVED):
        browser.get(address)
        with CaptureQueriesContext(connection) as queries:
            page = browser.get(address)
        assert len(queries) <= 6, [each["sql"][:100] for each in queries]
    assert re.search("No|Nobody", page.content.decode())
