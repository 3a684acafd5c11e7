"""Run a command of the repository and keep what a Show wants to remember of it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from config.bench.record import ROOT

LAST_CHARACTERS = 2000


def run_command(
    command: Sequence[str], *, folder: Path = ROOT, env: Mapping[str, str] | None = None, timeout: float = 3600
) -> dict[str, Any]:
    """Run it; return command, exit code, seconds and the end of what it printed."""
    clock = time.monotonic()
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **(env or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        timeout=timeout,
    )
    return {
        "command": " ".join(command),
        "exit": done.returncode,
        "seconds": round(time.monotonic() - clock, 1),
        "end": done.stdout[-LAST_CHARACTERS:],
    }


def run_tests(*selected: str, env: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Run some of the tests; the Show holds if all pass and none is skipped."""
    sample = run_command([sys.executable, "-m", "pytest", "-q", "--no-header", "-rs", *selected], env=env)
    skipped = "SKIPPED" in sample["end"] or " skipped" in sample["end"]
    return {"holds": sample["exit"] == 0 and not skipped, "samples": [sample]}
