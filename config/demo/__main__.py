"""``make demo``: the main job end to end, on one machine, with nothing faked between a member's file and a ring.

Starts a stack in an emptied ``var/demo`` (or AIF_DATA), lets eight institutions submit their files with the real client
through two custodians, the API and the worker, and compares what they are told with what was planted. Stays up until
Ctrl-C; with ``--once`` prints one line of JSON in the end and exits 0 only if found equals planted.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from config.demo import evidence, journey
from config.demo.compare import collect_matches, compare_matches
from config.demo.console import FULLY_STAFFED
from config.demo.files import write_files
from config.demo.member import MemberError
from config.demo.plan import SEED, build_plan
from config.stack import Stack, StackError, wipe

ROOT = Path(__file__).resolve().parents[2]
SHOWN_FAULTS = 20


class Progress:
    """Says what happens, with the seconds since the start."""

    def __init__(self) -> None:
        self._start = time.monotonic()

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._start

    def __call__(self, text: str) -> None:
        print(f"[{self.seconds:6.1f} s] {text}", flush=True)


def play(stack: Stack, folder: Path, scale: float, say: Progress) -> dict[str, object]:
    """Run the demonstration; return the figures of the last line, and under ``faults`` what differs from the plan."""
    plan = build_plan(today=datetime.now(UTC).date(), scale=scale)
    say(
        f"planned {len(plan.clues)} clues with seed {SEED}: {len(plan.matches)} matches, {len(plan.rings)} rings to find"
    )
    members, logins = journey.admit_members(stack, folder)
    say(f"{len(members)} institutions admitted, {len(logins)} people have accounts")
    accepted = journey.submit_all(members, write_files(folder / "members", plan.clues), say)
    say(f"{accepted} clues accepted")
    reviewed = journey.review_clues(stack)
    say(f"{reviewed['confirmed']} confirmed by second people, {reviewed['waiting']} left for the portal's reviews")
    found, faults = collect_matches(plan, journey.see_matches(members))
    faults += compare_matches(plan, found)
    say(f"{len(found)} matches, each seen by its parties alone; {len(plan.matches)} were planted")
    rings, ring_faults = journey.wait_for_rings(stack, plan)
    faults += ring_faults
    say(f"{len(rings)} rings; {len(plan.rings)} were planted")
    if not ring_faults:
        cases = journey.open_cases(stack, rings, plan)
        say(
            f"cases: {cases['waiting']} waits for a lead, {cases['joint']} is worked on, {cases['reported']} was handed over"
        )
        pieces = evidence.bring(members[FULLY_STAFFED], cases["joint"])
        say(f"{pieces} pieces of evidence in the vault, and what they show of the charges")
    return {
        "institutions": len(members),
        "clues": accepted,
        "matches": len(found),
        "expected_matches": len(plan.matches),
        "rings": len(rings),
        "expected_rings": len(plan.rings),
        "seconds": round(say.seconds, 1),
        "faults": faults,
        "logins": logins,
    }


def tell_where(stack: Stack, folder: Path, logins: Sequence[dict[str, str]]) -> None:
    """Print addresses and logins."""
    print(f"\n  portal  {stack.url}\n  API     {stack.url}/api/v1/schema\n  desk    {stack.desk_url}")
    for name, url in stack.custodian_urls.items():
        print(f"  custodian {name}  {url}")
    print(f"  keys of the members, and all logins: {folder / 'keys'}")
    print("  keys for the portal's pages (load one once per browser): <institution>-browser-<id>.aifkey there\n")
    width = max(len(login["username"]) for login in logins)
    for login in logins:
        where = "portal" if login["institution"] else "desk"
        print(f"  {where:6}  {login['username']:{width}}  {login['password']}  {login['role']}")
    print("\n  portal and desk ask for a code as well; this prints it, in place of an app on a phone:")
    print(f"  AIF_DATA={folder} .venv/bin/python manage.py totp analyst.river-bank")
    port = stack.url.rpartition(":")[2]
    print(f"  passkeys work at http://localhost:{port}, for an address has no name to bind them to")
    key = folder / "keys" / "river-bank.key"
    print(f"\n  export AIF_SHARE_URL={stack.url} AIF_SHARE_KEY=$(cat {key})\n  .venv/bin/aif-share whoami")
    # Not the map that the command makes by default: only the one that submitted knows what stands behind a match.
    print(f"  .venv/bin/aif-share matches --map {folder / 'members' / 'river-bank' / 'map.sqlite'}\n", flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m config.demo", description="Play the demonstration.")
    parser.add_argument("--once", action="store_true", help="end after the comparison instead of staying up")
    parser.add_argument("--scale", type=float, default=1.0, help="share of the 20,000 clues (default 1.0)")
    options = parser.parse_args(arguments)
    folder = Path(os.environ.get("AIF_DATA") or ROOT / "var" / "demo")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    say = Progress()
    try:
        wipe(folder)
        with Stack(folder, port=int(os.environ.get("PORT", "0"))) as stack:
            say("the stack runs: PostgreSQL, Valkey, two custodians, web, desk, worker, beat, sequencer")
            result = play(stack, folder, options.scale, say)
            logins, faults = result.pop("logins"), result.pop("faults")
            assert isinstance(logins, list) and isinstance(faults, list)  # noqa: S101 - tells the type checker
            for fault in faults[:SHOWN_FAULTS]:
                say(f"DIFFERS  {fault}")
            if faults:
                say(f"{len(faults)} differences between found and planted")
            if not options.once:
                tell_where(stack, folder, logins)
                print("  running until Ctrl-C", flush=True)
                signal.pause()
            print(json.dumps(result), flush=True)
            return 1 if faults else 0
    except (StackError, MemberError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("stopped", flush=True)
        return 0


if __name__ == "__main__":
    sys.exit(main())
