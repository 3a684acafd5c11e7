"""Adding a second factor: the first one, and what is open before it."""

from __future__ import annotations

import re

import pytest
from allauth.mfa.models import Authenticator
from django.urls import URLPattern, URLResolver, get_resolver

from config import urls
from config.second_factor import OPEN
from members.operations import factors
from tests.browsing import Browser
from tests.factories import make_code, make_institution, make_user

pytestmark = pytest.mark.django_db
ENGLISH = {"HTTP_ACCEPT_LANGUAGE": "en"}
APP = "/portal/enroll/app"


@pytest.fixture
def alice():
    return make_user("member-admin", institution=make_institution("Aster Bank"), name="alice")


@pytest.fixture
def newcomer(client, alice):
    client.force_password(alice)
    return client


def secret_on(page) -> str:
    return re.search(r'class="secret">([A-Z2-7 ]+)<', page.content.decode())[1].replace(" ", "")


def every_address(resolver, prefix="", space=""):
    """Yield (name, an address) of every pattern, with something in every place."""
    for entry in resolver.url_patterns:
        here = prefix + re.sub(r"<[^>]+>", "x", str(entry.pattern))
        if isinstance(entry, URLResolver):
            yield from every_address(entry, here, f"{space}{entry.namespace}:" if entry.namespace else space)
        elif isinstance(entry, URLPattern) and "^" not in here:
            yield f"{space}{entry.name}", f"/{here}"


def test_every_address_of_the_portal_is_closed_without_a_factor(newcomer):
    walked = 0
    for name, address in every_address(get_resolver(urls.__name__)):
        if address.startswith("/api/") or name in OPEN:
            continue
        for method in ("get", "post"):
            answer = getattr(newcomer, method)(address)
            walked += 1
            if address.startswith("/portal/api/"):
                assert (answer.status_code, answer.json()["code"]) == (403, "second-factor-missing"), address
            elif name in {"account_login", "members:confirm"} or address == "/portal/login":
                assert answer.status_code in (302, 404, 405), address
            else:
                assert (answer.status_code, answer["Location"]) == (302, "/portal/enroll"), (name, address)
    assert walked > 60


def test_what_is_open_is_what_it_takes():
    names = {name for name, _address in every_address(get_resolver(urls.__name__))}
    assert OPEN <= names, OPEN - names
    assert len(OPEN) == 13, "think twice before opening another address"


def test_an_app_is_added_and_then_everything_is_open(newcomer, alice, trail):
    trail()
    page = newcomer.get(APP, **ENGLISH)
    assert page.status_code == 200 and "data:image/svg+xml;base64," in page.content.decode()
    answer = newcomer.post(APP, {"code": make_code(secret_on(page))})
    assert answer["Location"] == "/portal/account/recovery-codes"
    assert trail() == ["user.factor.add"]
    shown = newcomer.get("/portal/account/recovery-codes", **ENGLISH).content.decode()
    codes = re.findall(r"<li><code>(\d{10})</code></li>", shown)
    assert len(codes) == len(set(codes)) == 10
    saved = newcomer.get("/portal/account/recovery-codes.txt")
    assert saved["Content-Disposition"].startswith("attachment") and saved.content.decode().split()[2:] == codes
    assert newcomer.post("/portal/account/recovery-codes")["Location"] == "/"
    assert newcomer.get("/portal/team").status_code == 200
    assert newcomer.get("/portal/account/recovery-codes")["Location"] == "/portal/account", "shown once"
    assert newcomer.get("/portal/account/recovery-codes.txt").status_code == 404


def test_nothing_of_the_secret_lies_open(newcomer, alice):
    secret = secret_on(newcomer.get(APP))
    newcomer.post(APP, {"code": make_code(secret)})
    stored = [str(row.data) for row in Authenticator.objects.all()]
    assert len(stored) == 2
    assert not any(secret in text for text in stored)
    assert "mfa.totp.secret" not in newcomer.session


@pytest.mark.parametrize("code", ["000000", "", "x" * 30])
def test_a_wrong_code_adds_nothing(newcomer, alice, trail, code):
    trail()
    page = newcomer.get(APP)
    assert newcomer.post(APP, {"code": code}).status_code == 422
    assert not factors.has_factor(alice)
    assert trail() == []
    assert newcomer.post(APP, {"code": make_code(secret_on(page))}).status_code == 302, "the same picture still counts"


def test_a_session_from_before_adds_no_factor_once_there_is_one(newcomer, alice):
    thief = Browser()
    thief.force_password(alice)
    newcomer.post(APP, {"code": make_code(secret_on(newcomer.get(APP)))})
    assert thief.get("/portal/enroll/passkey")["Location"] == "/portal/login"
    assert "_auth_user_id" not in thief.session


def test_a_passkey_is_offered_where_there_is_a_host_name(newcomer, settings):
    settings.AIF_PUBLIC_URL = "http://127.0.0.1:8000"
    body = newcomer.get("/portal/enroll", HTTP_HOST="127.0.0.1:8000", **ENGLISH).content.decode()
    assert "http://localhost:8000/portal/enroll" in body and "Set up a passkey" not in body
    body = newcomer.get("/portal/enroll", HTTP_HOST="localhost:8000", **ENGLISH).content.decode()
    assert "Set up a passkey" in body
    settings.AIF_PUBLIC_URL = "https://aif.example.org"
    settings.ALLOWED_HOSTS = ["aif.example.org", "localhost"]
    page = newcomer.get("/portal/enroll/passkey", HTTP_HOST="aif.example.org", **ENGLISH).content.decode()
    assert '"id": "aif.example.org"' in page
    assert "Set up a passkey" not in newcomer.get("/portal/enroll", HTTP_HOST="localhost", **ENGLISH).content.decode()


@pytest.mark.parametrize(
    "credential", ["", "x", "[]", "{}", '{"id": "@"}', '{"id":"AA","rawId":"AA","response":{},"type":"public-key"}']
)
def test_what_no_browser_made_is_no_passkey(newcomer, alice, credential):
    newcomer.get("/portal/enroll/passkey")
    assert newcomer.post("/portal/enroll/passkey", {"credential": credential}).status_code == 422
    assert not factors.has_factor(alice)


@pytest.mark.parametrize("address", ["/portal/enroll", APP, "/portal/enroll/passkey"])
def test_strangers(client, address):
    assert client.get(address)["Location"] == f"/portal/login?next={address}"
    client.force_login(make_user("alliance-operator"))
    assert client.get(address).status_code == 404


def test_other_methods(newcomer):
    assert newcomer.post("/portal/enroll").status_code == 405
    assert newcomer.put(APP).status_code == 405
