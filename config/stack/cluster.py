"""The data folder of the embedded PostgreSQL: made by initdb, or copied from one that is migrated already.

Migrating takes many seconds of processor time. Tests start a dozen stacks and servers, so they migrate one cluster, stop
it, and name it in AIF_PREPARED_CLUSTER: each temporary stack then starts on a copy, and its own migrate finds nothing to do.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from config.stack.folders import DATABASE_USER, StackError, as_root
from config.stack.postgres import SUPERUSER, run_as

PREPARED = "AIF_PREPARED_CLUSTER"


def initialize(bin_folder: Path, folder: Path, password: str, *, sync: bool = True) -> None:
    """Run initdb once, with the built-in C.UTF-8 locale, so that no locale of the machine matters."""
    if (folder / "PG_VERSION").exists():
        return
    with tempfile.NamedTemporaryFile("w", prefix="aif-", suffix=".pw") as secret:
        secret.write(password)
        secret.flush()
        if as_root():
            shutil.chown(secret.name, DATABASE_USER)
        made = subprocess.run(
            [str(bin_folder / "initdb"), "-D", str(folder), "-U", SUPERUSER, f"--pwfile={secret.name}"]
            + ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C"]
            + ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
            + ([] if sync else ["--no-sync"]),
            capture_output=True,
            text=True,
            cwd="/",
            **run_as(DATABASE_USER),
        )
    if made.returncode:
        raise StackError(f"initdb failed: {made.stderr.strip()[-600:]}")


def copy(prepared: Path, bin_folder: Path, folder: Path, password: str) -> None:
    """Fill the empty data folder from a cluster that was stopped cleanly; its superuser gets this password.

    Raise StackError if that cannot be done.
    """
    if (folder / "PG_VERSION").exists():
        return
    steps: list[tuple[list[str], str]] = [
        (["cp", "-a", "--reflink=auto", f"{prepared}/.", str(folder)], ""),
        # In single-user mode nobody has to log in with the password of the cluster that was copied.
        (
            [str(bin_folder / "postgres"), "--single", "-D", str(folder), "-c", "fsync=off", "postgres"],
            f"ALTER ROLE {SUPERUSER} PASSWORD '{password}'\n",
        ),
    ]
    for number, (step, said) in enumerate(steps):
        done = subprocess.run(
            step, input=said, capture_output=True, text=True, cwd="/", **(run_as(DATABASE_USER) if number else {})
        )
        if done.returncode:
            raise StackError(f"the prepared cluster could not be copied: {done.stderr.strip()[-600:]}")
