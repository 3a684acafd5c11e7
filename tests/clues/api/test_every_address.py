"""What holds at every address of the API: keys, scopes, methods, suspension, JSON, no caching, no stray parameters."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver

from aif_share.wire.keys import BROWSER_SCOPES
from tests.clues.api.member import Member, problem

# Address as the resolver writes it -> (method, an address of that form, scope or None for any key).
ADDRESSES = {
    "batches POST": ("POST", "/batches", "submit"),
    "batches": ("GET", "/batches", "read"),
    "batches/<str:batch>": ("GET", "/batches/B-NONE", "read"),
    "batches/<str:batch>/hold": ("GET", "/batches/B-NONE/hold", "read"),
    "batches/<str:batch>/results": ("GET", "/batches/B-NONE/results", "read"),
    "evidence-demands": ("GET", "/evidence-demands", "read"),
    "evidence-demands/<str:demand>": ("GET", "/evidence-demands/ED-NONE", "read"),
    "evidence-demands/<str:demand>/file": ("PUT", "/evidence-demands/ED-NONE/file", "submit"),
    "reputation": ("GET", "/reputation", "read"),
    "clues": ("GET", "/clues", "read"),
    "clues/<str:clue>": ("GET", "/clues/C-NONE", "read"),
    "clues/<str:clue> PATCH": ("PATCH", "/clues/C-NONE", "submit"),
    "clues/<str:clue>/history": ("GET", "/clues/C-NONE/history", "read"),
    "clues/<str:clue>/withdraw": ("POST", "/clues/C-NONE/withdraw", "submit"),
    "clues/<str:clue>/extend": ("POST", "/clues/C-NONE/extend", "submit"),
    "matches": ("GET", "/matches", "read"),
    "matches/<str:match>": ("GET", "/matches/M-NONE", "read"),
    "matches/<str:match>/feedback": ("PUT", "/matches/M-NONE/feedback", "submit"),
    "log": ("GET", "/log", None),
    "log/entries": ("GET", "/log/entries", "audit"),
    "log/inclusion": ("GET", "/log/inclusion?event=AE-NONE&size=1", "audit"),
    "log/witness": ("PUT", "/log/witness", None),
    "log/consistency": ("GET", "/log/consistency?from=0&size=1", None),
    "events": ("GET", "/events", "read"),
    "events/<str:event>": ("GET", "/events/E-NONE", "read"),
    "rings": ("GET", "/rings", "read"),
    "rings/<str:ring>": ("GET", "/rings/R-NONE", "read"),
    "cases": ("GET", "/cases", "read"),
    "cases/<str:case>": ("GET", "/cases/CASE-NONE", "read"),
    "cases/<str:case>/actions": ("POST", "/cases/CASE-NONE/actions", "submit"),
    "campaigns": ("GET", "/campaigns", "read"),
    "campaigns/<str:campaign>": ("GET", "/campaigns/CP-NONE", "read"),
    "official-requests": ("GET", "/official-requests", "read"),
    "official-requests/<str:official>": ("GET", "/official-requests/OR-NONE", "read"),
    "official-requests/<str:official>/reply": ("POST", "/official-requests/OR-NONE/reply", "screen"),
    "content POST": ("POST", "/content", "submit"),
    "content": ("GET", "/content", "read"),
    "content/<str:content>": ("GET", "/content/CT-NONE", "read"),
    "dispositions POST": ("POST", "/dispositions", "submit"),
    "dispositions": ("GET", "/dispositions", "read"),
    "dispositions/<str:disposition>": ("GET", "/dispositions/DI-NONE", "read"),
    "dispositions/<str:disposition>/act": ("POST", "/dispositions/DI-NONE/act", "submit"),
    "dispositions/<str:disposition>/lift": ("POST", "/dispositions/DI-NONE/lift", "submit"),
    "cases/<str:case>/tasks POST": ("POST", "/cases/CASE-NONE/tasks", "submit"),
    "cases/<str:case>/tasks": ("GET", "/cases/CASE-NONE/tasks", "read"),
    "cases/<str:case>/tasks/<str:task>": ("GET", "/cases/CASE-NONE/tasks/T-NONE", "read"),
    "cases/<str:case>/tasks/<str:task>/answer": ("POST", "/cases/CASE-NONE/tasks/T-NONE/answer", "submit"),
    "cases/<str:case>/tasks/<str:task>/cancel": ("POST", "/cases/CASE-NONE/tasks/T-NONE/cancel", "submit"),
    "cases/<str:case>/evidence": ("GET", "/cases/CASE-NONE/evidence", "read"),
    "cases/<str:case>/evidence POST": ("POST", "/cases/CASE-NONE/evidence", "submit"),
    "evidence/<str:evidence>": ("GET", "/evidence/EV-NONE", "read"),
    "evidence/<str:evidence> PATCH": ("PATCH", "/evidence/EV-NONE", "submit"),
    "evidence/<str:evidence>/custody": ("GET", "/evidence/EV-NONE/custody", "read"),
    "evidence/<str:evidence>/open": ("POST", "/evidence/EV-NONE/open", "read"),
    "evidence-uploads/<str:upload>": ("GET", "/evidence-uploads/EU-NONE", "read"),
    "evidence-uploads/<str:upload> PATCH": ("PATCH", "/evidence-uploads/EU-NONE", "submit"),
    "evidence-uploads/<str:upload> DELETE": ("DELETE", "/evidence-uploads/EU-NONE", "submit"),
    "evidence-uploads/<str:upload>/finish": ("POST", "/evidence-uploads/EU-NONE/finish", "submit"),
    "cases/<str:case>/checklist": ("GET", "/cases/CASE-NONE/checklist", "read"),
    "cases/<str:case>/charges": ("POST", "/cases/CASE-NONE/charges", "submit"),
    "cases/<str:case>/charges/<str:charge>": ("DELETE", "/cases/CASE-NONE/charges/fraud", "submit"),
    "cases/<str:case>/charges/<str:charge>/elements": ("PUT", "/cases/CASE-NONE/charges/fraud/elements", "submit"),
    "cases/<str:case>/part": ("GET", "/cases/CASE-NONE/part", "read"),
    "cases/<str:case>/part PATCH": ("PATCH", "/cases/CASE-NONE/part", "submit"),
    "cases/<str:case>/packages": ("GET", "/cases/CASE-NONE/packages", "read"),
    "cases/<str:case>/part/identifiers": ("GET", "/cases/CASE-NONE/part/identifiers", "read"),
    "cases/<str:case>/part/identifiers POST": ("POST", "/cases/CASE-NONE/part/identifiers", "submit"),
    "cases/<str:case>/part/identifiers/<str:identifier>": (
        "DELETE",
        "/cases/CASE-NONE/part/identifiers/PI-NONE",
        "submit",
    ),
    "cases/<str:case>/part/ready": ("POST", "/cases/CASE-NONE/part/ready", "submit"),
    "cases/<str:case>/parts": ("GET", "/cases/CASE-NONE/parts", "read"),
    "cases/<str:case>/names": ("GET", "/cases/CASE-NONE/names", "read"),
    "disputes POST": ("POST", "/disputes", "screen"),
    "disputes": ("GET", "/disputes", "read"),
    "disputes/received": ("GET", "/disputes/received", "read"),
    "disputes/<str:dispute>": ("GET", "/disputes/D-NONE", "read"),
    "disputes/<str:dispute>/answer": ("POST", "/disputes/D-NONE/answer", "submit"),
    "requests POST": ("POST", "/requests", "screen"),
    "requests": ("GET", "/requests", "read"),
    "requests/received": ("GET", "/requests/received", "read"),
    "requests/addressees": ("GET", "/requests/addressees", "read"),
    "requests/<str:request_ref>": ("GET", "/requests/RQ-NONE", "read"),
    "requests/<str:request_ref>/take-up": ("POST", "/requests/RQ-NONE/take-up", "screen"),
    "requests/<str:request_ref>/answer": ("POST", "/requests/RQ-NONE/answer", "screen"),
    "requests/<str:request_ref>/decline": ("POST", "/requests/RQ-NONE/decline", "screen"),
    "requests/<str:request_ref>/withdraw": ("POST", "/requests/RQ-NONE/withdraw", "screen"),
    "requests/<str:request_ref>/close": ("POST", "/requests/RQ-NONE/close", "screen"),
    "screenings": ("POST", "/screenings", "screen"),
    "log/screenings": ("GET", "/log/screenings", "audit"),
    "watches POST": ("POST", "/watches", "screen"),
    "watches": ("GET", "/watches", "read"),
    "watches/<str:watch>": ("GET", "/watches/W-NONE", "read"),
    "watches/<str:watch> PATCH": ("PATCH", "/watches/W-NONE", "screen"),
    "watches/<str:watch>/cancel": ("POST", "/watches/W-NONE/cancel", "screen"),
    "noise POST": ("POST", "/noise", "submit"),
    "noise": ("GET", "/noise", "read"),
    "noise/<str:entry>/remove": ("POST", "/noise/Q-NONE/remove", "submit"),
    "cases/<str:case>/entries POST": ("POST", "/cases/CASE-NONE/entries", "submit"),
    "cases/<str:case>/entries": ("GET", "/cases/CASE-NONE/entries", "read"),
    "feeds/entries": ("GET", "/feeds/entries", "read"),
    "feeds/acknowledgments": ("POST", "/feeds/acknowledgments", "submit"),
    "feeds/values POST": ("POST", "/feeds/values", "submit"),
    "feeds/values": ("GET", "/feeds/values", "read"),
    "feeds/values/<str:entry>": ("GET", "/feeds/values/FE-NONE", "read"),
    "feeds/values/<str:entry>/withdraw": ("POST", "/feeds/values/FE-NONE/withdraw", "submit"),
    "statements": ("GET", "/statements", "read"),
    "statements/<str:statement>": ("GET", "/statements/ST-NONE", "read"),
    "exports/<slug:what>": ("GET", "/exports/none", "read"),
    "outcomes": ("GET", "/outcomes", "read"),
    "guidance": ("GET", "/guidance", "read"),
    "oprf/directory": ("GET", "/oprf/directory", None),
    "vocabulary": ("GET", "/vocabulary", None),
    # members.api
    "me": ("GET", "/me", None),
    "quota": ("GET", "/quota", None),
    "webhooks POST": ("POST", "/webhooks", "keys"),
    "webhooks": ("GET", "/webhooks", "keys"),
    "webhooks/<str:webhook>": ("GET", "/webhooks/H-NONE", "keys"),
    "webhooks/<str:webhook> PATCH": ("PATCH", "/webhooks/H-NONE", "keys"),
    "webhooks/<str:webhook> DELETE": ("DELETE", "/webhooks/H-NONE", "keys"),
    "webhooks/<str:webhook>/test": ("POST", "/webhooks/H-NONE/test", "keys"),
    "webhooks/<str:webhook>/rotate-secret": ("POST", "/webhooks/H-NONE/rotate-secret", "keys"),
    "webhooks/<str:webhook>/replay": ("POST", "/webhooks/H-NONE/replay", "keys"),
    "webhooks/<str:webhook>/deliveries": ("GET", "/webhooks/H-NONE/deliveries", "keys"),
    "webhooks/<str:webhook>/deliveries/<str:delivery>/replay": (
        "POST",
        "/webhooks/H-NONE/deliveries/WD-NONE/replay",
        "keys",
    ),
    "credentials POST": ("POST", "/credentials", "keys"),
    "credentials": ("GET", "/credentials", "keys"),
    "credentials/<str:credential>": ("GET", "/credentials/K-NONE", "keys"),
    "credentials/<str:credential>/rotate": ("POST", "/credentials/K-NONE/rotate", "keys"),
    "credentials/<str:credential>/revoke": ("POST", "/credentials/K-NONE/revoke", "keys"),
}
OPEN = {"schema", "problems", "docs"}  # no key asked
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}

every = pytest.mark.parametrize(("method", "path", "scope"), ADDRESSES.values(), ids=ADDRESSES)


def call(member: Member, method: str, path: str, **extra: Any) -> Any:
    return member.get(path, **extra) if method == "GET" else member.post(path, {}, REQUEST_METHOD=method, **extra)


def test_every_address_stands_here() -> None:
    """A new view is not tested until it has its row, so this fails first."""
    apps = [r for r in get_resolver("config.urls").url_patterns if str(r.pattern) == "api/v1/"]
    found = {str(each.pattern) for app in apps for each in app.url_patterns}
    assert found == {name.partition(" ")[0] for name in ADDRESSES} | OPEN


@every
def test_without_a_bearer(aster: Member, method: str, path: str, scope: str | None) -> None:
    aster.headers = {}
    answer = call(aster, method, path)
    problem(answer, 401, "unauthenticated")
    assert answer["WWW-Authenticate"].startswith("Bearer")


@every
def test_with_every_scope_but_the_right_one(aster: Member, method: str, path: str, scope: str | None) -> None:
    other = aster.with_scopes(*{"submit", "read", "screen", "evaluate", "keys", "audit"} - {scope})
    answer = call(other, method, path)
    if scope is None:
        assert answer.status_code != 403
    else:
        assert problem(answer, 403, "scope-missing")["scope"] == scope


@every
def test_with_a_key_for_browsers(aster: Member, method: str, path: str, scope: str | None) -> None:
    answer = call(aster.with_scopes(*BROWSER_SCOPES), method, path)
    if scope is not None:
        assert problem(answer, 403, "scope-missing")["scope"] == scope
    elif path in ("/me", "/quota"):
        assert answer.status_code == 200


@every
def test_suspended(aster: Member, method: str, path: str, scope: str | None) -> None:
    aster.suspend()
    problem(call(aster, method, path), 403, "institution-suspended")


@every
def test_methods_there_are_not(aster: Member, method: str, path: str, scope: str | None) -> None:
    allowed = {verb for verb, known, _scope in ADDRESSES.values() if known == path}
    for other in sorted(METHODS - allowed - {"HEAD"}):
        answer = aster.post(path, {}, REQUEST_METHOD=other)
        problem(answer, 405, "method-not-allowed")
        assert method in answer["Allow"]


@every
@pytest.mark.parametrize("accept", ["text/html", "application/xml"])
def test_no_pages(aster: Member, method: str, path: str, scope: str | None, accept: str) -> None:
    problem(call(aster, method, path, HTTP_ACCEPT=accept), 406, "not-acceptable")


@every
def test_parameters_there_are_not(aster: Member, method: str, path: str, scope: str | None) -> None:
    """Refused, and not repeated: what stands in an address may be anything."""
    answer = call(aster, method, f"{path}?phone13800138000=1&order=13800138001")
    problem(answer, 400, "unknown-field")
    assert b"1380013800" not in answer.content


@pytest.mark.parametrize("query", ["cursor=%00", "limit=1%00", "client_ref=a%00b", "category=%00", "state=%00"])
def test_no_value_has_a_nul(aster: Member, query: str) -> None:
    """PostgreSQL keeps none, so it would be an error of ours further down."""
    problem(aster.get(f"/clues?{query}"), 400, "malformed")


@every
def test_every_answer_is_for_its_asker_only(aster: Member, method: str, path: str, scope: str | None) -> None:
    answer = call(aster, method, path, HTTP_X_REQUEST_ID="13800138000")
    assert answer["Cache-Control"] == "no-store"
    assert "Authorization" in answer["Vary"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert len(answer["X-Request-ID"]) == 32 and not answer.cookies


@pytest.mark.parametrize("path", ["/v1", "/v1/", "/v1/nothing", "/v1/batches/", "/v1/batches/B-1/rows", "/v2", "/"])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_addresses_there_are_not(db: None, path: str, method: str) -> None:
    """A problem in JSON, to anybody, without the address in it."""
    answer = Client().generic(method, f"/api{path}")
    problem(answer, 404, "not-found")
    assert b"nothing" not in answer.content


def test_the_language_of_problems(aster: Member) -> None:
    titles = {
        language: aster.get("/batches/B-NONE", HTTP_ACCEPT_LANGUAGE=language).json()["title"]
        for language in ("zh-CN", "en", "fr")
    }
    assert titles == {"zh-CN": "未找到", "en": "Not found", "fr": "未找到"}


def test_the_query_of_a_page(aster: Member) -> None:
    """The size of a page is a number from 1 to 1000; a cursor opens its own list, of its own institution, only."""
    for path in ("/batches", "/matches"):
        for limit in ("0", "-1", "1001", "x", "", "1e2", "１"):
            assert problem(aster.get(f"{path}?limit={limit}"), 422, "field-invalid")["field"] == "limit"
        for cursor in ("", "x", "AAAA", "A" * 100, "é"):
            problem(aster.get(f"{path}?cursor={cursor}"), 400, "cursor-invalid")
