"""Rows of a batch: what is refused, with which code, and that COPY text never needs escaping."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aif_share.vocabulary import categories
from clues.submissions import rows
from tests.clues.alliance import clue, token

CONTEXT = rows.RowContext(
    peppers={("domain", 1): b"p" * 32, ("cn-mobile", 1): b"q" * 32},
)
GOOD = token("a")
SIGN, CLAIM = "unlawful-representation", "illegal-agency-complaint"
SHA256_HEX = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


def code_of(value: Any) -> str:
    """Return the code with which the row is refused, or `accepted`."""
    try:
        rows.check(value, CONTEXT)
    except rows.RowRefused as refusal:
        assert str(refusal) == refusal.code
        return refusal.code
    return "accepted"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, "accepted"),
        ({"observed_at": "2026-11-01T08:00:00Z", "region": "CN-31", "amount_cny": "1000.00"}, "accepted"),
        ({"level": None, "consumer_contacted": None, "evidence_sha256": None}, "accepted"),
        ({"evidence_sha256": SHA256_HEX}, "accepted"),
        ({"category": "no-such"}, "category-unknown"),
        ({"category": ["telecom-fraud"]}, "category-unknown"),
        ({"category": None}, "field-missing"),
        ({"grade": "D"}, "grade-unknown"),
        ({"channel": "pigeon"}, "channel-unknown"),
        ({"observed_at": "yesterday"}, "observed-at-invalid"),
        ({"observed_at": "2026-11-01T08:00:00"}, "observed-at-invalid"),
        ({"observed_at": "9999-12-31T23:59:59-23:00"}, "observed-at-invalid"),
        ({"observed_at": "1999-12-31T23:59:59Z"}, "observed-at-invalid"),
        ({"observed_at": "2999-01-01T00:00:00Z"}, "observed-at-invalid"),
        ({"observed_at": 20261101}, "observed-at-invalid"),
        ({"region": "CN-99"}, "region-unknown"),
        ({"amount_cny": "-1"}, "amount-invalid"),
        ({"amount_cny": "1e9"}, "amount-invalid"),
        ({"amount_cny": "１０"}, "amount-invalid"),
        ({"amount_cny": 1000}, "amount-invalid"),
        ({"crime_indicator": "yes"}, "crime-indicator-invalid"),
        ({"indicators": ["no-such"]}, "indicator-unknown"),
        ({"indicators": "no-such"}, "indicator-unknown"),
        ({"indicators": ["individual-not-gray-industry"]}, "indicator-blocks"),
        ({"grade": "C", "indicators": [SIGN, "individual-not-gray-industry"]}, "indicator-blocks"),
        ({"category": CLAIM}, "indicator-missing"),
        ({"category": CLAIM, "indicators": [], "consumer_contacted": "refused"}, "indicator-missing"),
        ({"category": CLAIM, "indicators": [SIGN]}, "consumer-contacted-missing"),
        ({"category": CLAIM, "grade": "A", "indicators": [SIGN]}, "consumer-contacted-missing"),
        ({"category": CLAIM, "indicators": [SIGN], "consumer_contacted": "did-not-know"}, "accepted"),
        ({"category": CLAIM, "grade": "C"}, "accepted"),
        ({"tlp": "white"}, "tlp-unknown"),
        ({"evidence_sha256": "00"}, "evidence-digest-invalid"),
        ({"basis": "See paragraph 16"}, "basis-invalid"),
        ({"client_ref": ""}, "client-ref-invalid"),
        ({"client_ref": "a\tb"}, "client-ref-invalid"),
        ({"client_ref": "13800138000"}, "raw-identifier"),
        ({"client_ref": 5}, "client-ref-invalid"),
        ({"institution_id": 1}, "unknown-field"),
        ({"identifiers": []}, "identifiers-missing"),
        ({"identifiers": [GOOD] * 21}, "identifiers-too-many"),
        ({"identifiers": [GOOD, GOOD]}, "identifier-repeated"),
        ({"identifiers": [GOOD | {"note": "x"}]}, "unknown-field"),
        ({"identifiers": [{"type": "domain", "epoch": 1}]}, "field-missing"),
        ({"identifiers": [GOOD | {"type": "no-such"}]}, "type-unknown"),
        ({"identifiers": [GOOD | {"type": {}}]}, "type-unknown"),
        ({"identifiers": [GOOD | {"epoch": 2}]}, "epoch-retired"),
        ({"identifiers": [GOOD | {"epoch": True}]}, "epoch-unknown"),
        ({"identifiers": [GOOD | {"epoch": 9}]}, "epoch-retired"),
        ({"identifiers": [GOOD | {"role": "boss"}]}, "role-unknown"),
        ({"identifiers": [GOOD | {"token": "13800138000"}]}, "raw-identifier"),
        ({"identifiers": [GOOD | {"token": "11010519491231002X"}]}, "raw-identifier"),
        ({"identifiers": [GOOD | {"token": "6222021234567890128"}]}, "raw-identifier"),
        ({"identifiers": [GOOD | {"token": SHA256_HEX}]}, "unkeyed-hash"),
        ({"identifiers": [GOOD | {"token": "6217001234567890123"}]}, "raw-identifier"),
        ({"identifiers": [GOOD | {"token": "short"}]}, "token-malformed"),
        ({"identifiers": [GOOD | {"token": GOOD["token"][:-1] + "B"}]}, "token-malformed"),
        ({"identifiers": [GOOD | {"token": None}]}, "token-malformed"),
    ],
)
def test_codes(changes: dict[str, Any], code: str) -> None:
    """Each bad value has its stable code, whatever its Python type."""
    assert code_of(clue(GOOD) | changes) == code


@pytest.mark.parametrize("value", [None, [], "clue", 5, {}])
def test_what_is_no_clue_at_all(value: Any) -> None:
    assert code_of(value) in ("row-malformed", "field-missing")


@pytest.mark.parametrize("row", categories.ROWS, ids=lambda row: row.code)
def test_exactly_the_rights_claims_need_an_indicator(row: Any) -> None:
    """Of every category, also when the same fields came before in the batch."""
    given = clue(GOOD, category=row.code)
    assert [code_of(given), code_of(given)] == [("indicator-missing" if row.rights_claim else "accepted")] * 2


@pytest.mark.parametrize("grade", ["A", "B1", "B2", "C"])
def test_how_long_a_clue_is_kept_depends_on_category_and_grade(grade: str) -> None:
    """A mere suspicion is kept for a year at most."""
    months = int(rows.check_fields(clue(GOOD, grade=grade), CONTEXT).months)
    assert months == (12 if grade == "C" else 60)


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(), children, max_size=3),
    max_leaves=8,
)
FIELDS = [*rows.FIELDS, "client_ref", "identifiers", "extra"]


@given(st.dictionaries(st.sampled_from(FIELDS), json, max_size=4))
def test_anything_is_refused_by_code_or_taken_whole(changes: dict[str, Any]) -> None:
    """No JSON value crashes the check, and what passes is one COPY line with nothing to escape."""
    try:
        checked = rows.check(clue(GOOD) | changes, CONTEXT)
    except rows.RowRefused:
        return
    assert checked.clue.count("\t") == 2 + len(rows.FIELDS)
    for line in (checked.clue, *checked.identifiers):
        assert "\n" not in line and "\r" not in line
        assert set(line.replace(rows.NULL, "").replace("\\\\x", "")).isdisjoint("\\")


def test_the_token_itself_is_never_kept() -> None:
    checked = rows.check(clue(GOOD), CONTEXT)
    assert GOOD["token"] not in "".join([checked.clue, *checked.identifiers])


def test_same_content_has_the_same_fingerprint_and_other_content_another() -> None:
    """The fingerprint ignores the order of keys and heeds every field and identifier."""
    base = clue(GOOD, client_ref="r-1")
    assert rows.check(dict(reversed(base.items())), CONTEXT) == rows.check(base, CONTEXT)
    first = rows.check(base, CONTEXT).clue.split("\t")[1]
    for changes in ({"grade": "C"}, {"region": "CN-31"}, {"identifiers": [token("b")]},
                    {"identifiers": [GOOD | {"role": "victim"}]}):  # fmt: skip
        assert rows.check(base | changes, CONTEXT).clue.split("\t")[1] != first
