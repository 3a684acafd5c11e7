"""The third part of the matrix: the desk, at every address, for those who have no business there; and whether it is all listed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.urls import URLPattern, URLResolver, get_resolver

from tests.browsing import Browser
from tests.trust.matrix import doors, pages
from tests.trust.matrix.cells import Score
from tests.trust.matrix.world import World

NEVER = 2**40 + 7
_PARAMETER = re.compile(r"<(?:int:|path:|slug:|str:)?(\w+)>")
OPEN = {
    "", "healthz", "language/", "admin/login/", "admin/login/factor/", "admin/logout/", "admin/jsi18n/",
    "admin/^(?P<app_label>members|axes|clues)/$", "admin/(?P<url>.*)$",
}  # fmt: skip
"""Addresses without an object: logging in and out, the language, and what catches every other address."""


def routes(conf: str) -> Iterator[str]:
    """Every route of a process, as the resolver writes it."""

    def walk(patterns: list[Any], prefix: str = "") -> Iterator[str]:
        for each in patterns:
            route = prefix + str(each.pattern)
            if isinstance(each, URLResolver):
                yield from walk(each.url_patterns, route)
            elif isinstance(each, URLPattern):
                yield route

    yield from walk(get_resolver(conf).url_patterns)


def unlisted() -> list[str]:
    """Routes that stand in no table of the matrix, with the table they belong into."""
    found = []
    in_doors = {name.split(" ", 1)[1] for name in doors.DOORS} | {*doors.LISTS, *doors.WRITES, *doors.OPEN}
    in_pages = {name.split(" ", 1)[1] for name in pages.PAGES} | {*pages.LISTS, *pages.ELSEWHERE}
    for route in routes("config.urls"):
        if route.startswith("^"):
            continue
        if route.startswith("api/v1/"):
            if route.removeprefix("api/v1/") not in in_doors:
                found.append(f"{route}: doors.DOORS, or doors.LISTS if no object stands in it")
        elif route.startswith("portal/api/"):
            if route.removeprefix("portal/api/") not in in_doors:
                found.append(f"{route}: doors.DOORS")
        elif route not in in_pages:
            found.append(f"{route}: pages.PAGES, or pages.LISTS if no object stands in it")
    return found


def ask_desk(world: World, score: Score) -> None:
    """Every address of the desk, with a row that there is and with none, for nobody and for a member's person.

    Both are sent to the login page alike, so that an address tells nothing about what stands behind it.
    """
    nobody, analyst = (Browser(raise_request_exception=False) for _number in range(2))
    analyst.force_login(world.people["aster", "analyst"])
    for route in routes("config.urls_desk"):
        if route in OPEN:
            continue
        there, nowhere = (_address(route, number) for number in (_row_of(route), NEVER))
        for who, ask in (("nobody", nobody.get), ("an analyst", analyst.get), ("an analyst, writing", analyst.post)):
            known, gone = (ask(each) for each in (there, nowhere))
            score.same(f"{route} by {who}", known, gone, there, nowhere)
            if known.status_code != 302 or "/admin/login/" not in known["Location"]:
                score.leaks.append(f"{route} by {who}: {known.status_code}")


def _address(route: str, number: int) -> str:
    return "/" + _PARAMETER.sub(lambda found: str(number) if "id" in found[1] or found[1] == "number" else "csv", route)


def _row_of(route: str) -> int:
    """The number of a row of the model that the route is about, 1 if it is about none."""
    parts = route.split("/")
    if len(parts) < 3 or parts[1] not in ("members", "clues", "axes"):
        return 1
    model = apps.get_model(parts[1], parts[2])
    row = model._default_manager.order_by("pk").values_list("pk", flat=True).first()
    return row if isinstance(row, int) else 1
