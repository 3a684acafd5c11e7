"""Files as members have them: three formats, two charsets, and everything that is wrong with them."""

from __future__ import annotations

import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from aif_share.client import Source, SourceError
from aif_share.client.source import stream_values
from aif_share.wire.limits import MAX_LINE


def read(path: Path, format: str | None = None) -> list[tuple[int, int, Any]]:
    source = Source.at(path, format)
    lines = source.lines(source.survey().encoding)
    return [(line.row, line.number, line.refused or dict(line.fields)) for line in lines]


def write(folder: Path, data: bytes | str, name: str = "file.txt") -> Path:
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def test_lines(tmp_path: Path) -> None:
    path = write(tmp_path, "a.example\r\n\n   \n  b.example \nc.example")
    assert read(path) == [
        (0, 1, {"value": "a.example"}),
        (1, 4, {"value": "b.example"}),
        (2, 5, {"value": "c.example"}),
    ]


@pytest.mark.parametrize(
    ("name", "format"),
    [("a.csv", "csv"), ("a.CSV", "csv"), ("a.jsonl", "jsonl"), ("a.ndjson", "jsonl"), ("a.tsv", "csv"), ("a", "lines")],
)
def test_the_suffix_chooses_the_format(name: str, format: str) -> None:
    assert Source.at(Path(name)).format == format
    assert Source.at(Path(name), "lines").format == "lines"


TEXT = "value,category\n微信号一,telecom-fraud\n"


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (TEXT.encode(), "utf-8"),
        (b"\xef\xbb\xbf" + TEXT.encode(), "utf-8"),
        (TEXT.encode("gb18030"), "gb18030"),
        (b"\x84\x31\x95\x33" + TEXT.encode("gb18030"), "gb18030"),
        (TEXT.replace("一", "㐀").encode("gb18030"), "gb18030"),  # four bytes
    ],
)
def test_charsets(tmp_path: Path, data: bytes, encoding: str) -> None:
    path = write(tmp_path, data, "f.csv")
    assert Source.at(path).survey().encoding == encoding
    ((row, number, fields),) = read(path)
    assert (row, number) == (0, 2) and fields["value"][:3] == "微信号"


