"""The second factor of a login: codes that count once, recovery codes, lock-out, and what a half login opens."""

from __future__ import annotations

import pytest
from axes.models import AccessAttempt
from django.test import Client

from members.operations import factors
from tests.factories import PASSWORD, acting_as, enroll, make_code, make_institution, make_user

pytestmark = pytest.mark.django_db
FACTOR = "/portal/login/factor"
ENGLISH = {"HTTP_ACCEPT_LANGUAGE": "en"}


@pytest.fixture
def alice():
    return make_user("analyst", institution=make_institution("Aster Bank"), name="alice", password=PASSWORD)


@pytest.fixture
def secret(alice):
    return enroll(alice)


def half_way(client=None):
    client = client or Client()
    client.post("/portal/login", {"username": "alice", "password": PASSWORD}, **ENGLISH)
    return client


def show(client, code):
    return client.post(FACTOR, {"code": code}, **ENGLISH)


def test_without_a_password_before_it_there_is_no_such_page(client):
    assert client.get(FACTOR)["Location"] == "/portal/login"
    assert show(client, "000000")["Location"] == "/portal/login"


def test_the_page_offers_what_the_person_has(secret):
    body = half_way().get(FACTOR, **ENGLISH).content.decode()
    assert 'autocomplete="one-time-code"' in body and "Log in as somebody else" in body
    assert "Use my passkey" not in body


@pytest.mark.parametrize("code", ["000000", "", "12345", "abcdef", "１２３４５６", "9" * 24])
def test_a_wrong_code(secret, trail, code):
    browser = half_way()
    trail()
    answer = show(browser, "111111" if code == make_code(secret) else code)
    assert answer.status_code == 422
    assert browser.get("/portal/account")["Location"].startswith("/portal/login")
    assert trail() == []


def test_a_code_counts_once_in_every_process(secret, settings):
    code = make_code(secret)
    assert show(half_way(), code).status_code == 302
    # Another process has not seen it: its cache is empty, the database is not.
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
    assert show(half_way(), code).status_code == 422
    assert show(half_way(), make_code(secret, step=-1)).status_code == 422, "nor does an older one"
    assert show(half_way(), make_code(secret, step=1)).status_code == 302


def test_a_clock_may_be_half_a_minute_off_and_no_more(secret):
    assert show(half_way(), make_code(secret, step=3)).status_code == 422
    assert show(half_way(), make_code(secret, step=-3)).status_code == 422


def test_a_recovery_code_counts_once(alice, secret):
    with acting_as("aif_web"):
        from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

        RecoveryCodes.activate(alice)
        first = factors.list_recovery_codes(alice)[0]
    assert show(half_way(), first).status_code == 302
    assert show(half_way(), first).status_code == 422
    assert len(factors.list_recovery_codes(alice)) == 9


def test_ten_wrong_codes_lock_and_the_right_one_is_refused(secret):
    browser = half_way()
    for _turn in range(9):
        assert show(browser, "000000").status_code == 422
    locked = show(browser, "000000")
    assert locked.status_code == 429
    body = locked.content.decode()
    assert "Locked for a while" in body and "15 minutes" in body and "alliance desk" in body
    assert show(browser, make_code(secret)).status_code == 429
    # From elsewhere too, for whoever gets here knew the password.
    elsewhere = half_way()
    answer = elsewhere.post(FACTOR, {"code": make_code(secret)}, REMOTE_ADDR="198.51.100.7", **ENGLISH)
    assert answer.status_code == 429
    row = AccessAttempt.objects.get()
    assert (row.username, row.failures_since_start) == ("alice / second factor", 10)
    assert "000000" not in row.post_data


def test_a_right_code_ends_the_count(secret):
    browser = half_way()
    for _turn in range(5):
        show(browser, "000000")
    assert show(browser, make_code(secret)).status_code == 302
    assert not AccessAttempt.objects.exists()


def test_an_account_shut_meanwhile_gets_no_further(alice, secret, trail):
    browser = half_way()
    with acting_as("aif_owner"):
        type(alice).objects.filter(pk=alice.pk).update(is_active=False)
    trail()
    answer = show(browser, make_code(secret))
    assert (answer.status_code, answer["Location"]) == (302, "/portal/login")
    assert trail() == []
    assert "_auth_user_id" not in browser.session


def test_one_can_begin_again_as_somebody_else(secret):
    browser = half_way()
    assert browser.post("/portal/logout")["Location"] == "/portal/login"
    assert browser.get(FACTOR)["Location"] == "/portal/login"


@pytest.mark.parametrize(
    "credential",
    ["", "x", "[]", "{}", '{"id": "@"}', '{"id":"AA","rawId":"AA","response":{},"type":"public-key"}', "null"],
)
def test_what_no_browser_makes_is_no_passkey(secret, credential):
    browser = half_way()
    browser.get(FACTOR)
    assert browser.post(FACTOR, {"credential": credential}).status_code == 422
    alone = Client().post("/portal/login/passkey", {"credential": credential})
    assert (alone.status_code, alone["Location"]) == (302, "/portal/login")


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_other_methods(secret, method):
    assert getattr(half_way(), method)(FACTOR).status_code == 405
