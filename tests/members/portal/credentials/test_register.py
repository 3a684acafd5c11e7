"""Register a key that was made with the command."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from aif_share.wire.keys import MemberKey
from tests.factories import make_key
from tests.members.portal.keeper import events_of, everything, verifiers

REGISTER = "/portal/keys/register"


def test_it_registers_what_the_form_says(keeper: Any, row_of: Any) -> None:
    key, last = MemberKey.new(), timezone.localdate() + timedelta(days=60)
    form = verifiers(key) | {
        "scopes": ["submit", "read"],
        "cidrs": "192.0.2.0/24\n2001:db8::/32\n",
        "ends_on": last.isoformat(),
        "default_basis": "contract-7",
    }
    answer = keeper.browser.post(REGISTER, form)
    row = row_of(key)
    assert (answer.status_code, answer["Location"]) == (302, f"/portal/keys/{row.ref}")
    assert (row.scopes, row.cidrs) == (["submit", "read"], ["192.0.2.0/24", "2001:db8::/32"])
    assert row.default_basis == "contract-7" and row.created_by == keeper.person
    assert timezone.localtime(row.expires_at - timedelta(seconds=1)).date() == last, "the last day counts whole"
    assert events_of("credential.register")[-1].actor_ref == keeper.person.audit_ref


def test_without_more_it_is_for_a_year_and_from_anywhere(keeper: Any, row_of: Any) -> None:
    key = MemberKey.new()
    assert keeper.browser.post(REGISTER, verifiers(key) | {"scopes": ["read"]}).status_code == 302
    row = row_of(key)
    assert (row.cidrs, row.default_basis) == ([], "unspecified")
    assert (row.expires_at - timezone.now()).days >= 364


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"key_id": "abc"}, "A key id has 8 characters"),
        ({"verifier": "A" * 64}, "A verifier has 64 lower-case hexadecimal digits."),
        ({"scopes": []}, "This field is required."),
        ({"scopes": ["root"]}, "Select a valid choice."),
        ({"cidrs": "10.0.0.1/8"}, "Write networks like 192.0.2.0/24, one a line."),
        ({"ends_on": "2020-01-01"}, "A key lives between now and a year."),
        ({"ends_on": (date(2099, 1, 1)).isoformat()}, "A key lives between now and a year."),
        ({"default_basis": "free text"}, "is a code of lower-case letters"),
    ],
)
def test_a_refusal_stores_nothing_and_keeps_the_form(keeper: Any, change: dict[str, Any], message: str) -> None:
    before, sent = everything(), verifiers(MemberKey.new()) | {"scopes": ["read"]}
    answer = keeper.browser.post(REGISTER, sent | change)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert message in text
    assert everything() == before
    if "verifier" not in change:
        assert sent["verifier"] in text, "what was right need not be typed again"


@pytest.mark.parametrize("field", ["key_id", "verifier", "custodian_verifier"])
def test_a_key_pasted_by_mistake_is_not_shown_again(keeper: Any, field: str) -> None:
    pasted = MemberKey.new().text
    answer = keeper.browser.post(REGISTER, verifiers(MemberKey.new()) | {"scopes": ["read"], field: pasted})
    assert answer.status_code == 422
    assert pasted not in answer.content.decode() and pasted[-43:] not in answer.content.decode()


def test_a_third_one_says_what_to_do(keeper: Any) -> None:
    for _number in range(2):
        make_key(keeper.institution)
    answer = keeper.browser.post(REGISTER, verifiers(MemberKey.new()) | {"scopes": ["read"]})
    assert answer.status_code == 422
    assert "Revoke one of the two live keys of this kind first." in answer.content.decode()
