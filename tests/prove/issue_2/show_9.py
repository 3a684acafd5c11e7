"""``make check`` is green, and an import contract broken on purpose turns it red."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from config.bench.record import ROOT
from tests.prove.commands import run_command

VIOLATIONS = (
    ("aif_share/identifiers/__init__.py", "import django  # noqa: F401\n"),
    ("members/__init__.py", "import clues.models  # noqa: F401\n"),
)


def run() -> dict[str, Any]:
    check = run_command(["make", "check"])
    broken = []
    with tempfile.TemporaryDirectory() as folder:
        clone = Path(folder) / "clone"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        lint = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
        sound = run_command(lint, folder=clone)
        for name, line in VIOLATIONS:
            path = clone / name
            shutil.copy(path, path.with_suffix(".kept"))
            path.write_text(path.read_text(encoding="utf-8") + line, encoding="utf-8")
            broken.append(run_command(lint, folder=clone))
            shutil.move(path.with_suffix(".kept"), path)
    return {
        "holds": check["exit"] == 0 and sound["exit"] == 0 and all(one["exit"] != 0 for one in broken),
        "scale": {"violations": len(VIOLATIONS)},
        "samples": {"check": check, "sound": sound, "broken": broken},
    }
