"""The CLI's map file through the browser's code and back: everything in it, and the CLI opens what comes out."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from aif_share.client.journal import Journal
from aif_share.client.map import FORMAT, Evaluation, Map, Submitted
from tests.frontend.node import NODE

HERE = Path(__file__).parent
TABLES = ("meta", "submitted", "token", "evaluation", "job", "chunk", "refused")
CHAIN = bytes(range(32))


def rewrite(source: Path, target: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [NODE, str(HERE / "rewrite_map.js"), str(source), str(target)], capture_output=True, text=True, timeout=60
    )


def rows(path: Path, table: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(path) as db:
        return sorted(db.execute(f"SELECT * FROM {table}").fetchall(), key=repr)


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """Return a map with something in every table, a submission broken off, and values in many scripts."""
    path = tmp_path / "map.sqlite"
    with Map(path) as map:
        with map.transaction() as db:
            map.remember(
                db,
                [
                    Submitted("r" * 22, 0, "domain", "Example.COM"),
                    Submitted("r" * 22, 1, "sms-signature", "【测试】\u00a0'\"|\\"),
                    Submitted("W-1", 0, "email", "a+b@exämple.test"),
                ],
            )
        known = Evaluation("one", "domain", CHAIN, ["example.com"])
        map.begin(known._replace(blinds=[b"\1" * 32], elements=[b"\2" * 32]))
        map.finish(known, [b"\3" * 32])
        map.begin(
            Evaluation(
                "two", "domain", CHAIN, ["b.test", "例.test"], [b"\4" * 32, b"\5" * 32], 1, [b"\6" * 32, b"\7" * 32]
            )
        )
        journal = Journal(map, "fingerprint")
        journal.write(
            first_row=0, next_row=3, refused=[(2, "identifier-invalid")], clues=[b'{"a":1}'], lines=[1], submitted=[]
        )
    return path


def test_there_and_back(written: Path, tmp_path: Path) -> None:
    back = tmp_path / "back.sqlite"
    done = rewrite(written, back)
    assert done.returncode == 0, done.stderr
    for table in TABLES:
        assert rows(back, table) == rows(written, table), table
        assert rows(back, table), table
    schema = "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name"
    with sqlite3.connect(written) as one, sqlite3.connect(back) as other:
        assert one.execute(schema).fetchall() == other.execute(schema).fetchall()
    with Map(written) as before, Map(back, create=False) as after:
        place = [("domain", "example.com"), ("email", "a@b.test")]
        assert after.client_ref(7, place) == before.client_ref(7, place)
        assert after.raw([("W-1", 0), ("r" * 22, 0)]) == "Example.COM"
        assert after.raw_by_position("r" * 22)[1] == "【测试】\u00a0'\"|\\"
        assert after.tokens(CHAIN, "domain", ["example.com"]) == {"example.com": b"\3" * 32}
        assert after.unfinished() == before.unfinished()
        journal = Journal(after, "fingerprint")
        assert journal.resumed and journal.next_row == 3
        assert journal.chunks()[0].body == b'{"clues":[{"a":1}]}'


def test_what_is_no_map_is_refused(written: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    other = tmp_path / "other.sqlite"
    with sqlite3.connect(other) as db:
        db.execute("CREATE TABLE meta (name, value)")
    newer = tmp_path / "newer.sqlite"
    shutil.copy(written, newer)
    with closing(sqlite3.connect(newer)) as db:  # closed, so that nothing stays in the write-ahead log
        db.execute(f"PRAGMA user_version = {FORMAT + 1}")
    cut = tmp_path / "cut.sqlite"
    cut.write_bytes(written.read_bytes()[:5000])
    text = tmp_path / "list.txt"
    text.write_text("example.com\n" * 10)
    empty = tmp_path / "empty"
    empty.write_bytes(b"")
    for path, code in (
        (other, "map-invalid"),
        (newer, "map-version"),
        (cut, "map-invalid"),
        (text, "map-invalid"),
        (empty, "map-invalid"),
    ):
        done = rewrite(path, out)
        assert (done.returncode, done.stdout) == (1, code), path.name
        assert not out.exists()
