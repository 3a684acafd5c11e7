"""One webhook and its log."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from members.delivery.webhooks import LEASE_SECONDS


def test_the_log_says_how_each_message_fared(keeper: Any, hook: Any, deliver: Any) -> None:
    page = f"/portal/webhooks/{hook.webhook}"
    assert "Nothing was sent yet." in keeper.browser.get(page).content.decode()
    deliver(hook)
    deliver(hook, state="dead", last_status=500, last_error="status", attempts=9)
    deliver(hook, state="blocked", last_error="blocked-address")
    waiting = deliver(hook, state="pending", last_error="timeout", not_before=timezone.now() + timedelta(minutes=3))
    text = keeper.browser.get(page).content.decode()
    for shown in (
        "delivered",
        "the receiver answered no 2xx (500)",
        "the name leads to an address that is not public",
        "no answer within five seconds",
        "New match",
        "× 2",
    ):
        assert shown in text, shown
    assert text.count('aria-label="Send again') == 3, "one that waits goes by itself"
    rows = keeper.browser.get(page, {"state": "pending"}).context["deliveries"]
    assert [row.delivery for row, *_rest in rows] == [waiting]
    chinese = keeper.browser.get(page, HTTP_ACCEPT_LANGUAGE="zh-CN").content.decode()
    assert "接收方未返回 2xx" in chinese and "域名指向非公网地址" in chinese


def test_older_pages_keep_the_filter(keeper: Any, hook: Any, deliver: Any) -> None:
    page = f"/portal/webhooks/{hook.webhook}"
    made = [deliver(hook, state="dead", last_error="connect") for _number in range(27)]
    deliver(hook)
    first = keeper.browser.get(page, {"state": "dead"})
    older = first.context["older"]
    assert f"?state=dead&amp;before={older}" in first.content.decode()
    second = keeper.browser.get(page, {"state": "dead", "before": older})
    shown = [row.delivery for answer in (first, second) for row, *_rest in answer.context["deliveries"]]
    assert shown == made[::-1] and second.context["older"] is None


def test_the_number_of_queries_does_not_grow(keeper: Any, hook: Any, deliver: Any) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as done:
            assert keeper.browser.get(f"/portal/webhooks/{hook.webhook}").status_code == 200
        return len(done)

    few = count()
    for _number in range(10):
        deliver(hook)
    assert count() == few <= 12


def test_the_log_asks_for_itself_while_something_is_under_way(keeper: Any, hook: Any, deliver: Any) -> None:
    page = f"/portal/webhooks/{hook.webhook}"
    deliver(hook)
    later = deliver(hook, state="pending", not_before=timezone.now() + timedelta(minutes=3))
    assert f'hx-get="{page}"' not in keeper.browser.get(page).content.decode(), "what is tried later is not waited for"
    deliver(hook, state="pending")
    assert f'hx-get="{page}" hx-trigger="every 2s"' in keeper.browser.get(page).content.decode()
    part = keeper.browser.get(page, HTTP_HX_REQUEST="true").content.decode().strip()
    assert part.startswith('<section class="card card--flush" id="log" hx-get=') and part.endswith("</section>")
    assert later[:8] in part and "<h1" not in part


def test_a_message_that_is_being_sent_is_waited_for(keeper: Any, hook: Any, deliver: Any) -> None:
    """A claim puts the next attempt off by its own length; a page made meanwhile must not stop asking."""
    page = f"/portal/webhooks/{hook.webhook}"
    deliver(hook, state="pending", not_before=timezone.now() + timedelta(seconds=LEASE_SECONDS))
    assert f'hx-get="{page}" hx-trigger="every 2s"' in keeper.browser.get(page).content.decode()
