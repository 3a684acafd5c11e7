"""The steps of the demonstration on a running stack, each a function that returns what it made or found."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from aif_share.wire.keys import MemberKey
from config.demo.compare import compare_rings
from config.demo.files import Export
from config.demo.member import Member
from config.demo.planted import Plan
from config.stack import Stack, StackError

ROOT = Path(__file__).resolve().parents[2]
QUOTAS = {"evaluate_quota": 20_000, "submit_quota": 20_000, "screen_quota": 5_000}
SIDE_BY_SIDE = 3
RINGS_WITHIN_S = 60.0

Say = Callable[[str], None]


def _write_private(path: Path, text: str) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)


def write_keys(folder: Path, code: str, made: Mapping[str, str]) -> None:
    """Write the two keys of an institution: ``<code>.key`` for its system, and one for the portal's pages."""
    _write_private(folder / f"{code}.key", made["api_key"] + "\n")
    browser_key = MemberKey.parse(made["browser_key"])
    _write_private(folder / f"{code}-browser-{browser_key.id}.aifkey", browser_key.text + "\n")


def admit_members(stack: Stack, folder: Path) -> tuple[dict[str, Member], list[dict[str, str]]]:
    """Create the eight institutions and everybody's accounts; keep keys and passwords in ``folder/keys``.

    Return code -> member, and the logins.
    """
    done = subprocess.run(
        [sys.executable, "-m", "config.demo.console"],
        env=os.environ | stack.env,
        cwd=str(ROOT),
        input=json.dumps({"quotas": QUOTAS}),
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise StackError(f"the console ended with {done.returncode}: {done.stderr.strip()[-1500:]}")
    made = json.loads(done.stdout)
    _write_private(folder / "keys" / "logins.json", json.dumps(made["logins"], indent=1) + "\n")
    members = {}
    for code, member in made["members"].items():
        write_keys(folder / "keys", code, member)
        home = folder / "members" / code
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        members[code] = Member(code, stack.url, member["api_key"], home)
    return members, list(made["logins"])


def submit_all(members: Mapping[str, Member], exports: Sequence[Export], say: Say) -> int:
    """Every member submits its files, a few members at a time; return how many clues the platform accepted."""

    def submit(code: str) -> int:
        accepted = 0
        for export in (export for export in exports if export.institution == code):
            started = time.monotonic()
            answer = members[code].submit(export.path, *export.options)
            if answer["accepted"] != export.clues:
                raise RuntimeError(
                    f"{code}: {export.path.name} has {export.clues} clues, accepted {answer['accepted']}"
                )
            accepted += answer["accepted"]
            seconds = time.monotonic() - started
            say(
                f"{code}: {export.path.name}, {export.clues} clues in {seconds:.1f} s, {answer['matched']} matched at once"
            )
        return accepted

    # The largest first, so that none is left to run alone in the end.
    codes = sorted(members, key=lambda code: -sum(export.clues for export in exports if export.institution == code))
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        return sum(pool.map(submit, codes))


def review_clues(stack: Stack) -> dict[str, int]:
    """The members' second people review what was submitted, but for a part; return how much of what."""
    return _ask_owner(stack, "config.demo.reviews")


def see_matches(members: Mapping[str, Member]) -> dict[str, list[dict[str, Any]]]:
    """What each member sees."""
    with ThreadPoolExecutor(2) as pool:
        return dict(zip(members, pool.map(Member.list_matches, members.values()), strict=True))


def list_rings(stack: Stack) -> list[dict[str, Any]]:
    """The open rings as the alliance desk sees them: ``{"ring": …, "clues": [{"institution": …, "client_ref": …}], …}``."""
    return list(json.loads(stack.manage("list_rings", "--json")))


def wait_for_rings(stack: Stack, plan: Plan) -> tuple[list[dict[str, Any]], list[str]]:
    """Ask until the rings are the planted ones or time is up; return the rings and what differs."""
    limit = time.monotonic() + RINGS_WITHIN_S
    while True:
        rings = list_rings(stack)
        found = [frozenset(clue["client_ref"] for clue in ring["clues"]) for ring in rings]
        faults = compare_rings(plan, found)
        if not faults or time.monotonic() > limit:
            return rings, faults
        time.sleep(1)


def open_cases(stack: Stack, rings: Sequence[dict[str, Any]], plan: Plan) -> dict[str, str]:
    """Bring three of the planted rings to cases (config.demo.cases); return {what it shows: its reference}."""
    found = {frozenset(clue["client_ref"] for clue in ring["clues"]): ring["ring"] for ring in rings}
    question = {ring.planted: found[ring.clues] for ring in plan.rings}
    return {name: str(case) for name, case in _ask_owner(stack, "config.demo.cases", question).items()}


def _ask_owner(stack: Stack, module: str, question: object = None) -> dict[str, Any]:
    """Run a module as the owner of the stack's database; return the JSON that it printed."""
    done = subprocess.run(
        [sys.executable, "-m", module],
        env=os.environ | stack.env | {"AIF_DB_OWNER": "1"},
        cwd=str(ROOT),
        input=json.dumps(question),
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise StackError(f"{module} ended with {done.returncode}: {done.stderr.strip()[-1500:]}")
    return dict(json.loads(done.stdout))
