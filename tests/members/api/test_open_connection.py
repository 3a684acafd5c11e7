"""A key that is revoked while its connection stays open, on a whole running stack."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import orjson
import pytest

from aif_share.wire.keys import PLATFORM, MemberKey, verifier
from config.stack import Stack


class Connection:
    """One TCP connection that a key keeps open."""

    def __init__(self, stack: Stack, key: MemberKey) -> None:
        address = urlsplit(stack.url)
        self.key = key
        self.http = HTTPConnection(str(address.hostname), address.port, timeout=10)
        self.http.connect()
        self.socket = self.http.sock

    def ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {self.key.bearer_for(PLATFORM)}", "Content-Type": "application/json"}
        if method == "POST":
            headers["Idempotency-Key"] = uuid.uuid4().hex
        self.http.request(method, f"/api/v1{path}", None if body is None else orjson.dumps(body), headers)
        answer = self.http.getresponse()
        status, content = answer.status, answer.read()
        assert self.http.sock is self.socket, "the server has closed the connection: this would show nothing"
        return status, orjson.loads(content)


@pytest.fixture
def connect(stack: Stack) -> Iterator[Callable[[MemberKey], Connection]]:
    """`connect(key)` opens a connection, closed in the end."""
    with contextlib.ExitStack() as opened:

        def connect(key: MemberKey) -> Connection:
            made = Connection(stack, key)
            opened.callback(made.http.close)
            return made

        yield connect


def test_the_next_request_of_an_open_connection_is_refused(
    stack: Stack, connect: Callable[[MemberKey], Connection]
) -> None:
    """Nothing of a key is kept from one request to the next, in whatever process and thread they end up."""
    made = stack.create_institution(f"Aster {uuid.uuid4().hex[:6]}", "bank")
    aster = connect(MemberKey.parse(made["api_key"]))
    fresh = MemberKey.new()
    body = {"key_id": fresh.id, "verifier": verifier(fresh.bearer_for(PLATFORM)), "scopes": ["read"]}
    status, registered = aster.ask("POST", "/credentials", body)
    assert status == 201
    others = [connect(fresh) for _ in range(4)]
    assert [each.ask("GET", "/matches")[0] for each in others * 3] == [200] * 12

    assert aster.ask("POST", f"/credentials/{registered['credential']}/revoke", {"reason": "lost"})[0] == 200
    for each in others:
        status, problem = each.ask("GET", "/matches")
        assert (status, problem["code"]) == (401, "key-revoked")
    assert aster.ask("GET", "/matches")[0] == 200
