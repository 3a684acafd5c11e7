"""Writes repeated with one Idempotency-Key, and versions, on a view made for the test."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import orjson
import pytest
from django.db import connection, connections
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory

from aif_share.errors import Refusal
from members.api import repeat
from members.api.base import ApiView
from members.api.body import read_json_object
from members.api.repeat import once
from members.api.versions import expected_version, tagged
from members.models import StoredAnswer
from tests.factories import acting_as, bearer, make_institution, make_key

factory = APIRequestFactory()
SECRET = "whsec_shown-once"


class Note(ApiView):
    """Make a note: its own number, whatever was sent, and how often it ran."""

    required_scope = "submit"
    ran: list[Any] = []
    hold: threading.Event | None = None

    def get(self, request: Any) -> Response:
        return tagged(request, {"note": 1, "version": 7}, 7)

    def post(self, request: Any) -> Response:
        sent = read_json_object(request._request)

        def make() -> tuple[int, dict[str, Any]]:
            self.ran.append(sent)
            if self.hold:
                self.hold.wait(10)
            if sent.get("refuse"):
                raise Refusal("transition-refused")
            return 201, {"note": len(self.ran), "version": 3, "secret": SECRET}

        return once(request, route="note.make", make=make)

    def patch(self, request: Any) -> Response:
        version = expected_version(request)
        return once(request, route="note.change", make=lambda: (200, {"version": version + 1}))

    def delete(self, request: Any) -> Response:
        return once(request, route="note.delete", make=lambda: (204, None))


@pytest.fixture(autouse=True)
def fresh(monkeypatch: Any) -> None:
    monkeypatch.setattr(Note, "ran", [])


@pytest.fixture
def header(db: None) -> dict[str, str]:
    return bearer(make_key(make_institution(), scopes=["submit"]))


def ask(method: str, header: dict[str, str], body: bytes = b"", key: str | None = "k-1", **extra: str) -> Any:
    headers = {"HTTP_IDEMPOTENCY_KEY": key} if key is not None else {}
    request = factory.generic(method, "/x", body, content_type="application/json", **header, **headers, **extra)
    response = Note.as_view()(request)
    response.render()
    return response


def code(response: Any) -> tuple[int, str]:
    return response.status_code, orjson.loads(response.content)["code"]


def test_the_first_answer_comes_again(header: Any) -> None:
    first, again = (ask("POST", header, b'{"a":1}') for _ in range(2))
    assert (first.status_code, first.content) == (again.status_code, again.content) == (201, first.content)
    assert len(Note.ran) == 1
    assert (first["ETag"], again["ETag"]) == ('"3"', '"3"')
    assert "Idempotency-Replayed" not in first and again["Idempotency-Replayed"] == "true"
    assert code(ask("POST", header, b'{"a":2}')) == (409, "idempotency-conflict")
    assert ask("POST", header, b'{"a":2}', key="k-2").status_code == 201


def test_answers_are_sealed(header: Any) -> None:
    ask("POST", header, b'{"a":"13800138000"}')
    row = StoredAnswer.objects.get()
    assert SECRET.encode() not in bytes(row.answer) and b"13800138000" not in bytes(row.answer)
    assert (row.route, row.status, len(row.fingerprint)) == ("note.make", 201, 32)


def test_without_a_body(header: Any) -> None:
    first, again = (ask("DELETE", header) for _ in range(2))
    assert (first.status_code, again.status_code, again.content) == (204, 204, b"")
    assert again["Idempotency-Replayed"] == "true"
    assert ask("DELETE", header, b"{}", key="k-3").status_code == 204
    assert code(ask("DELETE", header, b'{"a":1}', key="k-4")) == (400, "malformed")


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (None, "idempotency-key-missing"),
        ("", "idempotency-key-missing"),
        (" ", "idempotency-key-invalid"),
        ("a" * 256, "idempotency-key-invalid"),
        ("é", "idempotency-key-invalid"),
        ("a\tb", "idempotency-key-invalid"),
    ],
)
def test_a_key_has_its_form(header: Any, key: str | None, expected: str) -> None:
    assert code(ask("POST", header, b"{}", key=key)) == (400, expected)
    assert not StoredAnswer.objects.exists()


def test_a_refusal_leaves_the_key_free(header: Any) -> None:
    assert code(ask("POST", header, b'{"refuse":true}')) == (409, "transition-refused")
    assert not StoredAnswer.objects.exists()
    assert ask("POST", header, b'{"refuse":false}').status_code == 201


def test_keys_belong_to_an_institution_and_a_route(header: Any) -> None:
    other = bearer(make_key(make_institution("Birch"), scopes=["submit"]))
    assert [ask("POST", each, b"{}").status_code for each in (header, other)] == [201, 201]
    assert ask("DELETE", header).status_code == 204
    assert len(Note.ran) == 2


def test_after_thirty_days_a_key_is_free(header: Any) -> None:
    ask("POST", header, b'{"a":1}')
    with connection.cursor() as cursor:
        cursor.execute("UPDATE stored_answer SET created_at = created_at - interval '30 days 1 second'")
    assert "Idempotency-Replayed" not in ask("POST", header, b'{"a":2}')
    assert len(Note.ran) == 2


def test_the_second_waits_for_the_first(fresh_database: str, monkeypatch: Any) -> None:
    """Eight at once with one key: one effect, one answer; who waits too long is told so."""
    header = bearer(make_key(make_institution(), scopes=["submit"]))

    def post(_n: int) -> Any:
        try:
            return ask("POST", header, b"{}")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(post, range(8)))
    assert {each.content for each in answers} == {answers[0].content}
    assert len(Note.ran) == 1
    assert sorted("Idempotency-Replayed" in each for each in answers) == [False] + [True] * 7

    monkeypatch.setattr(repeat, "WAIT", "300ms")
    monkeypatch.setattr(Note, "hold", threading.Event())
    header = bearer(make_key(make_institution("Birch"), scopes=["submit"]))
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(post, 0)
        while len(Note.ran) < 2:
            time.sleep(0.01)
        assert code(pool.submit(post, 1).result()) == (409, "idempotency-busy")
        Note.hold.set()  # type: ignore[union-attr]
        assert first.result().status_code == 201


def test_versions(header: Any) -> None:
    shown = ask("GET", header)
    assert (shown.status_code, shown["ETag"]) == (200, '"7"')
    for known in ('"7"', 'W/"7"', '"1", "7"', "*"):
        unchanged = ask("GET", header, HTTP_IF_NONE_MATCH=known)
        assert (unchanged.status_code, unchanged.content, unchanged["ETag"]) == (304, b"", '"7"')
    assert ask("GET", header, HTTP_IF_NONE_MATCH='"6"').status_code == 200
    assert ask("PATCH", header, b"{}", HTTP_IF_MATCH='"7"')["ETag"] == '"8"'
    assert code(ask("PATCH", header, b"{}")) == (428, "precondition-required")
    for any_version in ("*", " * "):
        assert code(ask("PATCH", header, b"{}", HTTP_IF_MATCH=any_version)) == (428, "precondition-required")
    for other in ('W/"7"', "7", '"7", "8"', '"0"', '"x"', '"9999999999"', ""):
        assert code(ask("PATCH", header, b"{}", HTTP_IF_MATCH=other)) == (412, "version-changed"), other


def test_the_web_role_is_enough(header: Any) -> None:
    with acting_as("aif_web"):
        assert ask("POST", header, b"{}").status_code == 201
