"""Problems: one table of codes, two languages, the headers HTTP asks for."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest
from django.db import OperationalError
from django.test import RequestFactory
from django.utils.translation import override
from rest_framework import exceptions
from rest_framework.views import APIView

from aif_share.errors import InvalidElement, Refusal
from aif_share.wire.problems import PROBLEMS
from config.logs import JsonFormatter
from members.api import problems
from members.queries import NotAuthenticated
from tests.factories import bearer, make_institution, make_key

pytestmark = pytest.mark.django_db


def answer(error: Exception, **headers: str):
    request = RequestFactory().get("/api/v1/x", **headers)
    return problems.exception_handler(error, {"request": request, "view": APIView()})


def test_a_refusal_becomes_its_row():
    response = answer(Refusal("quota-exhausted", "Wait.", limit=5, kind="submit"), HTTP_ACCEPT_LANGUAGE="en")
    assert response.status_code == 429
    assert response.data == {
        "type": "urn:aif-share:problem:quota-exhausted",
        "title": PROBLEMS["quota-exhausted"].title_en,
        "status": 429,
        "code": "quota-exhausted",
        "detail": "Wait.",
        "limit": 5,
        "kind": "submit",
    }
    assert 0 < int(response["Retry-After"]) <= 86_401


@pytest.mark.parametrize(("accept", "chinese"), [("zh-CN,zh;q=0.9", True), ("zh-Hans", True), ("en-GB", False)])
def test_the_reader_is_answered_in_their_language(accept, chinese):
    response = answer(NotAuthenticated(), HTTP_ACCEPT_LANGUAGE=accept)
    row = PROBLEMS["unauthenticated"]
    assert response.data["title"] == (row.title_zh if chinese else row.title_en)
    assert any("\u4e00" <= letter <= "\u9fff" for letter in response.data["detail"]) == chinese


def test_errors_of_the_library_keep_their_extra():
    response = answer(InvalidElement("x", index=3))
    assert (response.status_code, response.data["code"], response.data["index"]) == (422, "element-invalid", 3)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (exceptions.NotFound(), "not-found"),
        (exceptions.ParseError("13800138000"), "malformed"),
        (exceptions.UnsupportedMediaType("text/13800138000"), "media-type"),
        (exceptions.PermissionDenied(), "permission-missing"),
        (exceptions.Throttled(), "too-many-requests"),
        (OperationalError("key 13800138000"), "unavailable"),
        (ValueError("13800138000"), "internal"),
        (Refusal("no-such-code", "x"), "internal"),
    ],
)
def test_whatever_is_raised_the_value_stays_inside(error, code, caplog):
    response = answer(error)
    assert (response.data["code"], response.status_code) == (code, PROBLEMS[code].status)
    assert "13800138000" not in str(response.data)


def test_every_status_is_an_error_and_every_title_has_both_languages():
    for code, row in PROBLEMS.items():
        assert 400 <= row.status < 600, code
        assert row.title_en and row.title_zh and row.title_en != row.title_zh, code


def test_the_catalog_is_open_to_anybody(client):
    response = client.get("/api/v1/problems")
    assert response.status_code == 200
    assert {row["code"]: row["status"] for row in response.json()} == {
        code: row.status for code, row in PROBLEMS.items()
    }


def test_the_language_of_the_process_is_left_alone():
    with override("en"):
        answer(NotAuthenticated(), HTTP_ACCEPT_LANGUAGE="zh-CN")
        from django.utils.translation import get_language

        assert get_language() == "en"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What web writes to its log."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield written
    root.removeHandler(handler)
    root.setLevel(level)


VALUE = "13800138000"


@pytest.mark.parametrize(
    ("path", "scopes", "said"),
    [
        (
            f"webhooks/{VALUE}?{VALUE}={VALUE}",
            ["keys"],
            "problem 400 unknown-field at api/v1/webhooks/<str:webhook>{who}",
        ),
        (f"webhooks/{VALUE}", ["keys"], "problem 404 not-found at api/v1/webhooks/<str:webhook>{who}"),
        (f"webhooks/{VALUE}", ["read"], "problem 403 scope-missing at api/v1/webhooks/<str:webhook>{who}"),
        (f"webhooks/{VALUE}", None, "problem 401 unauthenticated at api/v1/webhooks/<str:webhook>"),
        (VALUE, None, "problem 404 not-found at ^api/"),
    ],
)
def test_a_call_is_found_by_the_id_in_its_answer(client, log, path, scopes, said):
    """One line, that of the id; nothing that the client wrote stands in it."""
    headers, who = {}, ""
    if scopes:
        institution = make_institution()
        key = make_key(institution, scopes=scopes)
        headers = bearer(key) | {"HTTP_X_REQUEST_ID": VALUE}
        who = f" by {institution.ref} key {key.id}"
    response = client.get(f"/api/v1/{path}", **headers)
    assert response.status_code >= 400 and VALUE not in log.getvalue()
    (line,) = [line for line in map(json.loads, log.getvalue().splitlines()) if line["logger"] == problems.__name__]
    assert line["request_id"] == response["X-Request-ID"]
    assert (line["level"], line["message"]) == ("info", said.format(who=who))


def test_a_call_that_succeeds_leaves_no_line(client, log):
    key = make_key(make_institution(), scopes=["read"])
    assert client.get("/api/v1/me", **bearer(key)).status_code == 200
    assert problems.__name__ not in log.getvalue()
