"""No Python file grows beyond 300 lines: a god-file starts as an exception nobody argued about."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LIMIT = 300
ALLOWED: set[str] = set()
FOLDERS = ("aif_share", "members", "clues", "config", "tests")


def python_files() -> list[Path]:
    # A migration is history: it is written once, and splitting it would tear one change apart.
    found = (path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))
    return sorted(path for path in found if path.parent.name != "migrations")


def too_long(paths: list[Path], limit: int) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}: {count} lines"
        for path in paths
        if (count := len(path.read_text(encoding="utf-8").splitlines())) > limit
        and str(path.relative_to(ROOT)) not in ALLOWED
    ]


def test_every_file_is_short_enough():
    assert too_long(python_files(), LIMIT) == []


def test_a_long_file_would_be_found():
    assert too_long([Path(__file__)], 10)


@pytest.mark.parametrize("name", ["utils", "helpers", "common", "misc", "manager", "services"])
def test_no_drawer_for_everything(name: str):
    assert [path for path in python_files() if path.stem == name or path.parent.name == name] == []
