"""The login page: name and password, then the second factor."""

from __future__ import annotations

import re

import pytest

from members.models import AuditEvent
from tests.factories import PASSWORD, acting_as, enroll, make_code, make_institution, make_user

pytestmark = pytest.mark.django_db
LOGIN = "/portal/login"
ENGLISH = {"HTTP_ACCEPT_LANGUAGE": "en"}
WRONG = "User name or password is not right."


@pytest.fixture
def alice():
    return make_user("analyst", institution=make_institution("Aster Bank"), name="alice", password=PASSWORD)


def log_in(client, name="alice", password=PASSWORD, **extra):
    return client.post(LOGIN, {"username": name, "password": password, **extra}, **ENGLISH)


def show_factor(client, secret, **extra):
    return client.post("/portal/login/factor", {"code": make_code(secret), **extra}, **ENGLISH)


def test_password_and_second_factor_let_in(client, alice, trail):
    secret = enroll(alice)
    trail()
    answer = log_in(client)
    assert (answer.status_code, answer["Location"]) == (302, "/portal/login/factor")
    assert client.get("/portal/account").status_code == 302, "the password alone opens nothing"
    assert trail() == []
    answer = show_factor(client, secret)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert trail() == ["user.login"]
    with acting_as("aif_audit"):
        assert AuditEvent.objects.latest("id").detail == {"factor": "totp"}
    alice.refresh_from_db()
    assert alice.last_login is not None
    assert "Aster Bank" in client.get("/portal/account", **ENGLISH).content.decode()


def test_without_a_factor_the_way_leads_to_adding_one(client, alice, trail):
    trail()
    assert log_in(client)["Location"] == "/"
    assert trail() == ["user.login"]
    assert client.get("/", follow=True, **ENGLISH).redirect_chain == [("/portal/enroll", 302)]


def test_the_session_is_a_new_one(client, alice):
    client.get(LOGIN)
    session = client.session
    session["planted"] = True
    session.save()
    client.cookies["aif_session"] = session.session_key
    secret = enroll(alice)
    log_in(client)
    show_factor(client, secret)
    assert client.cookies["aif_session"].value != session.session_key
    assert client.cookies["aif_session"]["httponly"]


def test_all_failures_read_the_same(client, alice, trail):
    from members.models import User

    make_user("alliance-operator", name="olga", password=PASSWORD)
    make_user("analyst", institution=alice.institution, name="gone", password=PASSWORD)
    with acting_as("aif_owner"):
        User.objects.filter(username="gone").update(is_active=False)
    trail()
    for name, password in (
        ("alice", "no-such-lantern-7"),
        ("nobody", PASSWORD),
        ("gone", PASSWORD),
        ("olga", PASSWORD),
    ):
        answer = log_in(client, name, password)
        assert answer.status_code == 200
        assert answer.content.decode().count(WRONG) == 1, name
        assert password not in answer.content.decode()
    assert trail() == []
    assert client.get("/portal/account").status_code == 302


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_it_leads_nowhere_else(client, alice, elsewhere):
    secret = enroll(alice)
    assert log_in(client, next=elsewhere)["Location"] == "/portal/login/factor"
    assert show_factor(client, secret)["Location"] == "/"


def test_it_leads_where_one_wanted_to_go(client, alice):
    secret = enroll(alice)
    log_in(client, next="/portal/account")
    assert show_factor(client, secret)["Location"] == "/portal/account"


def test_without_the_trail_nobody_gets_in(client, alice, monkeypatch):
    secret = enroll(alice)
    log_in(client)
    monkeypatch.setattr("members.audit.record", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        show_factor(client, secret)
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_other_methods(client, method):
    assert getattr(client, method)(LOGIN).status_code == 405


def test_a_form_of_another_site_is_refused(alice):
    from django.test import Client

    answer = log_in(Client(enforce_csrf_checks=True))
    assert answer.status_code == 403
    assert "This page has expired" in answer.content.decode()


def test_the_page_has_nothing_inline(client):
    page = client.get(LOGIN)
    body = page.content.decode()
    assert "<style" not in body and " style=" not in body and not re.search(r"\son[a-z]+=", body)
    for tag in re.findall(r"<script[^>]*>", body):
        assert "src=" in tag or 'type="application/json"' in tag, tag
    assert "default-src 'self'" in page["Content-Security-Policy"]
    assert page["X-Frame-Options"] == "DENY"
