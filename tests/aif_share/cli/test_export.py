"""`aif-share export`: new files only, whole or not at all; with the map the own values beside the rows, never as formulas."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from aif_share.client import Map
from aif_share.wire.keys import MemberKey
from tests.aif_share.client import loopback

from .conftest import run_process

ROOT = Path(__file__).resolve().parents[3]
PHONE, FORMULA = "13800138000", "=1+1"
CLUES = b'\xef\xbb\xbfclue,client_ref,state\r\n"C-A","\'=r","active"\r\n"C-B","none","active"\r\n'
MATCHES = b'\xef\xbb\xbfmatch,client_refs,identifiers\r\n"M-A","other =r","0 1"\r\n"M-B","\'=r q","2 0"\r\n'


def export(tmp_path: Path, answer: Any, *arguments: str) -> tuple[Any, list[str]]:
    """Run the verb against a server that gives these bytes; return what it did and which addresses were asked for."""
    asked: list[str] = []

    def give(_method: str, path: str, *_more: Any) -> Any:
        asked.append(path)
        return answer if isinstance(answer, tuple) else (200, {"Content-Type": "text/csv"}, answer)

    with loopback.serve(give) as url:
        key = MemberKey.new().text
        environment = {"HOME": str(tmp_path), "AIF_SHARE_URL": url, "AIF_SHARE_KEY": key, "PYTHONPATH": str(ROOT)}
        return run_process(environment, "export", *arguments), asked


@pytest.fixture
def known(tmp_path: Path) -> Path:
    """A map that knows two identifiers of one clue."""
    path = tmp_path / "map.sqlite"
    with Map(path) as map, map.transaction() as db:
        map.remember(db, [("=r", 1, "cn-mobile", PHONE), ("=r", 2, "sms-signature", FORMULA)])  # type: ignore[list-item]
    return path


def rows_of(text: bytes | str) -> list[dict[str, str]]:
    plain = text.decode("utf-8-sig") if isinstance(text, bytes) else text.removeprefix("\ufeff")
    return list(csv.DictReader(io.StringIO(plain, newline="")))


def test_a_file_is_written_once_and_whole(tmp_path: Path) -> None:
    file = tmp_path / "clues.csv"
    done, asked = export(tmp_path, CLUES, "clues", "--since", "2026-11-01", "--output", str(file), "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["bytes"] == len(CLUES) and file.read_bytes() == CLUES
    assert asked == ["/api/v1/exports/clues?since=2026-11-01"]
    again, asked = export(tmp_path, CLUES, "clues", "--output", str(file))
    assert again.returncode == 2 and "exists already" in again.stderr and asked == []
    refused = (422, {}, {"code": "too-large", "status": 422, "title": "T", "detail": "D"})
    done, _asked = export(tmp_path, refused, "clues", "--output", str(tmp_path / "other.csv"))
    assert done.returncode == 1 and sorted(each.name for each in tmp_path.glob("*.csv*")) == ["clues.csv"]


def test_own_values_come_from_the_map(tmp_path: Path, known: Path) -> None:
    done, _asked = export(tmp_path, CLUES, "clues", "--map", str(known))
    assert done.returncode == 0, done.stderr
    assert [row["raw"] for row in rows_of(done.stdout)] == [f"{PHONE} {FORMULA}", ""]
    done, _asked = export(tmp_path, MATCHES, "matches", "--map", str(known))
    assert [row["raw"] for row in rows_of(done.stdout)] == [PHONE, f"'{FORMULA}"], "a value is no formula either"
    assert rows_of(done.stdout)[1]["client_refs"] == "'=r q"


@pytest.mark.parametrize(
    "arguments", [("content", "--map"), ("clues", "--as", "stix", "--map"), ("clues", "--json"), ("tokens",)]
)
def test_what_makes_no_sense_is_refused_here(tmp_path: Path, known: Path, arguments: tuple[str, ...]) -> None:
    given = [*arguments, str(known)] if arguments[-1] == "--map" else list(arguments)
    done, asked = export(tmp_path, CLUES, *given)
    assert done.returncode == 2 and asked == []
