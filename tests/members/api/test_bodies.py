"""Bodies and pages: the parser, the renderer, scopes and cursors, on a view made for the test."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import orjson
import pytest
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from aif_share.errors import Refusal
from aif_share.wire.limits import MAX_BODY
from members.api.pagination import decode_cursor, encode_cursor, get_page_size, get_position, page
from members.api.parsers import JSONParser
from members.api.renderers import JSONRenderer
from tests.factories import bearer, make_institution, make_key

factory = APIRequestFactory()


class Echo(APIView):
    parser_classes = (JSONParser,)
    required_scope = "submit"

    def post(self, request):
        return Response({"kind": type(request.data).__name__})

    def get(self, request):
        size = get_page_size(request)
        start = (get_position(request, scope="numbers") or [0])[0]
        rows = range(start + 1, min(start + 1 + size + 1, 8))
        return Response(
            page(request, rows, size=size, scope="numbers", position_of=lambda n: [n], show=lambda n: {"n": n})
        )


@pytest.fixture
def header(db):
    return bearer(make_key(make_institution(), scopes=["submit"]))


def post(body: bytes, header, content_type: str = "application/json"):
    response = Echo.as_view()(factory.generic("POST", "/x", body, content_type=content_type, **header))
    response.render()
    return response.status_code, orjson.loads(response.content)


def test_a_document_is_read(header):
    assert post(b'{"a": 1}', header) == (200, {"kind": "dict"})
    assert post(b"[]", header, "application/json; charset=UTF-8") == (200, {"kind": "list"})


@pytest.mark.parametrize(
    ("body", "content_type", "code"),
    [
        (b"{", "application/json", "malformed"),
        (b'{"a": NaN}', "application/json", "malformed"),
        (b'{"a": 1} x', "application/json", "malformed"),
        (b"\xef\xbb\xbf{}", "application/json", "charset"),
        (b'{"a": 1, "a": 2}', "application/json", "malformed"),
        (b'{"a":[{"b":1,"c":{},"b":1}]}', "application/json", "malformed"),
        (b'{"a": "\\ud800"}', "application/json", "malformed"),
        (b"[" * 300 + b"]" * 300, "application/json", "malformed"),
        (b'{"a": 1e999}', "application/json", "malformed"),
        ('{"a": "银行"}'.encode("gb18030"), "application/json", "charset"),
        (b"{}", "application/json; charset=gb18030", "charset"),
        (b'{"a": "\xff"}', "application/json", "charset"),
        (b"[" * 5000, "application/json", "malformed"),
        (b"a=1", "application/x-www-form-urlencoded", "media-type"),
        (b"{}", "text/plain", "media-type"),
        (b" " * (MAX_BODY + 1), "application/json", "too-large"),
    ],
)
def test_others_are_refused(header, body, content_type, code):
    assert post(body, header, content_type)[1]["code"] == code


def test_a_key_without_the_scope(db):
    status, body = post(b"{}", bearer(make_key(make_institution(), scopes=["read", "screen"])))
    assert (status, body["code"], body["scope"]) == (403, "scope-missing", "submit")


def test_a_view_that_names_no_scope_is_shut(header, monkeypatch):
    monkeypatch.delattr(Echo, "required_scope")
    assert post(b"{}", header)[1]["code"] == "scope-missing"


def test_pages_lead_from_one_to_the_next(header):
    url, seen, pages = "/x?limit=3", [], 0
    while url:
        response = Echo.as_view()(factory.get(url, **header))
        seen += [row["n"] for row in response.data["results"]]
        url = response.data["next"]
        pages += 1
        assert set(response.data) == {"results", "next"}
        assert url is None or url.startswith("http://testserver/x?limit=3&cursor=")
    assert (seen, pages) == ([1, 2, 3, 4, 5, 6, 7], 3)


@pytest.mark.parametrize("query", ["limit=0", "limit=1001", "limit=-1", "limit=x", "limit=１", "limit="])
def test_a_page_has_its_size(header, query):
    assert Echo.as_view()(factory.get(f"/x?{query}", **header)).data["code"] == "field-invalid"


@pytest.mark.parametrize("cursor", ["", "A", "AAAA", "A" * 200, "!!", "é"])
def test_a_made_up_cursor_is_refused(header, cursor):
    assert Echo.as_view()(factory.get("/x", {"cursor": cursor}, **header)).data["code"] == "cursor-invalid"


def test_a_cursor_opens_only_its_own_list():
    cursor = encode_cursor([17], scope="matches:1")
    assert decode_cursor(cursor, scope="matches:1") == [17]
    for scope in ("matches:2", "batches:1"):
        with pytest.raises(Refusal):
            decode_cursor(cursor, scope=scope)
    changed = ("A" if cursor[0] != "A" else "B") + cursor[1:]
    with pytest.raises(Refusal):
        decode_cursor(changed, scope="matches:1")


def test_times_are_utc_and_amounts_are_text():
    at = datetime(2026, 11, 1, 8, 0, 0, 123456, tzinfo=UTC)
    rendered = JSONRenderer().render({"at": at, "amount": Decimal("10.00"), "name": "银行"})
    assert rendered == '{"at":"2026-11-01T08:00:00.123Z","amount":"10.00","name":"银行"}'.encode()
    assert JSONRenderer().render(None) == b""
    with pytest.raises(TypeError):
        JSONRenderer().render({"x": object()})
