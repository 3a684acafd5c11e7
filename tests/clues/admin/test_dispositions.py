"""Dispositions at the desk: to look at; who has not lifted comes first."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from clues.models import LiftNotice, Match
from tests.clues.dispositions.doing import answer, record, withdraw, work
from tests.clues.scene import Scene
from tests.factories import acting_as

LIFTS, LIST = "admin:clues_liftnotice_changelist", "admin:clues_disposition_changelist"


def test_who_has_not_lifted_comes_first(scene: Scene, desk: Any) -> None:
    with acting_as("aif_web"):
        kept, waits, other = record(scene), record(scene, by=scene.cast.birch), record(scene, kind="partner-removed")
        withdraw("birch-1")
        work()
        answer(kept, "kept", reason="own-evidence", note="a log of ours")
    with acting_as("aif_owner"):
        LiftNotice.objects.filter(disposition=waits).update(due_at=timezone.now() - timedelta(days=1))
    browser = desk(scene.cast.olga)
    listed = browser.get(reverse(LIFTS))
    rows = [row.disposition_id for row in listed.context["cl"].result_list]
    assert rows == [waits.pk, other.pk, kept.pk] and "Birch Finance" in listed.content.decode()
    for chosen, found in (("waiting", 2), ("overdue", 1), ("kept", 1), ("lifted", 0)):
        assert len(browser.get(reverse(LIFTS), {"answer": chosen}).context["cl"].result_list) == found
    assert len(browser.get(reverse(LIFTS), {"q": kept.ref}).context["cl"].result_list) == 1
    page = browser.get(reverse("admin:clues_liftnotice_change", args=[LiftNotice.objects.get(disposition=kept).pk]))
    assert "a log of ours" in page.content.decode() and "碰撞命中已不成立" in page.content.decode()


def test_list_and_page(scene: Scene, desk: Any) -> None:
    with acting_as("aif_web"):
        row = record(scene, note="In the engine.", amount_prevented_cny="12.50")
    browser = desk(scene.cast.pavel)
    page = browser.get(reverse("admin:clues_disposition_change", args=[row.pk])).content.decode()
    assert "In the engine." in page and "12.50" in page and "自报" in page
    assert str(Match.objects.get().token) not in page
    assert len(browser.get(reverse(LIST), {"q": row.ref}).context["cl"].result_list) == 1
    assert (
        browser.post(reverse("admin:clues_disposition_change", args=[row.pk]), {"state": "lifted"}).status_code == 403
    )
    counts = []
    for more in (0, 3):
        with acting_as("aif_web"):
            for kind in ("dissuasion", "mediation", "contract-terminated")[:more]:
                record(scene, kind=kind)
        with CaptureQueriesContext(connection) as queries:
            browser.get(reverse(LIST))
        counts.append(len(queries))
    assert counts[0] == counts[1]
