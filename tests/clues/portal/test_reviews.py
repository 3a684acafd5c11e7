"""The queue of reviews: what waits for whom, one, several or a whole batch, and why not one's own."""

from __future__ import annotations

from typing import Any

import pytest

from clues.models import Clue, ClueReview
from members.models import reference
from members.queries import person_of
from tests.clues.alliance import caller, clue, submit, token
from tests.clues.reviewing import DOCUMENT_NO
from tests.clues.scene import Scene, work
from tests.factories import make_user

QUEUE = "/portal/reviews"


@pytest.fixture
def batch(scene: Scene) -> str:
    """Aster's key submitted four clues that wait, one of them B1, and one of grade C."""
    rows = [clue(token(name), client_ref=name, grade=grade) for name, grade in
            (("r1", "B2"), ("r2", "B2"), ("r3", "B2"), ("r4", "B1"), ("r5", "C"))]  # fmt: skip
    found: str = submit(caller(scene.cast.aster), rows).batch
    work()
    return found


def ref(name: str) -> str:
    return reference.encode("C", Clue.objects.get(client_ref=name).pk)


def states(*names: str) -> list[str]:
    return [Clue.objects.get(client_ref=name).review for name in names]


def test_the_queue(scene: Scene, portal: Any, batch: str) -> None:
    page = portal(scene.cast.amir).get(QUEUE)
    (newest, first) = page.context["page"].rows
    assert (newest.batch, newest.waiting, first.waiting) == (batch, {"B1": 1, "B2": 3}, {"B2": 1})
    assert f"{QUEUE}/{batch}" in page.content.decode()
    for person in (scene.cast.bea, scene.cast.cy):
        assert batch not in portal(person).get(QUEUE).content.decode()


def test_an_empty_queue_says_what_comes_here(scene: Scene, portal: Any) -> None:
    newcomer = make_user("approver", institution=scene.cast.cedar)
    browser = portal(newcomer)
    (only,) = browser.get(QUEUE).context["page"].rows
    browser.post(f"{QUEUE}/{only.batch}/all", {"count": "1", "decision": "confirmed"})
    assert "Nothing waits for a review" in browser.get(QUEUE).content.decode()


@pytest.mark.parametrize("role", ["submitter", "member-admin", "auditor"])
def test_who_may_not(scene: Scene, portal: Any, batch: str, role: str) -> None:
    browser = portal(make_user(role, institution=scene.cast.aster))
    assert browser.get(QUEUE).status_code == 403
    for address in (f"{QUEUE}/{batch}", f"{QUEUE}/{batch}/all"):
        assert browser.get(address).status_code == 403
    body = {"decision": "confirmed", "clue": ref("r1"), "version": "1", "count": "4"}
    for address in (f"{QUEUE}/{batch}/all", f"{QUEUE}/{batch}/selected", f"/portal/clues/{ref('r1')}/review"):
        assert browser.post(address, body).status_code == 403
    assert states("r1") == ["waiting"]


def test_strangers(scene: Scene, portal: Any, batch: str) -> None:
    browser = portal(scene.cast.bea)
    for address in (f"{QUEUE}/{batch}", f"{QUEUE}/{batch}/all", f"{QUEUE}/B-X"):
        assert browser.get(address).status_code == 404
    body = {"decision": "confirmed", "clue": ref("r1"), "version": "1", "count": "4"}
    assert browser.post(f"/portal/clues/{ref('r1')}/review", body).status_code == 404
    browser.post(f"{QUEUE}/{batch}/selected", body)
    assert states("r1") == ["waiting"]


