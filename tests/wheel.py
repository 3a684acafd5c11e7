"""The wheel that members install, built away from the working tree so that nothing old gets into it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def build_wheel(folder: Path) -> Path:
    """Build it into `folder`, without the network, and return it."""
    source = folder / "source"
    source.mkdir(parents=True)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    shutil.copytree(ROOT / "aif_share", source / "aif_share", ignore=shutil.ignore_patterns("__pycache__"))
    target = folder / "dist"
    subprocess.run(
        [sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", "--quiet"]
        + ["--no-deps", "--no-build-isolation", "--wheel-dir", str(target), str(source)],
        check=True,
        capture_output=True,
        text=True,
    )
    shutil.rmtree(source)
    (wheel,) = target.glob("aif_share-*.whl")
    return wheel
