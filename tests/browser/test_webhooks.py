"""An administrator registers a webhook, keeps its secret, tries it, and watches the log without reloading the page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from config.stack import Stack
from tests.browser.portal import Portal


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    """A stack of this file's own: deliveries of other tests do not stand before this one's."""
    with Stack() as running:
        yield running


@pytest.fixture
def portal(stack: Stack, chromium: Browser) -> Iterator[Portal]:
    """Its portal."""
    opened = Portal(stack, chromium)
    yield opened
    opened.close()


def test_a_webhook_from_the_empty_page_to_its_log(portal: Portal) -> None:
    """The address leads nowhere, so the log comes to say that its name was not found."""
    page = portal.page(portal.institution(), "member-admin", language="en")
    page.get_by_role("link", name="Webhooks", exact=True).click()
    page.get_by_text("webhooks.verify(headers, body, secret)").wait_for()
    page.get_by_role("link", name="Register a webhook").click()
    page.get_by_label("Address").fill("https://hooks.nowhere.example/aif")
    page.get_by_label("Description").fill("fraud desk")
    page.get_by_label("New match").check()
    page.get_by_role("button", name="Register and show the secret").click()

    secret = page.locator("#secret").inner_text()
    assert secret.startswith("whsec_") and len(secret) > 40
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy").click()
    page.get_by_text("Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == secret
    page.reload()
    page.get_by_role("heading", name="It was shown already").wait_for()
    assert secret not in page.content()

    page.get_by_role("link", name="To the webhook").click()
    page.get_by_role("button", name="Send a test").click()
    page.evaluate("window.stayed = true")
    page.locator("#log").get_by_text("the name was not found").wait_for(timeout=60_000)
    assert page.evaluate("window.stayed"), "the log came by itself, the page was not loaded again"

    page.get_by_role("button", name="Disable").click()
    page.get_by_text("Disabled: nothing is sent.").wait_for()
    page.get_by_role("link", name="Delete").click()
    page.get_by_role("button", name="Delete the webhook").click()
    page.get_by_role("heading", name="No webhook yet").wait_for()


def test_a_double_click_registers_one(portal: Portal) -> None:
    """The form goes out once, and its secret is shown."""
    page = portal.page(portal.institution(), "member-admin", language="en")
    page.goto(portal.url + "/portal/webhooks/new")
    page.get_by_label("Address").fill("https://hooks.nowhere.example/aif")
    page.get_by_role("button", name="Register and show the secret").dblclick()
    page.locator("#secret").wait_for()
    page.goto(portal.url + "/portal/webhooks")
    assert page.locator("main tbody tr").count() == 1
