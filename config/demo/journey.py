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

from config.demo.alliance import INSTITUTIONS
from config.demo.compare import compare_rings
from config.demo.files import Export
from config.demo.member import Member
from config.demo.planted import Plan
from config.stack import Stack

QUOTAS = {"evaluate_quota": 20_000, "submit_quota": 20_000, "screen_quota": 5_000}
SIDE_BY_SIDE = 3
RINGS_WITHIN_S = 60.0

Say = Callable[[str], None]


def _write_private(path: Path, text: str) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)


def admit_members(stack: Stack, folder: Path) -> tuple[dict[str, Member], dict[str, str]]:
    """Create the eight institutions; return code -> member, and code -> institution reference."""

    def admit(number: int) -> tuple[Member, str]:
        institution = INSTITUTIONS[number]
        made = stack.create_institution(institution.name, institution.sector, institution.group, **QUOTAS)
        _write_private(folder / "keys" / f"{institution.code}.key", made["api_key"] + "\n")
        home = folder / "members" / institution.code
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        return Member(institution.code, stack.url, made["api_key"], home), made["institution"]

    with ThreadPoolExecutor(2) as pool:
        admitted = list(pool.map(admit, range(len(INSTITUTIONS))))
    return {member.code: member for member, _ in admitted}, {member.code: ref for member, ref in admitted}


def make_logins(stack: Stack, folder: Path, references: Mapping[str, str]) -> list[dict[str, str]]:
    """Make the accounts and keep their passwords beside the keys."""
    logins = run_in_stack(stack, "config.demo.people", {"institutions": references})
    _write_private(folder / "keys" / "logins.json", json.dumps(logins, indent=1) + "\n")
    return list(logins)


def run_in_stack(stack: Stack, module: str, question: object) -> Any:
    """Run a module of this package as the alliance's console: JSON in, JSON out."""
    done = subprocess.run(
        [sys.executable, "-m", module],
        env=os.environ | stack.env,
        input=json.dumps(question),
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise RuntimeError(f"{module} ended with {done.returncode}: {done.stderr.strip()[-1500:]}")
    return json.loads(done.stdout)


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


def see_matches(members: Mapping[str, Member]) -> dict[str, list[dict[str, Any]]]:
    """What each member sees."""
    with ThreadPoolExecutor(2) as pool:
        return dict(zip(members, pool.map(Member.list_matches, members.values()), strict=True))


def list_rings(stack: Stack) -> list[dict[str, Any]]:
    """The open rings as the alliance desk sees them: ``{"ring": …, "client_refs": […]}``."""
    return list(json.loads(stack.manage("list_rings", "--json")))


def wait_for_rings(stack: Stack, plan: Plan) -> tuple[list[dict[str, Any]], list[str]]:
    """Ask until the rings are the planted ones or time is up; return the rings and what differs."""
    limit = time.monotonic() + RINGS_WITHIN_S
    while True:
        rings = list_rings(stack)
        faults = compare_rings(plan, [frozenset(ring["client_refs"]) for ring in rings])
        if not faults or time.monotonic() > limit:
            return rings, faults
        time.sleep(1)
