"""A fresh clone in a new folder: the demo finds what was planted and the tests are green, as root and as a plain user.

Run as root, it does both; run as a plain user, only that one. The plain user cannot read ``/root``: the clone lies in a
folder of its own below ``/var/tmp``.
"""

from __future__ import annotations

import json
import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from config.bench.record import ROOT
from tests.prove.commands import run_command

USER = "aif-prove"


def run() -> dict[str, Any]:
    runs = {"this user": _prove("")}
    if os.geteuid() == 0:
        _make_user()
        runs["plain user"] = _prove(USER)
    return {
        "holds": all(one["holds"] for one in runs.values()),
        "scale": {"users": list(runs)},
        "samples": runs,
    }


def _make_user() -> None:
    try:
        pwd.getpwnam(USER)
    except KeyError:
        subprocess.run(["useradd", "--system", "--no-create-home", "--shell", "/bin/bash", USER], check=True)


def _prove(user: str) -> dict[str, Any]:
    folder = Path(tempfile.mkdtemp(prefix="aif-prove-", dir="/var/tmp"))
    clone, home = folder / "clone", folder / "home"
    home.mkdir()
    try:
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        # Real lists and vectors lie beside the repository; beside its clone too, then, so that no test has to do without.
        shutil.copytree(ROOT.parent / "shared", folder / "shared")
        env = {"HOME": str(home)}
        # Not as a part of `make prove`: make then adds words of its own to what its parts print.
        prefix = ["env", "-u", "MAKEFLAGS", "-u", "MFLAGS", "-u", "MAKELEVEL"]
        if user:
            subprocess.run(["chown", "-R", f"{user}:{user}", str(folder)], check=True)
            prefix += ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", "--"]
        demo = run_command([*prefix, "make", "demo", "ONCE=1"], folder=clone, env=env)
        tests = run_command([*prefix, "make", "test", "ARGS=-rs"], folder=clone, env=env)
        figures = _read_last_line(demo["end"])
        equal = bool(figures) and figures["matches"] == figures["expected_matches"]
        equal = equal and figures["rings"] == figures["expected_rings"]
        skipped = [line for line in tests["end"].splitlines() if line.startswith("SKIPPED")]
        # Becoming another user is root's alone to test; nothing else may be left out.
        quiet = all(user and "only root can" in line for line in skipped)
        return {
            "holds": equal and quiet and demo["exit"] == 0 and tests["exit"] == 0,
            "demo": demo,
            "figures": figures,
            "skipped": skipped,
            "tests": tests,
        }
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _read_last_line(output: str) -> dict[str, Any]:
    try:
        return dict(json.loads(output.strip().splitlines()[-1]))
    except (ValueError, IndexError):
        return {}
