"""A member as the platform sees it: an address, a bearer, JSON."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import orjson
from django.db import connection
from django.test import Client

from clues.matching import release
from clues.matching.run import match_pending
from members.models import Institution
from tests.clues.scene import wait_for_tick
from tests.factories import acting_as, bearer, make_institution, make_key

API = "/api/v1"
PER_REQUEST = ("Date", "X-Request-ID")


@dataclass
class Member:
    """An institution and the header of its key."""

    institution: Institution
    headers: dict[str, str]

    @classmethod
    def join(
        cls, name: str, *, scopes: tuple[str, ...] = ("submit", "read", "screen", "keys", "audit"), **fields: Any
    ) -> Member:
        """Admit an institution and register a key for it."""
        quotas = {"submit_quota": 1_000_000, "screen_quota": 1_000_000} | fields
        institution = make_institution(name, **quotas)
        return cls(institution, bearer(make_key(institution, scopes=scopes)))

    def with_scopes(self, *scopes: str) -> Member:
        """Return the same institution with another key."""
        return Member(self.institution, bearer(make_key(self.institution, scopes=scopes)))

    def get(self, path: str, **extra: Any) -> Any:
        """GET a path below the API."""
        return Client(raise_request_exception=False).get(API + path, **self.headers, **extra)

    def post(self, path: str, body: Any, *, content_type: str = "application/json", **extra: Any) -> Any:
        """POST bytes, or anything else as JSON."""
        content = body if isinstance(body, bytes) else orjson.dumps(body)
        client = Client(raise_request_exception=False)
        # Given beside the body as well: the test client leaves it out of a request without one.
        headers = {"CONTENT_TYPE": content_type} | self.headers | extra
        return client.generic("POST", API + path, content, content_type, **headers)

    def submit(self, clues: Any, *, key: str | None = None, **fields: Any) -> Any:
        """POST a batch of clues."""
        return self.post("/batches", {"clues": clues} | fields, HTTP_IDEMPOTENCY_KEY=key or uuid4().hex)

    def screen(self, *tokens: Any, **fields: Any) -> Any:
        """POST a screening; tokens as `tests.clues.alliance.token` makes them."""
        return self.post("/screenings", {"purpose": "complaint-handling", "tokens": list(tokens)} | fields)

    def suspend(self) -> None:
        """Let the alliance suspend the institution."""
        from django.utils import timezone

        from members.operations import institutions
        from tests.factories import make_user

        by = make_user("alliance-operator")
        with acting_as("aif_desk"):
            institutions.suspend(institution_id=self.institution.pk, reason="test", by=by, now=timezone.now())


def problem(answer: Any, status: int, code: str) -> dict[str, Any]:
    """Return the problem, which must be one of this status and code, in the form of RFC 9457."""
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json"), answer.content
    body: dict[str, Any] = answer.json()
    assert (body["code"], body["status"]) == (code, status)
    assert body["type"] == f"urn:aif-share:problem:{code}" and body["title"]
    assert answer["Cache-Control"] == "no-store"
    return body


def bytes_of(answer: Any) -> tuple[int, bytes, dict[str, str]]:
    """Return all that a client can see of an answer, but for its date and id."""
    headers = {name: value for name, value in answer.headers.items() if name not in PER_REQUEST}
    return answer.status_code, answer.content, headers


def match() -> None:
    """Let the worker match what waits, and the tick pass."""
    with acting_as("aif_match"):
        match_pending(limit=100)
        release.release_pending()
    wait_for_tick()


def count_rows() -> dict[str, int]:
    """Return the number of rows of every table of the application, but for the events that wait for their leaves."""
    found: dict[str, int] = {}
    with _as_owner(), connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'audit_pending'")
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT count(*) FROM "{table}"')
            found[table] = cursor.fetchone()[0]
    return found


def find_text(*needles: str) -> list[str]:
    """Return the tables in which a text, or its bytes, stands anywhere."""
    found: list[str] = []
    with _as_owner(), connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        for (table,) in cursor.fetchall():
            for needle in needles:
                forms = [f"%{needle}%", f"%{needle.encode().hex()}%"]
                cursor.execute(f'SELECT count(*) FROM "{table}" t WHERE t::text ILIKE ANY (%s)', [forms])
                if cursor.fetchone()[0]:
                    found.append(table)
    return found


def _as_owner() -> contextlib.AbstractContextManager[None]:
    return acting_as("aif_owner")
