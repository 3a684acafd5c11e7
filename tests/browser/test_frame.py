"""What every page has: the policy holds, the menu fits the role, the theme and the keys work."""

from __future__ import annotations

from tests.browser.portal import Portal


def test_the_menu_fits_the_role_and_keys_walk_it(portal: Portal) -> None:
    """An analyst finds the inbox and no team; `g m` goes there; `?` lists the keys."""
    page = portal.page(portal.institution(), "analyst", language="en")
    menu = page.get_by_role("navigation", name="Main")
    assert menu.get_by_role("link", name="Match inbox").is_visible()
    assert not menu.get_by_role("link", name="Team").count()
    page.keyboard.press("?")
    assert page.get_by_role("dialog").get_by_text("this list").is_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("m")
    page.wait_for_url("**/portal/matches")


def test_the_theme_is_kept(portal: Portal) -> None:
    """Dark stays dark on the next page."""
    page = portal.page(portal.institution(), "analyst", language="en")
    theme = page.locator("html")
    assert theme.get_attribute("data-bs-theme") == "light"
    for _ in range(2):  # as the system -> light -> dark
        page.get_by_role("button", name="Colors:").click()
    assert theme.get_attribute("data-bs-theme") == "dark"
    page.goto(portal.url + "/portal/matches")
    assert theme.get_attribute("data-bs-theme") == "dark"


def test_what_leaves_is_recorded(proxied_portal: Portal) -> None:
    """The proxy sees every request: pages, scripts and styles."""
    page = proxied_portal.page(proxied_portal.institution(), "analyst")
    assert proxied_portal.recorder is not None
    urls = [sent.url for sent in proxied_portal.recorder.requests]
    assert any(url.endswith("/static/aif/shell.js") for url in urls) and page.url.rstrip("/") in {
        u.rstrip("/") for u in urls
    }
