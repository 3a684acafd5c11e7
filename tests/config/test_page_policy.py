"""The browser's policy: who scripts may speak to, and which worker alone may compile wasm."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.cache import cache
from django.db import OperationalError, connection
from django.http import HttpResponse
from django.test import RequestFactory

from aif_share.wire.directory import CustodianKey, Directory, DirectoryEntry, to_signed
from clues.models import KeyDirectory
from config.middleware import PagePolicy

NOW = datetime(2026, 11, 22, tzinfo=UTC)
KEY = "A" * 43


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def publish(as_role: Any, *urls: str) -> None:
    hops = tuple(CustodianKey(f"hop-{number}", url, KEY) for number, url in enumerate(urls))
    entry = DirectoryEntry("domain", 1, hops, NOW, None, "example.com", KEY)
    with as_role("aif_desk"):
        KeyDirectory.objects.create(
            published_at=NOW, **to_signed(Directory(NOW, (entry,)), Ed25519PrivateKey.generate())
        )


def policy(path: str = "/", content_type: str = "text/html; charset=utf-8") -> dict[str, list[str]]:
    answer = PagePolicy(lambda _request: HttpResponse(b"", content_type=content_type))(RequestFactory().get(path))
    header = answer.headers["Content-Security-Policy"]
    return {name: sources for name, *sources in (part.split() for part in header.split(";") if part.strip())}


@pytest.mark.django_db
def test_pages_and_scripts_speak_to_the_platform_and_the_custodians(as_role: Any) -> None:
    publish(as_role, "https://old.example/c")
    publish(as_role, "https://One.example:8443/custodian", "http://127.0.0.1:9002", "https://one.example:8443/other")
    wanted = ["'self'", "http://127.0.0.1:9002", "https://one.example:8443"]
    assert policy()["connect-src"] == wanted
    assert policy("/static/aif/workers/tokens.js", "text/javascript")["connect-src"] == wanted
    assert policy("/static/aif/style.css", "text/css")["connect-src"] == ["'self'"]


@pytest.mark.django_db
def test_what_is_no_origin_never_reaches_the_header(as_role: Any) -> None:
    publish(as_role, "https://good.example/a; script-src *", "https:///nowhere", "https://*.example", "https://a b/")
    assert policy()["connect-src"] == ["'self'", "https://a", "https://good.example"]
    assert "script-src" not in policy()


@pytest.mark.django_db
def test_read_once_a_minute(as_role: Any, django_assert_num_queries: Any) -> None:
    publish(as_role, "https://one.example")
    policy()
    with django_assert_num_queries(0):
        assert policy()["connect-src"] == ["'self'", "https://one.example"]


@pytest.mark.django_db
def test_without_a_directory_or_a_database_there_is_still_a_page(as_role: Any) -> None:
    assert policy()["connect-src"] == ["'self'"]
    cache.clear()

    def broken(*_args: Any) -> Any:
        raise OperationalError

    with connection.execute_wrapper(broken):
        assert policy()["connect-src"] == ["'self'"]


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["map_file.js", "map_file.0123456789ab.js"])
def test_one_worker_alone_compiles_wasm_and_it_reaches_no_custodian(as_role: Any, name: str) -> None:
    publish(as_role, "https://one.example")
    worker = policy(f"/static/aif/workers/{name}", "text/javascript")
    assert worker["script-src"] == ["'self'", "'wasm-unsafe-eval'"]
    assert worker["connect-src"] == ["'self'"]
    for other in (
        "/",
        "/static/aif/workers/tokens.js",
        "/static/aif/pages/map_file.js",
        f"/static/aif/workers/{name}/x",
    ):
        assert "script-src" not in policy(other, "text/javascript")


@pytest.mark.django_db
def test_the_api_keeps_its_own_policy() -> None:
    answer = PagePolicy(lambda _request: HttpResponse(b"{}", content_type="application/json"))(
        RequestFactory().get("/api/v1/me")
    )
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
