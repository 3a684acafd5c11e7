"""The scope of official requests: a table written by hand beside the vocabulary's, and what is found when it is left."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from aif_share.vocabulary import authority_kinds, official_bases, official_items
from clues.official_requests.scope import Asked, Finding, check

TODAY = date(2026, 11, 28)
POLICE, COURT, PROSECUTORS = "public-security", "court", "procuratorate"
# Who may ask for what, by hand: item -> kinds of authorities, and whether 协查 alone is enough.
MAY = {
    "case-facts": ("public-security procuratorate court nfra pbc local-financial-administration", True),
    "clue-records": ("public-security procuratorate court nfra pbc", True),
    "match-analysis": ("public-security procuratorate", True),
    "identifiers": ("public-security procuratorate court", False),
    "evidence-items": ("public-security procuratorate court", False),
    "disposition-records": (
        "public-security procuratorate court nfra cac communications-administration market-regulation", True,
    ),
    "aggregate-figures": (
        "public-security procuratorate court nfra pbc local-financial-administration cac communications-administration"
        " market-regulation", True,
    ),
    "account-transactions": ("", True), "communications-records": ("", True), "screening-records": ("", True),
    "keys": ("", True), "bulk-data": ("", True),
}  # fmt: skip
BASES = {"public-security": "criminal-procedure", "procuratorate": "criminal-procedure", "court": "criminal-procedure"}


def asked(*items: str, **given: Any) -> Asked:
    values: dict[str, Any] = {
        "kind": "evidence", "authority_kind": POLICE, "basis": "criminal-procedure", "subjects": 3,
        "from_date": TODAY - timedelta(days=100), "until_date": TODAY, "document_date": TODAY - timedelta(days=2),
        "received_on": TODAY,
    }  # fmt: skip
    return Asked(items=items or ("case-facts",), **(values | given))


@pytest.mark.parametrize("item", MAY)
@pytest.mark.parametrize("kind", ["assistance", "evidence"])
def test_who_may_ask_for_what(item: str, kind: str) -> None:
    authorities, assistance_is_enough = MAY[item]
    for authority in authority_kinds.BY_CODE:
        basis = BASES.get(authority, "administrative-penalty")
        found = [each for each in check(asked(item, kind=kind, authority_kind=authority, basis=basis)) if each.item]
        if not authorities:
            expected = [Finding("not-of-the-alliance", item)]
        elif authority not in authorities.split():
            expected = [Finding("authority-may-not", item)]
        else:
            expected = []
        if authorities and kind == "assistance" and not assistance_is_enough:
            expected.append(Finding("kind-does-not-carry", item))
        assert found == expected, authority


def test_every_item_has_its_row_here_and_says_who_else_to_ask() -> None:
    assert set(MAY) == set(official_items.BY_CODE)
    for row in official_items.ROWS:
        assert bool(row.authorities) != bool(row.instead_zh and row.instead_en), row.code
    for basis in official_bases.ROWS:
        assert basis.authorities and basis.to_confirm and basis.source
        assert set(basis.authorities) <= set(authority_kinds.BY_CODE)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"subjects": 0}, "subjects-missing"),
        ({"subjects": 201}, "too-many-subjects"),
        ({"from_date": None, "until_date": None}, "period-missing"),
        ({"from_date": TODAY - timedelta(days=3 * 366)}, "period-too-long"),
    ],
)
def test_an_item_about_persons_names_them_and_a_time(given: dict[str, Any], code: str) -> None:
    assert check(asked("case-facts", **given)) == [Finding(code, "case-facts")]
    assert check(asked("aggregate-figures", **given)) == []
    assert check(asked("case-facts", from_date=TODAY - timedelta(days=3 * 366 - 1), subjects=200)) == []


@pytest.mark.parametrize(
    ("given", "codes"),
    [
        ({"basis": "banking-supervision"}, ["basis-does-not-cover"]),
        ({"basis": "police-notice", "kind": "assistance"}, ["basis-does-not-cover"]),
        ({"basis": "no-such"}, ["basis-does-not-cover"]),
        ({"document_date": TODAY - timedelta(days=91)}, ["document-too-old"]),
        ({"document_date": TODAY - timedelta(days=90)}, []),
    ],
)
def test_the_request_as_a_whole(given: dict[str, Any], codes: list[str]) -> None:
    assert [each.code for each in check(asked("case-facts", **given)) if not each.item] == codes


def test_each_item_is_held_against_the_table() -> None:
    found = check(asked("case-facts", "keys", "evidence-items", kind="assistance"))
    assert [(each.code, each.item) for each in found] == [
        ("not-of-the-alliance", "keys"),
        ("kind-does-not-carry", "evidence-items"),
    ]
