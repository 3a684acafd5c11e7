"""Content in the portal: pasted links, posted in clear and said so; lists and pages of what was reported."""

from __future__ import annotations

from typing import Any

import pytest

from clues.models import Content, ContentReport
from tests.clues.scene import Scene
from tests.factories import make_user

LIST, NEW = "/portal/content", "/portal/content/new"
VIDEO, PAGE = "https://www.douyin.com/video/7123456789012345678", "https://evil.example.com/recruit"


def send(browser: Any, links: str, **given: str) -> Any:
    """Send the form as the page gave it."""
    page = browser.get(NEW)
    return browser.post(NEW, {"once": page.context["once"], "category": "gray-advertising", "links": links} | given)


def test_links_are_reported_and_shown(scene: Scene, portal: Any, audited: Any) -> None:
    browser = portal(scene.cast.alice)
    assert "No link reported yet" in browser.get(LIST).content.decode()
    form = browser.get(NEW).content.decode()
    assert "These links leave your machine as they are" in form and "in clear" in form
    answer = send(browser, f" {VIDEO}\n\n{PAGE}\n{VIDEO}", note="Recruits agents.", observed_at="2026-11-01T08:00")
    assert answer["Location"] == LIST
    listed = browser.get(LIST).content.decode()
    assert "douyin:7123456789012345678" in listed and PAGE in listed and "Links reported: 2." in listed
    assert f'href="{VIDEO}"' not in listed and f'href="{PAGE}"' not in listed, "no page links to what may be harmful"
    row = Content.objects.get(platform="douyin")
    page = browser.get(f"{LIST}/{row.ref}").content.decode()
    assert VIDEO in page and "Recruits agents." in page and f'href="{VIDEO}"' not in page
    assert audited("content.report") == [scene.cast.alice.ref]
    assert len(browser.get(LIST, {"platform": "douyin", "state": "reported"}).context["page"].rows) == 1
    assert browser.get(LIST, {"state": "removed"}).context["page"].rows == []
    assert browser.get(LIST, {"state": "x"}).status_code == browser.get(LIST, {"platform": "x"}).status_code == 404
    assert portal(scene.cast.bea).get(f"{LIST}/{row.ref}").status_code == 404


def test_lines_that_are_not_right_come_back_alone(scene: Scene, portal: Any) -> None:
    browser = portal(scene.cast.alice)
    answer = send(browser, f"{VIDEO}\njavascript:alert(1)\nhttps://example.com/?t=13800138000")
    text = answer.content.decode()
    assert answer.status_code == 422 and "Line 2:" in text and "Line 3:" in text and "Line 1:" not in text
    assert "javascript:alert(1)</textarea>" not in text and VIDEO not in text[text.index("<textarea") :]
    assert Content.objects.count() == 1
    fixed = browser.post(NEW, {"once": answer.context["once"], "category": "gray-advertising", "links": PAGE})
    assert fixed.status_code == 302 and Content.objects.count() == 2


def test_what_is_typed_is_escaped(scene: Scene, portal: Any) -> None:
    browser = portal(scene.cast.alice)
    text = send(browser, '</textarea><script>alert("x")</script>').content.decode()
    assert "<script>alert" not in text and "&lt;script&gt;" in text


def test_a_form_that_is_sent_twice_reports_once(scene: Scene, portal: Any) -> None:
    browser = portal(scene.cast.alice)
    once = browser.get(NEW).context["once"]
    for _ in range(2):
        assert send(browser, VIDEO, once=once).status_code == 302
    assert ContentReport.objects.count() == 1
    assert send(browser, VIDEO, once="x").status_code == 404


@pytest.mark.parametrize(
    ("links", "category"), [("", "gray-advertising"), ("\n".join([VIDEO] * 101), "gray-advertising"), (VIDEO, "")]
)
def test_a_form_that_is_not_right_reports_nothing(scene: Scene, portal: Any, links: str, category: str) -> None:
    answer = send(portal(scene.cast.alice), links, category=category)
    assert answer.status_code == 422 and 'role="alert"' in answer.content.decode() and not Content.objects.exists()


def test_roles(scene: Scene, portal: Any) -> None:
    for role, status in (("submitter", 200), ("approver", 403), ("member-admin", 403), ("auditor", 403)):
        browser = portal(make_user(role, institution=scene.cast.aster))
        assert browser.get(LIST).status_code == 200 and browser.get(NEW).status_code == status
