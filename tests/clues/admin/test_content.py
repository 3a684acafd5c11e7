"""Content at the desk: queues by platform, sheets to download, answers to import, each in the role of its process."""

from __future__ import annotations

import hashlib
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from clues.content import reporting
from clues.models import Content, ContentSheet
from members.models import AuditEvent
from tests.clues.alliance import caller
from tests.clues.scene import Scene
from tests.factories import acting_as

LIST, SHEETS = "admin:clues_content_changelist", "admin:clues_contentsheet_changelist"


def report(scene: Scene, *links: str) -> None:
    rows = [{"link": each, "category": "gray-advertising"} for each in links]
    with acting_as("aif_web"):
        reporting.report(request={"links": rows}, by=caller(scene.cast.aster), now=timezone.now())


def do(row: Any, name: str) -> str:
    return reverse(f"admin:clues_{type(row).__name__.lower()}_do", args=[row.pk, name])


def test_from_the_queue_to_the_answers(scene: Scene, desk: Any) -> None:
    report(
        scene, *(f"https://www.douyin.com/video/712345678901234567{place}" for place in range(3)), "evil.example.com"
    )
    browser = desk(scene.cast.olga)
    assert len(browser.get(reverse(LIST), {"platform": "douyin", "state": "to-request"}).context["cl"].result_list) == 3
    make = reverse("admin:clues_contentsheet_do_list", args=["make"])
    form = browser.get(make).content.decode()
    assert 'value="douyin"' in form and "(3)" in form and 'value="weibo"' not in form
    made = browser.post(make, {"platform": "douyin"})
    sheet = ContentSheet.objects.get()
    assert made["Location"] == reverse("admin:clues_contentsheet_change", args=[sheet.pk])
    for form_ in ("csv", "xlsx"):
        file = browser.get(reverse("admin:clues_contentsheet_file", args=[sheet.pk, form_]))
        assert hashlib.sha256(file.content).hexdigest() == getattr(sheet, f"{form_}_sha256")
        assert file["Content-Disposition"] == f'attachment; filename="douyin-0001.{form_}"'
    with acting_as("aif_desk"):
        taken = AuditEvent.objects.filter(verb="export.take").order_by("id")
        assert [each.detail["form"] for each in taken] == ["csv", "xlsx"], "who took the links out is on record"
    assert browser.get(reverse("admin:clues_contentsheet_file", args=[sheet.pk, "exe"])).status_code == 404
    answers = SimpleUploadedFile("answers.csv", b"no,answer,reason\n1,removed,\n2,rejected,not-found\n7,removed,\n")
    assert browser.post(do(sheet, "answers"), {"file": answers}).status_code == 302
    page = browser.get(made["Location"]).content.decode()
    assert "3: not-found" in page and "olga" in page
    assert sorted(Content.objects.filter(platform="douyin").values_list("state", flat=True)) == [
        "rejected",
        "removed",
        "requested",
    ]
    wrong = SimpleUploadedFile("answers.csv", b"a,b\n")
    assert browser.post(do(sheet, "answers"), {"file": wrong}).status_code == 422


def test_one_by_one(scene: Scene, desk: Any) -> None:
    report(scene, "https://evil.example.com/recruit")
    row = Content.objects.get()
    browser = desk(scene.cast.pavel)
    page = browser.get(reverse("admin:clues_content_change", args=[row.pk])).content.decode()
    assert "Aster Bank" in page and do(row, "request") in page and do(row, "reappear") not in page
    assert 'href="https://evil' not in page
    browser.post(do(row, "request"))
    browser.post(do(row, "reject"), {"reason": "evidence-missing"})
    row.refresh_from_db()
    assert (row.state, row.reason) == ("rejected", "evidence-missing")
    assert browser.post(do(row, "reject"), {"reason": "evidence-missing"}).status_code == 302
    browser.post(do(row, "remove"))
    row.refresh_from_db()
    assert (row.state, row.reason, row.removals) == ("removed", "", 1)


def test_members_staff_are_not_let_in(scene: Scene, desk: Any) -> None:
    browser = desk(scene.cast.alice)
    for address in (reverse(LIST), reverse(SHEETS), reverse("admin:clues_contentsheet_do_list", args=["make"])):
        assert "/login/" in browser.get(address)["Location"]
