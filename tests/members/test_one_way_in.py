"""There is no single sign-on: who somebody is, nobody else says. People log in by password and second factor, programs by key."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode

import pytest
from django.apps import apps
from django.conf import settings
from django.test import Client
from django.urls import get_resolver

from aif_share.wire.keys import PLATFORM, MemberKey
from tests.factories import PASSWORD, bearer, make_institution, make_key, make_user
from tests.trust.matrix.desk import routes

BACKENDS = ["axes.backends.AxesStandaloneBackend", "members.row_security.accounts.AccountBackend"]
WORDS = ("oidc", "openid", "oauth", "saml", "sso", "social", "callback", "provider", "connect", "acs", "jwks", "idp")
CLAIMS = {"iss": "https://idp.example", "sub": "other", "email": "alice@aster.example", "preferred_username": "alice"}


def make_token(**claims: str) -> str:
    """A JSON web token (RFC 7519) as an issuer writes one, with no key behind it."""
    parts = [{"alg": "none", "typ": "JWT"}, CLAIMS | claims]
    return ".".join(urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts) + ".c2ln"


@pytest.mark.django_db
def test_people_prove_here_who_they_are() -> None:
    """A name, a mail address or an issuer's token, in whatever header or field, opens no session."""
    make_user("analyst", institution=make_institution("Aster Bank"), name="alice", password=PASSWORD)
    said = {"username": "alice", "email": CLAIMS["email"], "id_token": make_token(), "code": "x", "state": "y"}
    headers = {
        name: value
        for value in ("alice", CLAIMS["email"], make_token())
        for name in ("REMOTE_USER", "HTTP_REMOTE_USER", "HTTP_X_REMOTE_USER", "HTTP_X_FORWARDED_USER", "HTTP_X_SSL_CLIENT_S_DN")
    }  # fmt: skip
    for path in ("/portal/login", "/portal/login/factor", "/portal/account"):
        for ask in (Client().get, Client().post):
            answer = ask(path, said, **headers)
            assert (
                "alice" not in str(answer.client.session.get("_auth_user_id", "")) and not answer.client.session.keys()
            )
    assert settings.AUTHENTICATION_BACKENDS == BACKENDS
    assert not any("RemoteUser" in each for each in settings.MIDDLEWARE)


def test_there_is_no_such_door() -> None:
    assert not [app.name for app in apps.get_app_configs() if any(word in app.name for word in WORDS)]
    assert not apps.is_installed("allauth.socialaccount") and get_resolver("config.urls").url_patterns
    doors = [route for conf in ("config.urls", "config.urls_desk") for route in routes(conf)]
    parts = {part for route in doors for part in route.strip("/").replace("-", "/").split("/")}
    assert len(doors) > 200 and not parts & set(WORDS)


@pytest.mark.django_db
def test_the_word_of_another_issuer_opens_nothing() -> None:
    """To name somebody's institution, mailbox or key is not to hold the key."""
    key = make_key(make_institution("Aster Bank"))
    assert Client().get("/api/v1/me", **bearer(key)).status_code == 200
    forged = MemberKey(key.id, b"\x01" * 32).bearer_for(PLATFORM)
    for token in (make_token(), make_token(sub=key.id), forged, f"{key.id}"):
        answer = Client().get("/api/v1/me", HTTP_AUTHORIZATION=f"Bearer {token}")
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
