"""Names of columns, sent where the API takes bodies: no field gets in that the document of the API does not name.

Each writing address gets the body with which its owner succeeds and one name more, at the top or in an object inside.
"""

from __future__ import annotations

import copy
import itertools
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.apps import apps

from aif_share.wire.keys import MemberKey, verifier
from tests.clues.alliance import clue, token
from tests.trust.matrix.api import API, _prepare, call, fill, objects_of
from tests.trust.matrix.cells import Score, hash_rows, undone
from tests.trust.matrix.doors import DOORS, Door
from tests.trust.matrix.world import VIDEO, World

Body = dict[str, Any]
SENSITIVE = (
    "id", "pk", "ref", "institution", "institution_id", "member_id", "group_id", "state", "status", "version", "released_at",
    "created_at", "matched_at", "reviewed_by", "severity_approved", "reputation", "score", "is_superuser", "_state", "__class__",
)  # fmt: skip
"""What an attacker would try, whether a model has it or not."""


def make_key(world: World) -> Body:
    key = MemberKey.new()
    return {"key_id": key.id, "verifier": verifier(key.bearer_for("platform")), "scopes": ["read"], "cidrs": []}


MAKING: Mapping[str, Callable[[World], Body]] = {
    "POST batches": lambda w: {"clues": [clue(token("injected"))]},
    "POST screenings": lambda w: {"purpose": "complaint-handling", "tokens": [token("injected")]},
    "POST watches": lambda w: {"purpose": "investigation", "tokens": [token("injected")]},
    "POST webhooks": lambda w: {"url": "https://hooks.aster.example/more", "kinds": []},
    "POST noise": lambda w: {"list": "own-number", "entries": [token("more", kind="service-number")]},
    "POST content": lambda w: {"links": [{"link": VIDEO + "1", "category": "gray-advertising"}]},
    "POST dispositions": lambda w: {"kind": "internal-tag", "match": w.more["led_match"]},
    "POST requests": lambda w: {"kind": "request", "match": w.refs["match"], "purpose": "investigation", "text": "Please look."},
    "POST disputes": lambda w: {"match": w.more["led_match"], "reason": "wrong-person"},
    "POST credentials": make_key,
}  # fmt: skip
"""Addresses that make something, and a body that is taken. Those that change something are in `doors.DOORS`."""


def writing(world: World) -> Iterator[tuple[str, Door]]:
    """Every address that takes an object of JSON, as its owner asks it."""
    for name, make in MAKING.items():
        yield name, Door(make, first="POST credentials/<str:credential>/revoke" if name == "POST credentials" else "")
    for name, door in DOORS.items():
        body = door.body(world) if callable(door.body) else door.body
        if name.split(" ")[0] != "GET" and isinstance(body, dict):
            yield name, door


def columns() -> list[str]:
    """Every name of a field, and of its column, of every model of the product."""
    fields = (
        field
        for app in ("members", "clues")
        for model in apps.get_app_config(app).get_models()
        for field in model._meta.fields
    )
    return sorted({name for field in fields for name in (field.name, field.attname)} | set(SENSITIVE))  # fmt: skip


def named_in(document: Mapping[str, Any], name: str) -> set[str]:
    """The fields that the document of the API names for a body, at any depth."""
    method, route = name.split(" ", 1)
    path = API + route.replace("<str:", "{").replace("<slug:", "{").replace(">", "}")
    found: set[str] = set()

    def walk(schema: Any) -> None:
        if isinstance(schema, list):
            for each in schema:
                walk(each)
        elif isinstance(schema, Mapping):
            if "$ref" in schema:
                walk(document["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
            found.update(schema.get("properties", {}))
            for each in schema.values():
                walk(each)

    body = document["paths"][path][method.lower()].get("requestBody")
    if body is not None:  # what is done without a word takes `{}` too
        walk(body["content"]["application/json"]["schema"])
    return found


def places(body: Body) -> Iterator[Callable[[Body], Body]]:
    """Ways to the objects inside of a body, itself first."""
    yield lambda whole: whole
    for name, value in body.items():
        if isinstance(value, dict):
            yield lambda whole, name=name: whole[name]
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            yield lambda whole, name=name: whole[name][0]
            for inner, more in value[0].items():
                if isinstance(more, list) and more and isinstance(more[0], dict):
                    yield lambda whole, name=name, inner=inner: whole[name][0][inner][0]


def inject(
    name: str, door: Door, world: World, score: Score, document: Mapping[str, Any], names: Iterator[str], most: int
) -> set[str]:
    """Send the next `most` of the names to each object of one body, one at a time; return those that were sent."""
    method, route = name.split(" ", 1)
    own = {parameter: world.refs[each] for parameter, each in objects_of(route, door, world).items()}
    good = door.body(world) if callable(door.body) else door.body
    known = named_in(document, name)
    headers, path, sent = world.keys[door.owner].headers, API + fill(route, own), set()
    with undone():
        match = _prepare(name, door, own, world)
        before = hash_rows() if door.first else score.world_as_made()
        for at in places(good):
            for each in itertools.islice(names, most):
                if each in known or each in at(good):
                    continue
                body = copy.deepcopy(good)
                at(body)[each] = 1
                answer = call(headers, method, path, Door(body, headers=door.headers), world, match)
                sent.add(each)
                score.cells += 1
                if not _is_refused(answer):
                    score.leaks.append(f"{name} with {each}: {answer.status_code} {answer.content[:200]!r}")
        after = hash_rows()
        changed = sorted(
            table for table in after if after[table] != before.get(table) and table not in RECEIVED.get(name, ())
        )
        if changed:
            score.leaks.append(f"{name}: changed {changed}")
    with undone():
        answer = call(headers, method, path, Door(good, headers=door.headers), world, _prepare(name, door, own, world))
        if answer.status_code >= 300 or _is_refused(answer):
            score.unreached.append(f"{name}: {answer.status_code} {answer.content[:300]!r}")
    return sent


RECEIVED = {
    "POST batches": {"batch", "batch_chunk", "quota_use", "stored_answer", "event"},
    "POST content": {"stored_answer", "quota_use"},
}
"""What is kept of a request whose only row was refused: that it came, that it counts, and what was answered."""


def _is_refused(answer: Any) -> bool:
    """Refused as a whole; or, where rows are taken one by one, the only row is."""
    if 400 <= answer.status_code < 500:
        return True
    if answer.status_code >= 300:
        return False
    if answer["Content-Type"] != "application/json":
        return False
    found = answer.json()
    if found.get("rows_refused"):
        return True
    return bool(found.get("results")) and all(each.get("outcome") == "refused" for each in found["results"])
