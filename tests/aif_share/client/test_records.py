"""One record as a clue: fields read, values normalized, every refusal a published code."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

import aif_share.client.fields
import aif_share.client.records
import aif_share.client.source
from aif_share.client import Defaults, Map
from aif_share.client.fields import RowRefused
from aif_share.client.records import Draft, Drafter, clue_bytes
from aif_share.client.source import Line
from aif_share.wire.problems import PROBLEMS

MINIMUM = {"value": "Bad.example", "type": "domain", "category": "telecom-fraud", "grade": "B2"}


@pytest.fixture
def map(tmp_path: Path) -> Iterator[Map]:
    with Map(tmp_path / "map.sqlite") as opened:
        yield opened


def draft(map: Map, record: dict[str, Any], row: int = 0, **defaults: Any) -> Draft:
    return Drafter(Defaults(**defaults), map).draft(Line(row, row + 1, 0, record))


def refusal(map: Map, record: dict[str, Any], **defaults: Any) -> RowRefused:
    with pytest.raises(RowRefused) as caught:
        draft(map, record, **defaults)
    assert caught.value.code in PROBLEMS
    return caught.value


def test_what_is_sent_and_what_is_kept(map: Map) -> None:
    made = draft(map, MINIMUM | {"role": "tool", "region": "CN-31"})
    (identifier,) = made.identifiers
    body = json.loads(clue_bytes(made.fields, made.identifiers, {"domain": 1}, {("domain", "bad.example"): bytes(32)}))
    assert body == {
        "category": "telecom-fraud",
        "grade": "B2",
        "region": "CN-31",
        "client_ref": map.client_ref(0, [("domain", "bad.example")]),
        "identifiers": [{"type": "domain", "epoch": 1, "token": "A" * 43, "role": "tool"}],
    }
    assert "bad" not in json.dumps(body).lower().replace(body["client_ref"].lower(), "")
    (kept,) = made.submitted
    assert (kept.client_ref, kept.position, kept.raw) == (body["client_ref"], 0, "Bad.example")
    assert identifier.canonical == "bad.example" and "bad" not in repr(made).lower() + repr(identifier).lower()


def test_the_size_is_never_less_than_what_is_sent(map: Map) -> None:
    made = draft(map, MINIMUM | {"basis": "x" * 64})
    tokens = {("domain", "bad.example"): b"\xff" * 32}
    assert made.size >= len(clue_bytes(made.fields, made.identifiers, {"domain": 999}, tokens))


def test_the_reference_counts_records_and_identifiers(map: Map) -> None:
    fields = MINIMUM | {"value_2": "13800138000", "type_2": "cn-mobile"}
    pair = [("domain", "bad.example"), ("cn-mobile", "+8613800138000")]
    assert draft(map, fields, row=9).fields["client_ref"] == map.client_ref(9, pair)
    assert [each.position for each in draft(map, fields).submitted] == [0, 1]


def test_a_reference_of_ones_own_stays(map: Map) -> None:
    assert draft(map, MINIMUM | {"client_ref": "case/2026-7"}).fields["client_ref"] == "case/2026-7"


def test_defaults_hold_where_a_record_says_nothing(map: Map) -> None:
    made = draft(
        map,
        {"value": "a.example", "grade": "C"},
        type="domain",
        role="tool",
        fields={"category": "malware", "grade": "A"},
    )
    assert (made.fields["category"], made.fields["grade"], made.identifiers[0].role) == ("malware", "C", "tool")


def test_identifiers_as_a_list(map: Map) -> None:
    fields = {name: MINIMUM[name] for name in ("category", "grade")}
    listed = [{"value": "a.example", "type": "domain"}, {"value": 13800138000, "type": "cn-mobile", "role": "agent"}]
    made = draft(map, fields | {"identifiers": listed})
    assert [(each.type, each.role) for each in made.identifiers] == [("domain", None), ("cn-mobile", "agent")]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"value": "not a domain"}, "identifier-invalid"),
        ({"value": "95588", "type": "cn-mobile"}, "identifier-invalid"),
        ({"value": "   "}, "identifiers-missing"),
        ({"value": None}, "identifiers-missing"),
        ({"value": True}, "identifiers-missing"),
        ({"value": "a" * 9_000}, "too-large"),
        ({"type": "no-such"}, "type-unknown"),
        ({"type": 7}, "type-unknown"),
        ({"type": None}, "type-unknown"),
        ({"identifiers": []}, "row-malformed"),
        ({"value_2": "BAD.EXAMPLE.", "type_2": "domain"}, "identifier-repeated"),
        ({"colour": "red"}, "unknown-field"),
        ({"token": "A" * 43}, "unknown-field"),
        ({"type_2": "domain"}, None),
        ({"category": "nope"}, "category-unknown"),
        ({"category": ["telecom-fraud"]}, "category-unknown"),
        ({"category": None}, "field-missing"),
        ({"grade": "b2"}, "grade-unknown"),
        ({"role": "boss"}, "role-unknown"),
        ({"channel": "pigeon"}, "channel-unknown"),
        ({"region": "CN-99"}, "region-unknown"),
        ({"tlp": "pink"}, "tlp-unknown"),
        ({"level": "third"}, "level-unknown"),
        ({"indicators": "nope"}, "indicator-unknown"),
        ({"indicators": 7}, "indicator-unknown"),
        ({"consumer_contacted": "maybe"}, "consumer-contacted-invalid"),
        ({"crime_indicator": "perhaps"}, "crime-indicator-invalid"),
        ({"evidence_sha256": "ab"}, "evidence-digest-invalid"),
        ({"basis": "Free text"}, "basis-invalid"),
        ({"client_ref": "with space"}, "client-ref-invalid"),
        ({"client_ref": "13800138000"}, "raw-identifier"),
        ({"amount_cny": "1,000"}, "amount-invalid"),
        ({"amount_cny": "1.234"}, "amount-invalid"),
        ({"amount_cny": "-1"}, "amount-invalid"),
        ({"amount_cny": True}, "amount-invalid"),
        ({"observed_at": "yesterday"}, "observed-at-invalid"),
        ({"observed_at": "2026-11-01T08:00:00"}, "observed-at-invalid"),
        ({"observed_at": 5}, "observed-at-invalid"),
        ({"observed_at": "1999-12-31T23:59:59Z"}, "observed-at-invalid"),
        ({"observed_at": "2999-01-01T00:00:00Z"}, "observed-at-invalid"),
    ],
)
def test_what_is_wrong_has_a_code_and_no_value(map: Map, change: dict[str, Any], code: str | None) -> None:
    fields = MINIMUM | change
    if code is None:
        draft(map, fields)
        return
    refused = refusal(map, fields)
    assert refused.code == code
    assert str(refused) == code


def test_a_value_of_another_type_says_which(map: Map) -> None:
    assert refusal(map, MINIMUM | {"value": "95588", "type": "cn-mobile"}).suggested_type == "service-number"


def test_twenty_one_identifiers_are_too_many(map: Map) -> None:
    listed = [{"value": f"h{number}.example", "type": "domain"} for number in range(21)]
    fields = {"category": "malware", "grade": "C"}
    assert refusal(map, fields | {"identifiers": listed}).code == "identifiers-too-many"
    assert len(draft(map, fields | {"identifiers": listed[:20]}).identifiers) == 20


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ({"amount_cny": "1000"}, "1000.00"),
        ({"amount_cny": 7}, "7.00"),
        ({"crime_indicator": "是"}, True),
        ({"crime_indicator": False}, False),
        ({"observed_at": "2026-11-01T08:00:00+08:00"}, "2026-11-01T00:00:00Z"),
        ({"observed_at": "2026/11/01 08:00"}, "2026-11-01T00:00:00Z"),
        ({"evidence_sha256": "AB" * 32}, "ab" * 32),
        ({"channel": " sms "}, "sms"),
    ],
)
def test_fields_come_to_the_form_of_the_api(map: Map, given: dict[str, Any], kept: Any) -> None:
    (name,) = given
    assert draft(map, MINIMUM | given, zone=ZoneInfo("Asia/Shanghai")).fields[name] == kept


@pytest.mark.parametrize("minutes", [-1, 1])
def test_a_time_may_lie_a_day_ahead_as_on_the_platform(map: Map, minutes: int) -> None:
    moment = (datetime.now(UTC) + timedelta(days=1, minutes=minutes)).isoformat()
    with pytest.raises(RowRefused, match="observed-at-invalid") if minutes > 0 else nullcontext():
        draft(map, MINIMUM | {"observed_at": moment})


def test_indicators_are_separated_by_semicolons(map: Map) -> None:
    from aif_share.vocabulary import indicators

    codes = [row.code for row in indicators.ROWS[:2]]
    assert draft(map, MINIMUM | {"indicators": "; ".join(codes)}).fields["indicators"] == codes
    assert draft(map, MINIMUM | {"indicators": codes}).fields["indicators"] == codes


def test_every_code_of_a_refusal_is_published() -> None:
    modules = (aif_share.client.fields, aif_share.client.records, aif_share.client.source)
    text = "".join(Path(str(module.__file__)).read_text() for module in modules)
    codes = set(re.findall(r'RowRefused\("([a-z0-9-]+)"', text)) | set(re.findall(r'code="([a-z0-9-]+)"', text))
    codes |= set(re.findall(r'", "([a-z0-9-]+-(?:unknown|invalid))"', text))
    assert len(codes) > 20 and codes <= PROBLEMS.keys()
