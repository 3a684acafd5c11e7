"""Revoke: asked first, with a reason, for good."""

from __future__ import annotations

from typing import Any

import pytest

from tests.factories import bearer, make_key
from tests.members.portal.keeper import events_of, everything


def test_it_ends_the_key_and_tells_why(keeper: Any, row_of: Any, client: Any) -> None:
    key = make_key(keeper.institution)
    address = f"/portal/keys/{row_of(key).ref}/revoke"
    assert "It cannot be undone." in keeper.browser.get(address).content.decode()
    assert row_of(key).revoked_at is None, "asking ends nothing"
    answer = keeper.browser.post(address, {"reason": "laptop lost"})
    assert answer["Location"] == "/portal/keys"
    assert row_of(key).revoked_reason == "laptop lost"
    assert client.get("/api/v1/me", **bearer(key)).json()["code"] == "key-revoked"
    event = events_of("credential.revoke")[-1]
    assert (event.actor_ref, event.detail["reason"]) == (keeper.person.audit_ref, "laptop lost")


@pytest.mark.parametrize("reason", ["", "  ", "call 13800138000"])
def test_without_a_reason_fit_for_the_trail_nothing_ends(keeper: Any, row_of: Any, reason: str) -> None:
    key = make_key(keeper.institution)
    before = everything()
    answer = keeper.browser.post(f"/portal/keys/{row_of(key).ref}/revoke", {"reason": reason})
    assert answer.status_code == 422
    assert row_of(key).revoked_at is None and everything() == before


def test_twice_is_refused(keeper: Any, row_of: Any) -> None:
    address = f"/portal/keys/{row_of(make_key(keeper.institution)).ref}/revoke"
    keeper.browser.post(address, {"reason": "old"})
    before = everything()
    answer = keeper.browser.post(address, {"reason": "again"})
    assert answer.status_code == 422 and "already revoked" in answer.content.decode()
    assert everything() == before
