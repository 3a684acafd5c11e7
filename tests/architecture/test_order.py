"""The order of files of tests (tests.order): long ones first, and no stack that runs for nobody."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from tests import order


def item(name: str, *fixtures: str) -> Any:
    path, _, _test = name.partition("::")
    return SimpleNamespace(path=order.TESTS / path, nodeid=name, fixturenames=fixtures)


def test_every_long_file_is_there() -> None:
    names = (*order.LONG, *order.LONG_ON_STACK)
    assert len(set(names)) == len(names)
    assert [name for name in names if not (order.TESTS / name).is_file()] == []


def test_long_files_then_those_on_the_stack_then_the_rest() -> None:
    own, shared = order.LONG[1], order.LONG_ON_STACK[0]
    items = [
        item("a.py::1"), item("b.py::1", "stack"), item("a.py::2"), item("b.py::2"), item(f"{shared}::1", "stack"),
        item(f"{own}::1"), item(f"{order.LONG[0]}::1"),
    ]  # fmt: skip
    order.arrange(items)
    assert [each.nodeid for each in items] == [
        f"{order.LONG[0]}::1", f"{own}::1", f"{shared}::1", "b.py::1", "b.py::2", "a.py::1", "a.py::2",
    ]  # fmt: skip
    assert order.after_stack(items) == {"a.py::1", "a.py::2"}


@pytest.mark.parametrize(("following", "stopped"), [("b.py::1", 0), ("a.py::1", 1), (None, 0)])
def test_the_stack_ends_before_what_comes_after_it(following: str | None, stopped: int) -> None:
    """Once, and not at the end of the session, which is the fixture's."""
    stops: list[int] = []
    config: Any = SimpleNamespace(stash=pytest.Stash())
    config.stash[order.STACK] = SimpleNamespace(stop=lambda: stops.append(1))  # type: ignore[assignment]
    config.stash[order.AFTER_STACK] = frozenset({"a.py::1"})
    for _again in range(2):
        order.end_stack(config, item(following) if following else None)
    assert len(stops) == stopped
