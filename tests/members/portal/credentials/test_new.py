"""Make a key for browsers: the page's script posts verifiers and gets an answer to show."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from aif_share.wire.keys import MemberKey
from tests.factories import make_key
from tests.members.portal.keeper import events_of, everything, verifiers

NEW = "/portal/keys/new"


def test_the_page_says_what_happens_and_needs_its_script(keeper: Any) -> None:
    page = keeper.browser.get(NEW).content.decode()
    assert "It never leaves this machine." in page and "<noscript>" in page
    assert f'data-institution="{keeper.institution.ref}"' in page and "aif/pages/credentials.js" in page
    form = page[page.index('data-part="ask"') :].partition("</form>")[0]
    assert 'name="days"' in form and form.count("name=") == 1, "the key itself has no field that could be sent"


def test_it_registers_a_key_of_scope_evaluate_alone(keeper: Any, row_of: Any) -> None:
    key, now = MemberKey.new(), timezone.now()
    answer = keeper.browser.post(NEW, verifiers(key) | {"days": "90"})
    row = row_of(key)
    assert (answer.status_code, answer.json()["address"]) == (201, f"/portal/keys/{row.ref}")
    assert (row.scopes, row.cidrs, row.created_by) == (["evaluate"], [], keeper.person)
    assert abs(row.expires_at - now - timedelta(days=90)) < timedelta(minutes=1)
    assert answer.json()["expires_at"] == row.expires_at.isoformat(timespec="seconds")
    (event,) = events_of("credential.register")[-1:]
    assert (event.actor_ref, event.subject_ref) == (keeper.person.audit_ref, row.ref)


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"verifier": "x"}, 422, "verifier-malformed"),
        ({"verifier": ""}, 422, "verifier-malformed"),
        ({"key_id": "ABCD1234"}, 422, "verifier-malformed"),
        ({"custodian_verifier": "b" * 63}, 422, "verifier-malformed"),
        ({"days": "366"}, 422, "verifier-malformed"),
    ],
)
def test_a_refusal_stores_nothing(keeper: Any, change: dict[str, str], status: int, code: str) -> None:
    before = everything()
    answer = keeper.browser.post(NEW, verifiers(MemberKey.new()) | {"days": "90"} | change)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert everything() == before


def test_a_third_one_is_refused_in_the_readers_language(keeper: Any) -> None:
    for _number in range(2):
        make_key(keeper.institution, scopes=["evaluate"])
    before = everything()
    answer = keeper.browser.post(NEW, verifiers(MemberKey.new()) | {"days": "90"}, HTTP_ACCEPT_LANGUAGE="zh-CN")
    assert (answer.status_code, answer.json()["code"]) == (409, "key-limit")
    assert answer.json()["detail"] == "请先吊销两个同类有效密钥之一。"
    assert everything() == before


def test_the_same_key_twice(keeper: Any) -> None:
    sent = verifiers(MemberKey.new()) | {"days": "90"}
    assert keeper.browser.post(NEW, sent).status_code == 201
    assert keeper.browser.post(NEW, sent).json()["code"] == "key-id-taken"


def test_a_stale_factor_is_told_to_the_script(keeper: Any) -> None:
    keeper.grow_stale()
    before = everything()
    answer = keeper.browser.post(NEW, verifiers(MemberKey.new()) | {"days": "90"})
    assert (answer.status_code, answer.json()["code"]) == (403, "second-factor-stale")
    assert everything() == before


def test_without_the_pages_token_nothing_happens(keeper: Any) -> None:
    keeper.browser.handler.enforce_csrf_checks = True
    before = everything()
    assert keeper.browser.post(NEW, verifiers(MemberKey.new()) | {"days": "90"}).status_code == 403
    assert everything() == before
