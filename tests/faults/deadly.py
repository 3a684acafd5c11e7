"""Kills a worker of this harness at certain rows: the only text of a `sitecustomize.py` that Python reads when it starts.

The rows are named in a file beside it, a line each, `client_ref how`: by a signal, or by what Python raises.
"""

from __future__ import annotations

from pathlib import Path

HOOK = """
import os, signal, sys
from pathlib import Path

ROWS = Path(__file__).with_name("rows")

def die_at(steps):
    load = steps.load

    def deadly(cursor, chunk):
        for line in ROWS.read_text().splitlines():
            ref, how = line.split()
            if f"\\t{ref}\\t" in chunk.clue_rows:
                if how == "MemoryError":
                    raise MemoryError
                os.kill(os.getpid(), getattr(signal, how))
        load(cursor, chunk)

    steps.load = deadly

if "celery" in sys.orig_argv:
    from celery.signals import worker_process_init

    @worker_process_init.connect(weak=False)
    def begin(**_):
        from clues.matching import steps

        die_at(steps)
"""
HOW = ("SIGSEGV", "MemoryError", "SIGKILL")


def write_hook(folder: Path) -> dict[str, str]:
    """Write it there, with no row named; return the environment that lets a process read it."""
    folder.mkdir(exist_ok=True)
    (folder / "sitecustomize.py").write_text(HOOK, encoding="utf-8")
    name_rows(folder, {})
    return {"PYTHONPATH": str(folder)}


def name_rows(folder: Path, rows: dict[str, str]) -> None:
    """Name the rows that end whoever loads them, and how, in place of those before."""
    new = folder / "rows.new"
    new.write_text("".join(f"{ref} {how}\n" for ref, how in rows.items()), encoding="utf-8")
    new.replace(folder / "rows")
