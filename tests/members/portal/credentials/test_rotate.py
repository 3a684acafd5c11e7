"""Rotate: a successor with the same rights, and the old key's last seven days."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from aif_share.wire.keys import MemberKey
from tests.factories import make_key
from tests.members.portal.keeper import events_of, everything, verifiers


def test_a_system_key_by_form(keeper: Any, row_of: Any) -> None:
    old, new = make_key(keeper.institution, scopes=["read"], cidrs=["192.0.2.0/24"]), MemberKey.new()
    address = f"/portal/keys/{row_of(old).ref}/rotate"
    assert "aif-share keys new --out next.key --scope read" in keeper.browser.get(address).content.decode()
    answer = keeper.browser.post(address, verifiers(new))
    assert answer["Location"] == f"/portal/keys/{row_of(new).ref}"
    assert (row_of(new).scopes, row_of(new).cidrs) == (["read"], ["192.0.2.0/24"])
    assert row_of(old).expires_at - timezone.now() < timedelta(days=7, minutes=1)
    assert events_of("credential.rotate")[-1].actor_ref == keeper.person.audit_ref


def test_a_browsers_key_by_the_pages_script(keeper: Any, row_of: Any) -> None:
    old, new = make_key(keeper.institution, scopes=["evaluate"]), MemberKey.new()
    address = f"/portal/keys/{row_of(old).ref}/rotate"
    page = keeper.browser.get(address).content.decode()
    assert f'data-action="{address}"' in page and "The old key ends within seven days." in page
    answer = keeper.browser.post(address, verifiers(new))
    assert answer.status_code == 201 and row_of(new).scopes == ["evaluate"]


def test_one_that_ended_is_not_rotated(keeper: Any, row_of: Any) -> None:
    old = make_key(keeper.institution, scopes=["read"])
    address = f"/portal/keys/{row_of(old).ref}"
    keeper.browser.post(f"{address}/revoke", {"reason": "old"})
    before = everything()
    answer = keeper.browser.post(f"{address}/rotate", verifiers(MemberKey.new()))
    assert answer.status_code == 422 and "This key is not live any more" in answer.content.decode()
    assert everything() == before


def test_a_malformed_verifier_changes_nothing(keeper: Any, row_of: Any) -> None:
    old = make_key(keeper.institution, scopes=["read"])
    before = everything()
    sent = verifiers(MemberKey.new()) | {"verifier": MemberKey.new().text}
    answer = keeper.browser.post(f"/portal/keys/{row_of(old).ref}/rotate", sent)
    assert answer.status_code == 422 and sent["verifier"] not in answer.content.decode()
    assert everything() == before
