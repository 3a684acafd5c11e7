"""What holds at every address below /portal/api: a person's session and role, the page's token, a second factor."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import orjson
import pytest
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone

from members.operations import institutions, users
from members.permissions import ROLE_SCOPES
from tests.browsing import Browser
from tests.clues.alliance import clue, token
from tests.clues.api.member import problem
from tests.factories import acting_as, bearer, make_institution, make_key, make_user

API = "/portal/api"
# Address as the resolver writes it -> (method, an address of that form, scope or None for everybody).
ADDRESSES = {
    "quota": ("GET", "/quota", None),
    "batches": ("GET", "/batches", "read"),
    "batches POST": ("POST", "/batches", "submit"),
    "batches/<str:batch>": ("GET", "/batches/B-NONE", "read"),
    "batches/<str:batch>/results": ("GET", "/batches/B-NONE/results", "read"),
    "clues/<str:clue>": ("GET", "/clues/C-NONE", "read"),
    "clues/<str:clue> PATCH": ("PATCH", "/clues/C-NONE", "submit"),
    "matches": ("GET", "/matches", "read"),
    "screenings": ("POST", "/screenings", "screen"),
    "watches": ("GET", "/watches", "read"),
    "watches POST": ("POST", "/watches", "screen"),
    "disputes": ("GET", "/disputes", "read"),
    "disputes POST": ("POST", "/disputes", "screen"),
    "noise": ("GET", "/noise", "read"),
    "noise POST": ("POST", "/noise", "submit"),
    "cases/<str:case>/evidence": ("GET", "/cases/CASE-NONE/evidence", "read"),
    "cases/<str:case>/evidence POST": ("POST", "/cases/CASE-NONE/evidence", "submit"),
    "evidence-uploads/<str:upload>": ("GET", "/evidence-uploads/EU-NONE", "read"),
    "evidence-uploads/<str:upload> PATCH": ("PATCH", "/evidence-uploads/EU-NONE", "submit"),
    "evidence-uploads/<str:upload> DELETE": ("DELETE", "/evidence-uploads/EU-NONE", "submit"),
    "evidence-uploads/<str:upload>/finish": ("POST", "/evidence-uploads/EU-NONE/finish", "submit"),
    "oprf/directory": ("GET", "/oprf/directory", None),
    "vocabulary": ("GET", "/vocabulary", None),
}
METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
every = pytest.mark.parametrize(("method", "path", "scope"), ADDRESSES.values(), ids=ADDRESSES)


@pytest.fixture
def aster(db: None) -> Any:
    """An institution."""
    return make_institution("Aster Bank")


def browser_of(user: Any) -> Browser:
    """A browser of this person that enforces the page's token, as web does."""
    browser = Browser(raise_request_exception=False, enforce_csrf_checks=True)
    browser.force_login(user)
    return browser


def token_of(browser: Browser) -> dict[str, str]:
    """What the scripts of a page send of it: the token of the meta element."""
    page = browser.get("/portal/account").content.decode()
    return {"HTTP_X_CSRFTOKEN": page.partition('name="csrf-token" content="')[2].partition('"')[0]}


def call(browser: Client, method: str, path: str, body: Any = None, **extra: Any) -> Any:
    headers = {"HTTP_IDEMPOTENCY_KEY": uuid4().hex, "CONTENT_TYPE": "application/json", **extra}
    return browser.generic(
        method, API + path, orjson.dumps({} if body is None else body), "application/json", **headers
    )


def test_every_address_stands_here() -> None:
    """A new address is not tested until it has its row, so this fails first."""
    apps = [each for each in get_resolver("config.urls").url_patterns if str(each.pattern) == "portal/api/"]
    found = {str(each.pattern) for app in apps for each in app.url_patterns}
    assert found == {name.partition(" ")[0] for name in ADDRESSES}


@every
def test_the_role_decides(aster: Any, method: str, path: str, scope: str | None) -> None:
    for role, scopes in ROLE_SCOPES.items():
        browser = browser_of(make_user(role, institution=aster))
        answer = call(browser, method, path, **token_of(browser))
        if scope is None or scope in scopes:
            # Evidence is of a case, and a submitter sees no cases, whatever its scripts may send.
            beyond = role == "submitter" and "evidence" in path
            assert answer.status_code not in ((401, 500) if beyond else (401, 403, 500)), (role, answer.content)
        else:
            assert problem(answer, 403, "scope-missing")["scope"] == scope, role


def test_which_role_has_which_scopes() -> None:
    """Nobody has `evaluate`: that is the browser's own key, at custodians."""
    assert dict(ROLE_SCOPES) == {
        "submitter": ("submit",),
        "analyst": ("submit", "read", "screen"),
        "approver": ("read", "screen"),
        "member-admin": ("read", "keys"),
        "auditor": ("read", "audit"),
    }


