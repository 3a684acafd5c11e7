"""Statements at the desk: made for a month, looked at, taken; nobody of a member gets there."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from clues.models import Statement
from tests.clues.scene import Scene

LIST, MAKE = "admin:clues_statement_changelist", "admin:clues_statement_do_list"


def test_a_bulletin_is_made_and_taken(scene: Scene, desk: Any) -> None:
    browser = desk(scene.cast.olga)
    assert browser.get(reverse(MAKE, args=["make"])).status_code == 200
    answer = browser.post(reverse(MAKE, args=["make"]), {"month": "2026-10-17"})
    assert answer.status_code == 302
    exact, members = Statement.objects.order_by("edition")
    assert (str(exact.since), str(members.until)) == ("2026-10-01", "2026-11-01")
    listed = browser.get(reverse(LIST)).content.decode()
    assert exact.ref in listed and members.ref in listed
    page = browser.get(reverse("admin:clues_statement_change", args=[exact.pk])).content.decode()
    assert exact.pdf_sha256 in page and "刑事立案" in page
    for form in ("pdf", "csv"):
        assert browser.get(reverse("admin:clues_statement_file", args=[exact.pk, form])).content == bytes(
            getattr(exact, form)
        )
    assert browser.get(reverse("admin:clues_statement_file", args=[exact.pk, "exe"])).status_code == 404


def test_a_month_to_come_is_refused(scene: Scene, desk: Any) -> None:
    browser = desk(scene.cast.pavel)
    answer = browser.post(reverse(MAKE, args=["make"]), {"month": "2099-01-01"}, follow=True)
    assert "该月份尚未开始" in answer.content.decode() or "has not begun" in answer.content.decode()
    assert not Statement.objects.exists()
