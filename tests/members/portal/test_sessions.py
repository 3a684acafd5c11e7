"""Where one is logged in, and ending it."""

from __future__ import annotations

import re

import pytest
from allauth.usersessions.models import UserSession

from tests.browsing import Browser
from tests.factories import PASSWORD, enroll, make_code, make_institution, make_user

pytestmark = pytest.mark.django_db
ENGLISH = {"HTTP_ACCEPT_LANGUAGE": "en"}
CHROME = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/130.0 Safari/537.36"


@pytest.fixture
def alice():
    return make_user("analyst", institution=make_institution("Aster Bank"), name="alice", password=PASSWORD)


@pytest.fixture
def secret(alice):
    return enroll(alice)


@pytest.fixture
def log_in(alice, secret):
    """`log_in()` is one more browser of Alice's, logged in as a person does; each code counts once."""
    steps = iter((-1, 0, 1))

    def open_browser() -> Browser:
        browser = Browser(HTTP_USER_AGENT=CHROME, REMOTE_ADDR="192.0.2.7")
        browser.post("/portal/login", {"username": "alice", "password": PASSWORD})
        assert browser.post("/portal/login/factor", {"code": make_code(secret, step=next(steps))}).status_code == 302
        return browser

    return open_browser


def places(browser):
    body = browser.get("/portal/account", **ENGLISH).content.decode()
    return body, re.findall(r"/portal/account/sessions/(S-[A-Z2-7]+)/end", body)


def test_the_list_knows_this_one_and_the_others(log_in):
    here, there = log_in(), log_in()
    body, others = places(here)
    assert body.count("Chrome · Windows") == 2 and body.count("192.0.2.7") == 2
    assert body.count(">this one<") == 1 and len(others) == 1
    there.post("/portal/logout")
    assert places(here)[1] == []


def test_last_seen_is_kept_in_steps_of_five_minutes(log_in):
    here = log_in()
    row = UserSession.objects.get()
    here.get("/portal/account")
    assert UserSession.objects.get().last_seen_at == row.last_seen_at
    session = here.session
    session["seen_at"] -= 301
    session.save()
    here.get("/portal/account")
    seen = UserSession.objects.get().last_seen_at
    assert seen > row.last_seen_at
    here.get("/portal/account")
    assert UserSession.objects.get().last_seen_at == seen


def test_one_is_ended(log_in, trail):
    here, there = log_in(), log_in()
    trail()
    assert here.post(f"/portal/account/sessions/{places(here)[1][0]}/end").status_code == 302
    assert trail() == ["user.session.end"]
    assert there.get("/portal/account")["Location"].startswith("/portal/login")
    assert here.get("/portal/account").status_code == 200


def test_all_others_are_ended(log_in, trail):
    here, there, elsewhere = log_in(), log_in(), log_in()
    trail()
    here.post("/portal/account/sessions/end-others")
    assert trail() == ["user.session.end"]
    for browser in (there, elsewhere):
        assert browser.get("/portal/account").status_code == 302
    here.post("/portal/account/sessions/end-others")
    assert trail() == [], "nothing to end, nothing to note"


def test_another_password_ends_all_others_and_this_one_goes_on(log_in, trail):
    here, there = log_in(), log_in()
    trail()
    new = "another-harbor-17-lantern"
    assert here.post("/portal/password", {"old": PASSWORD, "new": new, "repeated": new}).status_code == 302
    assert trail() == ["user.password.set", "user.session.end"]
    assert there.get("/portal/account").status_code == 302
    body, others = places(here)
    assert ">this one<" in body and others == []


def test_strangers(log_in, trail):
    here = log_in()
    row = UserSession.objects.get()
    from members.models import reference

    ref = reference.encode("S", row.pk)
    stranger = Browser()
    stranger.force_login(make_user("analyst", institution=make_institution()))
    trail()
    assert stranger.post(f"/portal/account/sessions/{ref}/end").status_code == 404
    assert stranger.post("/portal/account/sessions/S-x/end").status_code == 404
    assert here.get("/portal/account").status_code == 200 and trail() == []
    assert here.get(f"/portal/account/sessions/{ref}/end").status_code == 405
    assert here.get("/portal/account/sessions/end-others").status_code == 405
    stranger.force_login(make_user("alliance-operator"))
    assert stranger.post("/portal/account/sessions/end-others").status_code == 404
