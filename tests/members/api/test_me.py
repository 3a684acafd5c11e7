"""`GET /api/v1/me`, and what holds for every call with a key."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from members.operations import institutions
from tests.factories import acting_as, bearer, make_institution, make_key, make_user

pytestmark = pytest.mark.django_db
ME = "/api/v1/me"


def test_it_shows_institution_key_and_quotas(client):
    institution = make_institution("Aster Bank", sector="bank", submit_quota=11)
    key = make_key(institution, scopes=["read"])
    answer = client.get(ME, **bearer(key))
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/json"
    body = answer.json()
    assert (body["institution"], body["name"], body["sector"], body["state"]) == (
        institution.ref, "Aster Bank", "bank", "live",
    )  # fmt: skip
    assert (body["key"]["id"], body["key"]["scopes"]) == (key.id, ["read"])
    assert body["key"]["expires_at"].endswith("Z")
    assert body["quotas"]["submit"] == {"limit": 11, "used": 0, "remaining": 11}
    assert body["quotas"]["evaluate"] == {"limit": 50_000, "used": None, "remaining": None}
    assert str(institution.pk) not in (body["institution"], body["key"]["id"])


def test_no_cache_keeps_it(client):
    answer = client.get(ME, **bearer(make_key(make_institution())))
    assert answer["Cache-Control"] == "no-store"
    assert "Authorization" in answer["Vary"]


@pytest.mark.parametrize(
    "header", [{}, {"HTTP_AUTHORIZATION": ""}, {"HTTP_AUTHORIZATION": "Basic YTpi"}, {"HTTP_AUTHORIZATION": "Bearer"}]
)
def test_without_a_bearer(client, header):
    answer = client.get(ME, **header)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "unauthenticated"


def test_the_raw_secret_is_no_bearer(client):
    key = make_key(make_institution())
    answer = client.get(ME, HTTP_AUTHORIZATION=f"Bearer {key.text}")
    assert answer.status_code == 401
    assert key.text[-43:] not in answer.content.decode()


def test_a_session_of_the_portal_is_no_key(client):
    client.force_login(make_user("analyst", institution=make_institution()))
    assert client.get(ME).status_code == 401


def test_a_suspended_institution(client):
    institution = make_institution()
    key = make_key(institution)
    operator = make_user("alliance-operator")
    with acting_as("aif_desk"):
        institutions.suspend(institution_id=institution.pk, reason="x", by=operator, now=timezone.now())
    answer = client.get(ME, **bearer(key))
    assert (answer.status_code, answer.json()["code"]) == (403, "institution-suspended")


def test_the_address_counts_and_its_claims_do_not(client):
    key = make_key(make_institution(), cidrs=["192.0.2.0/24"])
    assert client.get(ME, **bearer(key), REMOTE_ADDR="192.0.2.5").status_code == 200
    for claim in ("HTTP_X_FORWARDED_FOR", "HTTP_X_REAL_IP", "HTTP_FORWARDED"):
        answer = client.get(ME, **bearer(key), REMOTE_ADDR="198.51.100.1", **{claim: "192.0.2.5"})
        assert (answer.status_code, answer.json()["code"]) == (401, "address-refused"), claim


def test_behind_a_proxy_its_own_entry_counts(client, settings):
    settings.AIF_TRUST_PROXY = True
    key = make_key(make_institution(), cidrs=["192.0.2.0/24"])
    far, near = "192.0.2.5", "198.51.100.1"
    assert client.get(ME, **bearer(key), HTTP_X_FORWARDED_FOR=f"{near}, {far}").status_code == 200
    assert client.get(ME, **bearer(key), HTTP_X_FORWARDED_FOR=f"{far}, {near}").status_code == 401


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_other_methods(client, method):
    answer = getattr(client, method)(ME, **bearer(make_key(make_institution())))
    assert (answer.status_code, answer.json()["code"]) == (405, "method-not-allowed")
    assert "GET" in answer["Allow"]


def test_json_is_all_there_is(client):
    header = bearer(make_key(make_institution()))
    answer = client.get(ME, **header, HTTP_ACCEPT="text/html")
    assert (answer.status_code, answer.json()["code"]) == (406, "not-acceptable")
    assert answer["Content-Type"] == "application/problem+json"
    for accept in ("*/*", "application/json", "text/html, application/json;q=0.5"):
        assert client.get(ME, **header, HTTP_ACCEPT=accept).status_code == 200, accept


def test_every_answer_has_its_own_request_id(client):
    header = bearer(make_key(make_institution()))
    ids = [
        client.get(ME, **given)["X-Request-ID"] for given in (header, header, {}, header | {"HTTP_X_REQUEST_ID": "1"})
    ]
    assert len(set(ids)) == 4
    assert all(len(each) == 32 for each in ids)


def test_a_failure_says_nothing_about_itself(monkeypatch, caplog):
    header = bearer(make_key(make_institution()))

    def fail(*_, **__):
        raise RuntimeError("13800138000")

    monkeypatch.setattr("members.api.me._used_today", fail)
    answer = Client(raise_request_exception=False).get(ME, **header)
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert "13800138000" not in answer.content.decode()
    assert "RuntimeError" not in answer.content.decode()
    assert "unexpected error in a REST view" in caplog.text
