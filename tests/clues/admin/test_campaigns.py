"""Campaigns at the desk: planned by a form, run by buttons, their figures as they are."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from clues.models import Campaign, CampaignCase
from members.models import AuditEvent
from tests.clues.campaigns.planning_one import fields
from tests.clues.procedures.recording import enter
from tests.clues.scene import Scene, make_case

DO, ONE = "admin:clues_campaign_do", "admin:clues_campaign_change"


def buttons(browser: Any, row: Campaign) -> list[str]:
    page = browser.get(reverse(ONE, args=[row.pk]))
    assert page.status_code == 200
    return [button["url"].rstrip("/").rpartition("/")[2] for button in page.context["operations"]]


def test_it_is_planned_changed_and_run(scene: Scene, desk: Any) -> None:
    browser = desk(scene.cast.olga)
    planning = reverse("admin:clues_campaign_do_list", args=["plan"])
    assert browser.get(planning).status_code == 200
    assert browser.post(planning, fields()).status_code == 302
    row = Campaign.objects.get()
    assert buttons(browser, row) == ["start", "change", "bind", "unbind", "target", "call-off"]
    change = browser.get(reverse(DO, args=[row.pk, "change"]))
    assert change.context["form"].initial["units"] == ["police-economic-crime", "nfra-branch"]
    assert browser.post(reverse(DO, args=[row.pk, "change"]), fields(title="Another title")).status_code == 302
    assert (
        browser.post(reverse(DO, args=[row.pk, "target"]), {"counter": "cases-filed", "value": "20"}).status_code == 302
    )
    assert browser.post(reverse(DO, args=[row.pk, "start"])).status_code == 302
    row.refresh_from_db()
    assert (row.title, row.state) == ("Another title", Campaign.RUNNING)
    assert buttons(browser, row) == ["change", "bind", "unbind", "target", "end"]
    assert browser.post(reverse(DO, args=[row.pk, "end"])).status_code == 302
    assert buttons(browser, row) == []
    listed = browser.get(reverse("admin:clues_campaign_changelist"), {"state": "ended"})
    assert "Another title" in listed.content.decode()
    found = browser.get(reverse("admin:clues_campaign_changelist"), {"q": row.ref})
    assert [each.pk for each in found.context["cl"].result_list] == [row.pk]


def test_cases_are_bound_and_counted(scene: Scene, desk: Any) -> None:
    case = make_case(scene, at="reported")
    enter(case, scene.cast.olga, "police-criminal", "submitted", "accepted", "filed")
    browser = desk(scene.cast.pavel)
    browser.post(reverse("admin:clues_campaign_do_list", args=["plan"]), fields())
    row = Campaign.objects.get()
    assert browser.post(reverse(DO, args=[row.pk, "bind"]), {"case": case.ref}).status_code == 302
    text = browser.get(reverse(ONE, args=[row.pk]), HTTP_ACCEPT_LANGUAGE="en").content.decode()
    assert case.ref in text and "Police, economic crime" in text and "Criminal cases filed</td><td>—</td><td>1<" in text
    assert browser.post(reverse(DO, args=[row.pk, "bind"]), {"case": case.ref}).status_code == 422
    assert browser.post(reverse(DO, args=[row.pk, "unbind"]), {"case": case.ref}).status_code == 302
    assert not CampaignCase.objects.filter(unbound_at__isnull=True).exists()


def test_what_is_refused_is_said_beside_its_field_and_stands_in_the_trail(scene: Scene, desk: Any) -> None:
    browser = desk(scene.cast.olga)
    planning = reverse("admin:clues_campaign_do_list", args=["plan"])
    for wrong, field in (({"title": "Call 13800138000"}, "title"), ({"ends_on": "2020-01-01"}, "ends_on"),
                         ({"categories": []}, "categories")):  # fmt: skip
        answer = browser.post(planning, fields(**wrong))
        assert answer.status_code == 422 and answer.context["form"].errors[field]
    assert desk(scene.cast.alice).post(planning, fields()).status_code == 302  # to the login
    assert not Campaign.objects.exists()
    browser = desk(scene.cast.olga)
    browser.post(planning, fields())
    row = Campaign.objects.get()
    assert browser.post(reverse(DO, args=[row.pk, "end"])).status_code == 302  # it does not run
    assert browser.post(reverse(DO, args=[row.pk, "bind"]), {"case": "CASE-NONE"}).status_code == 422
    refused = AuditEvent.objects.filter(verb="desk.refuse", subject_ref=row.ref).order_by("pk")
    assert [(each.detail["operation"], each.detail["code"]) for each in refused] == [
        ("end", "transition-refused"),
        ("bind", "not-found"),
    ]
