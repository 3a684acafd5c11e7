"""Web's application with the narrow way before it, and without: the tests ask both."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any

import orjson
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.test import RequestFactory

from clues.api.narrow import NarrowScreenings
from tests.clues.alliance import clue, open_epoch, token
from tests.clues.api.member import Member, match
from tests.clues.reviewing import confirm
from tests.factories import acting_as

ADDRESS = "/api/v1/screenings"
QUESTION = {"purpose": "complaint-handling", "tokens": [token("bad"), token("none")]}
VARIES = {"x-request-id", "ratelimit"}
Answer = tuple[str, list[tuple[str, str]], bytes]


class Door:
    """Web's application, asked without a server; it counts who went the whole way."""

    def __init__(self) -> None:
        self.handler = WSGIHandler()
        self.whole = 0
        self.narrow = NarrowScreenings(self._counted)

    def _counted(self, environ: dict[str, Any], start_response: Any) -> Any:
        self.whole += 1
        return self.handler(environ, start_response)

    def ask(self, member: Member, body: Any, *, whole: bool = False, **extra: Any) -> Answer:
        content = body if isinstance(body, bytes) else orjson.dumps(body)
        environ = RequestFactory().post(ADDRESS, content, content_type="application/json", **member.headers).environ
        environ |= {"wsgi.input": BytesIO(content)} | extra
        environ = {name: value for name, value in environ.items() if value is not None}
        got: list[Any] = []
        parts = (self.handler if whole else self.narrow)(environ, lambda *said: got.append(said))
        answer = b"".join(parts)
        if hasattr(parts, "close"):
            parts.close()
        status, headers = got[0][:2]
        return status, headers, answer

    @contextmanager
    def goes(self, *, whole: bool) -> Iterator[None]:
        before = self.whole
        yield
        assert (self.whole > before) == whole


def seen(answer: Answer) -> tuple[str, dict[str, str], Any]:
    """All that a client can tell two answers apart by, but for the moment and the numbers of the request."""
    status, headers, content = answer
    named = {name.lower(): "" if name.lower() in VARIES else value for name, value in headers}
    assert len(named) == len(headers)
    if "json" not in named["content-type"]:
        return status, named, content
    body = orjson.loads(content)
    if "as_of" in body:
        assert body["as_of"].endswith("Z") and len(body["as_of"]) == len("2026-11-22T19:00:00.000Z")
        body["as_of"] = ""
    # The order of names is part of the form of an answer.
    return status, named, (orjson.dumps(body), len(content))


def ledger() -> list[Any]:
    with acting_as("aif_owner"), connection.cursor() as cursor:
        cursor.execute(
            "SELECT institution_id, key_id, purpose, case_ref, basis, tokens, hits, matrix_id FROM screening ORDER BY id"
        )
        return cursor.fetchall()


def charged(member: Member) -> int:
    return int(member.get("/me").json()["quotas"]["screen"]["used"])


def change_key(member: Member, text: str, *values: Any) -> None:
    """Change what a trigger keeps from being changed: here it stands for the time that passes, or for another key."""
    with acting_as("aif_owner"), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE credential DISABLE TRIGGER USER")
        cursor.execute(f"UPDATE credential SET {text} WHERE institution_id = %s", [*values, member.institution.pk])
        cursor.execute("ALTER TABLE credential ENABLE TRIGGER USER")


def make_world() -> list[Member]:
    """Return five institutions; two of them reported a domain."""
    with acting_as("aif_desk"):
        open_epoch()
    members = [Member.join(f"{name} Bank") for name in ("Aster", "Birch", "Cedar", "Delta", "Elm")]
    for member in members[1:3]:
        member.submit([clue(token("bad"))])
    match()
    confirm()
    return members


def open_door(member: Member) -> Door:
    """Return a door that has seen one plain request of the member, whose key was used just now."""
    door = Door()
    assert door.ask(member, QUESTION)[0] == "200 OK"
    assert door.whole == 1
    return door
