"""What `pip install aif-share[client]` brings: the wheel in an environment with nothing but what it asks for."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from importlib.metadata import PathDistribution, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.wheel import build_wheel

FRAMEWORKS = {"django", "djangorestframework", "celery", "redis", "psycopg2-binary", "gunicorn"}


def needed(requirements: list[str], extras: set[str]) -> set[str]:
    """Names of the distributions that requirements lead to, all the way down."""
    found: set[str] = set()
    waiting = [(Requirement(text), extras) for text in requirements]
    while waiting:
        requirement, chosen = waiting.pop()
        marker = requirement.marker
        if marker is not None and not any(marker.evaluate({"extra": extra}) for extra in chosen or {""}):
            continue
        if requirement.name == "aif-share":
            waiting += [(Requirement(text), {*requirement.extras, ""}) for text in requirements]
        elif requirement.name not in found:
            found.add(requirement.name)
            below = distribution(requirement.name).requires or []
            waiting += [(Requirement(text), {*requirement.extras, ""}) for text in below]
    return found


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, unpacked beside its file."""
    path = build_wheel(tmp_path_factory.mktemp("wheel"))
    with zipfile.ZipFile(path) as file:
        file.extractall(path.parent / "site")
    return path


@pytest.mark.parametrize(
    ("extra", "statement"),
    [
        ("client", "from aif_share.client import Client, webhooks"),
        ("cli", "from aif_share.cli.main import run; sys.exit(run(['webhooks', '--help']))"),
    ],
)
def test_an_extra_brings_all_it_needs_and_no_framework(wheel: Path, tmp_path: Path, extra: str, statement: str) -> None:
    (info,) = (wheel.parent / "site").glob("*.dist-info")
    names = needed(PathDistribution(info).requires or [], {extra, ""})
    assert "httpx" in names and "standardwebhooks" in names
    assert names & FRAMEWORKS == set()
    site = tmp_path / "site"
    site.mkdir()
    for name in names:  # as pip would lay them, from this environment's own copies: nothing is fetched in a test
        for file in distribution(name).files or []:
            top = file.parts[0]
            source = Path(str(distribution(name).locate_file(top)))
            if top not in ("..", "__pycache__") and source.exists() and not (site / top).exists():
                (site / top).symlink_to(source)
    for made in (wheel.parent / "site").iterdir():
        (site / made.name).symlink_to(made)
    program = f"import sys; sys.path.append({str(site)!r}); {statement}"
    done = subprocess.run([sys.executable, "-I", "-S", "-c", program], capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr


def test_the_wheel_holds_the_members_half_alone(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as file:
        tops = {name.split("/")[0] for name in file.namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"aif_share"}
