"""Rows that come as lines: whatever the blocks, the same lines; bad ones are refused alone, the unreadable whole at once."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aif_share.errors import Refusal
from aif_share.wire.limits import MAX_LINE
from clues.submissions import csv_rows as csv_reading
from clues.submissions import lines
from clues.submissions.chunks import Unreadable
from clues.submissions.csv_rows import csv_rows
from clues.submissions.lines import lines_of, ndjson_rows

HEAD = "client_ref,category,grade,type,epoch,token"


def cut(body: bytes, size: int) -> list[bytes]:
    return [body[start : start + size] for start in range(0, len(body), size)]


def ndjson(body: bytes, size: int = 7) -> list[Any]:
    return [value.code if isinstance(value, Unreadable) else value for value in ndjson_rows(lines_of(cut(body, size)))]


def from_csv(*rows: str | bytes, head: str = HEAD) -> list[Any]:
    body = b"\r\n".join(row if isinstance(row, bytes) else row.encode() for row in (head, *rows))
    return [value.code if isinstance(value, Unreadable) else value for value in csv_rows(lines_of([body]))]


@given(st.lists(st.binary(max_size=30).filter(lambda line: b"\n" not in line)), st.integers(1, 40), st.booleans())
def test_blocks_do_not_matter(parts: list[bytes], size: int, ends: bool) -> None:
    """Lines are the same however the network cuts them; the last one needs no end."""
    body = b"\n".join([b"{}", *parts]) + (b"\n" if ends else b"")
    whole = body.split(b"\n")
    assert list(lines_of(cut(body, size))) == (whole[:-1] if whole[-1] == b"" else whole)


@pytest.mark.parametrize("size", [1000, MAX_LINE - 1, MAX_LINE, MAX_LINE + 1, 300_000])
def test_long_lines_leave_nothing(size: int) -> None:
    """A line of the greatest length passes, one byte more is refused alone, at the beginning, in between and at the end."""
    longest, longer = b"x" * MAX_LINE, b"x" * (MAX_LINE + 1)
    body = b"\n".join([longer, longest, b"a", longer, longer, b"b", longer])
    assert list(lines_of(cut(body, size))) == [None, longest, b"a", None, None, b"b", None]


def test_a_line_without_an_end() -> None:
    """Refused as a whole long before its end, whatever was good before it."""
    taken = 0

    def blocks() -> Any:
        nonlocal taken
        yield b"{}\n"
        while True:
            taken += 65536
            yield b"x" * 65536

    with pytest.raises(Refusal) as refusal:
        list(lines_of(blocks()))
    assert refusal.value.code == "too-large" and taken < 2 * lines.ENDLESS


def test_blank_lines_without_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "MAX_STREAM_CLUES", 10)
    assert ndjson(b"\n" * 20) == []
    with pytest.raises(Refusal) as refusal:
        ndjson(b"\n" * 21)
    assert refusal.value.code == "too-large"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b'{"a":1,"a":1}', "row-malformed"),
        (b'{"a":{"b":[{"c":1,"c":1}]}}', "row-malformed"),
        (b'{"a":NaN}', "row-malformed"),
        (b'{"a":Infinity}', "row-malformed"),
        (b"[" * 1000 + b"]" * 1000, "row-malformed"),
        (b"[" * 2000 + b"]" * 2000, "row-malformed"),
        (b'{"a":"\\ud800"}', "row-malformed"),
        (b'{"a":"\xed\xa0\x80"}', "charset"),
        (b'{"a":"\x00"}', "row-malformed"),
        (b"{}{}", "row-malformed"),
        (b'{"a":1', "row-malformed"),
        ("{'a':'电话'}".encode("gb18030"), "charset"),
        (b"\xef\xbb\xbf{}", "charset"),
    ],
)
def test_a_bad_line_is_refused_alone(line: bytes, code: str) -> None:
    assert ndjson(b'{"n":1}\n' + line + b'\n{"n":2}') == [{"n": 1}, code, {"n": 2}]


def test_empty_lines_are_not_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few megabytes hold millions of them: an error for each took seconds."""

    parsed: list[object] = []
    loads, cells = orjson.loads, csv_reading._cells
    monkeypatch.setattr(lines.orjson, "loads", lambda line: parsed.append(line) or loads(line))
    monkeypatch.setattr(csv_reading, "_cells", lambda text: parsed.append(text) or cells(text))
    assert list(ndjson_rows(iter([b""] * 3))) == []
    assert list(csv_rows(iter([HEAD.encode(), b"", b""]))) == []
    assert parsed == [HEAD]


def test_blank_lines_and_windows_ends() -> None:
    assert ndjson(b'\n{"n":1}\r\n \r\n{"n" : 2}\r\n\n') == [{"n": 1}, {"n": 2}]


