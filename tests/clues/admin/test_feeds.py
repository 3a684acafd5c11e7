"""Feeds at the desk: proposed and opened by two, approved by a second, taken off by one."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import timezone

from clues.content import reporting
from clues.models import Content, FeedEntry, FeedReceiver
from tests.clues.alliance import caller
from tests.clues.feeds.world import DOMAIN, VIDEO, give
from tests.clues.scene import Scene
from tests.factories import acting_as, make_institution

DO, DO_LIST = "admin:clues_{}_do", "admin:clues_{}_do_list"


def test_entries(scene: Scene, desk: Any) -> None:
    with acting_as("aif_web"):
        row = give(scene.cast.aster)
    browser = desk(scene.cast.pavel)
    assert "feeds to decide" in browser.get("/admin/", HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert DOMAIN in browser.get(reverse("admin:clues_feedentry_changelist")).content.decode()
    page = browser.get(reverse("admin:clues_feedentry_change", args=[row.pk])).content.decode()
    assert scene.cast.aster.name in page and f'href="http://{DOMAIN}' not in page
    assert browser.post(reverse(DO.format("feedentry"), args=[row.pk, "approve"])).status_code == 302
    assert FeedEntry.objects.get().state == "listed"
    operator = desk(scene.cast.olga)
    operator.post(reverse(DO.format("feedentry"), args=[row.pk, "withdraw"]), {"reason": "A mistake."})
    assert FeedEntry.objects.get().state == "withdrawn"


def test_content_goes_on_by_two(scene: Scene, desk: Any) -> None:
    with acting_as("aif_web"):
        reporting.report(request={"links": [{"link": VIDEO, "category": "gray-advertising"}]},
                         by=caller(scene.cast.aster), now=timezone.now())  # fmt: skip
    content = Content.objects.get()
    browser = desk(scene.cast.pavel)
    browser.post(reverse(DO.format("content"), args=[content.pk, "feed"]))
    row = FeedEntry.objects.get()
    assert (row.type, row.platform, row.state) == ("content-url", "douyin", "proposed")
    browser.post(reverse(DO.format("feedentry"), args=[row.pk, "approve"]))
    assert FeedEntry.objects.get().state == "proposed", "the one who proposed it cannot approve it"


def test_receivers(scene: Scene, desk: Any) -> None:
    with acting_as("aif_desk"):
        telecom = make_institution(sector="telecom")
    browser = desk(scene.cast.olga)
    assert telecom.name in browser.get(reverse(DO_LIST.format("feedreceiver"), args=["propose"])).content.decode()
    browser.post(
        reverse(DO_LIST.format("feedreceiver"), args=["propose"]), {"institution": telecom.pk, "of_types": ["domain"]}
    )
    row = FeedReceiver.objects.get()
    assert "Feeds to open" in browser.get("/admin/", HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert row.opened_at is None and row.types == ["domain"]
    assert browser.get(reverse("admin:clues_feedreceiver_changelist")).status_code == 200
    browser = desk(scene.cast.pavel)
    browser.post(reverse(DO.format("feedreceiver"), args=[row.pk, "open"]))
    assert FeedReceiver.objects.get().opened_by == scene.cast.pavel
    assert browser.get(reverse("admin:clues_feedreceiver_change", args=[row.pk])).status_code == 200
