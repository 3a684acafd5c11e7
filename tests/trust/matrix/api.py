"""The half of the matrix that keys ask: every address, method, institution and object of the API."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

import orjson
from django.test import Client

from tests.clues.scene import wait_for_tick
from tests.trust.matrix.cells import Score, hash_rows, undone
from tests.trust.matrix.doors import DOORS, KINDS, NOT_YET, Door
from tests.trust.matrix.world import SHARED, World, missing

API = "/api/v1/"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_PARAMETER = re.compile(r"<(?:str|slug):(\w+)>")
OTHER_PARENTS = {"case": "led_case", "webhook": "other_webhook"}
CONFUSED = ("clue", "case", "webhook")
FIXED = {"charge"}  # no reference: a code that stands in every case alike


def fill(route: str, refs: Mapping[str, str]) -> str:
    """The address of a route with these objects in it."""
    return _PARAMETER.sub(lambda found: refs[found[1]], route)


def objects_of(route: str, door: Door, world: World) -> dict[str, str]:
    """{parameter: name in the world}; every one has an object there."""
    return {name: dict(door.objects).get(name, name) for name in _PARAMETER.findall(route)}


def call(headers: Mapping[str, str], method: str, path: str, door: Door, world: World, match: str = "") -> Any:
    """Ask once, with the body that is the owner's."""
    body = door.body(world) if callable(door.body) else door.body
    content = b"" if method == "GET" or body is None else body if isinstance(body, bytes) else orjson.dumps(body)
    extra = dict(door.headers) | dict(headers)
    if method != "GET":
        extra["HTTP_IDEMPOTENCY_KEY"] = uuid4().hex
    if match:
        extra["HTTP_IF_MATCH"] = match
    client = Client(raise_request_exception=False)
    kind = door.content_type if content else ""
    return client.generic(method, path, content, kind, **extra)


def ask_row(name: str, door: Door, world: World, score: Score) -> None:
    """One address and method: the owner succeeds, and to everybody else its object is one that there is not."""
    method, route = name.split(" ", 1)
    names = objects_of(route, door, world)
    own = {parameter: world.refs[each] for parameter, each in names.items()}
    owner = world.keys[door.owner].headers
    path = API + fill(route, own)
    with undone():
        match = _prepare(name, door, own, world)
        answer = call(owner, method, path, door, world, match)
        score.cells += 1
        if not 200 <= answer.status_code < 300:
            score.unreached.append(f"{name}: {answer.status_code} {answer.content[:300].decode()}")
    with undone():
        match = _prepare(name, door, own, world)
        before = hash_rows() if door.first else score.world_as_made()
        for who in _outside(names.values(), door.owner):
            # Where the asker has a part in the case, only what is in it is another's.
            kept = {p for p, each in names.items() if p in FIXED or (who == "birch" and each in SHARED)}
            never = {p: own[p] if p in kept else missing(KINDS[each]) for p, each in names.items()}
            headers, nowhere = world.keys[who].headers, API + fill(route, never)
            foreign, gone = (call(headers, method, each, door, world, match) for each in (path, nowhere))
            score.same(f"{name} by {who}", foreign, gone, *own.values(), *never.values())
        never = {p: own[p] if p in FIXED else missing(KINDS[each]) for p, each in names.items()}
        nowhere = API + fill(route, never)
        for stranger in ({}, {"HTTP_AUTHORIZATION": "Bearer aif_live_abcdefgh_" + "A" * 43}):
            foreign, gone = (call(stranger, method, each, door, world, match) for each in (path, nowhere))
            score.same(f"{name} without a key", foreign, gone, *own.values(), *never.values())
        _confuse(name, door, own, world, score)
        _misplace(name, door, own, world, score)
        score.unchanged(name, before)


def _prepare(name: str, door: Door, own: Mapping[str, str], world: World) -> str:
    """Let the owner do what comes first, and read the version that If-Match has to name."""
    method = name.split(" ", 1)[0]
    if door.first:
        earlier = DOORS[door.first]
        first_method, first_route = door.first.split(" ", 1)
        objects = {p: world.refs[each] for p, each in objects_of(first_route, earlier, world).items()}
        match = _version(earlier, objects, world)
        headers = world.keys[earlier.owner].headers
        done = call(headers, first_method, API + fill(first_route, objects), earlier, world, match)
        assert done.status_code < 300, (door.first, done.content)
        if earlier.owner != door.owner or method == "POST":
            wait_for_tick()
    return _version(door, own, world)


