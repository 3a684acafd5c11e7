"""The import contracts hold, and each of them would notice being broken."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINT_IMPORTS = Path(sys.executable).parent / "lint-imports"

# One deliberate violation for each contract: file to append to (or make), what it says, what goes red.
VIOLATIONS = {
    "members imports clues": ("members/queries.py", "import clues.apps", "1. Direction"),
    "aif_share imports Django": ("aif_share/errors.py", "import django", "2. aif_share is framework-free"),
    "matching imports cases": ("clues/matching/oracle.py", "import clues.cases", "3. Layers inside clues"),
    "a drawer in clues": ("clues/helpers/__init__.py", "", "3. Layers inside clues"),
    "members.models imports operations": (
        "members/models/reference.py",
        "import members.operations.institutions",
        "4. Layers inside members",
    ),
    "oprf imports wire": ("aif_share/oprf/encoding.py", "import aif_share.wire.limits", "5. Layers inside aif_share"),
    "a view imports a model": ("members/api/me.py", "import members.models", "6. Views never touch the ORM"),
    "the domain imports Celery": ("clues/matching/oracle.py", "import celery", "7. Domain code knows neither"),
    "a type imports another": (
        "aif_share/identifiers/types/email.py",
        "import aif_share.identifiers.types.domain",
        "8. Plug-in files",
    ),
    "a cycle": (
        "aif_share/vocabulary/sectors.py",
        "import aif_share.vocabulary.channels",
        "9. No import cycles",
    ),
}


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(LINT_IMPORTS), "--no-cache"], cwd=folder, capture_output=True, text=True)


def broken(report: str) -> set[str]:
    return {line.removesuffix("BROKEN").strip() for line in report.splitlines() if line.endswith("BROKEN")}


def test_all_contracts_are_kept():
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout
    assert "9 kept, 0 broken" in done.stdout


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("violations")
    for name in ("aif_share", "members", "clues", "config"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


@pytest.mark.parametrize("name", VIOLATIONS)
def test_a_deliberate_violation_is_caught(copy: Path, name: str):
    where, line, contract = VIOLATIONS[name]
    path = copy / where
    before = path.read_text(encoding="utf-8") if path.exists() else None
    if before is None:
        path.parent.mkdir()
    extra = ""
    if name == "a cycle":
        other = copy / "aif_share/vocabulary/channels.py"
        extra = other.read_text(encoding="utf-8")
        other.write_text(extra + "\nimport aif_share.vocabulary.sectors\n", encoding="utf-8")
    path.write_text(f"{before or ''}\n{line}\n", encoding="utf-8")
    try:
        done = lint(copy)
    finally:
        if before is None:
            shutil.rmtree(path.parent)
        else:
            path.write_text(before, encoding="utf-8")
        if extra:
            other.write_text(extra, encoding="utf-8")
    assert done.returncode == 1, done.stdout + done.stderr
    assert any(found.startswith(contract) for found in broken(done.stdout)), done.stdout
