"""Runs each control's test twice: as the product is, and with the control taken away. `python -m pytest -p tests.trust.controls.plugin …`

Prints one line a control and in the end `controls_caught=N of M`. A control is caught if its test is green first and red then:
a failure of the test itself. What breaks while it is set up or cleared away catches nothing, since nobody looked.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import psycopg2
import pytest
from _pytest.runner import runtestprotocol

from tests.trust.controls.table import APART, CONTROLS, REMARKS, ROWS


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool:
    """In place of pytest's own loop."""
    if session.testsfailed:
        return True
    green: dict[str, str] = {}
    lost: list[str] = []
    for control in CONTROLS:
        items = [item for item in session.items if item.nodeid.split("[")[0] == control.test.split("[")[0]]
        items = [item for item in items if "[" not in control.test or item.nodeid == control.test]
        if control.test not in green:
            green[control.test] = _why_red(items) if items else "there is no such test"
        if why := green[control.test]:
            print(f"control {control.name}: ITS TEST IS NOT GREEN: {control.test} {why}", flush=True)
            lost.append(control.name)
            continue
        try:
            with control.kill.applied(_server()):
                why = _why_red(items)
        except (AssertionError, psycopg2.Error) as stale:
            print(f"control {control.name}: STALE: {stale}", flush=True)
            lost.append(control.name)
            continue
        is_caught = why.startswith(CALL)
        lost += [] if is_caught else [control.name]
        print(f"control {control.name}: {'caught' if is_caught else 'NOT CAUGHT'} by {control.test}", flush=True)
        if why and not (is_caught and "AssertionError" in why):
            print(f"  red otherwise than by an assertion: {why}", flush=True)
    session._setupstate.teardown_exact(None)
    for row in ROWS:
        if text := APART.get(row) or REMARKS.get(row):
            print(f"row {row}: {text}", flush=True)
    for name in lost:
        print(f"lost: {name}", flush=True)
    print(f"controls_caught={len(CONTROLS) - len(lost)} of {len(CONTROLS)}", flush=True)
    return True


def _why_red(items: list[Any]) -> str:
    """Return the first failure of the tests themselves, or else of what is around them; "" if all is green."""
    around = ""
    for item in items:
        for report in _reports(item):
            if report.failed:
                # What pytest raises for itself, of `raises` that saw nothing, is an assertion as well.
                kind = "AssertionError" if _is_assertion(report) else "error"
                why = f"{report.when}: {kind}: " + " ".join(report.longreprtext.split())[-400:]
                if why.startswith(CALL):
                    return why
                around = around or why
    return around


def _is_assertion(report: Any) -> bool:
    crash = getattr(report.longrepr, "reprcrash", None)
    return crash is not None and crash.message.startswith(("AssertionError", "assert ", "Failed: "))


def _reports(item: Any) -> list[Any]:
    """Run one test by itself; what the session holds stays, and nothing else does."""
    item._initrequest()
    following: Any = SimpleNamespace(listchain=lambda: [item.session], nodeid="")
    return runtestprotocol(item, log=False, nextitem=following)


CALL = "call: "
"""How the failure of a test itself begins, beside those of `setup` and `teardown`."""


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
