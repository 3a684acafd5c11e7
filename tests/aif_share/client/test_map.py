"""The member's map: its file, its references, what stays in it."""

from __future__ import annotations

import hashlib
import hmac
import sqlite3
from base64 import urlsafe_b64encode
from pathlib import Path

import pytest

from aif_share.client import Map, MapError, raw_values
from aif_share.client.map import Evaluation, Submitted


@pytest.fixture
def map(tmp_path: Path) -> Map:
    with Map(tmp_path / "folder" / "map.sqlite") as opened:
        yield opened


def secret(path: Path) -> bytes:
    connection = sqlite3.connect(path)
    (found,) = connection.execute("SELECT value FROM meta WHERE name = 'secret'").fetchone()
    connection.close()
    return bytes(found)


def test_only_its_owner_may_read_it(map: Map) -> None:
    files = [*map.path.parent.iterdir()]
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600} and len(files) >= 2  # with SQLite's own
    assert map.path.parent.stat().st_mode & 0o777 == 0o700


def test_a_map_that_others_may_read_is_closed_to_them(map: Map) -> None:
    map.path.chmod(0o644)
    with Map(map.path):
        assert map.path.stat().st_mode & 0o777 == 0o600


def test_client_ref_is_the_hmac_of_the_contract(map: Map) -> None:
    key = secret(map.path)
    assert len(key) == 32
    text = "7|cn-mobile|+8613800138000|domain|bad.example"
    expected = urlsafe_b64encode(hmac.new(key, text.encode(), hashlib.sha256).digest())[:22].decode()
    assert map.client_ref(7, [("cn-mobile", "+8613800138000"), ("domain", "bad.example")]) == expected


def test_client_ref_differs_by_row_type_value_and_map(map: Map, tmp_path: Path) -> None:
    one = ("domain", "bad.example")
    with Map(tmp_path / "other.sqlite") as other:
        refs = [map.client_ref(0, [one]), map.client_ref(1, [one]), map.client_ref(0, [("url", "bad.example")])]
        assert len({*refs, other.client_ref(0, [one]), map.client_ref(0, [one, one])}) == 5
    assert map.client_ref(0, [one]) == refs[0]


def test_the_secret_stays(map: Map) -> None:
    with Map(map.path) as again:
        assert again.client_ref(0, [("domain", "a.example")]) == map.client_ref(0, [("domain", "a.example")])


def remember(map: Map, *rows: Submitted) -> None:
    with map.transaction() as connection:
        map.remember(connection, rows)


def test_the_value_as_first_submitted_stays(map: Map) -> None:
    remember(map, Submitted("ref", 0, "domain", "First.example"), Submitted("ref", 1, "domain", "second.example"))
    remember(map, Submitted("ref", 0, "domain", "first.example"), Submitted("later", 0, "domain", "third.example"))
    assert map.raw([("ref", 0)]) == "First.example"
    assert map.raw([("later", 0), ("ref", 1)]) == "second.example"  # whichever came first
    assert map.raw([("ref", 2)]) is None


def test_matches_are_joined_here(map: Map) -> None:
    remember(map, Submitted("ref", 0, "domain", "a.example"))
    matches = [{"match": "M-1", "mine": [{"client_ref": "ref", "identifier": 0}]}, {"match": "M-2", "mine": []}]
    assert [match["raw"] for match in raw_values(map, matches)] == ["a.example", None]
    assert [match["raw"] for match in raw_values(None, matches)] == [None, None]


def test_nothing_is_kept_of_a_transaction_that_fails(map: Map) -> None:
    with pytest.raises(RuntimeError), map.transaction() as connection:
        map.remember(connection, [Submitted("ref", 0, "domain", "a.example")])
        raise RuntimeError
    assert map.raw([("ref", 0)]) is None


def test_an_evaluation_waits_for_its_tokens(map: Map) -> None:
    evaluation = Evaluation(
        "id", "domain", b"c" * 32, ["a.example", "b.example"], [b"1" * 32, b"2" * 32], 0, [b"3" * 32, b"4" * 32]
    )
    map.begin(evaluation)
    map.advance(evaluation._replace(hop=1, elements=[b"5" * 32, b"6" * 32]))
    with Map(map.path) as again:
        assert again.unfinished() == [evaluation._replace(hop=1, elements=[b"5" * 32, b"6" * 32])]
    map.finish(evaluation, [b"t" * 32, b"u" * 32])
    assert map.unfinished() == []
    known = map.tokens(b"c" * 32, "domain", ["b.example", "a.example", "c.example"])
    assert known == {"a.example": b"t" * 32, "b.example": b"u" * 32}


def test_another_programs_file_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.sqlite"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE mine (a)")
    connection.close()
    with pytest.raises(MapError, match="another program"):
        Map(path)
    text = tmp_path / "text"
    text.write_text("no database\n" * 100)
    with pytest.raises(MapError, match="not a map"):
        Map(text)
    assert text.read_text() == "no database\n" * 100


def test_a_map_to_read_has_to_be_there(tmp_path: Path) -> None:
    with pytest.raises(MapError, match="no map"):
        Map(tmp_path / "none.sqlite", create=False)
    assert not (tmp_path / "none.sqlite").exists()


def test_no_repr_shows_a_value() -> None:
    shown = repr(Submitted("ref", 0, "domain", "bad.example"))
    shown += repr(Evaluation("id", "domain", b"", ["bad.example"], [b"blind"], 0, [b"element"]))
    assert not any(part in shown for part in ("bad.example", "blind", "element="))
