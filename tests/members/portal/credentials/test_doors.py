"""Who may not see the pages of keys, and that nothing is written when they try."""

from __future__ import annotations

from typing import Any

import pytest

from tests.factories import make_institution, make_key
from tests.members.portal.keeper import everything, verifiers, walk_the_doors

ONE = {"": "GET HEAD", "/rotate": "GET HEAD POST", "/revoke": "GET HEAD POST"}


def test_the_doors(keeper: Any, row_of: Any) -> None:
    system, browser = (
        row_of(make_key(keeper.institution)),
        row_of(make_key(keeper.institution, scopes=["evaluate"])),
    )
    theirs = row_of(make_key(make_institution()))
    addresses = {
        "/portal/keys": "GET HEAD",
        "/portal/keys/new": "GET HEAD POST",
        "/portal/keys/register": "GET HEAD POST",
    }
    addresses |= {f"/portal/keys/{row.ref}{end}": methods for row in (system, browser) for end, methods in ONE.items()}
    foreign = {f"/portal/keys/{theirs.ref}{end}": "GET" for end in ONE}
    foreign |= {f"/portal/keys/{theirs.ref}{end}": "POST" for end in ("/rotate", "/revoke")}
    foreign |= {f"/portal/keys/{name}": "GET" for name in ("K-NONE", "nothing", "K-", keeper.institution.ref)}
    walk_the_doors(keeper, addresses, foreign=foreign)


@pytest.mark.parametrize("address", ["new", "register", "{system}/rotate", "{browser}/rotate", "{system}/revoke"])
def test_dangerous_pages_ask_for_the_second_factor_again(keeper: Any, row_of: Any, address: str) -> None:
    names = {
        "system": row_of(make_key(keeper.institution)).ref,
        "browser": row_of(make_key(keeper.institution, scopes=["evaluate"])).ref,
    }
    address = "/portal/keys/" + address.format(**names)
    keeper.grow_stale()
    answer = keeper.browser.get(address)
    assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/portal/confirm")
    before = everything()
    form = verifiers(make_new()) | {"reason": "old", "scopes": ["read"], "days": "30"}
    assert keeper.browser.post(address, form).status_code == 403
    assert everything() == before


def make_new() -> Any:
    from aif_share.wire.keys import MemberKey

    return MemberKey.new()


def test_looking_needs_no_fresh_factor(keeper: Any, row_of: Any) -> None:
    row = row_of(make_key(keeper.institution))
    keeper.grow_stale()
    for address in ("/portal/keys", f"/portal/keys/{row.ref}"):
        assert keeper.browser.get(address).status_code == 200
