"""The quickstart as written: from `pip install` of the built wheel in a clean environment to the first verified event."""

from __future__ import annotations

import json
import secrets
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path
from typing import Any

from config.bench.record import ROOT
from config.stack import Stack
from tests.guide import reader_env, run_page
from tests.wheel import build_wheel

PAGE = ROOT / "docs" / "api" / "quickstart.md"
FORBIDDEN = {"django", "djangorestframework", "celery", "psycopg2-binary", "redis"}


def run() -> dict[str, Any]:
    with (
        tempfile.TemporaryDirectory(prefix="aif-prove-") as name,
        Stack(env={"AIF_DISCLOSURE_TICK": "0.2", "AIF_WEBHOOK_ALLOW_CIDRS": "127.0.0.0/8"}) as stack,
    ):
        folder = Path(name)
        wheel = build_wheel(folder / "build")
        programs = make_environment(folder / "venv")
        keys = {
            variable: stack.create_institution(f"quickstart {secrets.token_hex(6)}", sector)["api_key"]
            for variable, sector in (("AIF_SHARE_KEY", "bank"), ("OTHER_KEY", "insurer"))
        }
        home = folder / "home"
        home.mkdir()
        # The wheel is taken from where it was built; everything it needs, from the index, as a member's machine would.
        env = reader_env(home, programs, AIF_SHARE_URL=stack.url, PIP_FIND_LINKS=str(wheel.parent), **keys)
        before = list_packages(programs)
        clock = time.monotonic()
        done = run_page(PAGE, folder=home, env=env, timeout=900)
        seconds = round(time.monotonic() - clock, 1)
        installed = list_packages(programs)
        event = home / "first-event.txt"
        first = event.read_text(encoding="utf-8").strip() if event.exists() else ""
    clean = not FORBIDDEN & installed
    return {
        "holds": done.returncode == 0 and clean and first.startswith("match.released M-") and "aif-share" in installed,
        "scale": {"blocks": done.stderr.count("--- line "), "packages": len(installed - before)},
        "samples": {
            "exit": done.returncode,
            "seconds": seconds,
            "wheel": wheel.name,
            "first_event": first,
            "installed": sorted(installed - before),
            "end": (done.stdout[-1500:] + done.stderr[-1500:]),
        },
    }


def make_environment(folder: Path) -> Path:
    """A virtual environment with pip and nothing of ours; the folder of its programs. Our pip brings it its own."""
    venv.create(folder, symlinks=True)
    inside = str(folder / "bin" / "python")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", "--python", inside]
    subprocess.run([*pip, "install", "pip"], check=True, capture_output=True)
    return folder / "bin"


def list_packages(programs: Path) -> set[str]:
    """The names of what is installed."""
    command = [str(programs / "python"), "-m", "pip", "--disable-pip-version-check", "list", "--format", "json"]
    listed = subprocess.run(command, check=True, capture_output=True, text=True)
    return {str(row["name"]).lower() for row in json.loads(listed.stdout)}
