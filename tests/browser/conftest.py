"""Fixtures of browser tests.

- `portal`: the running stack as its people see it: `portal.institution("Aster Bank")`, then
  `portal.page(institution, "analyst")` is a Playwright page logged in as a new person of that role.
- `proxied_portal`: the same through a proxy that records every request byte (`portal.recorder`).
Every page fails its test in the end if it broke the policy, threw an error or asked another host.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from config.stack import Stack
from tests.browser.portal import CHROMIUM, Portal, launch, proxied

REQUIRED = os.environ.get("BROWSER_TESTS", "optional")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Chromium of the distribution."""
    if not CHROMIUM.exists():
        assert REQUIRED != "required", "Chromium is missing, though .ci/run as root installs it"
        pytest.skip("no Chromium here: run `.ci/system` as root (it installs the Debian packages), then again")
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture
def portal(stack: Stack, chromium: Browser) -> Iterator[Portal]:
    """The portal of the session's stack."""
    opened = Portal(stack, chromium)
    yield opened
    opened.close()


@pytest.fixture
def proxied_portal(stack: Stack, chromium: Browser) -> Iterator[Portal]:
    """The portal behind the recording proxy."""
    yield from proxied(stack, chromium)
