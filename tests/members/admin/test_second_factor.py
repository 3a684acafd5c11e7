"""The desk's second factor: no page without one, the first one added at the first login, codes that count once."""

from __future__ import annotations

import re

import pytest
from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from members.models import AuditEvent
from members.operations import factors, users
from tests.browsing import Browser
from tests.factories import CONSOLE, PASSWORD, acting_as, enroll, make_code, make_institution, make_user

pytestmark = pytest.mark.django_db
FACTOR = "/admin/login/factor/"
CODES = "/admin/recovery-codes/"
ENGLISH = {"HTTP_ACCEPT_LANGUAGE": "en"}


@pytest.fixture
def olga(desk):
    return make_user("alliance-operator", name="olga", password=PASSWORD)


@pytest.fixture
def secret(olga):
    return enroll(olga)


def half_way(onward="/admin/", client=None):
    browser = client or Client()
    answer = browser.post(f"/admin/login/?next={onward}", {"username": "olga", "password": PASSWORD}, **ENGLISH)
    assert (answer.status_code, answer["Location"]) == (302, FACTOR)
    return browser


def show(browser, code, **extra):
    return browser.post(FACTOR, {"code": code}, **ENGLISH, **extra)


def secret_on(page):
    return re.search(r"<code>([A-Z2-7 ]+)</code>", page.content.decode())[1].replace(" ", "")


def addresses(patterns=None, prefix="/"):
    """One address of every route of the desk."""
    for each in patterns if patterns is not None else get_resolver("config.urls_desk").url_patterns:
        route = prefix + re.sub(r"<(?:int:|path:|slug:)?\w+>", "1", str(each.pattern).lstrip("^").rstrip("$"))
        if isinstance(each, URLResolver):
            yield from addresses(each.url_patterns, route)
        elif isinstance(each, URLPattern):
            yield route


def test_a_code_opens_the_desk_where_one_wanted_to_go(olga, secret, trail):
    browser = half_way("/admin/members/user/")
    trail()
    answer = show(browser, make_code(secret))
    assert (answer.status_code, answer["Location"]) == (302, "/admin/members/user/")
    assert browser.get("/admin/members/user/").status_code == 200
    assert trail() == ["user.login"]
    assert AuditEvent.objects.latest("id").detail == {"factor": "totp"}


def test_it_goes_nowhere_else(olga, secret):
    answer = show(half_way("https://evil.example/"), make_code(secret))
    assert answer["Location"] == "/admin/"


@pytest.mark.parametrize("opened", ["nothing", "password alone", "half way"])
def test_no_page_without_it(desk, olga, secret, opened):
    browser = Browser()
    if opened == "password alone":
        browser.force_password(olga)
    if opened == "half way":
        half_way(client=browser)
    closed = [
        address for address in addresses() if address not in ("/healthz", "/language/", "/", "/admin/login/", FACTOR)
    ]
    assert len(closed) > 60, "the search itself must find something"
    for address in closed:
        answer = browser.get(address)
        open_to_all = address in ("/admin/logout/",) or answer.status_code in (404, 405)
        assert open_to_all or (answer.status_code == 302 and "/admin/login/" in answer["Location"]), address


def test_the_same_pages_open_with_it(desk, olga):
    desk.force_login(olga)
    assert desk.get("/admin/members/institution/").status_code == 200


class TestFirst:
    def test_it_is_added_at_the_first_login(self, olga, trail):
        browser = half_way("/admin/members/user/")
        page = browser.get(FACTOR, **ENGLISH)
        assert "Add an authenticator app" in page.content.decode() and page["Cache-Control"].count("no-store")
        secret = secret_on(page)
        assert browser.get("/admin/").status_code == 302
        assert show(browser, "000000").status_code == 422
        assert secret_on(show(browser, "000000")) == secret, "the picture was scanned already"
        trail()
        code = make_code(secret)
        answer = show(browser, code)
        assert (answer.status_code, answer["Location"]) == (302, CODES)
        assert trail() == ["user.factor.add", "user.factor.recovery-codes", "user.login"]
        shown = re.findall(r"<code>(\d{10})</code>", browser.get(CODES).content.decode())
        assert len(shown) == 10
        assert browser.post(CODES)["Location"] == "/admin/members/user/"
        assert browser.get(CODES).status_code == 404, "shown once"
        assert browser.get("/admin/members/user/").status_code == 200
        again = half_way()
        assert show(again, code).status_code == 422, "the first code is used up"
        assert show(again, shown[0]).status_code == 302
        assert show(half_way(), shown[0]).status_code == 422

    def test_two_tabs_add_one(self, olga):
        first, second = half_way(), half_way()
        secrets = [secret_on(browser.get(FACTOR)) for browser in (first, second)]
        assert show(first, make_code(secrets[0]))["Location"] == CODES
        # The second one is asked for the factor that there is now.
        assert "Add an authenticator app" not in second.get(FACTOR, **ENGLISH).content.decode()
        assert show(second, make_code(secrets[1])).status_code == 422
        assert second.get("/admin/").status_code == 302


