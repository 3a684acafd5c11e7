"""A small process that outlives the supervisor only to end what a killed supervisor leaves behind.

PR_SET_PDEATHSIG would not do: the kernel forgets it when a child changes its user, as PostgreSQL's and the
custodians' do. The guardian holds the reading end of a pipe whose writing end only the supervisor has.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import time
from typing import NoReturn


class Guardian:
    """The supervisor's end of the pipe."""

    def __init__(self) -> None:
        reading, self._writing = os.pipe()
        if os.fork() == 0:
            os.close(self._writing)
            _watch(reading)
        os.close(reading)

    def _tell(self, line: str) -> None:
        with contextlib.suppress(OSError):
            os.write(self._writing, f"{line}\n".encode())

    def add(self, group: int) -> None:
        """This process group is to be ended if the supervisor dies."""
        self._tell(f"+ {group}")

    def remove(self, group: int) -> None:
        """This process group has ended."""
        self._tell(f"- {group}")

    def folder(self, path: str) -> None:
        """This temporary folder is to be removed if the supervisor dies."""
        self._tell(f"folder {path}")

    def dismiss(self) -> None:
        """Everything was stopped in order."""
        self._tell("bye")
        os.close(self._writing)


def _watch(reading: int) -> NoReturn:
    os.setsid()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    null = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(null, standard)
    os.closerange(3, reading)
    os.closerange(reading + 1, 1024)
    groups: set[int] = set()
    folders: list[str] = []
    with os.fdopen(reading, encoding="utf-8") as lines:
        for line in lines:
            word, _, rest = line.strip().partition(" ")
            if word == "bye":
                os._exit(0)
            elif word == "+":
                groups.add(int(rest))
            elif word == "-":
                groups.discard(int(rest))
            else:
                folders.append(rest)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        for group in list(groups):
            try:
                os.killpg(group, number)
            except (ProcessLookupError, PermissionError):
                groups.discard(group)
        for _ in range(20):
            if not any(_alive(group) for group in groups):
                break
            time.sleep(0.1)
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)
    os._exit(0)


def _alive(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True
