"""The own account and its password."""

from __future__ import annotations

import pytest
from django.contrib.auth import authenticate
from django.http import HttpRequest

from tests.browsing import Browser
from tests.factories import PASSWORD, make_institution, make_user

pytestmark = pytest.mark.django_db
ENGLISH = {"HTTP_ACCEPT_LANGUAGE": "en"}
NEW = "another-harbor-17-lantern"


@pytest.fixture
def alice(client):
    user = make_user("analyst", institution=make_institution("Aster Bank"), name="alice", password=PASSWORD)
    client.force_login(user)
    return user


def change(client, old=PASSWORD, new=NEW, repeated=None):
    form = {"old": old, "new": new, "repeated": new if repeated is None else repeated}
    return client.post("/portal/password", form, **ENGLISH)


def test_it_shows_whose_it_is(client, alice):
    page = client.get("/portal/account", **ENGLISH).content.decode()
    for text in ("alice", "Analyst", "Aster Bank", alice.institution.ref, "Bank", "50,000"):
        assert text in page, text
    chinese = client.get("/portal/account", HTTP_ACCEPT_LANGUAGE="zh-CN").content.decode()
    assert "分析员" in chinese and "银行" in chinese


@pytest.mark.parametrize("address", ["/portal/account", "/portal/password"])
def test_strangers(client, address):
    assert client.get(address)["Location"] == f"/portal/login?next={address}"
    client.force_login(make_user("alliance-operator"))
    assert client.get(address).status_code == 404


def test_the_password_changes_and_other_sessions_end(client, alice, trail):
    other = Browser()
    other.force_login(alice)
    trail()
    assert change(client)["Location"] == "/portal/account"
    assert trail() == ["user.password.set"]
    assert authenticate(HttpRequest(), username="alice", password=NEW) == alice
    assert authenticate(HttpRequest(), username="alice", password=PASSWORD) is None
    assert client.get("/portal/account").status_code == 200
    assert other.get("/portal/account").status_code == 302


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ({"old": "wrong"}, "The present password is not right."),
        ({"repeated": "different-one-22"}, "The two entries differ."),
        ({"new": "short1"}, "too short"),
        ({"new": "password123456"}, "too common"),
        ({"new": "73920174650183"}, "entirely numeric"),
    ],
)
def test_a_refusal_changes_nothing(client, alice, trail, form, message):
    trail()
    before = alice.password
    answer = change(client, **form)
    assert answer.status_code == 422
    assert message in answer.content.decode()
    alice.refresh_from_db()
    assert alice.password == before
    assert trail() == []
