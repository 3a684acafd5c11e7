"""Evidence: 1,000 random attacks noticed, 10,000 keys rotated while uploads go on, 1 GiB resumed after three kills in little memory."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import random
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

from config.stack import Stack
from tests.prove.commands import run_tests
from tests.prove.evidence_case import Member, open_case
from tests.prove.memory import PeakMemory, read_peak_mib

MIB = 1024 * 1024
SIZE = 1024 * MIB
KILLS = 3
MOST_MIB = 100.0
ABOUT = {
    "kind": "electronic-data",
    "collected_at": "2026-01-05T08:00:00Z",
    "time_source": "system-log",
    "title": "Recordings of a quarter",
    "collected_by": "Complaints desk",
}
PATIENCE_S = 600.0


def run() -> dict[str, Any]:
    tests = run_tests(
        "--full-scale", "-s", "tests/clues/vault/test_random_attacks.py", "tests/clues/vault/test_rotation_under_way.py"
    )
    with tempfile.TemporaryDirectory() as folder, Stack() as stack:
        upload = prove(stack, Path(folder), size=SIZE, kills=KILLS)
    return {
        "holds": tests["holds"] and upload["holds"],
        "scale": {"attacks": 1_000, "keys": 10_000, "bytes": SIZE, "kills": KILLS},
        "samples": {"tests": tests["samples"], "upload": upload},
    }


def prove(stack: Stack, folder: Path, *, size: int, kills: int) -> dict[str, Any]:
    """Add a file to a case; kill client and web at a random moment of it, `kills` times, each time with the same command again."""
    member, case = open_case(stack, folder)
    with contextlib.closing(member.client):
        return _prove(stack, folder, member, case, size=size, kills=kills)


def _prove(stack: Stack, folder: Path, member: Member, case: str, *, size: int, kills: int) -> dict[str, Any]:
    path, about, out = folder / "recordings.pdf", folder / "about.json", folder / "opened.pdf"
    sha256 = write_file(path, size)
    about.write_text(json.dumps(ABOUT), encoding="utf-8")
    command = ("evidence", "add", case, str(path), "--about", str(about))
    drawn, log, peak = random.Random(), [], 0.0
    with PeakMemory(stack, "web") as memory:
        for _number in range(kills):
            begun, process = offset_of(member, case), member.start(*command, "--json")
            aim = begun + drawn.uniform(0.05, 0.6) * (size - begun) / kills
            peak = max(peak, wait_for(member, case, process, aim))
            process.kill()
            process.communicate()
            stack.wait_restarted("web", stack.kill("web"))
            log.append({"killed": "client and web", "at": round(aim / size, 3), "stored": offset_of(member, case)})
        clock, process = time.monotonic(), member.start(*command, "--json")
        last = 0.0
        while process.poll() is None:
            last = read_peak_mib(process.pid) or last
            time.sleep(0.05)
        peak = max(peak, last)
        made, errors = process.communicate()
        seconds = time.monotonic() - clock
        if process.returncode != 0:
            return {"holds": False, "kills": log, "error": errors[-500:]}
        item = json.loads(made)
        member.ask("evidence", "open", item["evidence"], "--reason", "To compare", "--to", str(out))
    grown = memory.peaks["web"] - memory.before["web"]
    kept = [entry for entry in (stack.data / "evidence").rglob("*") if entry.is_file() and entry.stat().st_size > size]
    same = digest_of(out) == sha256 == item["sha256"]
    resumed = all(sample["stored"] > 0 and sample["stored"] % MIB == 0 for sample in log)
    return {
        "holds": same and resumed and len(kept) == 1 and grown < MOST_MIB and peak < MOST_MIB
        and len(member.ask("evidence", "list", case)) == 1 and member.ask("evidence", "uploads", case) == [],
        "kills": log,
        "same_bytes": same,
        "files": len(kept),
        "web_grew_mib": round(grown, 1),
        "client_peak_mib": round(peak, 1),
        "last_part_seconds": round(seconds, 1),
    }  # fmt: skip


def write_file(path: Path, size: int) -> str:
    """Write a file of random bytes that begins like a PDF; return its SHA-256."""
    digest, left = hashlib.sha256(), size
    with path.open("wb") as file:
        block = b"%PDF-1.7\n"
        while left:
            block = (block + os.urandom(MIB - len(block)))[:left]
            file.write(block)
            digest.update(block)
            left, block = left - len(block), b""
    return digest.hexdigest()


def digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def offset_of(member: Member, case: str) -> int:
    """How much of the upload is stored; nothing before it is announced."""
    rows = member.client.evidence.uploads(case)
    return rows[0].offset if rows else 0


def wait_for(member: Member, case: str, process: subprocess.Popen[str], aim: float) -> float:
    """Wait until so much is stored; return the most memory the client had until then. Raise RuntimeError if it ends before.

    The last figure counts: before the process is a program of its own, the first ones are this process's.
    """
    until = time.monotonic() + PATIENCE_S
    while offset_of(member, case) < max(1.0, aim):
        if process.poll() is not None or time.monotonic() > until:
            raise RuntimeError(f"the upload ended before it was killed: {process.communicate()[1][-500:]}")
    return read_peak_mib(process.pid)
