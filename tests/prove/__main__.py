"""``make prove``: the Shows of the issues at full scale, one module each, written to ``var/prove.json``.

``python -m tests.prove`` runs all, ``python -m tests.prove 3.4`` Show 4 of issue 3, ``python -m tests.prove 3`` the Shows
of issue 3. What an earlier run wrote of the others stays, each with the commit and machine it ran on.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from config.bench import record

FOLDER = Path(__file__).parent
OUTPUT = record.ROOT / "var" / "prove.json"


def list_shows() -> list[str]:
    """The names of all Shows, "2.1" for Show 1 of issue 2, in order."""
    found = FOLDER.glob("issue_*/show_*.py")
    return sorted((f"{path.parent.name[6:]}.{path.stem[5:]}" for path in found), key=_order)


def _order(name: str) -> tuple[int, ...]:
    return tuple(int(part) for part in name.split("."))


def choose_shows(arguments: Sequence[str]) -> list[str]:
    """The Shows that the arguments name, all without any; raise ValueError for one that there is not."""
    known = list_shows()
    chosen: list[str] = []
    for argument in arguments or ("",):
        named = [name for name in known if name == argument or name.startswith(f"{argument}." if argument else "")]
        if not named:
            raise ValueError(f"there is no Show {argument}; there are {' '.join(known)}")
        chosen += named
    return chosen


def run_show(name: str) -> dict[str, Any]:
    """Run one Show; whatever it raises is a Show that does not hold."""
    issue, number = name.split(".")
    show = importlib.import_module(f"tests.prove.issue_{issue}.show_{number}")
    start, clock = record.timestamp(), time.monotonic()
    try:
        answer = show.run()
    except Exception as error:
        traceback.print_exc()
        answer = {"holds": False, "scale": {}, "samples": {}, "error": f"{type(error).__name__}: {error}"[:2000]}
    return {
        "title": show.__doc__.strip().splitlines()[0],
        **answer,
        "seconds": round(time.monotonic() - clock, 1),
        "commit": record.get_commit(),
        "machine": record.describe_machine(),
        "start": start,
        "end": record.timestamp(),
    }


def read_earlier(path: Path) -> dict[str, Any]:
    try:
        written = dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}
    # Before there was a second issue with Shows, those of issue 2 had their number alone.
    return {name if "." in name else f"2.{name}": show for name, show in written.items()}


def main(arguments: Sequence[str]) -> int:
    try:
        names = choose_shows(arguments)
    except ValueError as why:
        print(why, file=sys.stderr)
        return 2
    for name in names:
        print(f"Show {name} …", flush=True)
        show = run_show(name)
        shows = read_earlier(OUTPUT) | {name: show}
        record.write(OUTPUT, {key: shows[key] for key in sorted(shows, key=_order)})
        verdict = "holds" if show["holds"] else "DOES NOT HOLD"
        print(f"Show {name} {verdict} ({show['seconds']} s): {show['title']}", flush=True)
    return 0 if all(read_earlier(OUTPUT)[name]["holds"] for name in names) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
