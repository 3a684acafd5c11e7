"""State × action × role: every cell allowed or refused as an expectation says that is written by hand."""

from __future__ import annotations

from typing import Any

from tests.clues.cases.expectation import ACTIONS, ACTORS, PLACES
from tests.prove.commands import run_tests


def run() -> dict[str, Any]:
    return {
        "scale": {"places": len(PLACES), "actions": len(ACTIONS), "actors": len(ACTORS)},
        "cells": len(PLACES) * len(ACTIONS) * len(ACTORS),
        **run_tests("--full-scale", "tests/clues/cases/test_matrix.py", "tests/clues/cases/test_workflow.py"),
    }