def test_selected(scene: Scene, portal: Any, batch: str) -> None:
    browser = portal(scene.cast.amir)
    assert [row.clue.client_ref for row in browser.get(f"{QUEUE}/{batch}?grade=B1").context["page"].rows] == ["r4"]
    assert browser.get(f"{QUEUE}/{batch}?grade=C").status_code == 404
    address = f"{QUEUE}/{batch}/selected"
    assert "Select the clues first" in browser.post(address, {"decision": "confirmed"}).content.decode()
    assert browser.post(address, {"clue": ref("r1")}).status_code == 422
    assert browser.post(address, {"clue": ref("r1"), "decision": "returned"}).status_code == 422
    missing = browser.post(address, {"clue": [ref("r1"), ref("r4")], "decision": "confirmed"})
    assert missing.status_code == 422 and "number of the authority" in missing.content.decode()
    raw = browser.post(address, {"clue": ref("r4"), "decision": "confirmed", "document_no": "13800138000"})
    assert raw.status_code == 422 and states("r1", "r4") == ["waiting", "waiting"]
    done = browser.post(
        address, {"clue": [ref("r1"), ref("r4")], "decision": "confirmed", "document_no": DOCUMENT_NO}, follow=True
    )
    assert "Confirmed: 2" in done.content.decode()
    browser.post(address, {"clue": ref("r2"), "decision": "returned", "reason": "wrong-category"})
    assert states("r1", "r2", "r3", "r4") == ["confirmed", "returned", "waiting", "confirmed"]
    again = browser.post(address, {"clue": ref("r1"), "decision": "confirmed"}, follow=True).content.decode()
    assert "Left as they are: 1" in again


def test_a_whole_batch_asks_once_more_with_the_number(scene: Scene, portal: Any, batch: str) -> None:
    browser = portal(scene.cast.amir)
    address = f"{QUEUE}/{batch}/all"
    asked = browser.get(address)
    assert asked.context["count"] == 4 and "This is about 4 clues" in asked.content.decode()
    assert browser.get(f"{address}?grade=B2").context["count"] == 3
    for count in ("3", "", "many"):
        answer = browser.post(address, {"count": count, "decision": "confirmed", "document_no": DOCUMENT_NO})
        assert answer.status_code == 422 and "Look again" in answer.content.decode()
    assert browser.post(address, {"count": "4", "decision": "confirmed"}).status_code == 422
    assert browser.post(address, {"count": "3", "grade": "B2", "decision": "confirmed"}).url == QUEUE
    assert states("r1", "r2", "r3", "r4", "r5") == ["confirmed"] * 3 + ["waiting"] * 2


def test_ones_own_is_refused_with_the_reason(scene: Scene, portal: Any) -> None:
    batch = submit(person_of(scene.cast.alice), [clue(token("own"), client_ref="own")]).batch
    work()
    browser = portal(scene.cast.alice)
    (row, *_others) = browser.get(QUEUE).context["page"].rows
    assert row.is_own and "your own" in browser.get(QUEUE).content.decode()
    assert "You submitted this batch" in browser.get(f"{QUEUE}/{batch}").content.decode()
    page = browser.get(f"/portal/clues/{ref('own')}").content.decode()
    assert "Somebody else has to review it" in page and f"/portal/clues/{ref('own')}/review" not in page
    answer = browser.post(f"/portal/clues/{ref('own')}/review", {"decision": "confirmed", "version": "1"})
    assert answer.status_code == 422 and "Somebody else has to review it" in answer.content.decode()
    assert states("own") == ["waiting"]
    browser = portal(scene.cast.amir)
    assert "review" in browser.get(f"/portal/clues/{ref('own')}").content.decode()
    assert (
        browser.post(f"/portal/clues/{ref('own')}/review", {"decision": "confirmed", "version": "1"}).status_code == 302
    )
    assert states("own") == ["confirmed"] and ClueReview.objects.get().reviewer == scene.cast.amir


def test_taking_a_review_back(scene: Scene, portal: Any, batch: str) -> None:
    browser, address = portal(scene.cast.amir), f"/portal/clues/{ref('r1')}"
    browser.post(f"{address}/review", {"decision": "confirmed", "version": "1"})
    assert browser.post(f"{address}/review/withdraw", {"version": "1"}).status_code == 422
    assert browser.post(f"{address}/review/withdraw", {"version": "2"}).status_code == 302
    assert states("r1") == ["waiting"]
    assert browser.post(f"{address}/review/withdraw", {"version": "3"}).status_code == 422
