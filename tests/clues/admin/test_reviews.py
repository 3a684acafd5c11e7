"""Reviews at the desk: grade A that an institution confirmed, decided by an approver of the alliance."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from clues.models import Clue, ClueReview
from clues.submissions import reviews
from clues.submissions.verdicts import read_verdict
from members.models import reference
from tests.clues.alliance import caller, clue, submit, token
from tests.clues.reviewing import DOCUMENT_NO, reviewer
from tests.clues.scene import Scene, work
from tests.factories import acting_as

LIST = "admin:clues_cluereview_changelist"
PAGE = "admin:clues_cluereview_change"
DO = "admin:clues_cluereview_do"


@pytest.fixture
def confirmed(scene: Scene, monkeypatch: Any) -> ClueReview:
    """Aster confirmed a clue of grade A, and one of B1, which is none of the desk's business."""
    from clues import tasks

    monkeypatch.setattr(tasks, "ring", lambda: None)
    with acting_as("aif_web"):
        rows = [clue(token(grade), client_ref=grade, grade=grade) for grade in ("A", "B1")]
        submit(caller(scene.cast.aster), rows)
    work()
    with acting_as("aif_web"):
        by = reviewer(scene.cast.aster.pk)
        for grade in ("A", "B1"):
            reviews.review(
                clue=reference.encode("C", Clue.objects.get(client_ref=grade).pk), version=1, by=by,
                verdict=read_verdict("confirmed", document_no=DOCUMENT_NO), now=timezone.now(),
            )  # fmt: skip
    return ClueReview.objects.get(grade="A")


def test_what_the_desk_sees(scene: Scene, desk: Any, confirmed: ClueReview) -> None:
    browser = desk(scene.cast.pavel)
    listed = browser.get(reverse(LIST) + "?desk=waiting")
    assert listed.status_code == 200 and listed.context["cl"].result_count == 1
    page = browser.get(reverse(PAGE, args=[confirmed.pk]))
    shown = page.content.decode()
    assert page.status_code == 200 and DOCUMENT_NO in shown and len(page.context["operations"]) == 2
    assert Clue.objects.get(client_ref="A").fingerprint.hex not in shown.replace("-", "")
    ref = reference.encode("C", confirmed.clue_id)
    assert browser.get(reverse(LIST), {"q": ref}).context["cl"].result_count == 1
    assert browser.get(reverse(LIST), {"q": "C-NONE"}).context["cl"].result_count == 0


def test_the_approver_confirms(scene: Scene, desk: Any, confirmed: ClueReview) -> None:
    browser = desk(scene.cast.pavel)
    assert browser.post(reverse(DO, args=[confirmed.pk, "certify"])).status_code == 302
    row = Clue.objects.get(client_ref="A")
    assert (row.review, row.version) == ("confirmed", 3)
    assert browser.get(reverse(PAGE, args=[confirmed.pk])).context["operations"] == []
    assert browser.get(reverse(LIST) + "?desk=waiting").context["cl"].result_count == 0


def test_or_returns_with_a_reason(scene: Scene, desk: Any, confirmed: ClueReview) -> None:
    browser = desk(scene.cast.pavel)
    assert browser.post(reverse(DO, args=[confirmed.pk, "return"]), {"reason": ""}).status_code == 422
    assert browser.post(reverse(DO, args=[confirmed.pk, "return"]), {"reason": "no judgment"}).status_code == 302
    assert Clue.objects.get(client_ref="A").review == "returned"


def test_the_operator_does_not(scene: Scene, desk: Any, confirmed: ClueReview) -> None:
    browser = desk(scene.cast.olga)
    assert browser.post(reverse(DO, args=[confirmed.pk, "certify"])).status_code == 403
    assert Clue.objects.get(client_ref="A").review == "at-desk"
