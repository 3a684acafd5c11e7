"""The running stack's portal in a browser, watched for what its pages must not do."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page, Playwright

from config.stack import Stack
from tests.browser import people
from tests.browser.recorder import Recorder

CHROMIUM = Path("/usr/bin/chromium")
_numbers = itertools.count(1)

# Reports of the policy, kept before any script of the page runs.
WATCH_POLICY = """
window.__violations = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.__violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`);
});
"""


@dataclass(frozen=True)
class Place:
    """An institution of the stack: its reference, a key with all scopes and one for browsers."""

    institution: str
    key: str = field(repr=False)
    browser_key: str = field(repr=False, default="")
    name: str = ""


@dataclass
class Portal:
    """The stack's portal in a browser."""

    stack: Stack
    browser: Browser
    recorder: Recorder | None = None
    contexts: list[BrowserContext] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        """The portal's address, by a name: passkeys do not work on a bare address."""
        return self.stack.url.replace("127.0.0.1", "localhost")

    @property
    def desk_url(self) -> str:
        """The desk's address, by the same name."""
        return self.stack.desk_url.replace("127.0.0.1", "localhost") + "/admin"

    def order(self, **order: Any) -> dict[str, Any]:
        """Carry out one order of tests.browser.people."""
        return people.order(self.stack, **order)

    def institution(self, name: str = "", **values: Any) -> Place:
        """Make an institution."""
        name = name or f"Browser Bank {os.getpid()}-{next(_numbers)}"
        return Place(name=name, **self.order(institution={"name": name, **values}))

    def context(self, *, language: str = "zh-hans", theme: str = "light", **options: Any) -> BrowserContext:
        """Open a browser profile of its own, watched for what pages must not do."""
        context = self.browser.new_context(
            locale="zh-CN" if language.startswith("zh") else "en-US",
            color_scheme="dark" if theme == "dark" else "light",
            viewport=options.pop("viewport", {"width": 1280, "height": 900}),
            **options,
        )
        context.set_default_timeout(20_000)
        context.add_cookies([{"name": "django_language", "value": language, "url": self.url}])
        context.add_init_script(WATCH_POLICY)
        context.on("page", self._watch)
        self.contexts.append(context)
        return context

    def page(self, place: Place, role: str, *, full_name: str = "", **options: Any) -> Page:
        """Return a page logged in as a new person of this role."""
        person = self.order(
            person={
                "institution": place.institution,
                "role": role,
                "username": f"person-{os.getpid()}-{next(_numbers)}",
                "full_name": full_name,
            }
        )
        context = self.context(**options)
        context.add_cookies([{"name": "aif_session", "value": person["session"], "url": self.url, "httpOnly": True}])
        page = context.new_page()
        page.goto(self.url)
        return page

    def desk_page(self, role: str, **options: Any) -> Page:
        """Return a page of the desk, logged in as a new person of the alliance."""
        person = self.order(person={"role": role, "username": f"desk-{os.getpid()}-{next(_numbers)}"})
        context = self.context(**options)
        cookie = {"name": "aif_desk_session", "value": person["session"], "url": self.desk_url, "httpOnly": True}
        context.add_cookies([cookie])
        page = context.new_page()
        page.goto(self.desk_url + "/")
        return page

    def allowed_hosts(self) -> set[str]:
        """Hosts with ports that pages may ask."""
        urls = [self.url, self.desk_url, self.stack.url, self.stack.desk_url, *self.stack.custodian_urls.values()]
        return {urlsplit(url).netloc for url in urls}

    def _watch(self, page: Page) -> None:
        allowed = self.allowed_hosts()
        page.on("pageerror", lambda error: self.faults.append(f"error at {page.url}: {error}"))
        page.on("console", lambda line: self._hear(page, line))
        page.on(
            "request",
            lambda sent: (
                None
                if urlsplit(sent.url).netloc in allowed or urlsplit(sent.url).scheme in ("data", "blob")
                else self.faults.append(f"{page.url} asked {sent.url}")
            ),
        )

    def _hear(self, page: Page, line: Any) -> None:
        if "Content Security Policy" in line.text or "Content-Security-Policy" in line.text:
            self.faults.append(f"policy at {page.url}: {line.text}")

    def close(self) -> None:
        """Close every profile and fail for what was heard."""
        for context in self.contexts:
            for page in context.pages:
                if not page.is_closed() and page.url.startswith("http"):
                    self.faults += [
                        f"policy at {page.url}: {each}" for each in page.evaluate("window.__violations || []")
                    ]
            context.close()
        self.contexts.clear()
        assert not self.faults, "\n".join(self.faults)


def load_key(page: Page, place: Place) -> None:
    """Load the browser's key on a page that makes tokens."""
    file = {"name": "browser.aifkey", "mimeType": "text/plain", "buffer": f"{place.browser_key}\n".encode()}
    page.locator("[data-key-file]").set_input_files(file)
    key_id = place.browser_key.split("_")[2]
    page.locator("[data-key-state]", has_text=key_id).wait_for()


def launch(playwright: Playwright) -> Browser:
    """Start the distribution's Chromium."""
    arguments = ["--disable-dev-shm-usage"] + ["--no-sandbox"] * (os.geteuid() == 0)
    return playwright.chromium.launch(executable_path=str(CHROMIUM), args=arguments)


def proxied(stack: Stack, chromium: Browser) -> Iterator[Portal]:
    """Open the portal of a stack behind the recording proxy."""
    with Recorder() as recorder:
        opened = Portal(stack, chromium, recorder=recorder)
        plain = opened.context
        # Chromium leaves the loopback out of any proxy unless told not to.
        proxy = {"server": recorder.address, "bypass": "<-loopback>"}
        opened.context = lambda **options: plain(proxy=proxy, **options)  # type: ignore[method-assign]
        yield opened
        opened.close()
