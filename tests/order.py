"""In which order files of tests run: the long ones first, and those that share a stack one after the other.

Two or three processes take files from one queue. A long file that is taken last leaves the others without work, and a
stack nobody needs any more still takes an eighth of a processor for its ticks, so the session's stack ends early.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import pytest

from config.stack import Stack

TESTS = Path(__file__).resolve().parent
LONG = (
    "browser/test_every_page.py", "config/test_supervisor.py", "trust/test_isolation_matrix.py", "faults/test_faults.py",
    "clues/fishing/test_simulation.py", "members/test_migrations.py", "trust/test_desk_roles.py",
    "browser/test_journey_b.py", "browser/test_webhooks.py",
)  # fmt: skip
"""Files that take long beside the session's stack, the longest first."""
LONG_ON_STACK = (
    "journeys/test_leaks.py", "docs/test_pages.py", "browser/test_case_journey.py", "browser/test_package_journey.py",
    "aif_share/cli/test_stack_verbs.py", "aif_share/cli/test_stack_audit.py", "journeys/test_real_lists.py",
    "journeys/test_evidence_upload.py", "clues/disputes/test_in_time.py",
)  # fmt: skip
"""Files that take long on the session's stack, the longest first."""

STACK = pytest.StashKey[Stack]()
"""The session's stack while it runs."""
AFTER_STACK = pytest.StashKey[frozenset[str]]()
"""The ids of the tests that come after the last one that uses it."""


def uses_stack(item: pytest.Item) -> bool:
    """Whether the test asks for a stack, by itself or through another fixture."""
    return "stack" in getattr(item, "fixturenames", ())


def arrange(items: list[pytest.Item]) -> None:
    """Put long files first, then those on the session's stack, then all others; inside a file nothing moves."""
    on_stack = {item.path for item in items if uses_stack(item)}
    long = {TESTS / name: place for place, name in enumerate(LONG)}
    shared = {TESTS / name: place for place, name in enumerate(LONG_ON_STACK)}

    def place(item: pytest.Item) -> tuple[int, int]:
        if item.path in long:
            return (0, long[item.path])
        return (1, shared.get(item.path, len(shared))) if item.path in on_stack else (2, 0)

    items.sort(key=place)


def after_stack(items: Collection[pytest.Item]) -> frozenset[str]:
    """Return the ids of the tests in files after the last file that uses a stack: a process takes whole files, in their order."""
    on_stack = {item.path for item in items if uses_stack(item)}
    after: list[str] = []
    for item in items:
        if item.path in on_stack:
            after.clear()
        else:
            after.append(item.nodeid)
    return frozenset(after)


def end_stack(config: pytest.Config, following: pytest.Item | None) -> None:
    """Stop the session's stack if the test that follows comes after all that use it; who runs tests singly names no following one."""
    if getattr(following, "nodeid", None) in config.stash.get(AFTER_STACK, frozenset()):
        running = config.stash.get(STACK, None)
        if running is not None:
            del config.stash[STACK]
            running.stop()
