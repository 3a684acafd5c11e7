"""`docs/trust.md` names every figure that is judged, with its bound."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.trust.goals import GOALS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "trust.md"


@pytest.mark.parametrize("number", GOALS)
def test_the_page_names_each_figure_and_its_bound(number):
    page = PAGE.read_text(encoding="utf-8")
    for name, goal in GOALS[number].items():
        bound = str(goal).replace(">=", "≥").replace("<=", "≤")
        assert f"| `{name}` | {bound} |" in page