@pytest.mark.parametrize(
    "data", [TEXT.encode("utf-16"), b"a.example\n\xff\xfe\n", "é\n".encode("latin-1"), b"ok\n\x81"]
)
def test_another_charset_is_refused_as_a_whole(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(SourceError) as caught:
        read(write(tmp_path, data))
    assert caught.value.code == "charset"


def test_a_character_cut_by_a_block_is_whole(tmp_path: Path) -> None:
    data = ("x" * 1_048_575 + "电" + "\n").encode()
    assert Source.at(write(tmp_path, data)).survey().encoding == "utf-8"
    assert Source.at(write(tmp_path, ("x" * 1_048_575 + "电\n").encode("gb18030"))).survey().encoding == "gb18030"


@pytest.mark.parametrize("format", ["lines", "csv", "jsonl"])
def test_a_line_of_50_mb_is_refused_alone_and_never_held(tmp_path: Path, format: str) -> None:
    good = {"lines": b"b.example\n", "csv": b"b.example,\n", "jsonl": b'{"value":"b.example"}\n'}[format]
    head = b"value,type\n" if format == "csv" else b""
    path = write(tmp_path, head + b"a" * 50_000_000 + b"\n" + good, f"f.{format}")
    tracemalloc.start()
    rows = read(path, format)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    first = 2 if head else 1
    assert rows == [(0, first, "too-large"), (1, first + 1, {"value": "b.example"})]
    assert peak < 12_000_000


def test_the_longest_line_is_just_read(tmp_path: Path) -> None:
    assert len(read(write(tmp_path, b"a" * (MAX_LINE - 1) + b"\n"))[0][2]["value"]) == MAX_LINE - 1
    assert len(read(write(tmp_path, b"a" * MAX_LINE))[0][2]["value"]) == MAX_LINE
    assert read(write(tmp_path, b"a" * (MAX_LINE + 1)))[0][2] == "too-large"


def test_csv(tmp_path: Path) -> None:
    text = 'Value , TYPE,value_2,type_2\n"a,example",domain,,\nb.example,,138 0013 8000,cn-mobile\n\nonly\n'
    assert read(write(tmp_path, text, "f.csv")) == [
        (0, 2, {"value": "a,example", "type": "domain"}),
        (1, 3, {"value": "b.example", "value_2": "138 0013 8000", "type_2": "cn-mobile"}),
        (2, 5, {"value": "only"}),
    ]


@pytest.mark.parametrize("delimiter", ["\t", ";"])
def test_other_separators_and_an_empty_first_cell(tmp_path: Path, delimiter: str) -> None:
    text = f"region{delimiter}value\n{delimiter}a.example\n"
    assert read(write(tmp_path, text, "f.csv")) == [(0, 2, {"value": "a.example"})]


@pytest.mark.parametrize("line", ['"open', '"a"b', "a,b,c,d,e"])
def test_a_csv_row_that_cannot_be_read_is_refused_alone(tmp_path: Path, line: str) -> None:
    rows = read(write(tmp_path, f"value,type\n{line}\nb.example,domain\n", "f.csv"))
    assert rows == [(0, 2, "row-malformed"), (1, 3, {"value": "b.example", "type": "domain"})]


@pytest.mark.parametrize(
    ("header", "said", "unsaid"),
    [
        ("value,colour", '"colour"', None),
        ("value,类别", '"类别"', None),
        ("value,value_21", '"value_21"', None),
        ("value,13800138000", "number 2", "13800138000"),
        ("13800138000,telecom-fraud", "number 1", "13800138000"),
        ("bad.example", "first line has to name the columns", "bad.example"),
        ("value,bad.example.com", "number 2", "bad.example.com"),
    ],
)
def test_a_wrong_column_is_named_and_a_value_is_not(tmp_path: Path, header: str, said: str, unsaid: str | None) -> None:
    with pytest.raises(SourceError) as caught:
        read(write(tmp_path, header + "\na,b\n", "f.csv"))
    assert caught.value.code == "unknown-field" and said in str(caught.value)
    assert unsaid is None or unsaid not in str(caught.value) + repr(caught.value)


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("type,grade", "field-missing"),
        ("value,Value", "unknown-field"),
        ("value,value_1", "unknown-field"),
        ('"value', "malformed"),
    ],
)
def test_a_header_that_makes_no_sense(tmp_path: Path, header: str, code: str) -> None:
    with pytest.raises(SourceError) as caught:
        read(write(tmp_path, header + "\na\n", "f.csv"))
    assert caught.value.code == code


def test_json_lines(tmp_path: Path) -> None:
    text = (
        '{"value":"a.example","amount_cny":1000.10}\n{"value":\n[1]\n{"a":NaN}\n'
        + "[" * 9_000
        + '\n{"value":13800138000}\n'
    )
    rows = [row for _, _, row in read(write(tmp_path, text, "f.jsonl"))]
    assert rows[0] == {"value": "a.example", "amount_cny": "1000.10"}
    assert rows[1:5] == ["row-malformed"] * 4
    assert rows[5] == {"value": 13800138000}


def test_an_empty_file(tmp_path: Path) -> None:
    for name in ("f.txt", "f.csv", "f.jsonl"):
        assert read(write(tmp_path, b"", name)) == []


def test_reading_from_a_row_on_gives_the_same_rows(tmp_path: Path) -> None:
    path = write(tmp_path, "".join(f"h{number}.example\n\n" for number in range(50)))
    assert [row for row, _, _ in read(path)] == [*range(50)]
    assert [number for _, number, _ in read(path)] == [*range(1, 100, 2)]


def test_a_stream_is_read_line_by_line(tmp_path: Path) -> None:
    data = (
        b"\xef\xbb\xbfa.example\n\n" + "电话\n".encode("gb18030") + b"\xff\n" + b"b" * (MAX_LINE * 3) + b"\nc.example"
    )
    with write(tmp_path, data).open("rb") as file:
        found = [*stream_values(file)]
    assert found == [
        (1, "a.example", ""),
        (3, "电话", ""),
        (4, None, "charset"),
        (5, None, "too-large"),
        (6, "c.example", ""),
    ]


def test_no_repr_shows_a_value(tmp_path: Path) -> None:
    source = Source.at(write(tmp_path, "bad.example\n"))
    assert "bad.example" not in repr([*source.lines("utf-8")])
