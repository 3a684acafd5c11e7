"""Find every page of the portal by following its links, as a person would, and name those that no link leads to."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import unescape
from urllib.parse import urljoin

import django
from django.apps import apps
from django.urls import URLPattern, URLResolver, get_resolver, resolve
from django.urls.exceptions import Resolver404
from playwright.sync_api import Page

# Outside of pytest (pictures, proofs) nobody has set Django up; its addresses are asked for here.
os.environ.setdefault("AIF_ENV", "test")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
if not apps.ready:
    django.setup()

LINK = re.compile(r"<a\b[^>]*?\bhref=\"([^\"]*)\"")
SEEN_OF_EACH = 4  # a clue in dispute offers less than one that stands: of each kind of page some are looked at
ACTION = re.compile(r"\b(?:form)?action=\"(/[^\"]*)\"|\bhx-(?:get|post)=\"(/[^\"]*)\"")
ROLES = ("analyst", "approver", "member-admin", "auditor")

NOT_PAGES = {
    "healthz": "for the container engine",
    "portal/invitation/<str:token>": "opened by the link of an invitation",
    "portal/login": "for whoever is not logged in",
    "portal/login/factor": "the second step of logging in",
    "portal/login/passkey": "asked by the script of the login page",
    "portal/enroll": "for whoever has no second factor yet",
    "portal/enroll/app": "for whoever has no app yet",
    "portal/confirm": "where a dangerous step leads when the second factor is too old",
    "portal/account/factors/<str:factor>/remove": "for whoever has two factors: the last one stays",
    "portal/account/recovery-codes": "shown once, when they are made",
    "portal/account/recovery-codes.txt": "beside them",
    "portal/account/sessions/<str:session>/end": "for whoever is logged in elsewhere too",
    "portal/account/sessions/end-others": "for whoever is logged in elsewhere too",
    "portal/clues/views": "offered once a filter is set",
    "portal/evidence-demands/<str:demand>": "for whom the draw, or a dispute, asks for evidence",
    "portal/clues/<str:clue>/correct": "for a clue that stands, and those looked at first may not",
    "portal/clues/<str:clue>/extend": "for a clue that stands",
    "portal/clues/<str:clue>/withdraw": "for a clue that stands",
    "portal/clues/<str:clue>/review": "for a clue that waits for one",
    "portal/clues/<str:clue>/review/withdraw": "for whoever reviewed the clue",
    "portal/feeds/acknowledge": "for platforms and telecom operators whose feed is open",
    "portal/feeds/file/<slug:form>": "for platforms and telecom operators whose feed is open",
    "portal/team/<str:person>/reactivate": "for an account that was shut",
    "portal/team/invitations/<str:invitation>/resend": "for an invitation under way",
    "portal/team/invitations/<str:invitation>/revoke": "for an invitation under way",
    "portal/webhooks/<str:webhook>/deliveries/<str:delivery>/replay": "for a delivery that failed",
    "portal/webhooks/<str:webhook>/secret": "shown once, when it is made",
}
"""Routes that no page of a person who is at work leads to, with why."""


def routes(patterns: list[URLPattern | URLResolver] | None = None, prefix: str = "") -> Iterator[str]:
    """Every route of the process `web` that a person may open."""
    for each in patterns if patterns is not None else get_resolver("config.urls").url_patterns:
        route = prefix + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from routes(each.url_patterns, route)
        elif not route.startswith(("^", "api/", "portal/api/")):
            yield route


@dataclass(frozen=True)
class Fetched:
    """What an address answered."""

    status: int
    content_type: str
    html: str


def walk(fetch: Callable[[str], Fetched], start: str = "/", *, offered: set[str] | None = None) -> dict[str, str]:
    """Return {route: path} of every page that can be reached from `start`; one path for each route.

    `offered` collects the routes of what the pages offer beside pages: forms that post, and downloads.
    """
    found: dict[str, str] = {}
    times: Counter[str] = Counter()
    offered = set() if offered is None else offered
    waiting, seen = [start], {start}
    while waiting:
        path = waiting.pop(0)
        route = route_of(path)
        if route is None or times[route] == SEEN_OF_EACH:
            continue
        times[route] += 1
        page = fetch(path)
        if "text/html" not in page.content_type:
            offered.add(route)
            continue
        assert page.status == 200, f"{path}: {page.status}"
        found.setdefault(route, path)
        offered |= {
            action
            for pair in ACTION.findall(page.html)
            for target in pair
            if target and (action := route_of(unescape(target))) is not None
        }
        for href in LINK.findall(page.html):
            target = unescape(href).partition("#")[0]
            target = path.partition("?")[0] + target if target.startswith("?") else target
            if target.startswith("/") and target not in seen:
                seen.add(target)
                waiting.append(target)
    return found


def fetch(page: Page, path: str) -> Fetched:
    """Ask with the session of a browser's page."""
    answer = page.request.get(urljoin(page.url, path))
    return Fetched(answer.status, answer.headers.get("content-type", ""), answer.text())


def route_of(path: str) -> str | None:
    """The route of an address of a page; None for static files, the API and what does not exist."""
    plain = path.partition("?")[0]
    if plain.startswith(("/static/", "/api/", "/portal/api/")):
        return None
    try:
        return str(resolve(plain, "config.urls").route)
    except Resolver404:
        return None
