"""Disputed clues at the desk: in the order of what there is to do, decided with a reason, found by reference."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from clues.disputes import answers, apply, opening
from clues.models import Clue, Dispute, DisputedClue
from members.models import AuditEvent, reference
from tests.clues.alliance import allow, caller, clue, submit, token
from tests.clues.reviewing import confirm
from tests.clues.scene import Scene, work
from tests.factories import acting_as

LIST = "admin:clues_disputedclue_changelist"


@pytest.fixture
def disputed(scene: Scene) -> list[DisputedClue]:
    """Cedar disputes the clues of Aster and Birch at one resident ID; Birch stands by its clue."""
    allow()
    with acting_as("aif_web"):
        dispute = opening.open_dispute(
            request={"identifier": token("one person", kind="resident-id"), "purpose": "complaint-handling",
                     "reason": "victim-not-actor", "case_ref": "T-7"},
            by=caller(scene.cast.cedar), now=timezone.now(),
        )  # fmt: skip
    _apply()
    with acting_as("aif_web"):
        birch = Clue.objects.get(client_ref="birch-1")
        answers.answer(
            dispute=str(dispute),
            request={"clue": reference.encode("C", birch.pk), "answer": "maintain", "reason": "evidence-held"},
            by=caller(scene.cast.birch),
            now=timezone.now(),
        )
    with acting_as("aif_desk"):
        return list(DisputedClue.objects.select_related("clue").order_by("clue__client_ref"))


def _apply() -> None:
    with acting_as("aif_match"):
        apply.suspend_pending(limit=10)
        apply.settle_pending(limit=10)
        apply.close_pending(limit=10)


def page_of(row: DisputedClue) -> str:
    return reverse("admin:clues_disputedclue_change", args=[row.pk])


def do(row: DisputedClue, name: str) -> str:
    return reverse("admin:clues_disputedclue_do", args=[row.pk, name])


@pytest.mark.parametrize("who", ["olga", "pavel"])
def test_list_and_page(scene: Scene, desk: Any, disputed: list[DisputedClue], who: str) -> None:
    browser = desk(getattr(scene.cast, who))
    listed = browser.get(reverse(LIST))
    assert listed.status_code == 200
    assert [row.clue.client_ref for row in listed.context["cl"].result_list] == ["birch-1", "aster-1"]
    for row in disputed:
        page = browser.get(page_of(row))
        assert page.status_code == 200 and "系受害人，非行为人" in page.content.decode()
        text = page.content.decode().replace("-", "")
        with acting_as("aif_match"):
            assert not [str(d.token) for d in Dispute.objects.all() if str(d.token).replace("-", "") in text]


def test_members_staff_are_not_let_in(scene: Scene, desk: Any, disputed: list[DisputedClue]) -> None:
    for who in ("alice", "amir", "bea"):
        browser = desk(getattr(scene.cast, who))
        for address in (reverse(LIST), page_of(disputed[0]), do(disputed[1], "uphold")):
            assert "/login/" in browser.get(address)["Location"]
            assert "/login/" in browser.post(address, {"reason": "x"})["Location"]
    assert set(DisputedClue.objects.values_list("state", flat=True)) == {"open", "maintained"}


@pytest.mark.parametrize(
    ("name", "state", "becomes"), [("uphold", "upheld", "withdrawn"), ("reject", "rejected", "active")]
)
def test_decided(scene: Scene, desk: Any, disputed: list[DisputedClue], name: str, state: str, becomes: str) -> None:
    """With a reason, once, in the audit trail; carried out by the matcher."""
    _aster, birch = disputed
    browser = desk(scene.cast.pavel)
    assert do(birch, name) in browser.get(page_of(birch)).content.decode()
    assert browser.post(do(birch, name), {"reason": "  "}).status_code == 422
    birch.refresh_from_db()
    assert birch.state == "maintained"
    assert browser.post(do(birch, name), {"reason": "Looked at the letter."}).status_code == 302
    birch.refresh_from_db()
    assert (birch.state, birch.decision_reason, birch.decided_by) == (state, "Looked at the letter.", scene.cast.pavel)
    browser.post(do(birch, "reject" if name == "uphold" else "uphold"), {"reason": "again"})
    birch.refresh_from_db()
    assert birch.state == state
    (event,) = AuditEvent.objects.filter(verb=f"dispute.{name}")
    assert (
        event.subject_ref == reference.encode("C", birch.clue_id) and event.detail["reason"] == "Looked at the letter."
    )
    _apply()
    assert Clue.objects.get(pk=birch.clue_id).state == becomes


def test_before_the_filer_was_heard(scene: Scene, desk: Any, disputed: list[DisputedClue]) -> None:
    """It cannot be upheld; a dispute without ground can be rejected at once."""
    aster, _birch = disputed
    browser = desk(scene.cast.olga)
    page = browser.get(page_of(aster)).content.decode()
    assert do(aster, "uphold") not in page and do(aster, "reject") in page
    browser.post(do(aster, "uphold"), {"reason": "x"})
    aster.refresh_from_db()
    assert aster.state == "open"
    browser.post(do(aster, "reject"), {"reason": "no ground"})
    aster.refresh_from_db()
    assert aster.state == "rejected"


def test_overdue_comes_first_of_its_kind(scene: Scene, desk: Any, disputed: list[DisputedClue]) -> None:
    with acting_as("aif_web"):
        submit(caller(scene.cast.birch), [clue(token("z", kind="qq"), client_ref="birch-2")])
    work()
    with acting_as("aif_web"):
        confirm(scene.cast.birch)
        late = opening.open_dispute(
            request={"identifier": token("z", kind="qq"), "purpose": "complaint-handling", "reason": "other"},
            by=caller(scene.cast.cedar), now=timezone.now(),
        )  # fmt: skip
    _apply()
    with acting_as("aif_owner"), connection.cursor() as cursor:
        cursor.execute("UPDATE disputed_clue SET due_at = now() - interval '1 hour' WHERE dispute_id = %s", [late.pk])
    browser = desk(scene.cast.olga)
    rows = browser.get(reverse(LIST)).context["cl"].result_list
    assert [row.clue.client_ref for row in rows] == ["birch-1", "birch-2", "aster-1"]


def test_search_by_reference(scene: Scene, desk: Any, disputed: list[DisputedClue]) -> None:
    browser = desk(scene.cast.olga)
    aster, birch = disputed

    def found(term: str) -> set[int]:
        return {row.pk for row in browser.get(reverse(LIST), {"q": term}).context["cl"].result_list}

    assert found(f" {reference.encode('D', aster.dispute_id)} ") == {aster.pk, birch.pk}
    assert found(reference.encode("C", birch.clue_id)) == {birch.pk}
    assert found(str(birch.pk)) == found("birch-1") == found(reference.encode("M", 1)) == set()


def test_the_list_asks_as_often_for_many_rows_as_for_one(scene: Scene, desk: Any, disputed: list[DisputedClue]) -> None:
    browser = desk(scene.cast.olga)
    browser.get(reverse(LIST))
    counts = []
    for filtered in ({"state": "open"}, {}):
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(reverse(LIST), filtered).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]