def _version(door: Door, own: Mapping[str, str], world: World) -> str:
    if not door.version_at:
        return ""
    answer = call(world.keys[door.owner].headers, "GET", API + fill(door.version_at[1:], own), Door(), world)
    return str(answer.get("ETag", ""))


def _outside(names: Any, owner: str) -> list[str]:
    if "campaign" in names:
        return []
    shared = SHARED.issuperset(set(names) - FIXED)
    return ["cedar"] if shared else [who for who in ("birch", "cedar") if who != owner]


def _confuse(name: str, door: Door, own: Mapping[str, str], world: World, score: Score) -> None:
    """Ask with the owner's own objects of other kinds: one address opens one kind of row."""
    method, route = name.split(" ", 1)
    names = objects_of(route, door, world)
    *_parents, last = names
    if last in FIXED:
        return
    headers, never = world.keys[door.owner].headers, missing(KINDS[names[last]])
    nowhere = call(headers, method, API + fill(route, {**own, last: never}), door, world, '"1"')
    for other in CONFUSED:
        if KINDS[other] != KINDS[names[last]]:
            strange = world.refs[other]
            answer = call(headers, method, API + fill(route, {**own, last: strange}), door, world, '"1"')
            score.same(f"{name} with a {other}", answer, nowhere, strange, never)


def _misplace(name: str, door: Door, own: Mapping[str, str], world: World, score: Score) -> None:
    """Ask for the owner's own object inside of another own parent: it is looked for in that parent, where it is not."""
    method, route = name.split(" ", 1)
    names = objects_of(route, door, world)
    *parents, last = names
    other = next((OTHER_PARENTS[names[each]] for each in parents if names[each] in OTHER_PARENTS), None)
    if other is None or last in FIXED:
        return
    elsewhere = {**own, parents[0]: world.refs[other]}
    never = missing(KINDS[names[last]])
    headers = world.keys[door.owner].headers
    strange, gone = (
        call(headers, method, API + fill(route, each), door, world, '"1"')
        for each in (elsewhere, {**elsewhere, last: never})
    )
    score.same(f"{name} inside of another {parents[0]}", strange, gone, own[last], never)


def ask_methods(name: str, world: World, score: Score) -> None:
    """Methods that an address does not have: refused before the object is looked for, alike for what is there and what is not."""
    route = name.split(" ", 1)[1]
    known = {each.split(" ", 1)[0] for each in DOORS if each.split(" ", 1)[1] == route}
    if name != next(each for each in DOORS if each.split(" ", 1)[1] == route):
        return
    names = objects_of(route, DOORS[name], world)
    own = {parameter: world.refs[each] for parameter, each in names.items()}
    never = {p: own[p] if p in FIXED else missing(KINDS[each]) for p, each in names.items()}
    headers = world.keys["cedar"].headers
    for method in sorted(set(METHODS) - known):
        foreign, gone = (call(headers, method, API + fill(route, each), Door(), world) for each in (own, never))
        score.same(f"{method} {route} by cedar", foreign, gone, *own.values(), *never.values())
        if foreign.status_code != 405:
            score.leaks.append(f"{method} {route}: {foreign.status_code}, so it needs a row of its own")


def ask_list(name: str, path: str, world: World, score: Score, hidden: Sequence[bytes]) -> None:
    """An address without an object: Aster reads it; nothing of Aster's stands in what Cedar reads; nobody reads it without a key."""
    own = call(world.keys["aster"].headers, "GET", API + name if not path else "/api/v1" + path, Door(), world)
    score.cells += 1
    if (own.status_code == 200) == (name in NOT_YET):
        score.unreached.append(f"{name}: {own.status_code}")
    for who, headers in (("cedar", world.keys["cedar"].headers), ("nobody", {})):
        answer = call(headers, "GET", API + name if not path else "/api/v1" + path, Door(), world)
        score.nothing(f"{name} by {who}", answer, hidden)
        if (answer.status_code == 401) != (who == "nobody"):
            score.leaks.append(f"{name} by {who}: {answer.status_code}")
