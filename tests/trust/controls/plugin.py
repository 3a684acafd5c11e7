"""Runs each control's test twice: as the product is, and with the control taken away. `python -m pytest -p tests.trust.controls.plugin …`

Prints one line a control and in the end `controls_caught=N of M`. A control is caught if its test is green first and red then.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

from tests.trust.controls.table import APART, CONTROLS, REMARKS, ROWS


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool:
    """In place of pytest's own loop."""
    if session.testsfailed:
        return True
    green: dict[str, bool] = {}
    lost: list[str] = []
    for control in CONTROLS:
        items = [item for item in session.items if item.nodeid.split("[")[0] == control.test.split("[")[0]]
        items = [item for item in items if "[" not in control.test or item.nodeid == control.test]
        if control.test not in green:
            green[control.test] = bool(items) and all(_passes(item) for item in items)
        if not green[control.test]:
            why = [_why.get(item.nodeid, "") for item in items]
            print(f"control {control.name}: ITS TEST IS NOT GREEN: {control.test} {why}", flush=True)
            lost.append(control.name)
            continue
        try:
            with control.kill.applied(_server()):
                is_red = any(not _passes(item) for item in items)
        except AssertionError as stale:
            print(f"control {control.name}: STALE: {stale}", flush=True)
            lost.append(control.name)
            continue
        lost += [] if is_red else [control.name]
        print(f"control {control.name}: {'caught' if is_red else 'NOT CAUGHT'} by {control.test}", flush=True)
    session._setupstate.teardown_exact(None)
    for row in ROWS:
        if text := APART.get(row) or REMARKS.get(row):
            print(f"row {row}: {text}", flush=True)
    for name in lost:
        print(f"lost: {name}", flush=True)
    print(f"controls_caught={len(CONTROLS) - len(lost)} of {len(CONTROLS)}", flush=True)
    return True


def _passes(item: Any) -> bool:
    """Run one test by itself; what the session holds stays, and nothing else does."""
    item._initrequest()
    following: Any = SimpleNamespace(listchain=lambda: [item.session])
    reports = runtestprotocol(item, log=False, nextitem=following)
    for report in reports:
        if not report.passed:
            _why[item.nodeid] = f"{report.when}: " + " ".join(report.longreprtext.split())[-400:]
    return all(report.passed for report in reports)


_why: dict[str, str] = {}
"""Why a test was red last."""


_servers: list[Any] = []


def pytest_configure() -> None:
    """Remember the session's server, in whose databases SQL takes controls away."""
    from tests.embedded import TestServer

    start = TestServer.start

    def remembered(self: Any) -> Any:
        _servers.append(self)
        return start(self)

    TestServer.start = remembered  # type: ignore[method-assign]


def _server() -> Any:
    return _servers[-1] if _servers else None
