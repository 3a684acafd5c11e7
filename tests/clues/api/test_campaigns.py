"""`/campaigns`: lists and one, as in the portal."""

from __future__ import annotations

from typing import Any

import pytest

from members.models import reference
from tests.clues.api.member import Member, problem
from tests.clues.campaigns.planning_one import TITLE, make_campaign
from tests.factories import make_user


@pytest.fixture(autouse=True)
def short_tick(settings: Any) -> None:
    """What is started shows at once."""
    settings.AIF_DISCLOSURE_TICK = 0.01


def test_what_runs_is_listed_and_read(aster: Member) -> None:
    olga = make_user("alliance-operator")
    planned, made = make_campaign(olga, start=False), make_campaign(olga)
    body = aster.get("/campaigns").json()
    assert [row["campaign"] for row in body["results"]] == [made.ref]
    (row,) = body["results"]
    assert (row["title"], row["state"], row["categories"]) == (
        TITLE,
        "running",
        ["illegal-agency-complaint", "malicious-complaint"],
    )
    one = aster.get(f"/campaigns/{made.ref}").json()
    assert one["cases"] == [] and one["units"][0] == {"authority": "police-economic-crime", "leads": True}
    assert {each["counter"]: (each["own"], each["campaign"]) for each in one["figures"]}["amount-lost"] == (
        "0.00",
        None,
    )
    for none in (planned.ref, reference.encode("CP", 10**9)):
        problem(aster.get(f"/campaigns/{none}"), 404, "not-found")


def test_pages_follow_each_other(aster: Member) -> None:
    olga = make_user("alliance-operator")
    made = [make_campaign(olga, title=f"Number {number}").ref for number in range(3)]
    first = aster.get("/campaigns?limit=2").json()
    second = aster.get(f"/campaigns?limit=2&cursor={first['next']}").json()
    assert [row["campaign"] for row in first["results"] + second["results"]] == made[::-1] and second["next"] is None