class TestWrong:
    @pytest.mark.parametrize("code", ["000000", "", "12345", "abcdef", "9" * 24])
    def test_a_wrong_code(self, olga, secret, trail, code):
        browser = half_way()
        trail()
        assert show(browser, "111111" if code == make_code(secret) else code).status_code == 422
        assert browser.get("/admin/").status_code == 302
        assert trail() == []

    def test_a_code_counts_once(self, olga, secret, settings):
        code = make_code(secret)
        assert show(half_way(), code).status_code == 302
        settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
        assert show(half_way(), code).status_code == 422

    def test_ten_wrong_codes_lock_from_everywhere(self, olga, secret):
        browser = half_way()
        for _turn in range(9):
            assert show(browser, "000000").status_code == 422
        locked = show(browser, "000000")
        assert locked.status_code == 429 and "Locked for a while" in locked.content.decode()
        assert show(half_way(), make_code(secret), REMOTE_ADDR="198.51.100.7").status_code == 429
        row = AccessAttempt.objects.get()
        assert (row.username, row.failures_since_start) == ("olga / second factor", 10)
        assert "000000" not in row.post_data

    def test_a_right_code_ends_the_count(self, olga, secret):
        browser = half_way()
        for _turn in range(5):
            show(browser, "000000")
        assert show(browser, make_code(secret)).status_code == 302
        assert not AccessAttempt.objects.exists()

    def test_without_a_password_before_it_there_is_no_such_page(self, olga, secret):
        browser = Client()
        assert browser.get(FACTOR)["Location"] == "/admin/login/"
        assert show(browser, make_code(secret))["Location"] == "/admin/login/"

    def test_a_password_is_remembered_for_ten_minutes(self, olga, secret, monkeypatch):
        from members.admin import login

        browser = half_way()
        monkeypatch.setattr(login, "WAITING_SECONDS", 0)
        assert show(browser, make_code(secret))["Location"] == "/admin/login/"

    @pytest.mark.parametrize("change", [{"is_active": False}, {"password": "!"}])
    def test_an_account_changed_meanwhile_gets_no_further(self, olga, secret, change):
        browser = half_way()
        type(olga).objects.filter(pk=olga.pk).update(**change)
        assert show(browser, make_code(secret))["Location"] == "/admin/login/"
        assert browser.get("/admin/").status_code == 302

    def test_members_people_get_no_further_than_a_wrong_password(self, desk):
        mona = make_user("member-admin", institution=make_institution(), name="olga", password=PASSWORD)
        enroll(mona)
        answer = desk.post("/admin/login/", {"username": "olga", "password": PASSWORD}, **ENGLISH)
        assert answer.status_code == 200 and "is not right" in answer.content.decode()


class TestReset:
    def test_it_ends_the_sessions(self, olga, secret, trail):
        browser = half_way()
        show(browser, make_code(secret))
        assert browser.get("/admin/").status_code == 200
        otto = make_user("alliance-operator", name="otto")
        trail()
        factors.reset_factors(user_id=olga.pk, reason="lost phone", by=otto, now=timezone.now())
        assert trail() == ["user.factor.reset"]
        assert browser.get("/admin/").status_code == 302
        assert not Session.objects.exists()
        assert "Add an authenticator app" in half_way().get(FACTOR, **ENGLISH).content.decode()

    def test_so_does_shutting_the_account(self, olga, secret):
        browser = half_way()
        show(browser, make_code(secret))
        users.deactivate(user_id=olga.pk, reason="left", by=CONSOLE, now=timezone.now())
        assert browser.get("/admin/").status_code == 302
        users.reactivate(user_id=olga.pk, reason="back", by=CONSOLE, now=timezone.now())
        assert browser.get("/admin/").status_code == 302

    def test_at_the_console(self, olga, secret, trail):
        with pytest.raises(CommandError, match="no such account"):
            call_command("reset_factors", "nobody", reason="x")
        with pytest.raises(CommandError, match="reason"):
            call_command("reset_factors", "olga", reason=" ")
        trail()
        call_command("reset_factors", "olga", reason="lost phone")
        assert trail() == ["user.factor.reset"] and not factors.has_factor(olga)
        with acting_as("aif_audit"):
            assert AuditEvent.objects.latest("id").actor_ref == "reset_factors"
        with pytest.raises(CommandError, match="no second factor"):
            call_command("reset_factors", "olga", reason="again")