@every
def test_writing_takes_the_pages_token(aster: Any, method: str, path: str, scope: str | None) -> None:
    browser = browser_of(make_user("analyst", institution=aster))
    right = token_of(browser)
    other = token_of(browser_of(make_user("analyst", institution=aster)))
    for headers in ({}, {"HTTP_X_CSRFTOKEN": "x"}, {"HTTP_X_CSRFTOKEN": ""}, other):
        answer = call(browser, method, path, **headers)
        if method == "GET":
            assert answer.status_code not in (401, 403)
        else:
            assert problem(answer, 403, "permission-missing")
    assert call(browser, method, path, **right).status_code not in (401, 403)


@every
def test_who_is_nobody_here(aster: Any, method: str, path: str, scope: str | None) -> None:
    key = bearer(make_key(aster))
    problem(call(Client(), method, path), 401, "unauthenticated")
    problem(call(Client(), method, path, **key), 401, "unauthenticated")
    desk = browser_of(make_user("alliance-operator"))
    problem(call(desk, method, path), 401, "unauthenticated")


@every
def test_without_a_second_factor(aster: Any, method: str, path: str, scope: str | None) -> None:
    browser = Browser(raise_request_exception=False)
    browser.force_password(make_user("analyst", institution=aster))
    problem(call(browser, method, path), 403, "second-factor-missing")


@every
def test_suspended_and_shut(aster: Any, method: str, path: str, scope: str | None) -> None:
    person, shut = (make_user("analyst", institution=aster) for _number in range(2))
    by, now = make_user("alliance-operator"), timezone.now()
    browser, gone = browser_of(person), browser_of(shut)
    page = token_of(browser)
    with acting_as("aif_desk"):
        users.deactivate(user_id=shut.pk, reason="left", by=by, now=now)
    problem(call(gone, method, path), 401, "unauthenticated")
    with acting_as("aif_desk"):
        institutions.suspend(institution_id=aster.pk, reason="drill", by=by, now=now)
    problem(call(browser, method, path, **page), 403, "institution-suspended")


@every
def test_methods_there_are_not(aster: Any, method: str, path: str, scope: str | None) -> None:
    browser = browser_of(make_user("analyst", institution=aster))
    page = token_of(browser)
    # What keys may do there and pages need not is open all the same: it is the same view.
    allowed = set(call(browser, "OPTIONS", path, **page)["Allow"].split(", "))
    assert method in allowed
    for other in sorted(METHODS - allowed):
        problem(call(browser, other, path, **page), 405, "method-not-allowed")


@every
def test_every_answer_is_for_its_asker_only(aster: Any, method: str, path: str, scope: str | None) -> None:
    browser = browser_of(make_user("analyst", institution=aster))
    answer = call(browser, method, path, **token_of(browser))
    assert answer["Cache-Control"] == "no-store"
    assert "Cookie" in answer["Vary"]
    assert "Access-Control-Allow-Origin" not in answer, "the pages of no other origin read this"


def test_a_stranger_finds_nothing(aster: Any) -> None:
    """What belongs to another institution does not exist: the same 404 as for what never was."""
    own = browser_of(make_user("analyst", institution=aster))
    stranger = browser_of(make_user("analyst", institution=make_institution()))
    batch = call(own, "POST", "/batches", {"clues": [clue(token("x"))]}, **token_of(own)).json()["batch"]
    assert call(stranger, "GET", "/batches").json()["results"] == []
    for path in (f"/batches/{batch}", f"/batches/{batch}/results"):
        assert call(own, "GET", path).status_code == 200
        strange, never = call(stranger, "GET", path), call(stranger, "GET", path.replace(batch, "B-NONE"))
        problem(strange, 404, "not-found")
        assert strange.content == never.content


def test_the_session_opens_nothing_of_the_api_for_keys(aster: Any) -> None:
    browser = browser_of(make_user("analyst", institution=aster))
    problem(browser.get("/api/v1/batches"), 401, "unauthenticated")


@pytest.mark.parametrize("path", ["/", "/me", "/events", "/webhooks", "/credentials", "/rings", "/nothing"])
def test_addresses_there_are_not(aster: Any, path: str) -> None:
    """What the pages' scripts do not need is not open to a session."""
    browser = browser_of(make_user("member-admin", institution=aster))
    problem(call(browser, "GET", path), 404, "not-found")


def test_a_batch_names_the_person(aster: Any) -> None:
    """The same view as for keys: an Idempotency-Key is compulsory, and the ledger says who it was."""
    from clues.models import Batch

    person = make_user("submitter", institution=aster)
    browser = browser_of(person)
    body, page = {"clues": [clue(token("x"))]}, token_of(browser)
    missing = browser.generic("POST", f"{API}/batches", orjson.dumps(body), "application/json", **page)
    problem(missing, 400, "idempotency-key-missing")
    made = call(browser, "POST", "/batches", body, **page)
    assert made.status_code == 202, made.content
    assert Batch.objects.get().key_id == person.audit_ref
