"""Pictures of the desk, as `make screenshots` takes them of the portal: every list and one page of each, and what is asked.

Follows the links of the front page, so that a page that is added is found; into `docs/desk/`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from urllib.parse import urljoin

from playwright.sync_api import Page

from tests.browser.portal import Portal
from tests.browser.states import State

FIRST = ("/admin/", "/admin/health/")
LISTED = re.compile(r'href="(/admin/(?:members|clues|axes)/[a-z]+/)"')
ROW = re.compile(r'href="(/admin/(?:members|clues|axes)/[a-z]+/[^/"]+/change/)[^"]*"')
BUTTON = re.compile(r'href="(/admin/(?:members|clues)/[a-z]+/(?:[^/"]+/)?do/[a-z-]+/[^"]*)"')
BUTTONS_OF_EACH = 2
PEOPLE = {"alliance-approver": "pavel", "alliance-operator": "olga"}
LANGUAGES = {"zh": "zh-hans", "en": "en"}


def log_in(portal: Portal, role: str, username: str, *, language: str) -> Page:
    """Return a page of the desk, logged in as a new person of the alliance."""
    person = portal.order(person={"institution": "", "role": role, "username": username})
    desk = portal.stack.desk_url
    context = portal.context(language=language)
    context.add_cookies(
        [
            {"name": "aif_desk_session", "value": person["session"], "url": desk, "httpOnly": True},
            {"name": "django_language", "value": language, "url": desk},
        ]
    )
    page = context.new_page()
    page.goto(f"{desk}/admin/")
    return page


def addresses(page: Page) -> Iterator[str]:
    """Every list that the front page offers, one row of each, and the first operations of both."""
    yield from FIRST
    front = page.request.get(urljoin(page.url, "/admin/")).text()
    for listed in dict.fromkeys(LISTED.findall(front)):
        yield listed
        html = page.request.get(urljoin(page.url, listed)).text()
        buttons = BUTTON.findall(html)
        row = ROW.search(html)
        if row is not None:
            yield row[1]
            buttons += BUTTON.findall(page.request.get(urljoin(page.url, row[1])).text())
        yield from list(dict.fromkeys(buttons))[:BUTTONS_OF_EACH]


def name_of(address: str) -> str:
    """The name of a page's picture: its address without numbers."""
    plain = re.sub(r"/\d+/|/[^/]+/change/", "/one/", address.partition("?")[0]).replace("/admin/", "/", 1).strip("/")
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-") or "front"


def take_all(
    portal: Portal,
    folder: Path,
    take: Callable[[Page, Path], None],
    wanted: Callable[[str], object],
    rare: Sequence[State],
) -> dict[str, dict[str, str]]:
    """Write every picture that is wanted in both languages, `rare` states as well; return {name: {language: title}}."""
    titles: dict[str, dict[str, str]] = {}
    operator = {"institution": "", "role": "alliance-operator", "username": "olga"}
    portal.order(desk={"person": portal.order(person=operator)["person"]})
    for short, language in LANGUAGES.items():

        def keep(page: Page, name: str, address: str, short: str = short) -> None:
            if wanted(name) and short not in titles.get(name, {}):
                page.goto(portal.stack.desk_url + address)
                take(page, folder / f"{name}.{short}.jpg")
                titles.setdefault(name, {})[short] = page.title().partition(" · ")[0]

        stranger = portal.context(language=language)
        stranger.add_cookies([{"name": "django_language", "value": language, "url": portal.stack.desk_url}])
        keep(stranger.new_page(), "login", "/admin/")
        stranger.close()
        for role in PEOPLE:
            page = log_in(portal, role, f"desk-{PEOPLE[role]}-{short}", language=language)
            for address in list(addresses(page)):
                keep(page, name_of(address), address)
            for state in rare:
                if state.owner is None:
                    keep(page, state.name, state.path)
            page.context.close()
    return titles
