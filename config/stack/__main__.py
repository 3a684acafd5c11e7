"""`python -m config.stack serve`: run a stack in the foreground. `… wipe`: remove a stopped one's state."""

import argparse
import json
import os
import sys
from pathlib import Path

from config.stack.folders import StackError, wipe
from config.stack.plan import ROOT
from config.stack.supervisor import serve


def main() -> int:
    """Read the arguments and run."""
    parser = argparse.ArgumentParser(prog="python -m config.stack")
    parser.add_argument("command", choices=["serve", "wipe"])
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("AIF_DATA") or ROOT / "var" / "serve"))
    parser.add_argument("--port", type=int, help="0 takes a free one; default PORT, else 8000")
    parser.add_argument("--lifeline", type=int, help=argparse.SUPPRESS)  # a pipe that closes with the stack's owner
    parser.add_argument("--temporary", action="store_true", help="remove all state in the end")
    options = parser.parse_args()
    if options.command == "wipe":
        try:
            wipe(options.data)
        except StackError as why:
            print(why, file=sys.stderr)
            return 1
        return 0
    port = options.port
    if port is None:
        written = os.environ.get("PORT") or "8000"
        if not written.isdigit() or int(written) > 65535:
            print("PORT must be a port number", file=sys.stderr)
            return 2
        port = int(written)
    overrides = json.loads(os.environ.pop("AIF_STACK_ENV", "{}"))
    return serve(options.data, port=port, overrides=overrides, lifeline=options.lifeline, temporary=options.temporary)


if __name__ == "__main__":
    sys.exit(main())
