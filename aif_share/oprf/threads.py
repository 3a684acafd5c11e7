"""Spread group arithmetic over the cores of this process.

The calling thread works through the pieces itself and idle threads help: a busy server loses nothing, and one
large request on an idle one uses every core.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures.thread import ThreadPoolExecutor
from typing import Final, TypeVar

Result = TypeVar("Result")

PIECE: Final = 32
"""Elements of one piece: some 3 ms of work."""

_lock = threading.Lock()
_pool: ThreadPoolExecutor | None = None


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def spread(count: int, work: Callable[[int, int], Result]) -> list[Result]:
    """Call `work(start, stop)` over pieces of `range(count)`; the results in order of their pieces.

    An exception of a piece is raised, and no further piece begun, once every piece begun has ended.
    """
    if count <= PIECE or cores() == 1:
        return [work(0, count)]
    starts = range(0, count, PIECE)
    results: list[Result | None] = [None] * len(starts)
    todo = deque(range(len(starts)))
    failures: dict[int, BaseException] = {}

    def run() -> None:
        while not failures:
            try:
                piece = todo.popleft()
            except IndexError:
                return
            try:
                results[piece] = work(starts[piece], min(starts[piece] + PIECE, count))
            except Exception as failure:
                failures[piece] = failure

    helpers: list[Future[None]] = [_executor().submit(run) for _ in range(min(cores(), len(starts)) - 1)]
    run()
    for helper in helpers:
        if not helper.cancel():
            helper.result()
    if failures:
        raise failures[min(failures)]
    return results  # type: ignore[return-value]


def _executor() -> ThreadPoolExecutor:
    global _pool
    with _lock:
        if _pool is None:
            _pool = ThreadPoolExecutor(max(1, cores() - 1), thread_name_prefix="oprf")
        return _pool


def _forget() -> None:
    # Threads do not survive a fork: a child starts with none.
    global _pool, _lock
    _pool = None
    _lock = threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
