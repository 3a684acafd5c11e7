"""The list of webhooks."""

from __future__ import annotations

from typing import Any

from tests.factories import make_institution

LIST = "/portal/webhooks"


def test_empty_it_teaches_how_to_check_a_signature(keeper: Any) -> None:
    page = keeper.browser.get(LIST).content.decode()
    assert "webhooks.verify(headers, body, secret)" in page and "HMAC-SHA256" in page
    assert "尚无 Webhook" in keeper.browser.get(LIST, HTTP_ACCEPT_LANGUAGE="zh-CN").content.decode()


def test_it_shows_address_events_and_state_and_no_secret(keeper: Any, make_hook: Any) -> None:
    make_hook(description="fraud desk", kinds=["match.released"])
    make_hook(url="https://theirs.example/", institution=make_institution())
    page = keeper.browser.get(LIST).content.decode()
    for shown in ("https://hooks.aster.example/aif", "fraud desk", "New match", "enabled"):
        assert shown in page, shown
    assert "theirs.example" not in page and "whsec_" not in page
    chinese = keeper.browser.get(LIST, HTTP_ACCEPT_LANGUAGE="zh-CN").content.decode()
    assert "碰撞命中" in chinese
