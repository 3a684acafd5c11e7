"""Find every page of the portal by following its links, as a person would, and name those that no link leads to."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from django.urls import URLPattern, URLResolver, get_resolver, resolve
from django.urls.exceptions import Resolver404
from playwright.sync_api import Page

ROLES = ("analyst", "approver", "member-admin", "auditor")

NOT_PAGES = {
    "healthz": "for the container engine",
    "portal/logout": "a post",
    "portal/language": "a post",
}
"""Routes outside of the walk, with why; posts, downloads and scripts' addresses are found by what they answer."""


def routes(patterns: list[URLPattern | URLResolver] | None = None, prefix: str = "") -> Iterator[str]:
    """Every route of the process `web` that a person may open."""
    for each in patterns if patterns is not None else get_resolver("config.urls").url_patterns:
        route = prefix + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from routes(each.url_patterns, route)
        elif not route.startswith(("^", "api/", "portal/api/")):
            yield route


def walk(page: Page, start: str) -> dict[str, str]:
    """Return {route: path} of every page that can be reached from `start`; one path for each route."""
    found: dict[str, str] = {}
    waiting = [start]
    seen: set[str] = set()
    origin = urlsplit(page.url).netloc
    while waiting:
        path = waiting.pop(0)
        route = route_of(path)
        if route is None or route in found:
            continue
        answer = page.request.get(f"http://{origin}{path}")
        if "text/html" not in answer.headers.get("content-type", ""):
            continue
        assert answer.status == 200, f"{path}: {answer.status}"
        found[route] = path
        page.goto(f"http://{origin}{path}")
        for href in page.eval_on_selector_all("a[href]", "links => links.map(link => link.href)"):
            parts = urlsplit(href)
            target = parts.path + (f"?{parts.query}" if parts.query else "")
            if parts.netloc == origin and target not in seen:
                seen.add(target)
                waiting.append(target)
    return found


def route_of(path: str) -> str | None:
    """The route of an address of a page; None for static files, the API and what does not exist."""
    plain = path.partition("?")[0]
    if plain.startswith(("/static/", "/api/", "/portal/api/")):
        return None
    try:
        return str(resolve(plain, "config.urls").route)
    except Resolver404:
        return None
