"""A complaint referral from a telecom operator to a bank and back, its clock running out once: who is told what."""

from __future__ import annotations

from typing import Any

from tests.prove.commands import run_tests


def run() -> dict[str, Any]:
    tests = ("tests/browser/test_requests.py", "tests/clues/requests/test_escalation.py")
    return {"scale": {"languages": 2}, **run_tests("--full-scale", *tests)}
