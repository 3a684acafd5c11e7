"""How much memory the processes of a stack take at their peak, by what the kernel says of each."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from config.stack import Stack

PAUSE_S = 0.1


def list_processes(root: int) -> list[int]:
    """A process and all that descend from it."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                # The name in brackets may hold anything; what comes behind it is fixed.
                fields = (entry / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
                parents.setdefault(int(fields[1]), []).append(int(entry.name))
    found, waiting = [], [root]
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        waiting += parents.get(pid, [])
    return found


def reset_peaks(pids: Sequence[int]) -> float:
    """Let the kernel forget the peaks of these processes; return what they have now together, in MiB."""
    for pid in pids:
        with contextlib.suppress(OSError):
            Path(f"/proc/{pid}/clear_refs").write_text("5", encoding="ascii")
    return sum(map(read_peak_mib, pids))


def read_peak_mib(pid: int) -> float:
    """The most resident memory the process ever had (VmHWM), in MiB; 0 for one that is gone."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return 0.0


class PeakMemory:
    """Watches some children of a stack, with all their processes, for the length of a `with` block.

    `peaks`: name -> the most MiB that any one process of it had; `before`: the same at the beginning.
    """

    def __init__(self, stack: Stack, *names: str) -> None:
        self._stack = stack
        self._names = names
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.peaks: dict[str, float] = dict.fromkeys(names, 0.0)
        self.before: dict[str, float] = {}

    def __enter__(self) -> PeakMemory:
        self._look()
        self.before = dict(self.peaks)
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, why: BaseException | None, at: TracebackType | None) -> None:
        self._over.set()
        self._thread.join()
        self._look()

    def _watch(self) -> None:
        while not self._over.wait(PAUSE_S):
            self._look()

    def _look(self) -> None:
        for name in self._names:
            with contextlib.suppress(Exception):  # it may be between a kill and its next start
                for pid in list_processes(self._stack.pid(name)):
                    self.peaks[name] = max(self.peaks[name], round(read_peak_mib(pid), 1))
