"""Give a command its environment: the caller's, else the running stack's, else placeholders where those will do."""

import json
import os
import sys
from pathlib import Path

NEEDS_NO_DATABASE = frozenset(
    {"check", "collectstatic", "compilemessages", "diffsettings", "findstatic", "help", "--help", "-h"}
    | {"makemessages", "makemigrations", "spectacular", "version", "--version"}
)
AS_OWNER = frozenset({"migrate", "showmigrations", "sqlmigrate", "dbshell"})


def attach(command: str) -> None:
    """Fill os.environ for `manage.py <command>`; exit 2 with one line if the command needs a stack and none runs."""
    if command in AS_OWNER:
        os.environ.setdefault("AIF_DB_OWNER", "1")
    if any(f"DATABASE_URL{how}" in os.environ for how in ("", "_FILE", "_COMMAND")):
        return
    folder = Path(os.environ.get("AIF_DATA") or Path(__file__).resolve().parents[2] / "var" / "serve")
    env = running_env(folder)
    if env is not None:
        for name, value in env.items():
            os.environ.setdefault(name, value)
    elif command in NEEDS_NO_DATABASE:
        os.environ.setdefault("AIF_ENV", "test")
    else:
        sys.stderr.write(f"no stack runs in {folder}: start one with `make serve`, or set AIF_DATA or DATABASE_URL\n")
        sys.exit(2)


def running_env(folder: Path) -> dict[str, str] | None:
    """Return the environment of the stack that runs in `folder`, or None."""
    try:
        state = json.loads((folder / "stack.json").read_text(encoding="utf-8"))
        os.kill(state["pid"], 0)
    except (OSError, ValueError, KeyError):
        return None
    return dict(state["env"])
