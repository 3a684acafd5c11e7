"""`python -m config.backup take|keep|list|restore FOLDER …`: docs/backup.md is the runbook."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from config import env
from config.backup.evidence import copy_evidence
from config.backup.folder import KEPT, BackupError, BackupFolder
from config.backup.restoring import restore
from config.backup.taking import Taken, take
from config.stack.attach import attach
from config.stack.folders import StackError

EVERY = timedelta(hours=24)
"""A base backup is due when the newest is as old as this."""
LOOK_S = 30.0
"""Seconds between two copies of new evidence, also while a base backup is taken."""

SAYS_WHY = (BackupError, StackError, env.Misconfigured)
"""What is shown in its own words: none of these holds a secret."""


def main() -> int:
    """Read the arguments and run; exit 1 if it failed."""
    parser = argparse.ArgumentParser(prog="python -m config.backup")
    verbs = parser.add_subparsers(dest="verb", required=True)
    for verb, text in (
        ("take", "take a base backup now, and copy evidence"),
        ("keep", "for good: copy evidence every 30 seconds, take a base backup daily, remove what is too old"),
        ("list", "show what there is"),
        ("restore", "fill an empty data folder from a base backup"),
    ):
        one = verbs.add_parser(verb, help=text)
        one.add_argument("folder", type=Path)
        if verb == "keep":
            one.add_argument("--keep-days", type=int, default=KEPT.days)
            one.add_argument("--wal-owner", type=int, help="user id of PostgreSQL, which writes the log's archive")
            one.add_argument("--sign", type=Path, help="a file that is touched after each round that went well")
        if verb == "restore":
            one.add_argument("to", type=Path, help="the new data folder of PostgreSQL")
            one.add_argument("--base", default="", help="name of a base backup; the newest if not given")
            one.add_argument(
                "--until", type=datetime.fromisoformat, help="end the replay here (ISO 8601 with its zone)"
            )
            one.add_argument(
                "--restore-command",
                default="",
                help="how that server gets a segment; deploy/restore-wal by its path here",
            )
            one.add_argument("--last-wal", type=Path, help="pg_wal of the server that died, if it can be read")
    options = parser.parse_args()
    folder = BackupFolder(options.folder)
    try:
        if options.verb == "list":
            for base in folder.list_bases():
                print(base.name)
        elif options.verb == "restore":
            base = restore(
                folder,
                options.to,
                base=options.base,
                until=options.until,
                last_wal=options.last_wal,
                command=options.restore_command,
            )
            print(f"{options.to} is laid out from {base.name}; start PostgreSQL on it, then follow docs/backup.md")
        else:
            _set_up()
            if options.verb == "take":
                print(_take(folder), end="; ", flush=True)
                # How long copies are kept is the word of who runs `keep`: nothing is forgotten by hand.
                print(f"{_copy(folder, None)} objects of evidence copied")
            else:
                folder.lay_out(wal_owner=options.wal_owner)
                _keep(folder, timedelta(days=options.keep_days), options.sign)
    except SAYS_WHY as why:
        print(why, file=sys.stderr)
        return 1
    return 0


def _set_up() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    attach("record_backup")
    import django

    django.setup()


def _take(folder: BackupFolder) -> str:
    from django.core.management import call_command

    now = datetime.now(UTC)
    taken: Taken = take(folder, admin=env.database("DATABASE_ADMIN_URL"), now=now)
    call_command(
        "record_backup", name=taken.name, bytes=taken.bytes, files=taken.files, seconds=taken.seconds, verbosity=0
    )
    return f"{taken.name}: {taken.files} files, {taken.bytes} bytes in {taken.seconds} s"


def _copy(folder: BackupFolder, kept: timedelta | None) -> int:
    from django.conf import settings

    return copy_evidence(Path(settings.AIF_EVIDENCE), folder, now=datetime.now(UTC), kept=kept)[0]


def _keep(folder: BackupFolder, kept: timedelta, sign: Path | None) -> None:
    stop, copied = threading.Event(), threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())

    def copy() -> None:
        _copy(folder, kept)
        copied.set()

    def back_up() -> None:
        age = folder.age(datetime.now(UTC))
        if age is None or age >= EVERY:
            print(_take(folder), flush=True)
            with folder.alone():
                for name in folder.prune(datetime.now(UTC), kept):
                    print(f"{name} is removed", flush=True)
        if sign is not None and copied.is_set():  # evidence was copied since the last sign
            copied.clear()
            sign.touch()

    copying = threading.Thread(target=_repeat, args=(copy, stop), name="evidence")
    copying.start()
    try:
        _repeat(back_up, stop)
    finally:
        stop.set()
        copying.join()


def _repeat(act: Callable[[], None], stop: threading.Event) -> None:
    while not stop.is_set():
        try:
            act()
        except SAYS_WHY as why:
            print(f"the backup failed and is tried again: {why}", file=sys.stderr, flush=True)
        except Exception as why:  # a backup that fails must not end those that come after it; words may hold an address
            print(f"the backup failed and is tried again: {type(why).__name__}", file=sys.stderr, flush=True)
        stop.wait(LOOK_S)


if __name__ == "__main__":
    sys.exit(main())
