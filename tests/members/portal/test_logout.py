"""Logging out."""

from __future__ import annotations

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db
LOGOUT = "/portal/logout"


def test_the_old_cookie_opens_nothing(client, cast, trail):
    client.force_login(cast.alice)
    old = client.cookies["aif_session"].value
    trail()
    answer = client.post(LOGOUT)
    assert (answer.status_code, answer["Location"]) == (302, "/portal/login")
    assert trail() == ["user.logout"]
    thief = Client()
    thief.cookies["aif_session"] = old
    assert thief.get("/portal/account").status_code == 302


def test_a_link_does_not_log_out(client, cast):
    client.force_login(cast.alice)
    assert client.get(LOGOUT).status_code == 405
    assert client.get("/portal/account").status_code == 200


def test_nobody_logs_out(client, trail):
    trail()
    assert client.post(LOGOUT).status_code == 302
    assert trail() == []
