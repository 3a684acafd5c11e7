"""The half of the matrix that people ask: every page and form of the portal, by role, institution and object."""

from __future__ import annotations

import re
from typing import Any

from tests.browsing import Browser
from tests.trust.matrix.api import FIXED, fill
from tests.trust.matrix.cells import Score, undone
from tests.trust.matrix.doors import KINDS
from tests.trust.matrix.pages import LISTS, NOT_ALONE, PAGES, Page
from tests.trust.matrix.world import SHARED, World, missing

_PARAMETER = re.compile(r"<(?:str|slug):(\w+)>")
CODES = FIXED | {"party", "own_party"}
REFUSED = (302, 403, 404)
METHODS = ("get", "post", "patch", "delete")


class People:
    """A browser for everybody who asks, logged in before anything that is taken back."""

    def __init__(self, world: World) -> None:
        askers = [*world.people.items(), (("desk", "operator"), world.joint.scene.cast.olga), (("", ""), None)]
        self._open: dict[tuple[str, str], Browser] = {}
        for name, person in askers:
            browser = self._open[name] = Browser(raise_request_exception=False)
            if person is not None:
                browser.force_login(person)

    def browser(self, institution: str, role: str) -> Browser:
        """That of a person; ("desk", "operator") is the alliance, ("", "") nobody."""
        return self._open[institution, role]


def ask(browser: Browser, method: str, path: str, page: Page, world: World) -> Any:
    """Open a page, or send its form. What an earlier answer wanted to say on the next page is dropped."""
    browser.cookies.pop("messages", None)
    if method == "GET":
        return browser.get(path)
    return browser.post(path, page.form(world) if callable(page.form) else page.form)


def ask_row(name: str, page: Page, world: World, people: People, score: Score) -> None:
    """One page or form: its owner succeeds, and to everybody else its object is one that there is not."""
    method, route = name.split(" ", 1)
    objects = {p: dict(page.objects).get(p, p) for p in _PARAMETER.findall(route) if p not in dict(page.fixed)}
    own = {p: world.refs[each] for p, each in objects.items()} | dict(page.fixed)
    path = "/" + fill(route, own) + page.query
    with undone():
        if page.first:
            before_it = PAGES[page.first]
            first_path = "/" + fill(page.first.split(" ")[1], world.refs)
            done = ask(people.browser(before_it.owner, before_it.role), "POST", first_path, before_it, world)
            assert done.status_code == 302, page.first
        answer = ask(people.browser(page.owner, page.role), method, path, page, world)
        score.cells += 1
        if answer.status_code not in (200, 302) or "/login" in answer.get("Location", ""):
            score.unreached.append(f"{name}: {answer.status_code} {_errors(answer)}")
    names, before = set(objects.values()), score.world_as_made()
    with undone():
        for who, role in _outside(names, page):
            kept = {p for p, each in objects.items() if each in CODES or (who == "birch" and each in SHARED)}
            never = own | {p: missing(KINDS[each]) for p, each in objects.items() if p not in kept}
            browser, nowhere = people.browser(who, role), "/" + fill(route, never) + page.query
            foreign, gone = (ask(browser, method, each, page, world) for each in (path, nowhere))
            score.same(
                f"{name} by {role or 'nobody'} of {who or 'nowhere'}", foreign, gone, *own.values(), *never.values()
            )
            if foreign.status_code not in REFUSED:
                score.leaks.append(f"{name} by {role}: answered {foreign.status_code}, so it looked at the form first")
        score.unchanged(name, before)


def _outside(names: set[str], page: Page) -> list[tuple[str, str]]:
    strangers = [("", ""), ("desk", "operator")]
    if "campaign" in names:
        return strangers
    outside = [who for who in ("birch", "cedar") if who != page.owner]
    if (names - CODES) <= SHARED:
        outside = ["cedar"]
    return [(who, page.role) for who in outside] + [("cedar", "auditor")] + strangers


def ask_list(route: str, world: World, people: People, score: Score) -> None:
    """One page without an object: nothing of Aster's stands on what Cedar's people see, and nothing at all without them."""
    hidden, owners = own_references(world), ("analyst", "member-admin", "approver", "auditor")
    score.cells += 1
    is_open = any(people.browser("aster", role).get("/" + route).status_code == 200 for role in owners)
    if is_open == (route in NOT_ALONE):
        score.unreached.append(f"/{route}: open to nobody of Aster")
    for role in ("analyst", "member-admin", "auditor"):
        score.nothing(f"/{route} by {role}", people.browser("cedar", role).get("/" + route), hidden)
    for who, role in (("", ""), ("desk", "operator")):
        answer = people.browser(who, role).get("/" + route)
        score.nothing(f"/{route} by {who or 'nobody'}", answer, hidden)
        if answer.status_code < 300:
            score.leaks.append(f"/{route}: open to {who or 'nobody'}")


def ask_session(route: str, world: World, people: People, score: Score) -> None:
    """One address below /portal/api, the same view as for keys, by a person's session."""
    own = {p: world.refs[p] for p in _PARAMETER.findall(route)}
    never = {p: missing(KINDS[p]) for p in own}
    path, nowhere = (f"/portal/api/{fill(route, each)}" for each in (own, never))
    shared = set(own) <= SHARED
    with undone():
        reached = [
            getattr(people.browser("aster", "analyst"), method)(path, HTTP_IDEMPOTENCY_KEY="own").status_code
            for method in METHODS
        ]
        score.cells += len(METHODS)
        if not any(status not in (404, 405) and status < 500 for status in reached) or 404 in reached:
            score.unreached.append(
                f"{path}: {reached}"
            )  # a method that there is knows the own object, whatever it says of it
    for who, role in [("cedar", "analyst"), ("cedar", "auditor"), ("", ""), ("desk", "operator")] + [
        ("birch", "analyst")
    ] * (not shared):
        for method in METHODS:
            foreign, gone = (
                getattr(people.browser(who, role), method)(each, HTTP_IDEMPOTENCY_KEY="k") for each in (path, nowhere)
            )
            score.same(f"{method} {path} by {role} of {who}", foreign, gone, *own.values(), *never.values())


def own_references(world: World) -> list[bytes]:
    """Every reference that Aster's things have, and the names by which Aster calls them itself."""
    known = [ref for name, ref in world.refs.items() if name not in CODES | {"campaign"} and len(ref) > 20]
    return [each.encode() for each in (*known, "aster-1", "hooks.aster.example", "Dora Doe", "aster-colleague")]


def _errors(answer: Any) -> str:
    text = re.sub(r"<[^>]+>", " ", answer.content.decode(errors="replace"))
    return " ".join(text[text.find("<main") :].split())[-300:]


__all__ = ["LISTS", "PAGES", "People", "ask_list", "ask_row"]
