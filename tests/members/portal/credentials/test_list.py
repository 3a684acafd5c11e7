"""The list of keys, and one of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from members.operations import credentials
from tests.factories import CONSOLE, acting_as, make_institution, make_key

LIST = "/portal/keys"


def test_empty_it_teaches(keeper: Any) -> None:
    page = keeper.browser.get(LIST).content.decode()
    assert "Start with a key for browsers" in page and "2 of 2 places are free" in page
    chinese = keeper.browser.get(LIST, HTTP_ACCEPT_LANGUAGE="zh-CN").content.decode()
    assert "请先生成一个浏览器密钥" in chinese and "共 2 个名额，剩余 2 个" in chinese


def test_it_shows_state_scopes_networks_and_who(keeper: Any, row_of: Any) -> None:
    system = make_key(keeper.institution, scopes=["submit", "read"], cidrs=["192.0.2.0/24"])
    browser = make_key(keeper.institution, scopes=["evaluate"], expires_at=timezone.now() + timedelta(days=5))
    gone = make_key(keeper.institution, scopes=["evaluate"])
    with acting_as("aif_desk"):
        credentials.revoke(credential_id=row_of(gone).pk, reason="lost", by=CONSOLE, now=timezone.now())
    foreign = make_key(make_institution())
    page = keeper.browser.get(LIST)
    states = {key["row"].key_id: (key["browser"], key["live"], key["ends_soon"]) for key in page.context["keys"]}
    assert states == {
        system.id: (False, True, False),
        browser.id: (True, True, True),
        gone.id: (True, False, False),
    }
    text = page.content.decode()
    for shown in ("submit read", "192.0.2.0/24", "ends soon", "revoked", "valid", "1 of 2 places are free"):
        assert shown in text, shown
    assert foreign.id not in text


def test_no_verifier_and_no_secret_is_shown(keeper: Any, row_of: Any) -> None:
    row = row_of(make_key(keeper.institution))
    for address in (LIST, f"{LIST}/{row.ref}", f"{LIST}/{row.ref}/revoke"):
        page = keeper.browser.get(address).content.decode()
        assert row.verifier not in page and row.custodian_verifier not in page


def test_one_key_says_who_knows_it(keeper: Any, row_of: Any) -> None:
    row = row_of(make_key(keeper.institution, scopes=["evaluate"]))
    page = keeper.browser.get(f"{LIST}/{row.ref}").content.decode()
    assert "Told by the platform, within five seconds." in page
    assert f"members --home HOME add {keeper.institution.ref} --verifier VERIFIER" in page
    with acting_as("aif_desk"):
        credentials.revoke(credential_id=row.pk, reason="lost laptop", by=keeper.person, now=timezone.now())
    ended = keeper.browser.get(f"{LIST}/{row.ref}").content.decode()
    assert "lost laptop" in ended and f"revoke {keeper.institution.ref}" in ended
    assert f"/portal/keys/{row.ref}/revoke" not in ended, "what has ended cannot be ended again"


def test_a_key_that_cannot_evaluate_says_so(keeper: Any) -> None:
    with acting_as("aif_desk"):
        row = credentials.register(
            institution_id=keeper.institution.pk,
            key_id="abcd1234",
            verifier="a" * 64,
            by=keeper.person,
            now=timezone.now(),
        )
    page = keeper.browser.get(f"{LIST}/{row.ref}").content.decode()
    assert "registered without that verifier" in page


def test_the_number_of_queries_does_not_grow(keeper: Any, row_of: Any) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as done:
            assert keeper.browser.get(LIST).status_code == 200
        return len(done)

    make_key(keeper.institution)
    few = count()
    for _number in range(5):
        row = row_of(make_key(keeper.institution, scopes=["evaluate"]))
        with acting_as("aif_desk"):
            credentials.revoke(credential_id=row.pk, reason="old", by=keeper.person, now=timezone.now())
    assert count() == few <= 12