@given(
    st.lists(st.recursive(st.integers(-5, 5) | st.text(), lambda each: st.dictionaries(st.text(), each)), max_size=5)
)
def test_what_is_json_is_read(values: list[Any]) -> None:
    body = b"".join(orjson.dumps(value) + b"\n" for value in values)
    assert ndjson(body, 1000) == [orjson.loads(orjson.dumps(value)) for value in values]


@pytest.mark.parametrize(
    ("start", "code"),
    [
        (b"PK\x03\x04\x14\x00\x06\x00", "media-type"),
        (b"\x1f\x8b\x08\x00", "media-type"),
        (b"7z\xbc\xaf\x27\x1c", "media-type"),
        (b"\x28\xb5\x2f\xfd", "media-type"),
        ("{}".encode("utf-16"), "charset"),
    ],
)
def test_what_is_something_else(start: bytes, code: str) -> None:
    """Archives and workbooks (which are archives) and UTF-16 are refused whole, in both forms."""
    for rows in (ndjson_rows, csv_rows):
        with pytest.raises(Refusal) as refusal:
            list(rows(lines_of([start + b"\n{}\n"])))
        assert refusal.value.code == code


class TestCsv:
    """Columns become fields."""

    def test_all_of_a_clue(self) -> None:
        head = (
            "level,type,client_ref,epoch,grade,category,token,role,crime_indicator,indicators,amount_cny,"
            "type_3,epoch_3,token_3,type_2,epoch_2,token_2,role_2"
        )
        row = 'primary,domain,r-1,1,B2,telecom-fraud,T1,"actor",TRUE,a;b,10.00,wechat,7,T3,cn-mobile,x,T2,tool'
        assert from_csv(row, head=head) == [
            {
                "level": "primary",
                "client_ref": "r-1",
                "grade": "B2",
                "category": "telecom-fraud",
                "crime_indicator": True,
                "indicators": ["a", "b"],
                "amount_cny": "10.00",
                "identifiers": [
                    {"type": "domain", "epoch": 1, "token": "T1", "role": "actor"},
                    {"type": "cn-mobile", "epoch": "x", "token": "T2", "role": "tool"},
                    {"type": "wechat", "epoch": 7, "token": "T3"},
                ],
            }
        ]

    def test_empty_cells_are_absent(self) -> None:
        assert from_csv("r-1,,B2,domain,1,") == [
            {"client_ref": "r-1", "grade": "B2", "identifiers": [{"type": "domain", "epoch": 1}]}
        ]
        assert from_csv(",,,,,") == [{"identifiers": []}]

    @pytest.mark.parametrize(
        ("row", "code"),
        [
            ("r-1,telecom-fraud,B2,domain,1", "row-malformed"),
            ("r-1,telecom-fraud,B2,domain,1,T,", "row-malformed"),
            ('r-1,telecom-fraud,B2,domain,1,"T', "row-malformed"),
            ('r-1,telecom-fraud,B2,domain,1,"T"x', "row-malformed"),
            ("r-1,telecom-fraud,B2\rr-2,domain,1,T", "row-malformed"),
            ("电话,telecom-fraud,B2,domain,1,T".encode("gb18030"), "charset"),
            ("x" * 70_000, "too-large"),
        ],
    )
    def test_a_bad_line_is_refused_alone(self, row: str | bytes, code: str) -> None:
        """An open quote takes no further line with it."""
        good = 'r-0,telecom-fraud,B2,domain,1,"T"'
        first, bad, last = from_csv(good, row, good)
        assert (first, bad) == (last, code) and first["identifiers"][0]["token"] == "T"

    @pytest.mark.parametrize(
        ("head", "code"),
        [
            (HEAD + ",phone", "unknown-field"),
            (HEAD + ",type_21", "unknown-field"),
            (HEAD + ",type_1", "unknown-field"),
            (HEAD + ",identifiers", "unknown-field"),
            (HEAD + ",grade", "malformed"),
            (HEAD + ',"role', "malformed"),
            (HEAD.replace("epoch,", ""), "field-missing"),
            (",".join(f"c{number}" for number in range(10_000)), "unknown-field"),
            (",".join(f"c{number}" for number in range(100_000)), "too-large"),
            ("", "empty"),
        ],
    )
    def test_a_head_that_names_no_columns(self, head: str, code: str) -> None:
        with pytest.raises(Refusal) as refusal:
            from_csv("r-1,telecom-fraud,B2,domain,1,T", head=head)
        assert refusal.value.code == code

    def test_a_head_in_another_charset(self) -> None:
        for head in ("线索".encode("gb18030"), b"\x00\xff\xd8"):
            with pytest.raises(Refusal) as refusal:
                list(csv_rows(lines_of([head + b"\n"])))
            assert refusal.value.code == "charset"

    def test_a_byte_order_mark_of_a_spreadsheet(self) -> None:
        assert len(from_csv("r-1,telecom-fraud,B2,domain,1,T", head="\ufeff" + HEAD)) == 1

    def test_nothing_at_all(self) -> None:
        with pytest.raises(Refusal) as refusal:
            list(csv_rows(lines_of([])))
        assert refusal.value.code == "empty"
