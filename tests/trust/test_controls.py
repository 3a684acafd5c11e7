"""The table of controls: nothing in it is stale, each has a test that is there, and killing is undone. Show 7 runs it."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.trust.controls import plugin
from tests.trust.controls.kill import Added, Both, Code, Kill, Text
from tests.trust.controls.table import APART, CONTROLS, ROWS, Control

ROOT = Path(__file__).resolve().parents[2]
each = pytest.mark.parametrize("control", CONTROLS, ids=[control.name for control in CONTROLS])


def guards(kill: Kill) -> Iterator[Kill]:
    """What is taken away, one by one."""
    if isinstance(kill, Both):
        yield from guards(kill.first)
        yield from guards(kill.second)
    else:
        yield kill


@each
def test_its_code_is_as_the_table_says(control: Control) -> None:
    for kill in guards(control.kill):
        if isinstance(kill, Code):
            assert kill.find() and kill.compile().co_qualname == kill.function
        if isinstance(kill, Text):
            before = kill.find(kill.name.split("."))
            with kill.applied(None):
                assert kill.find(kill.name.split(".")) != before
            assert kill.find(kill.name.split(".")) == before
        if isinstance(kill, Added):
            before = list(kill.find())
            with kill.applied(None):
                assert len(kill.find()) == len(before) + 1
            assert kill.find() == before


@each
def test_its_test_is_there(control: Control) -> None:
    path, *names = control.test.partition("[")[0].split("::")
    body = ast.parse((ROOT / path).read_text(encoding="utf-8")).body
    for name in names:
        (found,) = [node for node in body if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == name]
        body = found.body


def test_no_row_of_the_threat_model_is_left_out() -> None:
    rows = {int(control.name.split(" ", 1)[0]) for control in CONTROLS}
    assert rows | set(APART) == set(ROWS) and not rows & set(APART)
    assert len({control.name for control in CONTROLS}) == len(CONTROLS)


def test_code_is_changed_for_whoever_holds_it_and_comes_back() -> None:
    from aif_share.wire.csv_cells import quoted_cell

    kill = next(control.kill for control in CONTROLS if control.name.startswith("30 "))
    assert quoted_cell("=1") == '"\'=1"'
    with kill.applied(None):
        assert quoted_cell("=1") == '"=1"'
    assert quoted_cell("=1") == '"\'=1"'


def test_a_stale_row_is_seen() -> None:
    with pytest.raises(AssertionError, match="0 times"):
        Code("aif_share.wire.csv_cells", "quoted_cell", "what stands nowhere", "").compile()


@pytest.mark.parametrize(("when", "is_caught"), [("setup", False), ("call", True), ("teardown", False)])
def test_what_breaks_around_a_test_catches_nothing(monkeypatch: Any, when: str, is_caught: bool) -> None:
    broken = SimpleNamespace(when=when, failed=True, longreprtext="E  KeyError", longrepr=None)
    monkeypatch.setattr(plugin, "_reports", lambda item: [SimpleNamespace(failed=False), broken])
    why = plugin._why_red([object()])
    assert why and why.startswith(plugin.CALL) is is_caught
    monkeypatch.setattr(plugin, "_reports", lambda item: [SimpleNamespace(failed=False)])
    assert plugin._why_red([object()]) == ""


def test_the_run_takes_a_control_away_and_sees_it() -> None:
    """The loop of the plugin stands in for pytest's own, and has to keep up with what the suite's hooks expect of that."""
    (control,) = [each for each in CONTROLS if each.name == "36 a log only grows"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-s", "-n", "0", "-p", plugin.__name__, control.test],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert f"control {control.name}: caught by {control.test}" in done.stdout, done.stdout[-2000:]
