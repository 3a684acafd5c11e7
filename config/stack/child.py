"""One child process of the stack: how it is started, when it is ready, how it is ended."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

BACK_OFF = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
"""Seconds before the first, second, … start in a row; the last one repeats."""
HEALTHY_AFTER = 10.0
"""A child that lived this many seconds starts again without delay when it dies."""


@dataclass
class Child:
    """A process in a session (hence a process group) of its own, restarted when it dies."""

    name: str
    command: list[str]
    env: Mapping[str, str]
    log: Path
    answers: Callable[[], bool]
    cwd: str = "/"
    run_as: Mapping[str, Any] = field(default_factory=dict)
    pass_fds: tuple[int, ...] = ()
    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds: float = 10.0
    before_start: Callable[[], None] = lambda: None
    process: subprocess.Popen[bytes] | None = None
    group: int = 0
    ready: bool = False
    started_at: float = 0.0
    log_start: int = 0
    failures: int = 0
    restart_at: float = 0.0

    @property
    def pid(self) -> int | None:
        """Process id, or None while it does not run."""
        return self.process.pid if self.process and self.process.poll() is None else None

    def start(self) -> None:
        """Start it, with standard output and error going to its log."""
        self.before_start()
        with self.log.open("ab") as log:
            self.log_start = log.tell()
            self.process = subprocess.Popen(
                self.command,
                env=dict(self.env),
                cwd=self.cwd,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                pass_fds=self.pass_fds,
                start_new_session=True,
                **self.run_as,
            )
        self.group = self.process.pid
        self.started_at = time.monotonic()
        self.ready = False

    def died(self) -> bool:
        """Whether a started child has ended."""
        return self.process is not None and self.process.poll() is not None

    def bury(self) -> float:
        """After a death: end what is left of its group, and return in how many seconds to start it again."""
        self.kill_group(signal.SIGKILL)
        if time.monotonic() - self.started_at > HEALTHY_AFTER:
            self.failures = 0
        delay = BACK_OFF[min(self.failures, len(BACK_OFF) - 1)]
        self.failures += 1
        self.restart_at = time.monotonic() + delay
        self.process = None
        return delay

    def kill_group(self, number: signal.Signals) -> None:
        """Send a signal to every process of the group, if there is any left."""
        if self.group:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.group, number)

    def ask_to_stop(self) -> None:
        """Send its own polite signal to the main process; the group gets it only when time is up."""
        if self.pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, self.stop_signal)

    def last_lines(self, count: int = 15) -> str:
        """Return the end of what this run wrote to its log."""
        try:
            with self.log.open("rb") as log:
                log.seek(self.log_start)
                lines = log.read()[-8000:].decode("utf-8", "replace").splitlines()
        except OSError:
            return ""
        return "\n".join(lines[-count:])


def stop_all(children: list[Child]) -> None:
    """Ask all to stop at once, wait for each as long as it may take, then end what is left."""
    for child in children:
        child.ask_to_stop()
    begun = time.monotonic()
    waiting = [child for child in children if child.process is not None]
    while waiting and time.monotonic() - begun < max(child.stop_seconds for child in waiting):
        waiting = [child for child in waiting if child.pid is not None]
        time.sleep(0.02)
    for child in children:
        if child in waiting:
            print(f"{child.name} did not stop in {child.stop_seconds:g} s and is ended", flush=True)
        child.kill_group(signal.SIGKILL)
        if child.process is not None:
            child.process.wait()
