"""``make prove``: the Shows of the issue at full scale, one module each, written to ``var/prove.json``.

``python -m tests.prove 2 3`` runs some of them; what an earlier run wrote of the others stays, each with the commit and
machine it ran on.
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

ALL = tuple(range(1, 10))
OUTPUT = record.ROOT / "var" / "prove.json"


def run_show(number: int) -> dict[str, Any]:
    """Run one Show; whatever it raises is a Show that does not hold."""
    show = importlib.import_module(f"tests.prove.show_{number}")
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
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def main(arguments: Sequence[str]) -> int:
    numbers = [int(argument) for argument in arguments] or list(ALL)
    shows = read_earlier(OUTPUT)
    for number in numbers:
        print(f"Show {number} …", flush=True)
        shows[str(number)] = run_show(number)
        record.write(OUTPUT, dict(sorted(shows.items())))
        verdict = "holds" if shows[str(number)]["holds"] else "DOES NOT HOLD"
        print(f"Show {number} {verdict} ({shows[str(number)]['seconds']} s): {shows[str(number)]['title']}", flush=True)
    return 0 if all(shows[str(number)]["holds"] for number in numbers) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
