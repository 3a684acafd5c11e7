"""axe-core finds nothing serious on any page, in both themes and languages; Show 4: no breach of the policy, no other host.

Journeys B and C are walked by keyboard in Show 1.
"""

from __future__ import annotations

from typing import Any

from tests.prove.commands import run_tests


def run() -> dict[str, Any]:
    return {
        "scale": {"combinations": 4},
        **run_tests("--full-scale", "tests/browser/test_every_page.py", "tests/browser/test_frame.py"),
    }
