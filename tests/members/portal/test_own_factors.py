"""The own second factors: taking one away, new recovery codes, and that the last factor stays."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator

from members.operations import factors
from tests.browsing import Browser
from tests.factories import acting_as, enroll, make_code, make_institution, make_user

pytestmark = pytest.mark.django_db
ENGLISH = {"HTTP_ACCEPT_LANGUAGE": "en"}
NEW = "/portal/account/recovery-codes/new"


@pytest.fixture
def alice(client):
    person = make_user("analyst", institution=make_institution("Aster Bank"), name="alice")
    client.force_login(person)
    return person


@pytest.fixture
def secret(alice):
    return enroll(alice)


def add_second(person):
    """A second factor of the same kind as a passkey, as far as the database goes."""
    with acting_as("aif_web"):
        # A real one takes a browser: tests/browser/test_journey_a.py.
        return Authenticator.objects.create(user=person, type="webauthn", data={"name": "key", "credential": {}})


def refs(person):
    return [factor.ref for factor in factors.list_factors(person)]


def remove(client, ref):
    return client.post(f"/portal/account/factors/{ref}/remove", follow=True, **ENGLISH)


@pytest.fixture
def both(alice, secret, monkeypatch):
    add_second(alice)
    monkeypatch.setattr("allauth.mfa.webauthn.internal.auth.begin_authentication", lambda *_: {})
    return refs(alice)


def test_one_of_two_is_removed(client, alice, both, trail):
    trail()
    assert "The second factor is removed." in remove(client, both[0]).content.decode()
    assert refs(alice) == both[1:]
    assert trail() == ["user.factor.remove"]


def test_the_last_one_stays(client, alice, both, trail):
    remove(client, both[0])
    trail()
    assert "your only second factor" in remove(client, both[1]).content.decode()
    assert refs(alice) == both[1:] and trail() == []
    assert "/remove" not in client.get("/portal/account").content.decode(), "no button for it"


def test_recovery_codes_are_no_second_factor(client, alice, secret):
    client.post(NEW)
    assert Authenticator.objects.filter(user=alice).count() == 2
    assert "your only second factor" in remove(client, refs(alice)[0]).content.decode()


def test_strangers_factors(client, alice, secret, trail):
    other = make_user("analyst", institution=alice.institution)
    enroll(other)
    trail()
    for ref in (*refs(other), "F-nothing", alice.ref):
        assert remove(client, ref).status_code == 404
    assert refs(other) and refs(alice) and trail() == []


def test_removing_is_dangerous(client, alice, both, trail):
    client.force_login(alice, age=601)
    trail()
    assert remove(client, both[0]).status_code == 403
    assert refs(alice) == both and trail() == []


def test_new_recovery_codes_replace_the_old(client, alice, secret, trail):
    client.post(NEW)
    old = factors.list_recovery_codes(alice)
    trail()
    assert client.post(NEW)["Location"] == "/portal/account/recovery-codes"
    assert trail() == ["user.factor.recovery-codes"]
    shown = client.get("/portal/account/recovery-codes").content.decode()
    new = factors.list_recovery_codes(alice)
    assert len(new) == 10 and not set(new) & set(old)
    assert all(code in shown for code in new)
    assert "Recovery codes left: 10" in client.get("/portal/account", **ENGLISH).content.decode()


def test_a_second_app_is_not_added_beside_the_first(client, alice, secret):
    answer = client.get("/portal/enroll/app", follow=True, **ENGLISH)
    assert "Remove it first" in answer.content.decode()


def test_one_more_factor_asks_for_the_first(client, alice, secret):
    client.force_login(alice, age=601)
    assert client.get("/portal/enroll/passkey")["Location"].startswith("/portal/confirm?next=")
    client.post("/portal/confirm", {"step_up-code": make_code(secret)})
    assert client.get("/portal/enroll/passkey").status_code == 200


@pytest.mark.parametrize("address", [NEW, "/portal/account/factors/F-x/remove"])
def test_other_methods_and_strangers(client, alice, secret, address):
    assert client.get(address).status_code == 405
    client.force_login(make_user("alliance-operator"))
    assert client.post(address).status_code == 404
    assert Browser().post(address)["Location"].startswith("/portal/login")
