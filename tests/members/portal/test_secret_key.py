"""The secret key is changed while people are logged in: what it signed before counts until it is taken out."""

from __future__ import annotations

from typing import Any

import pytest

from tests.factories import make_institution, make_user

pytestmark = pytest.mark.django_db
PAGE = "/portal/account"


def test_sessions_and_forms_outlive_a_change(client: Any, settings: Any) -> None:
    client.force_login(make_user("analyst", institution=make_institution("Aster Bank"), name="alice"))
    assert client.get(PAGE).status_code == 200
    old = settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new" * 20, [old]
    assert client.get(PAGE).status_code == 200  # and is signed anew
    settings.SECRET_KEY_FALLBACKS = []
    assert client.get(PAGE).status_code == 200


def test_without_the_older_one_people_log_in_again(client: Any, settings: Any) -> None:
    client.force_login(make_user("analyst", institution=make_institution("Aster Bank"), name="alice"))
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new" * 20, []
    answer = client.get(PAGE)
    assert answer.status_code == 302 and "login" in answer["Location"]
