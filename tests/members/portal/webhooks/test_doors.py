"""Who may not see the pages of webhooks, and that nothing is written when they try."""

from __future__ import annotations

from typing import Any

import pytest

from tests.factories import make_institution
from tests.members.portal.keeper import everything, walk_the_doors

BOTH = "GET HEAD POST"
ONE = {
    "": "GET HEAD",
    "/edit": BOTH,
    "/state": "POST",
    "/test": "POST",
    "/rotate": BOTH,
    "/secret": "GET HEAD",
    "/delete": BOTH,
    "/replay": BOTH,
}


def test_the_doors(keeper: Any, hook: Any, make_hook: Any, deliver: Any) -> None:
    theirs, delivery = make_hook(institution=make_institution()), deliver(hook)
    addresses = {"/portal/webhooks": "GET HEAD", "/portal/webhooks/new": BOTH}
    addresses |= {f"/portal/webhooks/{hook.webhook}{end}": methods for end, methods in ONE.items()}
    addresses[f"/portal/webhooks/{hook.webhook}/deliveries/{delivery}/replay"] = "POST"
    foreign = {
        f"/portal/webhooks/{theirs.webhook}{end}": method
        for end, methods in ONE.items()
        for method in methods.split()
        if end != "/edit" or method == "GET"
    }
    foreign[f"/portal/webhooks/{hook.webhook}/deliveries/{deliver(theirs)}/replay"] = "POST"
    foreign[f"/portal/webhooks/{hook.webhook}?before={deliver(theirs)}"] = "GET"
    foreign[f"/portal/webhooks/{hook.webhook}?state=lost"] = "GET"
    walk_the_doors(keeper, addresses, foreign=foreign)


@pytest.mark.parametrize("end", ["new", "{hook}/edit", "{hook}/rotate", "{hook}/delete"])
def test_dangerous_pages_ask_for_the_second_factor_again(keeper: Any, hook: Any, end: str) -> None:
    address = "/portal/webhooks/" + end.format(hook=hook.webhook)
    keeper.grow_stale()
    answer = keeper.browser.get(address)
    assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/portal/confirm")
    before = everything()
    form = {"url": "https://other.example/", "version": str(hook.version), "form_key": "k"}
    assert keeper.browser.post(address, form).status_code == 403
    assert everything() == before
