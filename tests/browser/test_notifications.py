"""The notices in a browser: what others report appears by itself, what one follows is read, and the overview draws."""

from __future__ import annotations

import os
import time
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from typing import Any

import httpx
from playwright.sync_api import Page, expect

from aif_share.wire.keys import PLATFORM, MemberKey
from tests.browser.portal import Place, Portal

SOON_MS = 15_000  # a loaded machine; unhindered it takes the tick and the two seconds between two looks


def post(portal: Portal, place: Place, path: str, body: dict[str, Any]) -> None:
    """Call the API as a system of the institution."""
    bearer = MemberKey.parse(place.key).bearer_for(PLATFORM)
    headers = {"Authorization": f"Bearer {bearer}", "Idempotency-Key": os.urandom(16).hex()}
    httpx.post(f"{portal.stack.url}/api/v1/{path}", json=body, headers=headers, timeout=30).raise_for_status()


def new_token() -> dict[str, Any]:
    """Return a token of a domain; for the platform any 32 bytes are as good as real ones."""
    return {"type": "domain", "epoch": 1, "token": urlsafe_b64encode(os.urandom(32)).decode().rstrip("=")}


def report(portal: Portal, place: Place, *tokens: dict[str, Any]) -> None:
    """Submit a clue for each token."""
    clues = [
        {
            "client_ref": os.urandom(11).hex(),
            "category": "counterfeit-site-app",
            "grade": "B2",
            "identifiers": [token],
        }
        for token in tokens
    ]
    post(portal, place, "batches", {"clues": clues})


def wait_for(page: Page, texts: Sequence[str]) -> float:
    """Wait until all of them stand in the list; return the seconds."""
    start = time.monotonic()
    for text in texts:
        expect(page.locator("#notices").get_by_role("link", name=text).first).to_be_visible(timeout=SOON_MS)
    return round(time.monotonic() - start, 2)


def test_a_match_and_a_watch_hit_appear_by_themselves(portal: Portal) -> None:
    """Aster reported one domain and watches another; two others report them; Aster's open page says so."""
    aster, birch, cedar = (portal.institution() for _ in range(3))
    mine, watched = new_token(), new_token()
    report(portal, aster, mine)
    post(portal, aster, "watches", {"purpose": "investigation", "tokens": [watched]})
    page = portal.page(aster, "analyst", language="en")
    page.goto(portal.url + "/portal/notifications")
    wait_for(page, ["Batch done"])
    report(portal, birch, mine, watched)
    taken = {"match": wait_for(page, ["New match"])}
    report(portal, cedar, watched)  # the second source: now it answers
    taken["watch"] = wait_for(page, ["A watched identifier was reported"])
    print(f"seconds until shown: {taken}")
    page.reload()
    expect(page.get_by_role("navigation", name="Main").locator(".menu__count")).to_contain_text("3")
    page.locator("#notices").get_by_role("link", name="New match").click()
    page.wait_for_url("**/portal/matches/M-*")
    page.goto(portal.url + "/portal/notifications")
    expect(page.get_by_role("heading", name="Read before")).to_be_visible()
    page.get_by_role("button", name="Mark all as read").click()
    expect(page.get_by_role("heading", name="Nothing unread")).to_be_visible()


def test_the_overview_draws_what_its_table_says(portal: Portal) -> None:
    """A chart where there is something to draw, in both themes, and the same figures in a table."""
    aster, birch = portal.institution(), portal.institution()
    shared = new_token()
    report(portal, aster, shared)
    report(portal, birch, shared)
    page = portal.page(aster, "analyst", language="en", theme="dark")
    for _ in range(30):
        page.goto(portal.url)
        if page.locator('[data-chart="days"] svg').count():
            break
        time.sleep(0.5)
    expect(page.locator('[data-chart="days"] svg')).to_be_visible()
    page.get_by_text("As a table").first.click()
    expect(page.locator("details[open] tbody tr").last).to_contain_text("1")


def test_what_to_tell_me_is_kept(portal: Portal) -> None:
    """A person hides a kind and sets quiet hours; the form shows it afterwards."""
    page = portal.page(portal.institution(), "analyst", language="en")
    page.goto(portal.url + "/portal/notifications/preferences")
    page.get_by_label("show: Batch done").uncheck()
    page.get_by_label("E-mail: New match", exact=True).select_option("digest")
    page.get_by_label("No e-mail in quiet hours").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text("Your preferences are stored")
    expect(page.get_by_label("show: Batch done")).not_to_be_checked()
    expect(page.get_by_label("E-mail: New match", exact=True)).to_have_value("digest")
    expect(page.get_by_label("No e-mail in quiet hours")).to_be_checked()
